"""Halt as a command: carries the built page and serves it on this machine. Uses only the standard library."""
