"""The command line of the bench: which measurement is asked for."""

from __future__ import annotations

from collections.abc import Sequence

HELP = """\
usage: python build.py bench [products|boot|render] [options]

           without more: all products, five times, and docs/benchmarks.md written of it (about an hour)
products   whole chats beside each other: starting, stopping, keeping, a long reply; --help lists the options
boot       how soon Python answers: a stock PyScript page, Halt on a first and a later visit, Halt as one file
render     the same texts through Halt's renderer and three others; --help lists the options
"""


def main(arguments: Sequence[str]) -> int:
    """Carry out one measurement; give 0, or 2 where none of that name exists."""
    name, *rest = arguments or ("products", "--write")
    if name in ("-h", "--help"):
        print(HELP, end="")
        return 0
    if name == "render":
        from bench.options import parse as parse_render

        render_options = parse_render(rest)

        from bench.render import render

        render(render_options)
        return 0
    if name == "products":
        from bench.products.options import parse as parse_products
        from bench.products.run import products

        products(parse_products(rest))
        return 0
    if name == "boot":
        from bench.boot.options import parse as parse_boot

        boot_options = parse_boot(rest)

        from bench.boot.run import boot

        boot(boot_options)
        return 0
    print(f"There is no bench {name}.\n\n{HELP}", end="")
    return 2
