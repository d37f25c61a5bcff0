"""A table of a Word file as a table of Markdown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

MOST_COLUMNS = 60
_SIDES = {"right": "---:", "end": "---:", "center": ":---:"}


def pipe_table(
    table: Any, cell_of: Callable[[Any], tuple[str, str]], tell: Callable[[str], None]
) -> str:
    """The table in Markdown; ``cell_of`` gives a cell's words and alignment.

    Cells that were merged stand once, with empty ones beside and below them.
    """
    grid: dict[tuple[int, int], tuple[str, str]] = {}
    is_merged = False
    rows = [row for row in table.children if getattr(row, "children", None)]
    for number, row in enumerate(rows):
        column = 0
        for cell in row.children:
            while (number, column) in grid:
                column += 1
            width = max(1, min(cell.colspan, MOST_COLUMNS))
            height = min(cell.rowspan, len(rows) - number)
            is_merged = is_merged or width > 1 or height > 1
            for below in range(height):
                for beside in range(width):
                    grid[number + below, column + beside] = ("", "")
            grid[number, column] = cell_of(cell)
            column += width
    if not grid:
        return ""
    if is_merged:
        tell(_("Merged cells were split: the words stand in the first of them."))
    columns = max(column for _row, column in grid) + 1
    lines = [
        _line([grid.get((number, column), ("", ""))[0] for column in range(columns)])
        for number in range(len(rows))
    ]
    sides = [_side(grid, column, len(rows)) for column in range(columns)]
    lines[0] = _without_bold(lines[0])
    return "\n".join([lines[0], _line(sides), *lines[1:]])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _side(grid: dict[tuple[int, int], tuple[str, str]], column: int, rows: int) -> str:
    """How a column is aligned, where its cells agree."""
    said = {
        grid[number, column][1]
        for number in range(1 if rows > 1 else 0, rows)
        if grid.get((number, column), ("", ""))[0]
    }
    return _SIDES.get(said.pop(), "---") if len(said) == 1 else "---"


def _without_bold(line: str) -> str:
    """A head without bold of its own: heads are set bold anyway."""
    cells = line[2:-2].split(" | ")
    bold = all(not cell or (cell.startswith("**") and cell.endswith("**")) for cell in cells)
    return _line([cell.removeprefix("**").removesuffix("**") for cell in cells]) if bold else line
