"""Makes the page of the bench: the built site with another main program, and the renderers from npm beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.errors import BuildError, SetupError
from tools.npm import fetch_packages, find_node
from tools.places import CACHE, DIST, LOCKS
from tools.policy import POLICY
from tools.programs import run
from tools.progress import step
from tools.site import build_site, pyscript_settings

PAGE = Path(__file__).with_name("page")
COPIED = ("main.py", "bench.mjs", "text.mjs", "watch.mjs", "bench.css")
STYLES = ("base.css", "page.css", "reply.css", "code.css", "embeds.css")

NO_NODE = (
    "The bench needs Node.js to bundle the renderers that Halt is compared with, and it could be neither found nor "
    "installed. Install Node.js 20 or later from https://nodejs.org/ and run the same command again. The reason: "
)


def make_site(target: Path) -> None:
    """Write the page of the bench into a new folder.

    Raises SetupError where there is no Node.js, NetworkError where npm's registry can't be reached.
    """
    try:
        node = find_node()
    except BuildError as error:
        raise SetupError(f"{NO_NODE}{error}") from error
    build_site()
    shutil.copytree(DIST, target)
    for name in COPIED:
        shutil.copyfile(PAGE / name, target / name)
    templates = Environment(loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined)
    page = templates.get_template("index.html.j2").render(policy=POLICY, styles=STYLES, pyscript=pyscript_settings())
    (target / "index.html").write_text(page, encoding="utf-8")
    packages = fetch_packages(CACHE / "bench-npm", LOCKS / "bench", what="the renderers that Halt is compared with")
    bundle(node, packages, PAGE / "renderers.mjs", target / "renderers.mjs")


def bundle(node: str, packages: Path, module: Path, target: Path) -> None:
    """Make one minified module of a module and the packages that it imports, as for production.

    ``packages`` is a folder node_modules with esbuild in it.
    """
    source = packages.parent / module.name  # a module is looked up from where its importer lies
    shutil.copyfile(module, source)
    with step(f"Bundling {module.relative_to(PAGE.parent)}"):
        options = (
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=es2022",
            "--log-level=error",
            "--legal-comments=none",
        )
        command: list[str | Path] = [node, packages / "esbuild" / "bin" / "esbuild", source, *options]
        production = '--define:process.env.NODE_ENV="production"'
        run([*command, production, f"--outfile={target}"], f"Bundling {module.name}")
