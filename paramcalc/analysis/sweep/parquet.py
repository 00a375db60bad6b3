"""Sweeps in Parquet: one file, written block by block, or one file for each partition."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from ...errors import SizeError
from ...symbolic.program import INT64, Range, ranges, within
from ...untyped import Foreign
from .pieces import Block, Left, Piece
from .sweep import Sweep, needs

ROWS = 250_000  # of a group of rows
LEFT, REASON = b"paramcalc.left_out", b"paramcalc.reason"  # in the metadata of a file

Schema = Foreign  # pyarrow.Schema


def column_ranges(several: Iterable[Piece]) -> dict[str, Range]:
    """Bound every size and column of a sweep; a column of a model that is built at every point is taken as 64 bits."""
    found: dict[str, Range] = {}
    for piece in several:
        here = piece.bounds
        if piece.formulas is None:
            here |= dict.fromkeys(piece.figures, INT64)
        else:
            program = piece.formulas.columns
            values = ranges(program, {name: here[name] for name in program.names})
            here |= {name: values[place] for name, place in zip(piece.figures, program.results, strict=True)}
        for name, (low, high) in here.items():
            before = found.get(name, (low, high))
            found[name] = min(low, before[0]), max(high, before[1])
    return found


def schema_of(names: Iterable[str], found: Mapping[str, Range]) -> Schema:
    """Choose the type of each column: 64 bits, or a decimal number of up to 76 digits.

    Raises
    ------
    SizeError
        For a column with longer numbers.
    MissingExtra
        Without pyarrow.
    """
    arrow = needs("pyarrow", "Parquet")
    fields = []
    for name in names:
        digits = len(str(max(map(abs, found[name]))))
        if digits > 76:
            raise SizeError(f"{name} has numbers of up to {digits} digits", expected="at most 76 in Parquet")
        kind = arrow.int64() if within([found[name]], INT64) else arrow.decimal256(76) if digits > 38 else None
        fields.append(arrow.field(name, kind or arrow.decimal128(38), nullable=False))
    return arrow.schema(fields)


def table(block: Block, schema: Schema) -> Foreign:
    """Make an Arrow table of a block.

    Raises
    ------
    SizeError
        For a number that is longer than the type of its column.
    """
    arrow = needs("pyarrow", "Parquet")
    from decimal import Decimal

    columns = []
    for field in schema:
        column = block[field.name]
        if not arrow.types.is_decimal(field.type):
            if column.dtype.kind == "O":
                raise SizeError(f"{field.name} is beyond 64 bits at some point", expected="another format")
            columns.append(arrow.array(column, field.type))
        else:
            columns.append(arrow.array([Decimal(int(one)) for one in column], field.type))
    return arrow.Table.from_arrays(columns, schema=schema)


def _encoding(schema: Schema) -> dict[str, Foreign]:
    # values of a sweep follow each other: by their differences, they are written in a fifth of the time of a dictionary
    arrow = needs("pyarrow", "Parquet")
    whole = [field.name for field in schema if not arrow.types.is_decimal(field.type)]
    return {"use_dictionary": False, "column_encoding": dict.fromkeys(whole, "DELTA_BINARY_PACKED")}


def write_file(sweep: Sweep, path: str) -> int:
    """Write a sweep to one file; it appears when it is complete. Give the number of rows."""
    parquet = needs("pyarrow.parquet", "Parquet")
    schema = schema_of(sweep.names, column_ranges(sweep.pieces))
    arrow = needs("pyarrow", "Parquet")
    temporary, count = f"{path}.part", 0
    waiting: list[Foreign] = []
    with parquet.ParquetWriter(temporary, schema, **_encoding(schema)) as writer:

        def flush() -> None:
            if waiting:
                writer.write_table(arrow.concat_tables(waiting))
            waiting.clear()

        for block in sweep.blocks():
            if block and len(block[sweep.names[0]]):
                waiting.append(table(block, schema))
                count += waiting[-1].num_rows
                if sum(one.num_rows for one in waiting) >= ROWS:
                    flush()
        flush()
    os.replace(temporary, path)
    return count


def write_part(block: Block, left: Left, schema: Schema, path: str) -> int:
    """Write a partition to a file, with what was left out of it in the metadata; give the number of rows."""
    parquet = needs("pyarrow.parquet", "Parquet")
    told = schema.with_metadata({LEFT: str(left.number), REASON: left.reason})
    made = table(block, told)
    temporary = f"{path}.part"
    parquet.write_table(made, temporary, row_group_size=ROWS, **_encoding(schema))
    os.replace(temporary, path)
    return int(made.num_rows)


def read_part(path: str) -> tuple[int, Left]:
    """Give the number of rows of a partition that is written, and what was left out of it."""
    parquet = needs("pyarrow.parquet", "Parquet")
    found = parquet.read_metadata(path)
    told = found.metadata or {}
    return int(found.num_rows), Left(int(told.get(LEFT, b"0")), told.get(REASON, b"").decode())
