"""Lets `python -m halt_chat` do what the command `halt-chat` does."""

import sys

from halt_chat.command import main

sys.exit(main())
