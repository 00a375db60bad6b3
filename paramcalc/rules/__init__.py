"""The rules: one function for each layer. ``README.md`` beside this file is the grammar of a rule."""
