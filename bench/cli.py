"""The command line of the bench: which measurement is asked for."""

from __future__ import annotations

from collections.abc import Sequence

HELP = """\
usage: python build.py bench boot|render [options]

boot     how soon Python answers: a stock PyScript page, and Halt on a first and a later visit, and as one file
render   stream the same texts through Halt's renderer and three others; --help lists the options
"""


def main(arguments: Sequence[str]) -> int:
    """Carry out one measurement; give 0, or 2 where none of that name exists."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(HELP, end="")
        return 0
    if arguments[0] == "boot":
        from bench.boot.options import parse as parse_boot

        boot_options = parse_boot(arguments[1:])

        from bench.boot.run import boot

        boot(boot_options)
        return 0
    if arguments[0] != "render":
        print(f"There is no bench {arguments[0]}.\n\n{HELP}", end="")
        return 2
    from bench.options import parse

    options = parse(arguments[1:])

    from bench.render import render

    render(options)
    return 0
