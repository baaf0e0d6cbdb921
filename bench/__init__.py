"""Measures Halt beside what others use; started by `python build.py bench`."""
