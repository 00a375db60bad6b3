"""Keras, as verification asks it."""

from .adapter import ADAPTER as ADAPTER
