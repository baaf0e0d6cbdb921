"""The settings, as a person sees them: profiles, keys, prompts, looks, and what one chat has of its own."""
