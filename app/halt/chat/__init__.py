"""The conversation, the run and its states, and what the next turn sends. Pure."""
