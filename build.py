#!/usr/bin/env python3
"""The one command of this project: `python build.py serve`, `python build.py test`, and `--help` for the rest.

This file only makes sure that Python is new enough, so it has to be readable by any old one: no f-strings and
no annotations here. The work is done by the package `tools`.
"""

import sys

if sys.version_info < (3, 11):
    sys.stderr.write(
        "Halt needs Python 3.11 or later to build, and this is Python %d.%d.\n"
        "Install a newer one from https://www.python.org/downloads/ and start build.py with it, "
        "for example: python3.12 build.py serve\n" % sys.version_info[:2]
    )
    sys.exit(1)

from tools.cli import main

sys.exit(main(sys.argv[1:]))
