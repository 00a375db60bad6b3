"""Framework functions in a graph, family by family: what shape comes out."""
