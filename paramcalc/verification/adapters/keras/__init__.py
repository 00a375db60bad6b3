"""Keras, as verification asks it."""
