"""The mission's sample as it stands: its strata, where it came from, its reserve, what was before.

Who drew it, and with which seed, is what the audit log says; a sample without such an entry came
with the place list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from observer.access.models import AuditEntry
from observer.collect.models import Submission
from observer.findings.estimates import DesignError, planned_margin
from observer.findings.models import FormerSample
from observer.findings.sample_operations import DRAWN, REPLACED, RESTORED
from observer.findings.sampling import Chosen, lot
from observer.findings.selection import COUNTED
from observer.missions.models import Mission, Place, PlaceKind, Region, Round

RESERVE = 5
"""So many replacements are offered in a stratum of a sample that came with the place list."""


@dataclass(frozen=True)
class StratumLine:
    """A stratum of the sample."""

    stratum: str
    name: str
    """That of the region where the stratum is one, else empty."""
    there_are: int
    drawn: int
    weights: tuple[float, float] | None
    """The least and the largest; None where nothing is drawn."""


@dataclass(frozen=True)
class Standing:
    """The sample that is in the place list."""

    lines: tuple[StratumLine, ...]
    centres: int
    """How many centres the drawn stations lie in."""
    drawing: AuditEntry | None
    """None where it came with the place list."""
    replaced: tuple[AuditEntry, ...]
    """The replacements made since."""

    @property
    def size(self) -> int:
        """Stations drawn."""
        return sum(line.drawn for line in self.lines)

    @property
    def stations(self) -> int:
        """Stations there are."""
        return sum(line.there_are for line in self.lines)

    @property
    def margin(self) -> float | None:
        """Expected for a share of one half if every station reports; None where it has none.

        So it has none where a stratum is empty, weights differ within one, or a sample that came
        with the place list may be one of centres.
        """
        alike = all(line.weights and line.weights[0] == line.weights[1] for line in self.lines)
        if not alike or (self.drawing is None and self.centres < self.size):
            return None
        try:
            return planned_margin((line.there_are, line.drawn) for line in self.lines)
        except DesignError:
            return None


@dataclass(frozen=True)
class Event:
    """A change of the sample, and the sample before it."""

    entry: AuditEntry
    former: int | None
    """The number under which what was there before can be restored."""


def region_names(session: Session, mission: Mission) -> dict[str, str]:
    """The names of the mission's regions by code: strata are often called so."""
    rows = session.execute(select(Region.code, Region.name).where(Region.mission_id == mission.id))
    return dict(rows.all())


def standing_sample(session: Session, mission: Mission) -> Standing | None:
    """The sample that is in the place list; None where no station has a weight."""
    rows = session.execute(
        select(
            Place.stratum,
            func.count(),
            func.count(Place.weight),
            func.min(Place.weight),
            func.max(Place.weight),
            func.sum(Place.weight),
        )
        .where(*_stations(mission))
        .group_by(Place.stratum)
        .order_by(Place.stratum)
    ).all()
    names = region_names(session, mission)
    lines = tuple(
        StratumLine(
            stratum,
            names.get(stratum, ""),
            # A list that names the strata of the drawn alone tells their size by the weights.
            max(there_are, round(stands_for)) if drawn == there_are else there_are,
            drawn,
            None if least is None else (least, most),
        )
        for stratum, there_are, drawn, least, most, stands_for in rows
        if drawn or stratum
    )
    if not any(line.drawn for line in lines):
        return None
    centres = session.scalar(
        select(func.count(Place.centre_id.distinct())).where(
            *_stations(mission), Place.weight.is_not(None)
        )
    )
    entries = _entries(session, mission)
    drawing = _drawing(entries)
    since = drawing.number if drawing else 0
    return Standing(
        lines,
        centres or 0,
        drawing,
        tuple(each for each in entries if each.action == REPLACED and each.number > since),
    )


def history(session: Session, mission: Mission) -> list[Event]:
    """Every change of the sample, the newest first."""
    formers = session.execute(
        select(FormerSample.entry_number, FormerSample.id).where(
            FormerSample.mission_id == mission.id
        )
    )
    ids = dict(formers.all())
    entries = reversed(_entries(session, mission))
    return [Event(entry, ids.get(entry.number)) for entry in entries]


def former_sample(session: Session, mission: Mission, number: int) -> FormerSample | None:
    """A sample that was replaced."""
    return session.scalar(
        select(FormerSample).where(FormerSample.id == number, FormerSample.mission_id == mission.id)
    )


def codes_of(former: FormerSample) -> set[str]:
    """The stations that were drawn in a former sample."""
    return {
        code
        for weights in former.strata.values()
        for code, weight in weights.items()
        if weight is not None
    }


def reported(session: Session, round_: Round, codes: Iterable[str] | None = None) -> int:
    """How many stations of the sample, or of those named, have counted reports in a round."""
    query = (
        select(Place.code)
        .join(Submission, Submission.place_id == Place.id)
        .where(Submission.round_id == round_.id, Submission.status.in_(COUNTED))
        .where(Place.kind == PlaceKind.STATION)
        .distinct()
    )
    if codes is None:
        query = query.where(Place.weight.is_not(None))
        return len(session.scalars(query).all())
    return len(set(session.scalars(query)) & set(codes))


def sample_with_reserve(
    session: Session, mission: Mission, standing: Standing, stratum: str | None = None
) -> list[Chosen]:
    """The stations of the sample, and after them the reserve of each stratum, or of one alone."""
    query = select(Place.code, Place.name, Place.stratum, Place.weight).where(*_stations(mission))
    if stratum is not None:
        query = query.where(Place.stratum == stratum)
    by_stratum: dict[str, list[Any]] = defaultdict(list)
    for row in session.execute(query):
        by_stratum[row.stratum].append(row)
    details = standing.drawing.details if standing.drawing else {}
    seed, most = details.get("seed", ""), details.get("replacements", RESERVE)
    out_of_reach = {entry.subject for entry in standing.replaced}
    found = []
    for name in sorted(by_stratum):
        members = sorted(by_stratum[name], key=lambda row: lot(seed, row.code))
        drawn = [row for row in members if row.weight is not None]
        rest = [row for row in members if row.weight is None and row.code not in out_of_reach]
        reserve = rest[:most] if drawn and name else []
        found += [
            Chosen(row.code, row.name, name, order, row.weight)
            for order, row in enumerate((*drawn, *reserve), start=1)
        ]
    return found


def _stations(mission: Mission) -> tuple[Any, ...]:
    return Place.mission_id == mission.id, Place.kind == PlaceKind.STATION


def _entries(session: Session, mission: Mission) -> Sequence[AuditEntry]:
    """What the log says of the mission's sample, the oldest first."""
    found = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action.in_((DRAWN, REPLACED, RESTORED)))
        .options(joinedload(AuditEntry.person))
        .order_by(AuditEntry.number)
    )
    return [
        entry
        for entry in found
        if entry.subject == mission.code
        or (entry.action == REPLACED and entry.details.get("mission", mission.code) == mission.code)
    ]


def _drawing(entries: Sequence[AuditEntry]) -> AuditEntry | None:
    """The drawing that the sample goes back to, through what was restored."""
    before = None
    for entry in reversed(entries):
        if before is not None and entry.number >= before:
            continue
        if entry.action == DRAWN:
            return entry
        if entry.action == RESTORED:
            before = entry.details["before"]
    return None
