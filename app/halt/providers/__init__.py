"""Providers: what is asked of a model's server, and what its answer means. One file a wire format. Pure."""
