"""What the statements and expressions of Python do.

In the order of reading: ``targets``, ``comprehensions``, ``expressions``, ``exceptions``, ``loops``,
``statements``.
"""
