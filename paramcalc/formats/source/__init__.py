"""Source code: a small interpreter of Python on shapes and symbols; nothing of the program is executed.

To read it as an introduction to interpreters, take the folders in this order. Each imports only those before it:

``parsing``
    From a text (a file, cells of a notebook, fenced blocks) to syntax trees.
``memory``
    What a run holds: values, of which some are unknown; a journal of every change, so that branches can be undone,
    compared and merged; a budget; the state that all of it makes up.
``values``
    What values do: attributes, items, calls, arithmetic, iteration.
``syntax``
    What each statement and expression of Python does with values.
``names``
    What the names of the standard library, NumPy, Keras and PyTorch stand for: tables, and functions on shapes.
    (``syntax`` and ``names`` do not know each other.)
``models``
    What a run leaves: models with their layers, weights, shapes and lines.

All functions are given the run, a ``memory.state.State``. Where a lower folder needs a higher one, as a call in
``values`` needs the statements of a function, it asks the run: ``interpreter`` gives it these functions.

``interpreter`` runs the statements of a module with all this, ``imports`` finds the modules it asks for, ``snippets``
gives the names that it never binds, ``summon`` makes the model that is asked for by name, ``earlier`` counts a model
before the statement that made it unknown, and ``reader`` is the entry.
"""
