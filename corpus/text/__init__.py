"""Chinese text analysis: one definition for index, query, highlighting and quotation checks."""
