"""Files as families of models: a spec or a program, read anew for other sizes, or any file with open sizes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from ..analysis.family import Family, ModelFamily, Values, names_of
from ..errors import ParamcalcError
from ..graph.model import Model
from ..graph.size_names import has_names, no_size
from ..symbolic import Size
from ..symbolic.notation import NAME
from .modelspec.sizes import NAMELESS, Sizes, numbers_alone
from .opened import Source
from .readers import SPEC, Reader, read_by, reader_of, source_at

TRIED = 8  # a value at which the model of a file is read, where it has none with symbols


@dataclass(frozen=True)
class FileFamily:
    """A file with named sizes, which may change the structure of its model.

    Attributes
    ----------
    source : Source
        Its content is read once.
    reading : str
        The function that reads it, as a `Reader` names it.
    sizes : mapping of str to int or Expr
    """

    source: Source
    reading: str
    sizes: Values = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The name of the model with symbols, or of the file."""
        with suppress(ParamcalcError):
            return self.make({}).label
        return self.source.name

    @property
    def identity(self) -> str:
        """The content of the file, what of it is asked for, and the values of its sizes."""
        sizes = {name: str(one) for name, one in self.sizes.items()}
        return json.dumps([self.source.text, self.source.asked.model, sizes], sort_keys=True)

    def check(self, names: Iterable[str]) -> None:
        """Refuse names that the file does not have."""
        names = [*names, *self.sizes]
        missing = [name for name in names if name not in self.own_names]
        if not missing or self._asks_for(names):
            return
        known = self._known([name for name in names if name in self.own_names])
        for name in missing:
            if name not in known:
                raise self.source.located(no_size(name, known, self.remedy).at("sizes"))

    @property
    def known(self) -> set[str]:
        """The names of its sizes, and of the open axes of its inputs."""
        return self._known(())

    def _known(self, names: Iterable[str]) -> set[str]:
        model = self._tried(names)
        return {*self.listed} if model is None else {*self.listed, *names_of(model)}

    def _tried(self, names: Iterable[str]) -> Model | None:
        # with symbols for some sizes, or where there is no such model with numbers
        for value in (None, TRIED):
            with suppress(ParamcalcError):
                return self.make(dict.fromkeys(names, value))
        return None

    nameless: ClassVar[str] = "the program has no size: a parameter of the class or function in FILE:NAME is one"

    @property
    def remedy(self) -> str | None:
        """What to do if no size has a name."""
        model = None if self.listed else self._tried(())
        return None if self.listed or model is None or has_names(model) else self.nameless

    @cached_property
    def listed(self) -> frozenset[str]:
        """The names of its sizes, open axes of inputs aside."""
        from .source.reader import interpret

        run, _ = interpret(self.source.at({}))
        return frozenset({*run.symbols, *run.defaults})

    @property
    def own_names(self) -> frozenset[str]:
        """The names that may be those of its sizes."""
        return self.listed

    def _asks_for(self, names: Iterable[str]) -> bool:
        # a program may ask for a size as a number alone, such as one of layers
        from .source.reader import UnusedSize

        try:
            self.make(dict.fromkeys(names, TRIED))
        except UnusedSize:
            return False
        except ParamcalcError:  # of whatever it is, it is no size that is not asked for
            return True
        return True

    def named(self, values: Values) -> list[Size]:
        """Give no other sizes."""
        return []

    def make(self, values: Values) -> Model:
        """Give the model at values."""
        return read_by(self.reading, self.source.at({**self.sizes, **values}))


class SpecFamily(FileFamily):
    """A spec."""

    nameless = NAMELESS

    @property
    def label(self) -> str:
        """The name of the spec, or of its file."""
        given = self.source.data.get("name")
        return given if isinstance(given, str) else self.source.name

    @cached_property
    def listed(self) -> frozenset[str]:
        """The names that it lists."""
        given = self.source.data.get("sizes")
        return frozenset(given if isinstance(given, Mapping) else ())

    @cached_property
    def own_names(self) -> frozenset[str]:
        """The names that it lists, and every word in it that may be an expression; where it is read, they are known."""
        return self.listed.union(_words(self.source.data))

    def _asks_for(self, names: Iterable[str]) -> bool:
        return False

    def named(self, values: Values) -> list[Size]:
        """Give the named sizes, used or not: each of them is checked where the spec is read."""
        return [*Sizes(self.source.data.get("sizes"), {**self.sizes, **values}).values.values()]


def family_of(path: str | os.PathLike[str], sizes: Values) -> Family:
    """Give the family of a file, with values for some of its sizes.

    Raises
    ------
    ParamcalcError
        As `paramcalc.load` does.
    """
    source = source_at(path)
    reader: Reader = reader_of(source)
    if not reader.sizes:
        return ModelFamily(read_by(reader.read, source, reader.framework), sizes, numbers_alone(source.name))
    kind = SpecFamily if reader.read == SPEC else FileFamily
    return kind(source, reader.read, sizes)


def _words(value: object) -> Iterator[str]:
    # the names in all expressions of a spec
    if isinstance(value, str):
        yield from re.findall(NAME, value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
