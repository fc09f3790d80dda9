"""HTTP, web pages and the command line. No retrieval logic, no parsing."""
