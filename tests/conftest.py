"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# How fast a machine is proves nothing; speed belongs into benchmarks.
settings.register_profile("halt", deadline=None)
settings.load_profile("halt")
