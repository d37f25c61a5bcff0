"""Cases: the reports of one event together with what the mission makes of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from observer.access.models import Person
from observer.collect.intake import receipt_code
from observer.collect.models import Submission
from observer.missions.models import Round
from observer.missions.scope import Scope
from observer.review.casemodels import CaseLink, IncidentCase, State
from observer.review.incidents import GRAVITIES, SHOWN, Incident, incidents

NOBODY = 0
"""In the place of a person's key: the cases that nobody looks after."""


@dataclass(frozen=True)
class Case:
    """One event: its reports that the reader may see, the first one first, and its judgement."""

    id: uuid.UUID
    state: State
    is_confirmed: bool
    gravity: str
    """As the mission judges it, else that of its gravest report."""
    is_judged: bool
    """Whether the mission gave its own gravity."""
    types: tuple[str, ...]
    """The one the mission chose, else all that its reports name, the first report's first."""
    has_own_type: bool
    """Whether the mission chose it."""
    title: str
    """In the mission's words; empty until there are some."""
    responsible: Person | None
    version: int
    reports: tuple[Incident, ...]
    is_whole: bool
    """Whether the reader may see all its reports, and so decide about it."""

    @property
    def first(self) -> Incident:
        """The report it began with, or the earliest one the reader may see."""
        return self.reports[0]

    @property
    def told_at(self) -> datetime:
        """When the server received the earliest report."""
        return min(report.told_at for report in self.reports)

    @property
    def occurred_at(self) -> datetime | None:
        """When it happened, by the first report that says so."""
        return next((r.occurred_at for r in self.reports if r.occurred_at), None)

    @property
    def urgent(self) -> bool:
        """Whether an observer asks for help at once."""
        return any(report.urgent for report in self.reports)

    @property
    def summary(self) -> str:
        """What happened: in the mission's words, else in those of the first report."""
        return self.title or next((r.summary for r in self.reports if r.summary), "")


@dataclass(frozen=True, kw_only=True)
class CaseFilters:
    """What the board is limited to; nothing by default."""

    gravity: str = ""
    type: str = ""
    states: tuple[State, ...] = ()
    region_ids: frozenset[int] | None = None
    """Regions with all that lies in them."""
    responsible: int | None = None
    """A person's key, or NOBODY."""
    text: str = ""
    """A part of a title, a report, a place, a region or a receipt code."""


def cases(
    session: Session, scope: Scope, round_: Round, filters: CaseFilters | None = None
) -> list[Case]:
    """The cases of a round with a report in scope that was not rejected.

    The gravest come first, among equals the newest.
    """
    filters = filters or CaseFilters()
    reports = incidents(session, scope, round_, limit=None)
    found = _group(session, scope, reports, IncidentCase.round_id == round_.id)
    return [case for case in found if _passes(case, filters)]


def one_case(session: Session, scope: Scope, case_id: uuid.UUID) -> Case | None:
    """The case with this id; None where there is none, or none of the reader's business."""
    linked = select(CaseLink.submission_id).where(CaseLink.case_id == case_id)
    ids = {case_id, *session.scalars(linked)}
    reports = [
        report
        for report in incidents(session, scope, None, only=ids, limit=None)
        if report.case == case_id
    ]
    found = _group(session, scope, reports, IncidentCase.submission_id == case_id)
    return found[0] if found else None


def case_id_of(session: Session, submission_id: uuid.UUID) -> uuid.UUID:
    """The case that a report belongs to."""
    link = session.get(CaseLink, submission_id)
    return link.case_id if link else submission_id


def gravest(gravities: Iterable[str]) -> str:
    """The worst of these gravities; empty where none is known."""
    return min(gravities, key=gravity_rank, default="")


def gravity_rank(gravity: str) -> int:
    """0 for the worst; what is not a gravity comes last."""
    return GRAVITIES.index(gravity) if gravity in GRAVITIES else len(GRAVITIES)


def _group(
    session: Session, scope: Scope, reports: list[Incident], which: ColumnElement[bool]
) -> list[Case]:
    together: dict[uuid.UUID, list[Incident]] = {}
    for report in sorted(reports, key=lambda r: (r.submission != r.case, r.told_at, r.submission)):
        together.setdefault(report.case, []).append(report)
    query = select(IncidentCase).where(IncidentCase.mission_id == scope.mission.id, which)
    rows = session.scalars(query.options(joinedload(IncidentCase.responsible)))
    judged = {row.submission_id: row for row in rows}
    split = _split(session, scope)
    found = [
        _case(case_id, each, judged.get(case_id), is_whole=case_id not in split)
        for case_id, each in together.items()
    ]
    return sorted(found, key=lambda c: (gravity_rank(c.gravity), -c.told_at.timestamp(), c.id))


def _case(
    case_id: uuid.UUID, reports: list[Incident], row: IncidentCase | None, *, is_whole: bool
) -> Case:
    gravity = row.gravity if row else ""
    named = dict.fromkeys(name for report in reports for name in report.types)
    return Case(
        id=case_id,
        state=State(row.state) if row else State.NEW,
        is_confirmed=row.is_confirmed if row else False,
        gravity=gravity or gravest(report.reported_gravity for report in reports),
        is_judged=bool(gravity),
        types=(row.type,) if row and row.type else tuple(named),
        has_own_type=bool(row and row.type),
        title=row.title if row else "",
        responsible=row.responsible if row else None,
        version=row.version if row else 0,
        reports=tuple(reports),
        is_whole=is_whole,
    )


def _split(session: Session, scope: Scope) -> set[uuid.UUID]:
    """The cases of several reports of which the reader may not see one or more."""
    if scope.region_ids is None:
        return set()
    outside = or_(
        Submission.region_id.is_(None), Submission.region_id.not_in(sorted(scope.region_ids))
    )
    counted = (
        Submission.mission_id == scope.mission.id,
        Submission.status.in_(SHOWN),
        outside,
    )
    by_link = select(CaseLink.case_id).join(
        Submission, Submission.id.in_((CaseLink.submission_id, CaseLink.case_id))
    )
    return set(session.scalars(by_link.where(*counted)))


def _passes(case: Case, filters: CaseFilters) -> bool:
    if filters.gravity and case.gravity != filters.gravity:
        return False
    if filters.type and filters.type not in case.types:
        return False
    if filters.states and case.state not in filters.states:
        return False
    regions = filters.region_ids
    if regions is not None and not any(report.region_id in regions for report in case.reports):
        return False
    if filters.responsible is not None:
        responsible = case.responsible.id if case.responsible else NOBODY
        if responsible != filters.responsible:
            return False
    return not filters.text or _says(case, filters.text.strip())


def _says(case: Case, text: str) -> bool:
    parts = [case.title]
    for report in case.reports:
        parts += [report.summary, report.place, report.region, receipt_code(report.submission)]
    return text.casefold() in "\n".join(parts).casefold()
