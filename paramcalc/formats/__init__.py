"""Models from files: `readers` lists the formats; each has a module in the folder of its family."""

from .readers import load as load, loads as loads
