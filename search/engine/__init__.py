"""Qdrant behind one narrow interface: in process by default, a server or cluster by URL."""
