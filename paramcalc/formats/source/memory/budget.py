"""The budget of a run: how much it may do, counted in steps, so that what is read is the same on every machine."""

from __future__ import annotations

import time

from .objects import Dict, List, Set

STEPS = 300_000  # of a whole run, and as many again for the models that it leaves; 2 to 6 microseconds each
STATEMENT_STEPS = 250_000  # of one statement of the top level; the largest library models take 150,000
SECONDS = 20.0  # for work that no step is charged for: none is known
LAYER = 40  # steps: a layer of PyTorch is made or read
WEIGHT = 20  # one of its weights
KERAS_LAYER = 20  # one of Keras, which is looked at more often
MERGED = 2  # two values of one name are compared after a branch
ALIKE = 4  # names of which neither branch has changed the value, likewise in the time of a step
STORED = 2  # an item is put into a list or a dictionary
ITEMS = 2  # items of a sequence that are looked at in the time of a step
REACHED = 10  # objects that are found through others, likewise
CHARACTERS = 2_000  # of a text, likewise


class Stop(Exception):
    """The statement of the top level cannot be followed further; what it can reach becomes unknown.

    Parameters
    ----------
    reason : str
    everything : bool
        Whether it may have changed anything at all.
    """

    def __init__(self, reason: str, everything: bool = False) -> None:
        super().__init__(reason)
        self.everything = everything


class Budget:
    """Steps that were taken, and those that may be.

    Attributes
    ----------
    spent : int
        Steps that were taken.
    whole : int
        How many may be taken before the budget is renewed.
    limit : int
        How many may be taken by what is run now, such as a statement of the top level.
    """

    def __init__(self) -> None:
        self.spent = 0
        self.whole = STEPS
        self.limit = STEPS
        self.began = time.thread_time()  # other threads of the process may be at work
        self.look = 0  # at the clock, once so many steps were taken

    def spend(self, steps: int = 1) -> None:
        """Count steps.

        Raises
        ------
        Stop
            When there were too many.
        """
        self.spent += steps
        if self.spent > self.limit:
            raise Stop("it takes too many steps")
        if self.spent > self.look:
            self.look = self.spent + 1_000
            if time.thread_time() - self.began > SECONDS:
                raise Stop("it takes too long")

    def charge(self, steps: int) -> None:
        """Count steps for what was done; when they were too many, the next step says so."""
        self.spent += steps

    def charge_for(self, *values: object) -> None:
        """Count steps for values that were made or read at once."""
        for value in values:
            if isinstance(value, (str, bytes)):
                self.spent += len(value) // CHARACTERS
            elif isinstance(value, tuple):
                self.spent += len(value) // ITEMS
            elif isinstance(value, (List, Dict, Set)):
                self.spent += len(value.state) // ITEMS

    def exhausted(self) -> bool:
        """Tell whether nothing more may be run."""
        return self.spent > self.whole

    def grant(self) -> None:
        """Allow what is run next its share of the steps that are left."""
        self.limit = min(self.whole, self.spent + STATEMENT_STEPS)

    def renew(self) -> None:
        """Begin anew: what was spent does not count any longer."""
        self.whole = self.spent + STEPS
        self.grant()
