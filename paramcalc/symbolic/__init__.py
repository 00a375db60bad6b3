"""Exact integer sizes with names, written as people write them; also on arrays (see ``README.md`` beside this)."""

from .collect import collect as collect, degree as degree, increasing as increasing
from .expr import (
    Expr as Expr,
    Size as Size,
    add as add,
    ceil_div as ceil_div,
    exact as exact,
    is_known as is_known,
    maximum as maximum,
    minimum as minimum,
    symbols as symbols,
    times as times,
    unknown as unknown,
)
from .fold import leaves as leaves
from .notation import (
    grouped as grouped,
    html as html,
    is_name as is_name,
    latex as latex,
    text as text,
    unicode as unicode,
)
from .parse import parse as parse
