"""Which versions of a form ask a question alike, so that their answers are counted together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition, Question, Section
from observer.checklists.library import definition_of
from observer.checklists.models import FormVersion


@dataclass(frozen=True)
class Asked:
    """A question as far as its answers can be counted with those of another version."""

    question: Question
    repeated: bool

    def agrees(self, other: Asked) -> bool:
        """Whether both ask for the same type of answer, out of the same choices."""
        return (
            self.question.type == other.question.type
            and self.repeated == other.repeated
            and _choices(self.question) == _choices(other.question)
        )


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


def versions_by_id(session: Session, ids: Iterable[int]) -> dict[int, Version]:
    """The versions with these ids."""
    found = session.scalars(select(FormVersion).where(FormVersion.id.in_(list(ids))))
    return {
        version.id: Version(version.id, version.number, asked_in(definition_of(version)))
        for version in found
    }
