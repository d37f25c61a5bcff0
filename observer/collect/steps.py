"""A form on a phone: one part of it on the screen at a time."""

from __future__ import annotations

from dataclasses import dataclass

from observer.checklists.definition import FormDefinition, Question, Section, Texts


@dataclass(frozen=True)
class Step:
    """What is on the screen at a time: a section of the form, or questions outside of any.

    The label is empty where what is in it has its own.
    """

    name: str
    label: Texts
    children: tuple[Question | Section, ...]


def steps_of(definition: FormDefinition) -> list[Step]:
    """The form's sections, each with what is in it; a repeat is a step of its own."""
    steps: list[Step] = []
    loose: list[Question] = []

    def end_loose() -> None:
        if loose:
            steps.append(Step(f"step-{len(steps) + 1}", {}, tuple(loose)))
            loose.clear()

    for child in definition.children:
        if isinstance(child, Question):
            loose.append(child)
            continue
        end_loose()
        if next(child.questions(), None) is None:
            # A section that asks nothing would be an empty screen.
            continue
        if child.repeated:
            steps.append(Step(child.name, {}, (child,)))
        else:
            steps.append(Step(child.name, child.label, child.children))
    end_loose()
    return steps
