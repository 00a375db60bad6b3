"""Models: their nodes and edges, shared and unknown layers, and what is found when shapes pass through."""
