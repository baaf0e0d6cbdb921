"""Makes the snapshot of Python's memory that the page begins with, while the site is built."""
