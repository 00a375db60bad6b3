"""What a run holds: values, their changes in a journal, its budget and its state.

In the order of reading: ``host`` and ``objects`` (values), ``reach`` (what values hold), ``budget``, ``heap`` (the
journal), ``trace`` (what a walk of ``forward`` shows), ``state`` (the run, with forks and loops).
"""
