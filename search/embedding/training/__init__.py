"""How the bundled model is made: a sentence-transformers ``StaticEmbedding`` trained from labelled collections.

``python -m search.embedding.training --texts FOLDER… --pairs FOLDER… --output FOLDER`` reads collections (``sources``),
makes a tokenizer of words (``vocabulary``), draws batches of queries and passages (``examples``), trains one vector per
token (``optimisation``) and writes the model (``export``). Equal inputs and seeds give equal bytes on the same machine.
Of the product only ``lunku adapt`` (``search.embedding.adaptation``) imports any of it.
"""
