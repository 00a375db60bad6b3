"""Models from files: `readers` lists the formats; each has a module in the folder of its family."""

from .readers import load as load, load_all as load_all, loads as loads
