"""The command line: what can be said after `python build.py`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.bootstrap import enter
from tools.errors import BuildError, plain_errors
from tools.places import DIST, ROOT

HELP = """\
serve       build the page and serve it on this machine; opens the browser
build       build the static site into dist/
package     build the wheel that people install: the page, and a server for it
standalone  build the site, and make dist/halt.html of it: one file that opens from disk
test        build, check, and run all tests (or those named: test tests/unit -k sse);
            test --engines runs a smaller suite in Firefox and WebKit, where they are installed
check       lint and check types only
bench       measure Halt beside others and write docs/benchmarks.md (see bench/README.md)
shots       take the README's pictures from the real page
clean       remove everything that these commands made
lock        choose versions anew and write locks/ (for maintainers)

Everything that is needed is installed into .venv, from the versions and hashes in locks/.
"""


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser(
        prog="python build.py",
        usage="python build.py COMMAND [options]",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", help=argparse.SUPPRESS)
    serve = commands.add_parser("serve", help="build the page and serve it")
    serve.add_argument("--port", type=int, help="the port to serve on (default: 8000, or the next free one)")
    serve.add_argument("--no-open", action="store_true", help="do not open the browser")
    commands.add_parser("build", help="build dist/")
    commands.add_parser("package", help="build the wheel")
    commands.add_parser("standalone", help="make dist/halt.html")
    # What follows `test` belongs to pytest, options included; main() passes it on.
    commands.add_parser("test", help="run the tests", add_help=False)
    # So does what follows `bench`, to the bench.
    commands.add_parser("bench", help="measure Halt beside others", add_help=False)
    commands.add_parser("check", help="lint and check types")
    shots = commands.add_parser("shots", help="take pictures of the page")
    shots.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures", help="the folder for them")
    commands.add_parser("clean", help="remove what was made")
    commands.add_parser("lock", help="write locks/ anew")
    return top


def main(arguments: Sequence[str]) -> int:
    """Carry out one command and give the process's exit code: 0, 1 for what failed, 130 when interrupted."""
    described = parser()
    options, rest = described.parse_known_args(arguments)
    if rest and options.command not in ("test", "bench"):
        described.error(f"unknown: {' '.join(rest)}")
    if options.command is None:
        described.print_help()
        return 0
    try:
        with plain_errors():
            return run(options, rest, arguments)
    except BuildError as error:
        sys.stdout.flush()
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; the next run goes on from here.", file=sys.stderr)
        return 130


def run(options: argparse.Namespace, rest: Sequence[str], arguments: Sequence[str]) -> int:
    """Carry out a parsed command; imports late, because most modules need what `enter` installs."""
    if options.command == "clean":
        from tools.clean import clean

        clean()
        return 0
    enter("build" if options.command in ("serve", "build", "standalone", "package", "lock") else "test", arguments)

    if options.command == "lock":
        from tools.locks import refresh

        refresh()
        return 0
    if options.command == "check":
        from tools.checking import check

        return check()
    if options.command == "bench":
        from bench.cli import main as bench

        return bench(rest)

    from tools.site import build_site

    build_site()
    if options.command == "standalone":
        from tools.standalone.maker import write_standalone

        write_standalone()
        return 0
    if options.command == "build":
        from tools.cold_start import report

        print(report(DIST), flush=True)
        return 0
    if options.command == "serve":
        from tools.serve import serve

        serve(DIST, port=options.port, open_browser=not options.no_open)
        return 0
    if options.command == "package":
        from tools.wheels import build_command_wheel

        wheel = build_command_wheel().relative_to(ROOT)
        print(f"Install it with: pip install {wheel}")
        return 0
    if options.command == "test":
        from tools.testing import test

        return test(rest)
    if options.command == "shots":
        from tools.shots import main as take_shots

        take_shots(DIST, options.out)
    return 0
