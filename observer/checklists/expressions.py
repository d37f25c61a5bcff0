"""XLSForm's expressions, parsed once into trees that phone and server evaluate alike.

``elementpath`` knows the grammar of XPath; what comes out is plain JSON: a string, a number, or
``[operation, argument, …]``. :mod:`observer.checklists.evaluation` evaluates such trees here and
``static/checklists/expressions.js`` on the phone. Both hold to the same table of cases, which
two XPath engines do not: they differ in numbers, empty values and dates, and a browser's has
none of ODK's functions.

Answers are found by the row they stand in: the form itself, or one row of a repeat.
``["answer", 1, "name"]`` is the answer to a question one row further out,
``["each", 0, ["parties"], "women"]`` all answers of a repeat's rows, ``["position", 0]`` the
number of the row itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elementpath import ElementPathError, XPath1Parser

Tree = str | float | list[Any]

ANY = 1000
FUNCTIONS: dict[str, tuple[int, int]] = {
    "boolean": (1, 1),
    "ceiling": (1, 1),
    "coalesce": (2, 2),
    "concat": (1, ANY),
    "contains": (2, 2),
    "count": (1, 1),
    "count-non-empty": (1, 1),
    "count-selected": (1, 1),
    "date": (1, 1),
    "decimal-date-time": (1, 1),
    "decimal-time": (1, 1),
    "ends-with": (2, 2),
    "false": (0, 0),
    "floor": (1, 1),
    "if": (3, 3),
    "int": (1, 1),
    "join": (2, ANY),
    "max": (1, ANY),
    "min": (1, ANY),
    "normalize-space": (1, 1),
    "not": (1, 1),
    "now": (0, 0),
    "number": (1, 1),
    "position": (1, 1),
    "round": (1, 2),
    "selected": (2, 2),
    "selected-at": (2, 2),
    "starts-with": (2, 2),
    "string": (1, 1),
    "string-length": (1, 1),
    "substr": (2, 3),
    "substring": (2, 3),
    "substring-after": (2, 2),
    "substring-before": (2, 2),
    "sum": (1, 1),
    "today": (0, 0),
    "translate": (3, 3),
    "true": (0, 0),
}
"""The functions that expressions may use, with the least and most arguments of each."""

OVER_ROWS = {"count", "count-non-empty", "join", "max", "min", "sum"}
"""Functions that take all the answers of a repeat's rows."""

_OPERATORS = dict.fromkeys(("and", "or", "=", "!=", "<", "<=", ">", ">="), (2,))
_OPERATORS |= {"+": (1, 2), "-": (1, 2), "*": (2,), "div": (2,), "mod": (2,)}
_LITERALS = {"(string)", "(integer)", "(decimal)", "(float)"}
_REFERENCE = re.compile(r"""'[^']*'|"[^"]*"|\$\{\s*(?P<name>[^}]*?)\s*\}|\$""")
_VARIABLE = re.compile(r"\$q([0-9]+)")
_IN_QUOTES_OR_CALL = re.compile(r"'[^']*'|\"[^\"]*\"|([A-Za-z_][\w:.-]*)\s*\(")
_WORDS_BEFORE_BRACKETS = {"and", "or", "div", "mod"}


class ExpressionError(ValueError):
    """An expression cannot be used; the message says what to write instead."""


@dataclass(frozen=True)
class Place:
    """Where an expression stands: the repeats around it, outermost first, and its question."""

    repeats: tuple[str, ...]
    question: str | None
    columns: frozenset[str] = frozenset()
    """Of a choice filter: the columns of the list, written as plain names."""

    def of_choice(self, columns: frozenset[str]) -> Place:
        """Where the filter of this question's choices stands: each choice is a row of its own."""
        return Place((*self.repeats, ""), self.question, columns)


class _Parser(XPath1Parser):
    """XPath 1.0 with ODK's functions."""

    def parse(self, source: str) -> Any:
        # Not XPath1Parser's own: it evaluates at once what needs no answers.
        if self.tokenizer is None:
            self.tokenizer = self.create_tokenizer(self.symbol_table)
        return super(XPath1Parser, self).parse(source)


for _name, _count in FUNCTIONS.items():
    # XPath's own functions of these names take other numbers of arguments.
    _Parser.symbol_table.pop(_name, None)
    _Parser.function(_name, nargs=_count if _count[0] != _count[1] else _count[0])


def parse(text: str, place: Place, names: Mapping[str, tuple[str, ...]]) -> Tree:
    """The tree of an expression.

    ``names`` holds for each question, and each repeat, the repeats around it. Raises
    ExpressionError.
    """
    for found in _IN_QUOTES_OR_CALL.finditer(text):
        name = found[1]
        if name and name not in FUNCTIONS and name not in _WORDS_BEFORE_BRACKETS:
            raise ExpressionError(
                f"the function {name} is not supported; there are {', '.join(FUNCTIONS)}"
            )
    references: list[str] = []

    def variable(found: re.Match[str]) -> str:
        if found[0] == "$":
            raise ExpressionError(f"{text!r} has a $ alone; write ${{name}} for an answer")
        if found["name"] is None:
            return found[0]
        references.append(found["name"])
        return f"$q{len(references) - 1}"

    try:
        token = _Parser().parse(_REFERENCE.sub(variable, text))
        return _Compiler(place, names, references).tree(token)
    except ExpressionError:
        raise
    except Exception as error:  # Whatever the parser stumbles over, the expression is wrong.
        reason = (
            str(error).split("] ", 1)[-1] if isinstance(error, ElementPathError) else "too long"
        )
        raise ExpressionError(
            f"{text!r} cannot be read ({reason}); write it as in: ${{opened}} = 'no' and . > 0"
        ) from error


class _Compiler:
    """Turns the parser's tokens into a tree."""

    def __init__(
        self, place: Place, names: Mapping[str, tuple[str, ...]], references: list[str]
    ) -> None:
        self.place = place
        self.names = names
        self.references = references

    def tree(self, token: Any, *, over_rows: bool = False) -> Tree:
        symbol = token.symbol
        if symbol == "(" and len(token) == 1:
            return self.tree(token[0], over_rows=over_rows)
        if symbol in _LITERALS:
            return token.value if symbol == "(string)" else _finite(token.value)
        if (name := self._name(token)) is not None:
            return self._answer(name, over_rows=over_rows)
        if symbol == "position":
            return self._position(token)
        if symbol in FUNCTIONS or len(token) in _OPERATORS.get(symbol, ()):
            over = symbol in OVER_ROWS
            return [symbol, *(self.tree(each, over_rows=over) for each in token)]
        if symbol == "(name)" and token.value in self.place.columns:
            return ["answer", 0, token.value]
        written = _VARIABLE.sub(self._written, token.source)
        raise ExpressionError(
            f"{written} is not supported; write ${{name}} for an answer and . for this one"
        )

    def _name(self, token: Any) -> str | None:
        """The name of the question that a token stands for."""
        if token.symbol == "$":
            return self.references[int(token[0].value[1:])]
        if token.symbol == ".":
            if self.place.question is None:
                raise ExpressionError("a group has no answer of its own; write ${name} for .")
            return self.place.question
        return _sibling(token)

    def _written(self, variable: re.Match[str]) -> str:
        return f"${{{self.references[int(variable[1])]}}}"

    def _answer(self, name: str, *, over_rows: bool) -> Tree:
        if name not in self.names:
            raise ExpressionError(f"${{{name}}} is no question of this form; write the name of one")
        here, there = self.place.repeats, self.names[name]
        shared = 0
        while shared < min(len(here), len(there)) and here[shared] == there[shared]:
            shared += 1
        further_out, further_in = len(here) - shared, list(there[shared:])
        if not further_in:
            return ["answer", further_out, name]
        if not over_rows:
            raise ExpressionError(
                f"${{{name}}} has an answer in each row of {further_in[-1]}; "
                f"write one of {', '.join(sorted(OVER_ROWS))} round it"
            )
        return ["each", further_out, further_in, name]

    def _position(self, token: Any) -> Tree:
        if token[0].symbol != ".." or not self.place.repeats:
            raise ExpressionError("position is supported as position(..) in a repeat only")
        return ["position", 0]


def _sibling(token: Any) -> str | None:
    """The name in ``../name``, ``../../name`` and so on."""
    if token.symbol != "/" or len(token) != 2 or token[1].symbol != "(name)":
        return None
    outer = token[0]
    while outer.symbol == "/" and len(outer) == 2 and outer[1].symbol == "..":
        outer = outer[0]
    return str(token[1].value) if outer.symbol == ".." else None


def _finite(number: Any) -> float:
    if not math.isfinite(float(number)):
        raise ExpressionError(f"the number {number} is too large")
    return float(number)
