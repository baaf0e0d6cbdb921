# Added behind Halt's own main.py: it lets a test count what lives in Python.
import asyncio
import gc
import json

import js
import pyodide_js
from pyodide.ffi import create_proxy

# Pyodide's own bookkeeping, private and pinned with its version. Traced proxies live until they are destroyed, so from
# here on a proxy that is left to the garbage collector counts as well.
pyodide = pyodide_js._module
pyodide.enable_pyproxy_allocation_tracing()


def census() -> str:
    """Count what lives: tasks, objects, and the proxies that hold JavaScript's objects and Python's, as JSON."""
    gc.collect()
    return json.dumps(
        {
            "Python tasks": len(asyncio.all_tasks()),
            "Python objects": len(gc.get_objects()),
            "references to JavaScript": pyodide._hiwire_num_refs(),
            "proxies of Python": pyodide.pyproxy_alloc_map.size,
        }
    )


js.window.census = create_proxy(census)
