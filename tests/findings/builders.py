"""Forms and submissions written straight into the tables, many at a time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.checklists.definition import Choice, FormDefinition, Question, Section
from observer.checklists.models import Form, FormVersion
from observer.collect.changes import next_change
from observer.collect.models import Revision, Status, Submission
from observer.missions.models import Round
from tests.missions.builders import BuiltMission, build_mission, mission_in

NOON = datetime(2026, 6, 7, 17, 0, tzinfo=UTC)


def question(name: str, type_: str, *choices: str, **more: Any) -> Question:
    return Question(
        name=name,
        type=type_,
        label={"en": f"{name}?", "es": f"¿{name}?"},
        choices=tuple(Choice(name=c, label={"en": c.title(), "es": c}) for c in choices),
        **more,
    )


OPENING = FormDefinition(
    code="opening",
    title={"en": "Opening", "es": "Apertura"},
    languages=("en", "es"),
    children=(
        question("on_time", "select_one", "yes", "no", "not_observed", problems={"no": "minor"}),
        question("sealed", "select_one", "yes", "no", problems={"no": "grave"}),
        question("reasons", "select_multiple", "staff", "power", "weather"),
        question("delay", "integer"),
        question("comment", "text"),
        question("remark", "note"),
        Section(
            name="parties",
            label={"en": "Parties"},
            repeated=True,
            children=(
                question("obstructed", "select_one", "yes", "no", "not_observed"),
                question("agents", "integer"),
            ),
        ),
    ),
)
INCIDENT = FormDefinition(
    code="incident",
    title={"en": "Incident", "es": "Incidente"},
    languages=("en", "es"),
    place="any",
    children=(
        question("type", "select_multiple", "violence", "threat", problems={"violence": "grave"}),
        question("gravity", "select_one", "minor", "serious", "critical"),
        question("what_happened", "text"),
    ),
)


@dataclass
class Station:
    """Writes submissions of a mission; each call is one committed transaction."""

    session: Session
    built: BuiltMission
    forms: dict[str, Form]
    versions: dict[str, FormVersion]

    def submit(
        self,
        answers: dict[str, Any],
        *,
        form: str = "opening",
        place: str | None = "1501-01-1",
        status: Status = Status.RECEIVED,
        round_: Round | None = None,
        urgent: bool = False,
        received_at: datetime = NOON,
    ) -> Submission:
        spot = self.built.places[place] if place else None
        submission = Submission(
            id=uuid.uuid4(),
            mission_id=self.built.mission.id,
            round_id=(round_ or self.built.runoff).id,
            form_id=self.forms[form].id,
            person_id=self.built.people["observer"].id,
            team_id=self.built.team.id,
            place_id=spot and spot.id,
            region_id=spot and spot.region_id,
            status=status,
            urgent=urgent,
            received_at=received_at,
            change=next_change(self.session, self.built.mission.id),
        )
        self.session.add(submission)
        self._revise(submission, 1, answers)
        self.session.commit()
        return submission

    def revise(self, submission: Submission, answers: dict[str, Any], place: str | None) -> None:
        spot = self.built.places[place] if place else None
        submission.place_id, submission.region_id = spot and spot.id, spot and spot.region_id
        submission.current_revision += 1
        self._revise(submission, submission.current_revision, answers)
        submission.change = next_change(self.session, submission.mission_id)
        self.session.commit()

    def contradict(self, submission: Submission, answers: dict[str, Any]) -> None:
        """Another content under the revision that is there: kept beside it, not counted."""
        self._revise(submission, submission.current_revision, answers, conflicting=True)
        submission.change = next_change(self.session, submission.mission_id)
        self.session.commit()

    def judge(self, submission: Submission, status: Status) -> None:
        submission.status = status
        submission.change = next_change(self.session, submission.mission_id)
        self.session.commit()

    def publish_form(self, code: str, place: str) -> str:
        """Publish another form with the opening's questions; gives its code."""
        definition = replace(OPENING, code=code, place=place)
        form, version = add_form(self.session, self.built, definition)
        self.forms[code], self.versions[form.id] = form, version
        self.session.commit()
        return code

    def publish_next(self, form: str, *children: Question | Section) -> FormVersion:
        """Publish a form's next version, which what is submitted from now on is made with."""
        before = self.versions[self.forms[form].id]
        definition = FormDefinition.from_json(before.definition)
        version = FormVersion(
            form=self.forms[form],
            number=before.number + 1,
            definition=replace(definition, children=children).to_json(),
            source_name="",
            source=b"",
            published_at=NOON,
        )
        self.session.add(version)
        self.session.flush()
        self.versions[self.forms[form].id] = version
        self.session.commit()
        return version

    def _revise(
        self,
        submission: Submission,
        number: int,
        answers: dict[str, Any],
        *,
        conflicting: bool = False,
    ) -> None:
        self.session.add(
            Revision(
                submission=submission,
                number=number,
                conflicting=conflicting,
                content_sha256=uuid.uuid4().hex,
                form_version_id=self.versions[submission.form_id].id,
                payload={},
                answers=answers,
                errors=[],
                person_id=submission.person_id,
            )
        )


def add_form(
    session: Session, built: BuiltMission, definition: FormDefinition
) -> tuple[Form, FormVersion]:
    """Add and publish a form."""
    form = Form(mission_id=built.mission.id, code=definition.code)
    version = FormVersion(
        form=form,
        number=1,
        definition=definition.to_json(),
        source_name="",
        source=b"",
        published_at=NOON,
    )
    session.add(version)
    session.flush()
    return form, version


def published(session: Session) -> Station:
    """Build the mission with the two forms; gives what writes submissions of them."""
    return publish(session, build_mission(session))


def station_in(session: Session) -> Station:
    """The same where it was built already."""
    versions = session.scalars(select(FormVersion)).all()
    forms = {version.form.code: version.form for version in versions}
    return Station(session, mission_in(session), forms, {v.form_id: v for v in versions})


def publish(session: Session, built: BuiltMission) -> Station:
    """Publish the two forms; gives what writes submissions of them."""
    forms = {}
    versions = {}
    for definition in (OPENING, INCIDENT):
        form, version = add_form(session, built, definition)
        forms[definition.code] = form
        versions[form.id] = version
    session.commit()
    return Station(session, built, forms, versions)
