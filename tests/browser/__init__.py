"""What a person meets: the built page in a real browser, against a provider on a real socket."""
