"""How records read on a page: names for keys and codes, words for states, the context of the larger pages."""
