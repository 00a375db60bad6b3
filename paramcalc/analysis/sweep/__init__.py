"""Sweeps: the columns of a count or cost at every combination of sizes."""

from .sweep import Sweep as Sweep, sweep as sweep
