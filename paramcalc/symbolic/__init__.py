"""The engine: exact integer sizes with names, as people write them (see ``README.md`` beside this)."""

from .expr import (
    Expr as Expr,
    Size as Size,
    add as add,
    ceil_div as ceil_div,
    exact as exact,
    is_known as is_known,
    leaves as leaves,
    maximum as maximum,
    minimum as minimum,
    symbols as symbols,
    times as times,
    unknown as unknown,
)
from .normal import collect as collect, degree as degree
from .notation import grouped as grouped, latex as latex, text as text, unicode as unicode
from .parse import parse as parse
