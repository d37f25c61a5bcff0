"""Brings pyxform's tree of a form into the shape of our own definitions.

Each node comes to know its row on the survey sheet (``_row``); what pyxform adds for its own
way of making XForms is taken out; loops become groups; and a name that several groups have,
which XLSForm allows, becomes one name in the whole form.
"""

from __future__ import annotations

import copy
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

Node = dict[str, Any]
Path = tuple[str, ...]

_SIBLING = re.compile(r"(?P<up>(?:\.\./)+)(?P<name>[A-Za-z_][\w.-]*)")
_END = re.compile(r"end[ _](group|repeat|loop)", re.IGNORECASE)
_PLAIN = ("children", "choices", "columns", "name", "type", "itemset", "list_name", "_row")
"""Parts of a node in which names of other questions do not stand for their answers."""


def prepare(form: Node, rows: Sequence[dict[str, Any]], first_row: int) -> list[tuple[int, str]]:
    """Prepare the tree in place; gives the rows with names that cannot be told apart, and why."""
    waiting: dict[str, list[int]] = defaultdict(list)
    for number, cells in enumerate(rows, start=first_row):
        by_header = {header.strip().lower(): cell for header, cell in cells.items()}
        if not _END.match(str(by_header.get("type", "")).strip()):
            name = by_header.get("name") or f"generated_note_name_{number}"
            waiting[str(name).strip()].append(number)
    _number(form, waiting)
    _expand_loops(form)
    return _rename(form)


def _number(parent: Node, waiting: dict[str, list[int]]) -> None:
    """Say of each node in which row it stands, and take out those that stand in none."""
    kept: list[Node] = []
    counts: dict[str, str] = {}
    for node in parent["children"]:
        name = node["name"]
        if waiting.get(name):
            node["_row"] = waiting[name].pop(0)
        elif name.endswith("_other") and kept:
            # pyxform's own question for or_other, right behind the question it belongs to.
            node["_row"] = kept[-1].get("_row", 0)
            asked = name.removesuffix("_other")
            node["bind"] = node.get("bind", {}) | {"relevant": f"selected(${{{asked}}}, 'other')"}
        elif name.endswith("_count"):
            counts[f"${{{name}}}"] = str(node.get("bind", {}).get("calculate", ""))
            continue
        elif "children" not in node:
            if node.get("label") and "label" not in parent:
                parent["label"] = node["label"]
            continue
        if "children" in node:
            control = node.get("control", {})
            if control.get("jr:count") in counts:
                control["jr:count"] = counts[control["jr:count"]]
            _number(node, waiting)
        kept.append(node)
    parent["children"] = kept


def _expand_loops(parent: Node) -> None:
    """A loop asks the same for each choice of a list: it becomes a group of groups."""
    for node in parent["children"]:
        if "children" not in node:
            continue
        if node["type"] == "loop":
            node["type"] = "group"
            node["children"] = [
                {
                    "type": "group",
                    "name": column["name"],
                    "label": column.get("label", column["name"]),
                    "_row": node.get("_row", 0),
                    "children": [_of_column(each, column) for each in node["children"]],
                }
                for column in node.pop("columns", ())
            ]
        _expand_loops(node)


def _of_column(node: Node, column: Node) -> Node:
    def filled(value: Any, language: str = "") -> Any:
        if isinstance(value, dict):
            return {key: filled(each, str(key)) for key, each in value.items()}
        if isinstance(value, list):
            return [filled(each) for each in value]
        if not isinstance(value, str):
            return value
        label = column.get("label", column["name"])
        if isinstance(label, dict):
            label = label.get(language) or next(iter(label.values()), column["name"])
        return value.replace("%(label)s", label).replace("%(name)s", column["name"])

    return filled(copy.deepcopy(node))


def _walk(parent: Node, path: Path = ()) -> Iterator[tuple[Node, Path]]:
    for node in parent["children"]:
        if node["name"] == "meta":
            continue
        yield node, path
        if "children" in node:
            yield from _walk(node, (*path, node["name"]))


def _rename(form: Node) -> list[tuple[int, str]]:
    """Give what shares its name with others the name of its group too, everywhere."""
    nodes = list(_walk(form))
    shared = {name for name, times in Counter(n["name"] for n, _ in nodes).items() if times > 1}
    if not shared:
        return []
    short = Counter(_short(node, path) for node, path in nodes)
    taken = {node["name"] for node, _ in nodes}
    renamed: dict[tuple[Path, str], str] = {}
    wrong: list[tuple[int, str]] = []
    for node, path in nodes:
        name = node["name"]
        if name not in shared:
            continue
        new = name if not path else _short(node, path)
        if path and (short[new] > 1 or new in taken):
            new = "_".join((*path, name))
        if (path, name) in renamed or new in renamed.values() or (path and new in taken):
            wrong.append(
                (
                    node.get("_row", 0),
                    f"{name} is the name of another row in the same group; write another",
                )
            )
        renamed[path, name] = new
    for node, path in nodes:
        for key, value in node.items():
            if key not in _PLAIN:
                node[key] = _rewritten(value, path, renamed)
    for node, path in nodes:
        node["name"] = renamed.get((path, node["name"]), node["name"])
    return wrong


def _short(node: Node, path: Path) -> str:
    return "_".join((*path[-1:], node["name"]))


def _rewritten(value: Any, path: Path, renamed: dict[tuple[Path, str], str]) -> Any:
    """With the new names in ``../name``; pyxform lets no ``${name}`` mean several questions."""

    def sibling(found: re.Match[str]) -> str:
        above = path[: max(len(path) - found["up"].count("/") + 1, 0)]
        return found["up"] + renamed.get((above, found["name"]), found["name"])

    if isinstance(value, dict):
        return {key: _rewritten(each, path, renamed) for key, each in value.items()}
    return _SIBLING.sub(sibling, value) if isinstance(value, str) else value
