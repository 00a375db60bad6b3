"""The engine: exact integer sizes with names, as people write them (see ``README.md`` beside this)."""

from .expr import (
    Expr as Expr,
)
from .expr import (
    Size as Size,
)
from .expr import (
    add as add,
)
from .expr import (
    ceil_div as ceil_div,
)
from .expr import (
    exact as exact,
)
from .expr import (
    is_known as is_known,
)
from .expr import (
    leaves as leaves,
)
from .expr import (
    maximum as maximum,
)
from .expr import (
    minimum as minimum,
)
from .expr import (
    rename as rename,
)
from .expr import (
    symbols as symbols,
)
from .expr import (
    times as times,
)
from .expr import (
    unknown as unknown,
)
from .normal import collect as collect
from .normal import degree as degree
from .notation import grouped as grouped
from .notation import latex as latex
from .notation import text as text
from .notation import unicode as unicode
from .parse import parse as parse
