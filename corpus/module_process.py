"""Modules of ours that run as processes of their own."""

import os
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


def module_command(module: str, *arguments: object) -> list[str]:
    """The command that runs a module; ``-P`` keeps whatever lies in the working directory from being imported."""
    return [sys.executable, "-P", "-m", module, *map(str, arguments)]


def module_environment() -> dict[str, str]:
    """Our environment, in which the process finds the same packages as we do."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))}
