"""How soon pages are ready: a stock PyScript page, and Halt on a first visit, a later one, and as one file."""
