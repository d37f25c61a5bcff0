"""Tables as Arrow's columns, and Parquet files of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from observer.findings.exports.tables import Table
from observer.findings.exports.variables import Kind

TYPES = {
    Kind.TEXT: pa.string(),
    Kind.CHOICE: pa.string(),
    Kind.CHOICES: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.DECIMAL: pa.float64(),
    Kind.FLAG: pa.int8(),
    Kind.MOMENT: pa.timestamp("ms", tz="UTC"),
    Kind.LOCAL: pa.timestamp("ms"),
}
ROWS_IN_GROUP = 20_000


def schema_of(table: Table) -> pa.Schema:
    """The columns of a table, each with its label and what its choices mean."""
    return pa.schema(
        pa.field(
            variable.name,
            TYPES[variable.kind],
            metadata={
                "label": variable.label,
                **({"choices": json.dumps(dict(variable.choices))} if variable.choices else {}),
            },
        )
        for variable in table.variables
    )


def record_batches(table: Table, schema: pa.Schema) -> Iterator[tuple[list[Any], pa.RecordBatch]]:
    """A table's rows, some at a time, as they are and as Arrow has them."""
    readers = [variable.read for variable in table.variables]
    for rows in table.batches():
        arrays = [
            pa.array([read(row) for row in rows], type=field.type)
            for read, field in zip(readers, schema, strict=True)
        ]
        yield rows, pa.RecordBatch.from_arrays(arrays, schema=schema)


def write_parquet(path: Path, table: Table) -> None:
    """Write a table as Parquet, a group of rows at a time."""
    schema = schema_of(table)
    waiting: list[pa.RecordBatch] = []
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:

        def write() -> None:
            writer.write_table(pa.Table.from_batches(waiting, schema))
            waiting.clear()

        for _rows, batch in record_batches(table, schema):
            waiting.append(batch)
            if sum(each.num_rows for each in waiting) >= ROWS_IN_GROUP:
                write()
        write()
