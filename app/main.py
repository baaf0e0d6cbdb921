"""Halt starts here; the build puts this into the page. It is short because each visit compiles it anew."""

from halt.wiring import start

start()
