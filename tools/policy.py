"""The page's content security policy: said here, and nowhere else."""

from __future__ import annotations

_DIRECTIVES = {
    "default-src": "'none'",
    # WebAssembly has to be compiled; eval, inline scripts and other origins stay forbidden.
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    # A person may name any provider, one on their own machine (without TLS) among them.
    "connect-src": "'self' https: http:",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
}

POLICY = "; ".join(f"{name} {value}" for name, value in _DIRECTIVES.items())
"""For the page's <meta>, where the server (`halt_chat.files.Site`) reads it for its header.

Source: Content Security Policy Level 3, and WebAssembly's 'wasm-unsafe-eval' in it.
"""


def file_policy(scripts: list[str], styles: list[str]) -> str:
    """Give the policy for a page that has everything in itself, where 'self' would mean nothing.

    What is inline is named by its hash (`scripts`, `styles`: sources like 'sha256-…'), the rest it makes blobs of.
    Nothing else of the disk can be read.
    """
    own = {
        "script-src": f"{' '.join(scripts)} blob: 'wasm-unsafe-eval'",
        "style-src": f"{' '.join(styles)} blob:",
        "img-src": "data: blob:",
        "font-src": "blob:",
        "connect-src": "https: http:",
        "manifest-src": "'none'",
        "worker-src": "blob:",
    }
    return "; ".join(f"{name} {value}" for name, value in {**_DIRECTIVES, **own}.items())
