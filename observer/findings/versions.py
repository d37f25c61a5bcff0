"""Which versions of a form ask a question alike, so that their answers are counted together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition, Question, Section
from observer.checklists.library import definition_of
from observer.checklists.models import FormVersion
from observer.findings.table import Rows


@dataclass(frozen=True)
class Asked:
    """A question as far as its answers can be counted with those of another version."""

    question: Question
    repeated: bool

    def agrees(self, newest: Asked) -> bool:
        """Whether its answers are answers to the newest question too.

        Both ask for the same type of answer, and all that could be chosen still can be. A choice
        that came later was offered to the later observers alone: see :meth:`lacks`.
        """
        return (
            self.question.type == newest.question.type
            and self.repeated == newest.repeated
            and _choices(self.question) <= _choices(newest.question)
        )

    def lacks(self, newest: Asked) -> list[str]:
        """The choices that came later, in their order."""
        own = _choices(self.question)
        return [choice.name for choice in newest.question.choices if choice.name not in own]


def _choices(question: Question) -> set[str]:
    return {choice.name for choice in question.choices}


def asked_in(definition: FormDefinition) -> dict[str, Asked]:
    """The questions of a version by name."""
    return {asked.question.name: asked for asked in _asked(definition.children, repeated=False)}


def _asked(children: Iterable[Question | Section], *, repeated: bool) -> Iterator[Asked]:
    for child in children:
        if isinstance(child, Question):
            yield Asked(child, repeated)
        else:
            yield from _asked(child.children, repeated=repeated or child.repeated)


@dataclass(frozen=True)
class Version:
    """A version of which submissions are counted."""

    id: int
    number: int
    asked: dict[str, Asked]


def versions_of(session: Session, rows: Rows) -> dict[int, Version]:
    """The versions that the rows were made with, by id; read once, as they never change."""
    known = rows.generation.versions
    if missing := rows.version_ids - known.keys() - {-1}:
        found = session.scalars(select(FormVersion).where(FormVersion.id.in_(missing)))
        known |= {
            version.id: Version(version.id, version.number, asked_in(definition_of(version)))
            for version in found
        }
    return {id_: known[id_] for id_ in rows.version_ids if id_ in known}
