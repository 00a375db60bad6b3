"""Models: layers and the edges between them, and the shapes that flow along."""
