"""What the numbers were measured on, without the machine's name."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path


def describe() -> dict[str, str]:
    """Tell processor, memory and system, as far as the system tells them."""
    system = " ".join(part for part in (platform.system(), platform.release().split("-")[0]) if part)
    found = {
        "Processor": f"{processor()}, {os.cpu_count()} cores",
        "System": f"{system}, {platform.machine()}",
        "Python": platform.python_version(),
    }
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        found["Memory"] = f"{gigabytes:.0f} GB"
    return found


def processor() -> str:
    """Tell the processor's model; Linux has it in a file, elsewhere Python knows it."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        model = re.search(r"^model name\s*:\s*(.+)$", info.read_text(encoding="utf-8"), re.MULTILINE)
        if model:
            return model[1].strip()
    return platform.processor() or "unknown"
