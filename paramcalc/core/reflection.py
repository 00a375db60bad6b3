"""What Python's own tools ask of a rule, made when they ask: its docstring and its signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspect import Signature

    from .signatures import Described


class Docstring:
    """The text of one rule; on the class, that of the class."""

    def __init__(self, own: str | None) -> None:
        self.own = own

    def __get__(self, rule: Described | None, owner: type) -> str | None:
        if rule is None:
            return self.own
        from .signatures import docstring_of

        return docstring_of(rule)


class SignatureOfRule:
    """The signature of one rule; a class has its own."""

    def __get__(self, rule: Described | None, owner: type) -> Signature:
        if rule is None:
            raise AttributeError("__signature__")
        from .signatures import signature_of

        return signature_of(rule)
