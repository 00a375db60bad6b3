"""Names: the standard library and NumPy, as far as sizes flow through them."""

from .enums import enum_method as enum_method
from .tables import MODULES as MODULES
