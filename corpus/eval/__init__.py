"""Labelled questions over the sample documents."""
