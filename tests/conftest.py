"""What holds for every test."""

import os

# A server's search processes take a second of every test that starts one; ``test_search_processes`` asks for them.
os.environ.setdefault("LUNKU_SEARCH_PROCESSES", "0")
