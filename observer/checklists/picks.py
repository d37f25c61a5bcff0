"""What an editor of a form can pick from: answers for a condition, lists, places in the form."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from observer.checklists.definition import SELECTS, FormDefinition, Question, Section
from observer.checklists.tree import Part, Spot, names_in
from observer.language import in_language

LONGEST = 60
MOST_ANSWERS = 30
"""Choices that a list may have for its answers to be offered for a condition."""


def title_of(part: Part) -> str:
    """A part in a line: its label, or its name where it has none."""
    texts = part.table_label if isinstance(part, Question) and not part.label else part.label
    label = " ".join(in_language(texts).split()) or part.name
    return label if len(label) <= LONGEST else f"{label[:LONGEST].rstrip()}…"


def answers_to_pick(definition: FormDefinition, part: Part) -> Iterator[SelectChoice]:
    """Each answer to each other question with choices, as the condition that asks for it."""
    own = names_in(part)
    for question in definition.questions():
        if question.name in own or question.type not in SELECTS:
            continue
        for choice in question.choices[:MOST_ANSWERS]:
            if question.type == "select_one":
                condition = f"${{{question.name}}} = '{choice.name}'"
            else:
                condition = f"selected(${{{question.name}}}, '{choice.name}')"
            label = in_language(choice.label) or choice.name
            yield SelectChoice(condition, label, optgroup=title_of(question))


def lists_to_pick(definition: FormDefinition) -> Iterator[SelectChoice]:
    """Each list of choices once, by the first question that has it."""
    seen = set()
    for question in definition.questions():
        names = tuple((choice.name, *choice.label.values()) for choice in question.choices)
        if names and names not in seen:
            seen.add(names)
            labels = " / ".join(in_language(c.label) or c.name for c in question.choices)
            yield SelectChoice(question.name, labels[: 2 * LONGEST])


def spots_to_pick(definition: FormDefinition, part: Part) -> list[SelectChoice]:
    """Every place where the part may stand, in the order of the form."""
    own = names_in(part) if part.name else set()
    spots: list[SelectChoice] = []

    def walk_into(parts: tuple[Part, ...], depth: int) -> None:
        for each in parts:
            if each.name in own:
                continue
            if isinstance(each, Section):
                walk_into(each.children, depth + 1)
                end = _("at the end of %(group)s", group=title_of(each))
                spots.append(SelectChoice(str(Spot(into=each.name)), _indented(end, depth + 1)))
            after = _("after “%(what)s”", what=title_of(each))
            spots.append(SelectChoice(str(Spot(after=each.name)), _indented(after, depth)))

    walk_into(definition.children, 0)
    spots.append(SelectChoice(str(Spot()), _("at the end of the form")))
    return spots


def _indented(text: str, depth: int) -> str:
    return "\N{NO-BREAK SPACE}" * 3 * depth + text
