"""XLSForm's expressions, parsed once into trees that phone and server evaluate alike.

``elementpath`` knows the grammar of XPath; what comes out is plain JSON: a string, a number, or
``[operation, argument, …]``. :mod:`observer.checklists.evaluation` evaluates such trees here and
``static/checklists/expressions.js`` on the phone. Both hold to the same table of cases, which
two XPath engines do not: they differ in numbers, empty values and dates, and a browser's has
none of ODK's functions.

Answers are found by the row they stand in: the form itself, or one row of a repeat.
``["answer", 1, "name"]`` is the answer to a question one row further out,
``["each", 0, ["parties"], "women"]`` all answers of a repeat's rows, ``["position", 0]`` the
number of the row itself. A path counts by the name it ends in, for names are unique in a form;
what stands in brackets in it chooses among a repeat's rows: ``["each", 0, [["parties", tree]],
"women"]``, where ``["current()", tree]`` looks from the row the expression itself stands in.
``["table", "districts", "label", tree]`` are cells of a table's column, in the rows for which the
tree holds; to it such a row is a row inside the one the expression stands in.

Where ODK's engines differ, JavaRosa's way is taken, for that is what observers' phones run. These
differ from it on purpose: what cannot be computed is no answer instead of an error; an answer
asked for from outside its repeat is the one in the first row, as XPath has it; the label that
jr:choice-name gives is in the form's first language, so that what is stored does not depend on
who looks; random() and uuid() stand in once() only, and are made on the phone only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from elementpath import ElementPathError

from observer.checklists.dates import CODES, unknown_code
from observer.checklists.grammar import (
    COMPARISONS,
    FUNCTIONS,
    IN_ONCE,
    LITERALS,
    ON_ITS_OWN,
    OPERATORS,
    OVER_ROWS,
    REFUSED,
    Parser,
)
from observer.checklists.patterns import PatternError, portable
from observer.checklists.standing import ExpressionError, Names, Place, Tree

_REFERENCE = re.compile(
    r"""\binstance\(\s*(?P<quote>['"])(?P<table>[^'"]+)(?P=quote)\s*\)"""
    r"""|'[^']*'|"[^"]*"|\$\{\s*(?P<name>[^}]*?)\s*\}|\$|(?P<prefix>\bjr:)|(?P<current>\bcurrent\(\s*\))"""
)
_VARIABLE = re.compile(r"\$([qt][0-9]+|current)")
_IN_QUOTES_OR_CALL = re.compile(r"'[^']*'|\"[^\"]*\"|([A-Za-z_][\w:.-]*)\s*\(")
_NAME_IN_QUOTES = re.compile(r"(?:\$\{\s*|.*/)?(?P<name>[^/{}\s]+)\s*\}?")
_WORDS_BEFORE_BRACKETS = {"and", "or", "div", "mod", "current"}
_PREFIX = "jr:"
_CURRENT = "current()"
_TABLE = "instance"


def parse(text: str, place: Place, names: Names, *, in_once: bool = False) -> Tree:
    """The tree of an expression. Raises ExpressionError.

    ``in_once`` says that it is evaluated a single time, as it is inside of once().
    """
    references: list[str] = []

    def variable(found: re.Match[str]) -> str:
        if found["prefix"]:
            return ""
        if found["current"]:
            return "$current "
        if found[0] == "$":
            raise ExpressionError("there is a $ alone; write ${name} for an answer")
        if (name := found["table"] or found["name"]) is None:
            return found[0]
        references.append(name)
        # The space keeps what follows out of the name: a hyphen could belong to it.
        return f"${'t' if found['table'] else 'q'}{len(references) - 1} "

    source = _REFERENCE.sub(variable, text)
    for found in _IN_QUOTES_OR_CALL.finditer(source):
        name = found[1] or ""
        if name in REFUSED:
            raise ExpressionError(f"{name}() is not supported: {REFUSED[name]}")
        if name and name not in FUNCTIONS and name not in _WORDS_BEFORE_BRACKETS:
            raise ExpressionError(
                f"the function {name} is not supported; there are {', '.join(FUNCTIONS)}"
            )
    try:
        token = Parser().parse(source)
        compiler = _Compiler(place, names, references)
        compiler.in_once = in_once
        return compiler.tree(token)
    except (ExpressionError, PatternError) as error:
        raise ExpressionError(str(error)) from error
    except Exception as error:  # Whatever the parser stumbles over, the expression is wrong.
        reason = (
            str(error).split("] ", 1)[-1] if isinstance(error, ElementPathError) else "too long"
        )
        raise ExpressionError(
            f"{text[:80]!r} cannot be read ({reason}); write it as in: ${{opened}} = 'no' and . > 0"
        ) from error


def keeps_its_value(tree: Tree | None) -> bool:
    """Whether what an expression once gave stays: it has once() in it."""
    return isinstance(tree, list) and (tree[0] == "once" or any(map(keeps_its_value, tree)))


@dataclass
class _Step:
    """One step of a path: a name, ``.``, ``..``, ``/``, ``current()`` or a table."""

    name: str
    head: str
    conditions: list[Any] = field(default_factory=list)


class _Compiler:
    """Turns the parser's tokens into a tree."""

    def __init__(
        self,
        place: Place,
        names: Names,
        references: list[str],
        origin: _Compiler | None = None,
    ) -> None:
        self.place = place
        self.names = names
        self.references = references
        # In brackets, what compiles for the place where the whole expression stands.
        self.origin = origin
        self.in_once = False
        self.in_table = False

    def tree(self, token: Any, *, over_rows: bool = False) -> Tree:
        symbol = token.symbol
        if symbol == "(" and len(token) == 1:
            return self.tree(token[0], over_rows=over_rows)
        if symbol in LITERALS:
            return token.value if symbol == "(string)" else _finite(token.value)
        if symbol == "(name)" and token.value in self.place.columns:
            return ["answer", 0, str(token.value)]
        if (steps := self._steps(token)) is not None:
            return self._answer(steps, token, over_rows=over_rows)
        if symbol in FUNCTIONS:
            return self._call(symbol, token)
        return self._operation(symbol, token, over_rows=over_rows)

    def _operation(self, symbol: str, token: Any, *, over_rows: bool) -> Tree:
        if symbol == "|" and len(token) == 2:
            union = ["|", *self._trees(token, over_rows=True)]
            return union if over_rows else ["first", union]
        if len(token) in OPERATORS.get(symbol, ()):
            return [symbol, *self._trees(token, over_rows=symbol in COMPARISONS)]
        raise self._unsupported(token)

    def _trees(self, tokens: Iterable[Any], *, over_rows: bool = False) -> list[Tree]:
        return [self.tree(each, over_rows=over_rows) for each in tokens]

    def _unsupported(self, token: Any) -> ExpressionError:
        return ExpressionError(
            f"{self._written(token)} is not supported; "
            "write ${name} for an answer and . for this one"
        )

    def _written(self, token: Any) -> str:
        """What the form has for a token, as nearly as the parser can say."""

        def written(variable: re.Match[str]) -> str:
            if variable[1] == "current":
                return _CURRENT
            name = self.references[int(variable[1][1:])]
            return f"{_TABLE}('{name}')" if variable[1][0] == "t" else f"${{{name}}}"

        return _VARIABLE.sub(written, token.source)

    def _call(self, name: str, token: Any) -> Tree:
        if special := _SPECIAL.get(name):
            return special(self, token)
        if name in IN_ONCE and not self.in_once:
            raise ExpressionError(
                f"{name}() gives something else each time; write once({name}()), which keeps it"
            )
        if name in ON_ITS_OWN and not len(token):
            return [name, ["answer", 0, self._own_question()]]
        if name == "weighted-checklist" and len(token) % 2:
            raise ExpressionError("weighted-checklist needs a weight behind each answer")
        alone = OVER_ROWS.get(name, len(token))
        return [name, *self._trees(token[:alone]), *self._trees(token[alone:], over_rows=True)]

    def _own_question(self) -> str:
        if self.place.question is None:
            raise ExpressionError("a group has no answer of its own; write ${name} for .")
        return self.place.question

    def _steps(self, token: Any) -> list[_Step] | None:
        """The steps of a path; None where it is no path."""
        symbol = token.symbol
        if step := self._step(token):
            return [step]
        if symbol == "[" and len(token) == 2:
            steps = self._steps(token[0])
            if not steps:
                raise self._unsupported(token)
            steps[-1].conditions.append(token[1])
            return steps
        if symbol != "/" or not len(token):
            return None
        parts = [self._steps(each) for each in token]
        if None in parts:
            raise self._unsupported(token)
        # The first name of an absolute path is the form's own.
        return parts[0] + parts[1] if len(parts) == 2 else [_Step("/", "/"), *parts[0][1:]]

    def _step(self, token: Any) -> _Step | None:
        if token.symbol == "$":
            name = token[0].value
            if name == "current":
                return _Step(_CURRENT, _CURRENT)
            if name.startswith("t"):
                return _Step(self.references[int(name[1:])], _TABLE)
            return _Step(self.references[int(name[1:])], "$")
        if token.symbol == "(name)":
            return _Step(str(token.value), "")
        return _Step(token.symbol, token.symbol) if token.symbol in (".", "..") else None

    def _answer(self, steps: list[_Step], token: Any, *, over_rows: bool) -> Tree:
        head = steps[0].head
        if head == _TABLE:
            cells = self._cells(steps, token)
            return cells if over_rows else ["first", cells]
        if self.place.columns and not any(step.head for step in steps):
            return ["answer", 0, self._column(steps[-1].name, self.place.columns)]
        named = [step for step in steps if step.name not in (".", "..", "/", _CURRENT)]
        if not named and all(step.name in (".", _CURRENT) for step in steps):
            named = [_Step(self._own_question(), "", steps[-1].conditions)]
        elif not named or steps[-1].name == ".." or not (head or self.origin):
            raise self._unsupported(token)
        name = named[-1].name
        if name not in self.names:
            raise ExpressionError(f"${{{name}}} is no question of this form; write the name of one")
        there = self.names[name]
        if self.origin and head in ("$", _CURRENT) and self._turns_back(there):
            return [_CURRENT, self.origin._answer(steps, token, over_rows=False)]
        conditions = self._conditions(named, there)
        explicit = {step.name for step in named} if head != "/" else set()
        opened = [*conditions, name, *(explicit if len(named) > 1 else ())]
        shared = self._shared(there, opened)
        out, further_in = len(self.place.repeats) - shared, there[shared:]
        if not further_in:
            return ["answer", out, name]
        into = [self._into(repeat, there, conditions) for repeat in further_in]
        each = ["each", out, into, name]
        return each if over_rows else ["first", each]

    def _cells(self, steps: list[_Step], token: Any) -> Tree:
        """The cells of a table's column: ``instance('districts')/root/item[…]/label``."""
        name, *path = steps
        if name.name not in self.names.tables:
            raise ExpressionError(
                f"the table {name.name} is missing; bring it along, as a list that the form "
                f"names or --with {name.name}.csv"
            )
        columns = self.names.tables[name.name]
        if len(path) < 2 or any(step.conditions for step in (path[0], *path[2:])):
            raise self._unsupported(token)
        column = self._column(path[-1].name, columns) if path[2:] else ""
        row = _Compiler(self.place.of_choice(frozenset(columns)), self.names, self.references)
        row.in_table = True
        return ["table", name.name, column, *row._trees(path[1].conditions)]

    @staticmethod
    def _column(name: str, columns: Iterable[str]) -> str:
        if name not in columns:
            raise ExpressionError(
                f"there is no column {name}, only {', '.join(sorted(columns)) or 'none'}; "
                f"write '{name}' for a text and ${{name}} for an answer"
            )
        return name

    def _turns_back(self, there: tuple[str, ...]) -> bool:
        """Whether an answer in the rows chosen from is also one where the expression stands."""
        chosen_from = self.place.repeats[-1]
        return chosen_from in there and chosen_from in self.origin.place.repeats

    def _shared(self, there: tuple[str, ...], opened: Iterable[str]) -> int:
        """How many repeats are around both, up to the first of which all rows are meant."""
        shared = 0
        for here, repeat in zip(self.place.repeats, there, strict=False):
            if here != repeat or repeat in opened:
                break
            shared += 1
        return shared

    def _conditions(
        self, named: list[_Step], there: tuple[str, ...]
    ) -> dict[str, tuple[Any, str | None]]:
        """For each repeat of which rows are chosen the condition, and the question it is about."""
        conditions: dict[str, tuple[Any, str | None]] = {}
        for step in named:
            if not step.conditions:
                continue
            question = None if step.name in there else step.name
            repeat = there[-1] if question and there and step is named[-1] else step.name
            several = repeat in conditions or len(step.conditions) > 1
            if repeat not in there or several or self.origin:
                raise ExpressionError(
                    f"what stands in brackets behind {step.name} is not supported; brackets choose "
                    "among the rows of a repeat, as in ${repeat}[age > 17]"
                )
            conditions[repeat] = step.conditions[0], question
        return conditions

    def _into(self, repeat: str, there: tuple[str, ...], conditions: Mapping[str, Any]) -> Tree:
        if repeat not in conditions:
            return repeat
        condition, question = conditions[repeat]
        place = Place(there[: there.index(repeat) + 1], question)
        return [repeat, _Compiler(place, self.names, self.references, self).tree(condition)]

    def _position(self, token: Any) -> Tree:
        if not len(token):
            if self.origin is None and not self.in_table:
                raise ExpressionError("position() stands in brackets only; write position(..)")
            return ["position", 0]
        steps = self._steps(token[0]) or [_Step("", "")]
        if self.origin and steps[0].name == _CURRENT:
            return [_CURRENT, self.origin._position(token)]
        repeats, name = self.place.repeats, steps[-1].name
        if name in repeats:
            return ["position", len(repeats) - 1 - repeats.index(name)]
        up = sum(step.name == ".." for step in steps)
        # Brackets and choice filters stand in rows of a list, not of a repeat.
        around = [repeat for repeat in repeats if repeat]
        if name == ".." and not around:
            # The form itself, of which there is one.
            return 1.0
        if name == ".." and (up == 1 or len(around) == 1):
            return ["position", len(repeats) - len(around)]
        raise ExpressionError(
            "position is supported as position(..) or position(${repeat}) in a repeat only"
        )

    def _last(self, _token: Any) -> Tree:
        if self.origin is None:
            raise ExpressionError("last() stands in brackets only; write count(${repeat})")
        return ["last", self.place.repeats[-1]]

    def _indexed_repeat(self, token: Any) -> Tree:
        name = self._named(token[0])
        there = self.names[name]
        counted = dict(zip(map(self._named, token[1::2]), token[2::2], strict=False))
        if not len(token) % 2 or not counted.keys() <= set(there):
            raise ExpressionError(
                "indexed-repeat is written indexed-repeat(${question}, ${repeat}, number), "
                "the repeat being one around the question"
            )
        shared = self._shared(there, counted)
        steps = [
            [repeat, self.tree(counted[repeat]) if repeat in counted else 1.0]
            for repeat in there[shared:]
        ]
        return ["indexed", len(self.place.repeats) - shared, steps, name]

    def _named(self, token: Any) -> str:
        """The name that a path ends in."""
        steps = self._steps(token)
        if not steps or steps[-1].name not in self.names:
            raise ExpressionError(
                f"{self._written(token)} has a part that is no question and "
                "no repeat of this form; write ${name} of one"
            )
        return steps[-1].name

    def _choice_name(self, token: Any) -> Tree:
        quoted = token[1].value if token[1].symbol == "(string)" else ""
        found = _NAME_IN_QUOTES.fullmatch(quoted)
        labels = self.names.labels(found["name"]) if found else None
        if labels is None:
            raise ExpressionError(
                "jr:choice-name needs a question with choices, in quotes: "
                "jr:choice-name(${name}, '${name}')"
            )
        return ["choice-name", self.tree(token[0]), dict(labels)]

    def _once(self, token: Any) -> Tree:
        name = self._own_question()
        self.in_once = True
        tree = self.tree(token[0])
        self.in_once = False
        return ["once", name, tree]

    def _regex(self, token: Any) -> Tree:
        if token[1].symbol != "(string)":
            raise ExpressionError("regex needs its pattern in quotes, as in regex(., '[0-9]{8}')")
        return ["regex", self.tree(token[0]), portable(token[1].value)]

    def _format_date(self, token: Any) -> Tree:
        if token[1].symbol == "(string)" and (code := unknown_code(token[1].value)):
            raise ExpressionError(
                f"{code} is no part of a date; there are {', '.join('%' + each for each in CODES)}"
            )
        return [token.symbol, *self._trees(token)]


_SPECIAL: dict[str, Callable[[_Compiler, Any], Tree]] = {
    "choice-name": _Compiler._choice_name,
    "format-date": _Compiler._format_date,
    "format-date-time": _Compiler._format_date,
    "indexed-repeat": _Compiler._indexed_repeat,
    "is-selected": lambda compiler, token: ["selected", *compiler._trees(token)],
    "last": _Compiler._last,
    "once": _Compiler._once,
    "position": _Compiler._position,
    "regex": _Compiler._regex,
}
"""Functions that are more than their name and their arguments' trees."""


def _finite(number: Any) -> float:
    if not math.isfinite(float(number)):
        raise ExpressionError(f"the number {number} is too large")
    return float(number)
