"""What values do: attributes, items, calls, arithmetic, iteration.

In the order of reading: ``parts`` and ``attributes``, ``setting``; ``pieces`` and ``operations``; ``iterators``,
``tracking`` and ``containers``; ``scopes``, ``reading`` and ``calls``; ``rounds`` and ``still``.
"""
