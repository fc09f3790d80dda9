"""Demonstration documents of an invented province: plain sources, and the office files built from them."""
