"""What the mission's forms and places make of a submission: its answers, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.checklists.definition import ANY_PLACE, FormDefinition
from observer.checklists.library import definition_of, form_version
from observer.checklists.models import Form, FormVersion
from observer.checklists.validation import check_answers
from observer.collect.envelope import LARGEST_NUMBER, Envelope, Error, error, shown
from observer.collect.media import Arrived
from observer.missions.models import Membership, Mission, Place, PlaceKind, Round
from observer.missions.rounds import local_time


@dataclass(frozen=True)
class Reading:
    """A submission as the mission reads it; ``errors`` is why it is to be held."""

    form: Form | None
    version: FormVersion | None
    place: Place | None
    answers: dict[str, Any]
    errors: list[Error]


def check(
    session: Session,
    membership: Membership,
    round_: Round,
    envelope: Envelope,
    files: Mapping[str, Arrived],
    *,
    received_at: datetime,
) -> Reading:
    """Read a submission by the mission's forms and places, with the files that came along."""
    mission = membership.mission
    errors = list(envelope.errors)
    if round_.closed_at is not None and (envelope.finished_at or received_at) > round_.closed_at:
        errors.append(error(_("The round had been closed before it was filled.")))
    if not membership.person.active:
        errors.append(error(_("The person who sent it had been disabled before.")))
    form = session.scalar(
        select(Form).where(Form.mission_id == mission.id, Form.code == envelope.form)
    )
    version = _version(session, mission, envelope)
    place = _place(session, mission, envelope)
    if form is None:
        errors.append(error(_("There is no form “%(form)s” here.", form=shown(envelope.form))))
    elif version is None:
        errors.append(
            error(
                _(
                    "There is no version %(version)s of the form “%(form)s” here.",
                    version=str(envelope.form_version)[:20],
                    form=shown(envelope.form),
                )
            )
        )
    if envelope.place is not None and place is None:
        errors.append(error(_("There is no place “%(place)s” here.", place=shown(envelope.place))))
    answers = envelope.answers
    if version is not None:
        definition = definition_of(version)
        errors += _place_errors(definition.place, envelope, place)
        at = _filled_at(mission, envelope, received_at)
        checked = check_answers(definition, answers, mission.language, at)
        answers = checked.answers
        errors += checked.errors
        errors += _unknown_places(session, mission, definition, answers)
    return Reading(form, version, place, answers, errors + _file_errors(envelope, files))


def _filled_at(mission: Mission, envelope: Envelope, received_at: datetime) -> datetime:
    try:
        return local_time(mission, envelope.finished_at or received_at)
    except OverflowError:
        return local_time(mission, received_at)


def _version(session: Session, mission: Mission, envelope: Envelope) -> FormVersion | None:
    if not 1 <= envelope.form_version <= LARGEST_NUMBER:
        return None
    version = form_version(session, mission, envelope.form, envelope.form_version)
    return version if version and version.published_at else None


def _place(session: Session, mission: Mission, envelope: Envelope) -> Place | None:
    if envelope.place is None:
        return None
    return session.scalar(
        select(Place).where(Place.mission_id == mission.id, Place.code == envelope.place)
    )


def _place_errors(needed: str, envelope: Envelope, place: Place | None) -> list[Error]:
    if needed == ANY_PLACE:
        return []
    station = needed == PlaceKind.STATION
    if envelope.place is None:
        sentence = (
            _("The form needs a polling station.")
            if station
            else _("The form needs a polling centre.")
        )
        return [error(sentence)]
    if place is not None and place.kind != needed:
        sentence = (
            _("The form is for a polling station, and “%(place)s” is a centre.", place=place.code)
            if station
            else _(
                "The form is for a polling centre, and “%(place)s” is a station.", place=place.code
            )
        )
        return [error(sentence)]
    return []


def _unknown_places(
    session: Session, mission: Mission, definition: FormDefinition, answers: dict[str, Any]
) -> list[Error]:
    """What is answered with a code that no place of the mission has."""
    asking = {question.name for question in definition.questions() if question.from_places}
    if not asking:
        return []
    given = [(name, code) for name, code in _answers_to(asking, answers)]
    codes = {code for _name, code in given}
    known = select(Place.code).where(Place.mission_id == mission.id, Place.code.in_(codes))
    unknown = codes.difference(session.scalars(known))
    return [
        error(_("There is no place “%(place)s” here.", place=shown(code)), name)
        for name, code in given
        if code in unknown
    ]


def _answers_to(names: set[str], answers: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The answers to these questions, in the form and in the rows of its repeats."""
    for name, answer in answers.items():
        if name in names:
            yield name, answer
        elif isinstance(answer, list):
            for row in answer:
                if isinstance(row, dict):
                    yield from _answers_to(names, row)


def _file_errors(envelope: Envelope, files: Mapping[str, Arrived]) -> list[Error]:
    questions = {named.sha256: named.question or None for named in envelope.attachments}
    errors = []
    for sha256, arrived in files.items():
        question = questions.get(sha256)
        if sha256 not in questions:
            errors.append(error(_("A photo came that the submission does not name.")))
        if not arrived.intact:
            errors.append(error(_("A photo was damaged on its way."), question))
        elif arrived.stored_sha256 is None:
            errors.append(
                error(
                    _("A file is too large, or no picture, recording or PDF; it was not kept."),
                    question,
                )
            )
    return errors
