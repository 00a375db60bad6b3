"""Names of the values that no type describes, each with its reason: the one place where ``Any`` is written."""

from __future__ import annotations

from typing import Any, TypeAlias

# An object of another library: its array, frame, layer, tensor or client. The libraries are extras, so that their types
# are not there to be checked.
Foreign: TypeAlias = Any  # type: ignore[explicit-any]

# A value of a document (JSON, YAML, TOML, a pickle) as it was parsed. Nothing is known of it before a reader checks it,
# and a union of all that a document may hold would be narrowed by a cast at every step.
Parsed: TypeAlias = Any  # type: ignore[explicit-any]

# What a kind of option gives. Its type is stated where it is used, by the annotation in the rule's own signature, and
# no checker can follow it through a dictionary of options; a union of all types would need a cast at every use.
OptionValue: TypeAlias = Any  # type: ignore[explicit-any]

# What a program passes to a function, such as one of keras.ops: a number, a shape, a text, a list of them. The function
# checks it.
Arg: TypeAlias = Any  # type: ignore[explicit-any]

# What is passed on by name to a function that declares and checks it: flags to a command, layout to a writer.
Passed: TypeAlias = Any  # type: ignore[explicit-any]

# Data of a view: texts, numbers, sizes, lists and mappings of them. The writer turns each into what its format has.
Written: TypeAlias = Any  # type: ignore[explicit-any]

# What a module above keeps on a node of an expression; its type is not known below.
Memo: TypeAlias = Any  # type: ignore[explicit-any]
