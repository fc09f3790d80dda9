"""The library as tools of the Model Context Protocol: search, read, ask, check_quotes."""
