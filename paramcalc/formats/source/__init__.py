"""Source code: a small interpreter of Python on shapes and symbols; nothing of the program is executed.

To read it as an introduction to interpreters, start at the bottom:

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
``models``
    What a run leaves: models with their layers, weights, shapes and lines.

``interpreter`` runs the statements of a module with these, ``imports`` finds the modules it asks for, ``snippets``
gives the names that it never binds, ``summon`` makes the model that is asked for by name, and ``reader`` is the entry.
"""
