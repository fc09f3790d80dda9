"""A file becomes text, structure, metadata and passages, written to the catalogue. Knows no vectors."""
