"""Halt, the chat that stops: all of the page's logic, in Python that runs in the browser."""

__version__ = "0.1.0"
