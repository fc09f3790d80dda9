"""Passages become vectors in Qdrant; retrieval and answers are built on them."""

import os

# Read by Haystack when it is first imported. Nothing leaves this machine.
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
