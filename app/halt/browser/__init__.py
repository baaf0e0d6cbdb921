"""The browser: the only rooms, beside the wiring in ``ui`` and ``main``, that know ``js`` and ``pyodide``."""
