"""What runs a person's own Python: pure, so that plain CPython can prove it (docs/python-provider.md)."""
