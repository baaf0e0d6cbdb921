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
