"""Measures Halt beside what others use; started by `python build.py bench`."""

import sys

from tools.places import APP

# The provider that products ask is the one of the tests, which knows what Halt expects of a transport.
sys.path.insert(0, str(APP))
