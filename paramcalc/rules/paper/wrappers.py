"""Wrappers of recurrent layers of any framework; the functions are those of the rules of Keras."""

from ...core.rule import Rule
from ...untyped import OptionValue
from ..keras import recurrent_wrappers as keras
from .common import paper


def shared(rule: Rule, **options: OptionValue) -> Rule:
    """Declare the function of another framework's rule here, too."""
    made: Rule = paper(name=rule.name, **options)(rule.body)
    made.__module__ = __name__
    return made


StackedRNNCells = shared(keras.StackedRNNCells)
RNN = shared(keras.RNN)
Bidirectional = shared(keras.Bidirectional, copies=("layer",))
TimeDistributed = shared(keras.TimeDistributed)
