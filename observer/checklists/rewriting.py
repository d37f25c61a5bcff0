"""Expressions as other tools' forms have them, rewritten into those that are evaluated here.

``pulldata('list', 'column', 'key', answer)`` becomes a look into a table, which
``instance('list')/root/item[key = string(answer)]/column`` says in XPath. What other tools keep
from the form before, and what stands for nothing, becomes an empty text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ITEXT = re.compile(r"(?<![\w.-])jr:itext\s*\(")
_PREFIXED = re.compile(
    r"""'[^']*'|"[^"]*"|\$\{[^}]*\}|\b(?P<name>[A-Za-z_][\w-]*:[A-Za-z_][\w-]*)(?![\w-])(?!\s*\()"""
)
_PULLDATA = re.compile(r"(?<![\w.-])pulldata\s*\(")
_EMPTY = {
    "last-saved": "answers of the form before are not kept; it counts as empty",
    "null": "null is no answer; it counts as empty",
    "instanceID": "${instanceID} is not known before a form is sent; it counts as empty",
}
"""What counts as empty, and what is to be known of it."""
_COUNTED_AS_EMPTY = re.compile(
    r"""'[^']*'|"[^"]*"|\$\{\s*(?P<saved>last-saved)\#[^}]*\}|\$\{\s*(?P<id>instanceID)\s*\}"""
    r"""|(?<![\w./$:-])(?P<null>null)(?![\w.:(/-])"""
)
_RELATIVE = re.compile(r"""'[^']*'|"[^"]*"|\$\{[^}]*\}|(?<![\w./)\]*])(?P<path>\.\.?)(?![\w.])""")
_PARTS = re.compile(r"""'[^']*'|"[^"]*"|\$\{[^}]*\}|[(),\[\]]|[^'"$(),\[\]]+|.""", re.DOTALL)
_DICE = re.compile(r"(?<![\w.-])(?:random|uuid)\s*\(\s*\)")
_NO_NAME = re.compile(r"[^\w.-]+")
_SEARCH = re.compile(r"\bsearch\s*\(")
_SOUGHT = {
    "matches": "{column} = {text}",
    "contains": "contains({column}, {text})",
    "startswith": "starts-with({column}, {text})",
    "endswith": "ends-with({column}, {text})",
}


@dataclass(frozen=True)
class Search:
    """Choices that come from a file, as the appearance ``search('file', …)`` asks for them."""

    file: str
    choice_filter: str
    appearance: str
    """What else the appearance says."""


class SearchError(ValueError):
    """The appearance cannot be used; the message says how to write it."""


def rewritten(text: str) -> tuple[str, list[str]]:
    """The expression as it is evaluated here, and what is to be known of it."""
    notes: list[str] = []

    def empty(found: re.Match[str]) -> str:
        if found.lastgroup is None:
            return found[0]
        notes.append(_EMPTY[found[found.lastgroup]])
        return "''"

    text = _without_itext(_with_tables(_COUNTED_AS_EMPTY.sub(empty, text)))
    if "instance(" in text:
        # Columns such as fuel:diesel, which would be names with a prefix in XPath.
        text = _PREFIXED.sub(lambda m: column_name(m[0]) if m["name"] else m[0], text)
    return text, list(dict.fromkeys(notes))


def kept_once(calculation: str) -> str | None:
    """A calculation that throws dice anew each time, as one that keeps what it gave first."""
    if not _outside_quotes(_DICE, calculation) or "${" in calculation or "once" in calculation:
        return None
    return f"once({calculation})"


def column_name(header: str) -> str:
    """A column's name as an expression can have it."""
    name = _NO_NAME.sub("_", header.strip())
    return f"_{name}" if name[:1].isdigit() or name[:1] in "-." else name


def table_name(file: str) -> str:
    """The name of the table that a file has: that of the file without its ending."""
    return re.sub(r"\.(csv|xml|geojson)$", "", file.strip(), flags=re.IGNORECASE)


def search_of(appearance: str) -> Search | None:
    """What an appearance with ``search(…)`` asks for; None for another one. Raises SearchError."""
    found = _SEARCH.search(appearance)
    if found is None:
        return None
    parts, end = _parts(appearance, found.end())
    rest = " ".join((appearance[: found.start()] + appearance[end:]).split())
    file = _text(parts[0])
    pairs = parts[2:]
    if not file or len(parts) not in (1, 4, 6) or (parts[1:] and _text(parts[1]) not in _SOUGHT):
        raise SearchError(
            "write it as search('districts') or search('districts', 'matches', 'column', ${name}), "
            f"with one of {', '.join(_SOUGHT)}"
        )
    conditions = []
    for at in range(0, len(pairs), 2):
        how = _SOUGHT[_text(parts[1]) or ""] if at == 0 else _SOUGHT["matches"]
        columns = [column_name(each) for each in (_text(pairs[at]) or "").split(",")]
        each = [how.format(column=column, text=pairs[at + 1].strip()) for column in columns]
        conditions.append(each[0] if len(each) == 1 else f"({' or '.join(each)})")
    return Search(f"{table_name(file)}.csv", " and ".join(conditions), rest)


def _with_tables(text: str) -> str:
    while found := _outside_quotes(_PULLDATA, text):
        parts, end = _parts(text, found.end())
        table, column, key = (_text(part) for part in (*parts, "", "", "")[:3])
        if len(parts) != 4 or not (table and column and key):
            break
        answer = _RELATIVE.sub(
            lambda m: f"current()/{m[0]}" if m["path"] else m[0], parts[3].strip()
        )
        cell = (
            f"instance('{table_name(table)}')/root/item"
            f"[{column_name(key)} = string({answer})]/{column_name(column)}"
        )
        text = text[: found.start()] + cell + text[end:]
    return text


def _without_itext(text: str) -> str:
    """Labels are texts in a table here; ODK has ids of them where they are translated."""
    while found := _outside_quotes(_ITEXT, text):
        parts, end = _parts(text, found.end())
        label = re.sub(r"/itextId\s*$", "/label", ",".join(parts))
        text = text[: found.start()] + label + text[end:]
    return text


def _outside_quotes(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    for found in pattern.finditer(text):
        before = re.sub(r"'[^']*'|\"[^\"]*\"", "", text[: found.start()])
        if "'" not in before and '"' not in before:
            return found
    return None


def _parts(text: str, start: int) -> tuple[list[str], int]:
    """The arguments that begin here, and where their closing bracket ends."""
    parts, depth, at = [""], 0, start
    for found in _PARTS.finditer(text, start):
        piece, at = found[0], found.end()
        if piece in (")", "]") and depth == 0:
            break
        depth += (piece in ("(", "[")) - (piece in (")", "]"))
        if piece == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return parts, at


def _text(part: str) -> str | None:
    """What stands in quotes; None where it is no text."""
    found = re.fullmatch(r"""'([^']+)'|"([^"]+)\"""", part.strip())
    return (found[1] or found[2]).strip() if found else None
