"""What a form's expressions make of answers: what is asked, required, refused and calculated.

``static/checklists/logic.js`` is the twin of :class:`FormLogic` on the phone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from observer.checklists.definition import SELECTS, Choice, FormDefinition, Question, Section
from observer.checklists.evaluation import Clock, Lookup, Row, evaluate
from observer.checklists.expressions import keeps_its_value, parse
from observer.checklists.markup import plain
from observer.checklists.standing import ExpressionError, Names, Place, Tree
from observer.checklists.values import Value, to_boolean, to_number, to_string, value_of
from observer.language import in_language

MOST_PASSES = 50
"""Passes over a form whose conditions depend on what comes later, before they stay as they are."""
MOST_KEPT = 200
MOST_COUNTED = 100_000
"""Where a repeat's count stops counting."""
_TREES = (
    "relevant",
    "required",
    "constraint",
    "calculation",
    "choice_filter",
    "first_value",
    "triggered",
    "count",
)


@dataclass(kw_only=True)
class Item:
    """A question or a section with its expressions as trees; None where there is none."""

    name: str
    question: Question | None = None
    relevant: Tree | None = None
    required: Tree | None = None
    constraint: Tree | None = None
    calculation: Tree | None = None
    keeps: bool = False
    """Whether the calculation sees what it gave before."""
    choice_filter: Tree | None = None
    first_value: Tree | None = None
    """For the phone alone: what the answer is at first."""
    triggered: Tree | None = None
    """For the phone alone: what the answer becomes each time a trigger's answer changes."""
    count: Tree | None = None
    repeated: bool = False
    items: tuple[Item, ...] = ()


@dataclass
class SettledRow(Row):
    """A row of which is known what is asked in it."""

    relevant: set[str] = field(default_factory=set)
    """Names of the questions and sections that are asked."""
    required: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    """Names of the questions whose constraint their answer breaks."""
    unlisted: set[str] = field(default_factory=set)
    """Names of the questions whose answer is none of the choices that are left to choose from."""
    given_rows: dict[str, list[SettledRow]] = field(default_factory=dict)
    """The rows of repeats, those above a repeat's count too."""


class FormLogic:
    """The expressions of a form, ready to be evaluated."""

    def __init__(self, definition: FormDefinition) -> None:
        wrong: list[tuple[str, str, str]] = []
        self.items = _items(definition.children, (), names_of(definition), wrong)
        if wrong:
            raise ExpressionError("; ".join(" ".join(each) for each in wrong))
        self.tables = {each.name: Lookup(each.columns, each.rows) for each in definition.tables}

    def settle(self, answers: dict[str, Any], clock: Clock) -> SettledRow:
        """Find out what is asked, what must be answered and what may not be the answer.

        Irrelevant answers count as not given. Where conditions go in a circle the form is left
        as it is after a number of passes, the same on both sides.
        """
        row = _row(self.items, answers)
        row.tables = self.tables
        for _ in range(MOST_PASSES):
            if not _pass(self.items, row, clock, asked=True):
                break
        _judge(self.items, row, clock)
        return row


_kept: dict[int, tuple[FormDefinition, FormLogic]] = {}


def logic_of(definition: FormDefinition) -> FormLogic:
    """The form's logic, made once for each definition object."""
    if id(definition) not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        # The definition is kept with it, so that no other one can come to have its id.
        _kept[id(definition)] = definition, FormLogic(definition)
    return _kept[id(definition)][1]


def names_of(definition: FormDefinition) -> Names:
    """For each question and repeat the repeats around it, and the labels of choices."""

    def walk(
        children: Sequence[Question | Section], repeats: tuple[str, ...]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        for child in children:
            if isinstance(child, Question):
                yield child.name, repeats
            elif child.repeated:
                # A repeat stands for its rows: count(${repeat}).
                yield child.name, (*repeats, child.name)
                yield from walk(child.children, (*repeats, child.name))
            else:
                yield from walk(child.children, repeats)

    def labels(name: str) -> dict[str, str] | None:
        question = next((each for each in definition.questions() if each.name == name), None)
        if question is None or question.type not in SELECTS:
            return None
        return {each.name: next(iter(each.label.values()), each.name) for each in question.choices}

    tables = {table.name: table.columns for table in definition.tables}
    return Names(walk(definition.children, ()), labels, tables)


def wrong_expressions(definition: FormDefinition) -> list[tuple[str, str, str]]:
    """Every expression that cannot be used: name of its row, column, what to write instead."""
    wrong: list[tuple[str, str, str]] = []
    _items(definition.children, (), names_of(definition), wrong)
    return wrong


def compiled_form(definition: FormDefinition, language: str = "en") -> dict[str, Any]:
    """The form's expressions and messages as JSON, for ``logic.js``."""
    return {
        "items": _plain_items(logic_of(definition).items, language),
        "tables": {
            table.name: {"columns": table.columns, "rows": table.rows}
            for table in definition.tables
        },
    }


def trees(items: Sequence[Item]) -> Iterator[Tree]:
    """The trees of all expressions."""
    for item in items:
        yield from (tree for name in _TREES if (tree := getattr(item, name)) is not None)
        yield from trees(item.items)


def required_message(question: Question, language: str) -> str:
    """What is said when an answer is missing."""
    return plain(in_language(question.required_message, language)) or gettext(
        "Please answer this question."
    )


def constraint_message(question: Question, language: str) -> str:
    """What is said when an answer breaks the question's constraint."""
    return plain(in_language(question.constraint_message, language)) or gettext(
        "This answer is not possible here."
    )


def unlisted_message() -> str:
    """What is said when other answers leave no room for this one."""
    return gettext("This choice is not offered after the other answers.")


def _items(
    children: Sequence[Question | Section],
    repeats: tuple[str, ...],
    names: Names,
    wrong: list[tuple[str, str, str]],
) -> tuple[Item, ...]:
    def tree(
        owner: Question | Section, column: str, text: str, columns: frozenset[str] | None = None
    ) -> Tree | None:
        place = Place(repeats, owner.name if isinstance(owner, Question) else None)
        if columns is not None:
            place = place.of_choice(columns)
        try:
            return parse(text, place, names, in_once=column == "default") if text else None
        except ExpressionError as error:
            wrong.append((owner.name, column, str(error)))
            return None

    items = []
    for child in children:
        relevant = tree(child, "relevant", child.relevant)
        if isinstance(child, Section):
            inner = (*repeats, child.name) if child.repeated else repeats
            items.append(
                Item(
                    name=child.name,
                    relevant=relevant,
                    count=tree(child, "repeat_count", child.count),
                    repeated=child.repeated,
                    items=_items(child.children, inner, names, wrong),
                )
            )
            continue
        calculation = tree(child, "calculation", child.calculation)
        items.append(
            Item(
                name=child.name,
                question=child,
                relevant=relevant,
                required=tree(child, "required", child.required),
                constraint=tree(child, "constraint", child.constraint),
                calculation=None if child.trigger else calculation,
                triggered=calculation if child.trigger else None,
                keeps=not child.trigger and keeps_its_value(calculation),
                choice_filter=tree(
                    child, "choice_filter", child.choice_filter, _columns(child.choices)
                ),
                first_value=tree(child, "default", child.first_value),
            )
        )
    return tuple(items)


def _columns(choices: Sequence[Choice]) -> frozenset[str]:
    return frozenset({"name", "label"}.union(*(choice.columns for choice in choices)))


def _choice_row(choice: Choice, row: Row) -> Row:
    label = next(iter(choice.label.values()), choice.name)
    own: dict[str, Value] = {"name": choice.name, "label": label, **choice.columns}
    return Row(values=own, outer=row)


def _plain_items(items: Sequence[Item], language: str) -> list[dict[str, Any]]:
    plain = []
    for item in items:
        entry: dict[str, Any] = {"name": item.name}
        for column in _TREES:
            if (tree := getattr(item, column)) is not None:
                entry[column] = tree
        if item.question is None:
            entry["repeated"] = item.repeated
            entry["items"] = _plain_items(item.items, language)
        else:
            entry["type"] = item.question.type
            if item.keeps:
                entry["keeps"] = True
            if item.triggered is not None:
                entry["trigger"] = list(item.question.trigger)
            if item.choice_filter is not None:
                entry["choices"] = [
                    _choice_row(choice, Row()).values for choice in item.question.choices
                ]
                entry["unlisted_message"] = unlisted_message()
            if item.required is not None:
                entry["required_message"] = required_message(item.question, language)
            if item.constraint is not None:
                entry["constraint_message"] = constraint_message(item.question, language)
        plain.append(entry)
    return plain


def _row(
    items: Sequence[Item],
    answers: dict[str, Any],
    outer: SettledRow | None = None,
    position: int = 1,
) -> SettledRow:
    row = SettledRow(outer=outer, position=position)
    _fill(items, answers, row)
    return row


def _fill(items: Sequence[Item], answers: dict[str, Any], row: SettledRow) -> None:
    for item in items:
        if item.question is not None:
            calculated = item.calculation is not None and not item.keeps
            given = "" if calculated else value_of(answers.get(item.name))
            row.given[item.name] = row.values[item.name] = given
        elif item.repeated:
            row.given_rows[item.name] = row.rows[item.name] = [
                _row(item.items, inner, row, position)
                for position, inner in enumerate(answers.get(item.name) or (), start=1)
            ]
        else:
            _fill(item.items, answers, row)


def _pass(items: Sequence[Item], row: SettledRow, clock: Clock, *, asked: bool) -> bool:
    """Go through the items once, in order; True where an answer came, went or changed."""
    changed = False
    for item in items:
        relevant = asked and (
            item.relevant is None or to_boolean(evaluate(item.relevant, row, clock))
        )
        (row.relevant.add if relevant else row.relevant.discard)(item.name)
        if relevant == (item.name in row.cleared):
            row.cleared ^= {item.name}
            changed = True
        if item.question is not None:
            value: Value = ""
            if relevant and item.calculation is not None:
                value = _calculated(evaluate(item.calculation, row, clock))
                if item.keeps:
                    row.given[item.name] = value
            elif relevant:
                value = row.given[item.name]
            if value != row.values[item.name]:
                row.values[item.name] = value
                changed = True
        elif item.repeated:
            if item.count is not None:
                changed |= _count_rows(item, row, clock)
            for inner in row.rows[item.name]:
                changed |= _pass(item.items, inner, clock, asked=relevant)
        else:
            changed |= _pass(item.items, row, clock, asked=relevant)
    return changed


def _count_rows(item: Item, row: SettledRow, clock: Clock) -> bool:
    """Leave out the rows above the repeat's count; True where there are more or less than before.

    Missing rows are none: a phone shows as many as there are to be.
    """
    before = len(row.rows[item.name])
    count = to_number(evaluate(item.count, row, clock))
    whole = int(min(count, MOST_COUNTED)) if count > 0 else 0
    row.rows[item.name] = row.given_rows[item.name][:whole]
    return len(row.rows[item.name]) != before


def _calculated(value: Value) -> Value:
    """A calculated value as it is stored: no answer where it is no number."""
    if isinstance(value, float):
        return value if math.isfinite(value) else ""
    return to_string(value)


def _judge(items: Sequence[Item], row: SettledRow, clock: Clock) -> None:
    for item in items:
        if item.name not in row.relevant:
            continue
        if item.question is not None:
            if row.values[item.name] == "":
                if item.required is not None and to_boolean(evaluate(item.required, row, clock)):
                    row.required.add(item.name)
                continue
            if item.constraint is not None and not to_boolean(
                evaluate(item.constraint, row, clock)
            ):
                row.refused.add(item.name)
            if item.choice_filter is not None and not _is_listed(item, row, clock):
                row.unlisted.add(item.name)
        elif item.repeated:
            for inner in row.rows[item.name]:
                _judge(item.items, inner, clock)
        else:
            _judge(item.items, row, clock)


def _is_listed(item: Item, row: SettledRow, clock: Clock) -> bool:
    """Whether all that is chosen is among the choices that the filter leaves."""
    value = to_string(row.values[item.name])
    chosen = {value} if item.question.type == "select_one" else set(value.split())
    for choice in item.question.choices:
        # A list may have a name more than once, under different answers.
        if choice.name in chosen and to_boolean(
            evaluate(item.choice_filter, _choice_row(choice, row), clock)
        ):
            chosen.discard(choice.name)
    return not chosen
