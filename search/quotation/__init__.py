"""引文核验: every quotation of a draft is held against the library. The draft is never changed."""
