"""Passages become vectors in Qdrant; retrieval and answers are built on them."""
