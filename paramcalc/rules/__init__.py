"""The product: one function a layer. ``README.md`` beside this file is the grammar of a rule."""
