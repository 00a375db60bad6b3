"""Layers no rule knows: a custom class, a Lambda, another framework's module. A row all the same, never a zero."""

from __future__ import annotations

from ..core.built import Applicable, Built, Weight
from ..core.shapes import UNKNOWN_OUTPUTS, AnyShape, Outputs, Shape, UnknownOutputs, UnknownShape
from ..core.spelling import snake
from ..errors import LayerError


def counted(weights: tuple[Weight, ...], sure: bool = False, live: bool = False) -> str:
    """State where weights are from and, unless it is sure, that the trainable ones are unknown.

    Parameters
    ----------
    weights : tuple of Weight
    sure : bool
        Whether it is known which of them are trained.
    live : bool
        Whether they are those that a layer holds, of which that is known, and not those of a file.
    """
    if live:
        return "counted from the weights it holds" if weights else "it holds no weights"
    if not weights:
        return "the file stores no weights for it"
    return "counted from the weights stored with it" + ("" if sure else ", taken as trained: no file says which are")


class UnknownLayer(Applicable):
    """A layer of which only what a file tells is known.

    Parameters
    ----------
    type : str
        Class name, as the file has it.
    reason : str
        Why its weights cannot be known.
    name : str, optional
    stored : tuple of Weight, optional
        The weights it has, where they are known after all: those an archive holds, or none.
    trainable : bool
    more : bool
        Whether it may have more than are stored.
    told : str, optional
        What stands in the report's warnings, if not the reason.
    guessed : bool
        Whether the stored weights are taken as trained of which a file does not say it.
    lacks : str
        Why it may have more than are stored, where it may.
    """

    def __init__(
        self,
        type: str,
        reason: str,
        name: str | None = None,
        stored: tuple[Weight, ...] | None = None,
        trainable: bool = True,
        more: bool = False,
        told: str | None = None,
        guessed: bool = False,
        lacks: str = "",
    ) -> None:
        self._type = type
        self.reason = reason
        self.name = name
        self.stored = stored
        self.outs: Outputs = UNKNOWN_OUTPUTS  # where a file states them
        self.out_sizes: Shape | None = None  # of its one output, the batch aside, where its configuration states them
        self.frozen = not trainable
        self.more = more
        self.told = reason if told is None else told
        self.guessed = guessed
        self.lacks = lacks
        self.holds: tuple[Applicable, ...] = ()  # layers inside it, where they are known

    @property
    def sublayers(self) -> tuple[Applicable, ...]:
        """The layers inside it, which may be used elsewhere, too."""
        return self.holds

    @property
    def type(self) -> str:
        """Class name, as the file has it."""
        return self._type

    @property
    def label(self) -> str:
        """Its name, or one made of the class's as Keras does."""
        return self.name or snake(self.type.rpartition(">")[2])

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Answer what is known: the stored weights, or that there may be some, and the shapes a file states."""
        outs = self.outs
        if self.out_sizes is not None and isinstance(outs, UnknownOutputs) and shapes:
            (first, *_) = shapes
            outs = outs if isinstance(first, UnknownShape) or not first else ((first[0], *self.out_sizes),)
        if self.stored is None:
            return Built(outs, unknown=self.told, costed=False)
        if self.more:
            return Built(outs, self.stored, unknown=self.told, costed=False, guessed=self.guessed)
        return Built(outs, self.stored, note=self.told, costed=False, guessed=self.guessed)

    def __repr__(self) -> str:
        return f"<{self.type} {self.label!r}: {self.reason}>"


class BestEffortOperation(Applicable):
    """An operation whose rule may not know what this call of it gives; then the file's word stands.

    Parameters
    ----------
    operation : Applicable
    """

    frozen = False

    def __init__(self, operation: Applicable) -> None:
        self.operation = operation
        self.name = operation.name

    @property
    def type(self) -> str:
        """Class of the operation."""
        return self.operation.type

    @property
    def label(self) -> str:
        """Its name, or one made of its class."""
        return self.operation.label

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Apply the operation's rule; without an answer, the result is marked as unknown."""
        try:
            return self.operation.on(*shapes)
        except LayerError as error:
            return Built(UNKNOWN_OUTPUTS, note=str(error), costed=False)

    def __repr__(self) -> str:
        return repr(self.operation)
