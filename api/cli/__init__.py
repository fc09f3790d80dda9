"""The command line."""

import gc

# What a command loads stays until it ends: looking through it for garbage after every 700 objects takes a twentieth of
# a search from a cold shell.
gc.set_threshold(50_000)

from api.cli.app import main  # noqa: E402 - the modules themselves are most of what is loaded

__all__ = ["main"]
