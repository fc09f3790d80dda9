"""What the library holds: records, identifiers, catalogue, originals, text analysis and the term base."""
