"""A mission's answers in columns as a file, so that a new process need not read them all again.

The file is only ever a shortcut: whoever takes it up reads what has changed since, and then asks
the database whether the rest is what it has (see ``MissionAnswers``). It can be deleted at any
time. Its name ends with the number of the newest change in it.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from observer.findings.table import FIXED, Column, Items, Rows, Table

FORMAT = 1
"""Raised with every change of what the files hold; others are passed over."""
_NAME = re.compile(r"answers-(\d+)-(\d+)\.npz")
_ABOUT = "about"

log = logging.getLogger(__name__)


def newest(folder: Path, mission_id: int) -> tuple[int, Path] | None:
    """The newest change in a file of the mission, and the file; None where there is none."""
    found = [
        (int(match[2]), path)
        for path in folder.glob(f"answers-{mission_id}-*.npz")
        if (match := _NAME.fullmatch(path.name))
    ]
    return max(found, default=None)


def write(folder: Path, mission_id: int, seen: int, forms: Mapping[int, Rows]) -> None:
    """Keep the rows of every form that are alive, in place of what was kept of the mission.

    Where that cannot be done the log says so: nothing but time is lost.
    """
    arrays: dict[str, np.ndarray] = {}
    about: dict[str, Any] = {"format": FORMAT, "fixed": list(FIXED), "forms": {}}
    for form_id, rows in forms.items():
        alive = np.flatnonzero(rows.alive)
        ids = b"".join(rows.ids[row].bytes for row in alive)
        arrays[f"{form_id}.ids"] = np.frombuffer(ids, np.uint8)
        for name, array in rows.fixed.items():
            arrays[f"{form_id}.{name}"] = array[alive]
        values = []
        for at, column in enumerate(rows.columns.values()):
            arrays[f"{form_id}.{at}"] = _narrow(column, alive)
            values.append(_encoded(column.values))
        about["forms"][form_id] = {"columns": list(rows.columns), "values": values}
    arrays[_ABOUT] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    target = folder / f"answers-{mission_id}-{seen}.npz"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        older = set(folder.glob(f"answers-{mission_id}-*.npz")) - {target}
        with tempfile.TemporaryDirectory(dir=folder) as beside:
            part = Path(beside) / target.name
            np.savez(part, **arrays)  # type: ignore[arg-type]
            part.replace(target)
    except OSError as error:
        log.warning("The answers are not kept for the next process: %s", error)
        return
    for path in older:
        path.unlink(missing_ok=True)


def read(path: Path) -> dict[int, Table] | None:
    """The tables of a file, by form; None where it is damaged or of another release."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            about = json.loads(arrays[_ABOUT].tobytes())
            if about["format"] != FORMAT or about["fixed"] != list(FIXED):
                return None
            return {
                int(form_id): _table(arrays, form_id, form)
                for form_id, form in about["forms"].items()
            }
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        log.warning("%s cannot be read and is passed over: %s", path.name, error)
        return None


def _table(arrays: Mapping[str, np.ndarray], form_id: str, form: dict[str, Any]) -> Table:
    raw = arrays[f"{form_id}.ids"].tobytes()
    return Table.of(
        [uuid.UUID(bytes=raw[at : at + 16]) for at in range(0, len(raw), 16)],
        {name: arrays[f"{form_id}.{name}"] for name in FIXED},
        {
            name: Column(arrays[f"{form_id}.{at}"].astype(np.int32), _decoded(values))
            for at, (name, values) in enumerate(zip(form["columns"], form["values"], strict=True))
        },
    )


def _narrow(column: Column, alive: np.ndarray) -> np.ndarray:
    """The codes in the fewest bytes that hold them: most questions have few answers."""
    kind = np.min_scalar_type(-len(column.values) - 1)
    return column.codes[alive].astype(kind)


def _encoded(values: Sequence[Any]) -> list[Any]:
    """Values as JSON, in which what is no text or number is an object that says what it is."""
    return [_encode(value) for value in list(values)]


def _encode(value: Any) -> Any:
    if isinstance(value, Items):
        return {"items": _encoded(value.answers)}
    return {"tuple": _encoded(value)} if isinstance(value, tuple) else value


def _decoded(values: Sequence[Any]) -> list[Any]:
    return [_decode(value) for value in values]


def _decode(value: Any) -> Any:
    if isinstance(value, dict):
        ((kind, parts),) = value.items()
        decoded = tuple(_decoded(parts))
        return Items(decoded) if kind == "items" else decoded
    return value
