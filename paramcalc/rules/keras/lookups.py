"""Words and numbers looked up or hashed (keras/src/layers/preprocessing): none of these layers has weights.

Their vocabularies are tables of TensorFlow's, which Keras counts nowhere; ``vocabulary_size`` is what a saved layer
says of its own.
"""

from typing import Annotated, Literal, NamedTuple

from ...core.declare import Built, Inputs, Shape, rule
from ...core.kinds import Check, Sized
from ...errors import OptionError, ShapeError, Verbatim
from ...symbolic import Size, is_known, unknown
from ...untyped import OptionValue
from .axes import AnyShape
from .preprocessing import encoded
from .values import shape_of

Count = Annotated[Size, Sized()]
Mode = Literal["int", "one_hot", "multi_hot", "count", "tf_idf", "binary", "tf-idf"]


def _tokens(value: OptionValue) -> OptionValue:
    if isinstance(value, str):  # a file, which is not looked into
        return value
    return tuple(value)


def _at_least_none(value: OptionValue) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(value)
    return value


TOKENS = Check("a list of tokens, or the name of a file", _tokens, {"type": ["array", "string"]})
TOKEN = Check("a token", lambda value: value)
NUMBER_FROM_0 = Check("a number from 0 up", _at_least_none, {"type": "integer", "minimum": 0})
Tokens = Annotated[OptionValue, TOKENS]
Token = Annotated[OptionValue, TOKEN]


@rule(("mask_value", "salt"))
def Hashing(
    x: AnyShape,
    /,
    num_bins: Count,
    *,
    output_mode: Literal["int", "one_hot", "multi_hot", "count"] = "int",
    sparse: bool = False,
) -> Built:
    """Hashes each value into a bin; no weights."""
    _check_sparse(sparse, output_mode)
    return encoded(x, num_bins, output_mode)


@rule(("name", "dtype", "sparse"), base=())
def HashedCrossing(
    xs: Annotated[tuple[Shape, ...], Inputs("B ...", many=True)],
    /,
    num_bins: Count,
    output_mode: Literal["int", "one_hot"] = "int",
) -> Built:
    """Hashes each pair of values into a bin; no weights."""
    if len(xs) != 2:
        raise ShapeError("HashedCrossing takes 2 inputs", received=len(xs))
    first, second = xs
    if len(first) != len(second) or any(_differ(a, b) for a, b in zip(first, second, strict=True)):
        raise ShapeError("inputs with different shapes", expected=shape_of(first), received=Verbatim(shape_of(second)))
    if len(first) > 2 or (len(first) == 2 and first[-1] != 1):
        raise ShapeError("one value for each sample", expected="(B,) or (B, 1)", received=Verbatim(shape_of(first)))
    return encoded(first, num_bins, output_mode)


def _differ(a: Size, b: Size) -> bool:
    return is_known(a) and is_known(b) and a != b


def _check_sparse(sparse: bool, mode: str) -> None:
    if sparse and mode == "int":
        raise OptionError("sparse indices", expected="another output_mode than 'int', or sparse=False")


class Lookup(NamedTuple):
    """The options of a lookup.

    Attributes
    ----------
    tokens, idf_weights : tuple or str, optional
    max_tokens, size : int or Expr, optional
        The most places there may be, and what a saved layer says there are.
    pad, invert : bool
    mode : str
    mask, oov : str or int
        What stands for no token and for one the vocabulary lacks.
    buckets : int
        How many places tokens it lacks have.
    """

    tokens: OptionValue
    idf_weights: OptionValue
    max_tokens: Size | None
    size: Size | None
    pad: bool
    invert: bool
    mode: str
    mask: OptionValue
    oov: OptionValue
    buckets: int

    def depth(self) -> Size:
        """Count the places of a vocabulary; unknown until it has seen data.

        Raises
        ------
        OptionError
            For what does not go together.
        """
        weighed = self.mode in ("tf_idf", "tf-idf")
        if self.pad and self.max_tokens is None:
            raise OptionError("pad_to_max_tokens needs max_tokens", expected="max_tokens")
        if self.max_tokens == 1:
            raise OptionError("one token", expected="max_tokens above 1")
        if self.invert and self.mode != "int":
            raise OptionError("invert gives tokens", expected="output_mode='int'", received=self.mode)
        if self.idf_weights is not None and not weighed:
            raise OptionError("idf_weights", expected="output_mode='tf_idf'", received=self.mode)
        size = self.size
        if self.tokens is not None and not isinstance(self.tokens, str):
            if weighed and (self.idf_weights is None or len(self.idf_weights) != len(self.tokens)):
                raise OptionError("tf_idf with a vocabulary", expected="idf_weights, one for each token")
            size = self._places()
        chosen = self.max_tokens if self.pad else size
        return unknown("vocabulary") if chosen is None else chosen

    def _places(self) -> int:
        # before the tokens, unless they have them already: no token, if there are indices, and those it lacks
        mask = () if self.mask is None else (self.mask,)
        before = (*(mask if self.mode == "int" else ()), *(self.oov,) * self.buckets)
        found = self.tokens[: len(before)] == before
        own = self.tokens[len(before) :] if found else self.tokens
        if not self.tokens or len(set(own)) != len(own):
            raise OptionError("a vocabulary", expected="different tokens, one at least", received=self.tokens)
        if set(mask) & set(own) or (self.invert and self.oov in own):
            raise OptionError(
                "mask_token or oov_token is in the vocabulary", expected=f"it in front, as {list(before)}, or nowhere"
            )
        places = len(before) + len(own)
        if isinstance(self.max_tokens, int) and places > self.max_tokens:
            raise OptionError(f"a vocabulary of {places}", expected=f"at most {self.max_tokens}")
        return places


@rule(("name", "dtype", "trainable", "oov_method", "salt", "vocabulary_dtype", "has_input_vocabulary"), base=())
def IntegerLookup(
    x: AnyShape,
    /,
    max_tokens: Count | None = None,
    num_oov_indices: Annotated[int, NUMBER_FROM_0] = 1,
    mask_token: Token | None = None,
    oov_token: Token = -1,
    vocabulary: Tokens | None = None,
    *,
    idf_weights: Tokens | None = None,
    invert: bool = False,
    output_mode: Mode = "int",
    sparse: bool = False,
    pad_to_max_tokens: bool = False,
    vocabulary_size: Count | None = None,
) -> Built:
    """Maps numbers to their indices in a vocabulary, or encodes the indices. A vocabulary is not a weight."""
    _check_sparse(sparse, output_mode)
    sizes = (max_tokens, vocabulary_size, pad_to_max_tokens)
    told = Lookup(vocabulary, idf_weights, *sizes, invert, output_mode, mask_token, oov_token, num_oov_indices)
    return encoded(x, told.depth(), output_mode)


@rule(("name", "dtype", "trainable", "oov_method", "salt", "encoding", "has_input_vocabulary"), base=())
def StringLookup(
    x: AnyShape,
    /,
    max_tokens: Count | None = None,
    num_oov_indices: Annotated[int, NUMBER_FROM_0] = 1,
    mask_token: Token | None = None,
    oov_token: Token = "[UNK]",
    vocabulary: Tokens | None = None,
    *,
    idf_weights: Tokens | None = None,
    invert: bool = False,
    output_mode: Mode = "int",
    pad_to_max_tokens: bool = False,
    sparse: bool = False,
    vocabulary_size: Count | None = None,
) -> Built:
    """Maps words to their indices in a vocabulary, or encodes the indices. A vocabulary is not a weight."""
    _check_sparse(sparse, output_mode)
    sizes = (max_tokens, vocabulary_size, pad_to_max_tokens)
    told = Lookup(vocabulary, idf_weights, *sizes, invert, output_mode, mask_token, oov_token, num_oov_indices)
    return encoded(x, told.depth(), output_mode)


@rule(("standardize", "ngrams", "encoding", "has_input_vocabulary"))
def TextVectorization(
    x: AnyShape,
    /,
    max_tokens: Count | None = None,
    *,
    split: Token | None = "whitespace",
    output_mode: Mode = "int",
    output_sequence_length: Count | None = None,
    pad_to_max_tokens: bool = False,
    vocabulary: Tokens | None = None,
    idf_weights: Tokens | None = None,
    sparse: bool = False,
    ragged: bool = False,
    vocabulary_size: Count | None = None,
) -> Built:
    """Splits texts into words and maps them to indices, or counts them. The vocabulary is not a weight."""
    if output_mode != "int" and (output_sequence_length is not None or ragged):
        raise OptionError("sequences", expected="output_mode='int'", received=output_mode)
    if split is not None and (len(x) > 2 or (len(x) == 2 and is_known(x[-1]) and x[-1] != 1)):
        raise ShapeError("one text for each sample", expected="(B,) or (B, 1)", received=Verbatim(shape_of(x)))
    sizes = (max_tokens, vocabulary_size, pad_to_max_tokens)
    depth = Lookup(vocabulary, idf_weights, *sizes, False, output_mode, "", "[UNK]", 1).depth()
    if split is None:  # texts are tokens already
        cut = output_mode == "int" and output_sequence_length is not None and len(x) > 1
        return encoded((*x[:-1], output_sequence_length) if cut else x, depth, output_mode)  # type: ignore[arg-type]  # it is given
    if output_mode == "one_hot":
        raise OptionError("one_hot needs one token for each text", expected="'multi_hot' or 'count'")
    words = unknown("words") if output_sequence_length is None else output_sequence_length
    return encoded((x[0], words), depth, output_mode)
