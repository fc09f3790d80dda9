"""Importing Haystack quickly.

``import haystack`` imports torch when it is installed, and posthog, its telemetry client: 1.4 s on every command
instead of 0.25 s. Nothing of ours that runs without a configured model needs torch, and telemetry is off; so both are
hidden meanwhile, and importable again afterwards.
"""

import logging
import os
import sys
from importlib import import_module
from types import ModuleType


def import_haystack() -> None:
    """Import Haystack without torch, telemetry and its INFO log. To be called before anything that imports it."""
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
    if "haystack" in sys.modules:
        return
    # None makes ``import torch`` an ImportError, which Haystack expects; it insists on a posthog, but never calls it.
    stand_ins: dict[str, ModuleType | None] = {"torch": None, "posthog": ModuleType("posthog")}
    hidden = {name: module for name, module in stand_ins.items() if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        import_module("haystack")
    finally:
        for name in hidden:
            del sys.modules[name]
    logging.getLogger("haystack").setLevel(logging.WARNING)
