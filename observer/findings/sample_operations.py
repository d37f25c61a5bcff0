"""Changes of the sample: a drawing that is kept, a station that is replaced, and the way back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from observer.access.audit import record
from observer.findings.estimates import DesignError
from observer.findings.models import FormerSample
from observer.findings.sampling import Candidate, Chosen
from observer.missions.models import Mission, Place, PlaceKind

DRAWN, REPLACED, RESTORED = "sample.draw", "sample.replace", "sample.restore"
"""Names in the audit log."""


def keep_sample(
    session: Session,
    mission: Mission,
    places: Iterable[Candidate],
    chosen: Iterable[Chosen],
    seed: str,
    *,
    by: str,
    replacements: int,
) -> None:
    """Write strata and weights into the place list; what they were can be restored.

    Every station gets the stratum it was drawn from, so that the strata's sizes can be counted.
    """
    weights = {each.code: each.weight for each in chosen}
    former = _set_aside(session, mission)
    _write(session, mission, {each.code: (each.stratum, weights.get(each.code)) for each in places})
    size = sum(weight is not None for weight in weights.values())
    entry = record(
        session,
        DRAWN,
        mission.code,
        size=size,
        seed=seed,
        by=by,
        replacements=replacements,
    )
    former.entry_number = entry.number


def restore_sample(session: Session, mission: Mission, former: FormerSample) -> None:
    """Give every station the stratum and the weight it had before a change of the sample."""
    standing = {
        code: (stratum, weight)
        for stratum, weights in former.strata.items()
        for code, weight in weights.items()
    }
    aside = _set_aside(session, mission)
    stations = session.scalars(
        select(Place.code).where(Place.mission_id == mission.id, Place.kind == PlaceKind.STATION)
    )
    _write(session, mission, {code: standing.get(code, ("", None)) for code in stations})
    size = sum(weight is not None for _stratum, weight in standing.values())
    entry = record(session, RESTORED, mission.code, size=size, before=former.entry_number)
    aside.entry_number = entry.number


def replace_station(session: Session, mission: Mission, code: str, by: str, reason: str) -> None:
    """Observe another station of the stratum in place of one that cannot be reached.

    Raises DesignError where the one is not in the sample, or the other is, or lies elsewhere.
    """
    found = {
        place.code: place
        for place in session.scalars(
            select(Place).where(
                Place.mission_id == mission.id,
                Place.kind == PlaceKind.STATION,
                Place.code.in_((code, by)),
            )
        )
    }
    for wanted in (code, by):
        if wanted not in found:
            raise DesignError(_("There is no polling station %(code)s.", code=wanted))
    old, new = found[code], found[by]
    if old.weight is None:
        raise DesignError(_("%(code)s is not in the sample.", code=code))
    if new.weight is not None:
        raise DesignError(_("%(code)s is in the sample itself.", code=by))
    if new.stratum and new.stratum != old.stratum:
        raise DesignError(
            _(
                "%(other)s is of stratum %(theirs)s, and %(code)s of %(own)s.",
                other=by,
                theirs=new.stratum,
                code=code,
                own=old.stratum or "–",
            )
        )
    new.weight, new.stratum, old.weight = old.weight, old.stratum, None
    session.flush()
    record(session, REPLACED, code, by=by, reason=reason, mission=mission.code)


def _set_aside(session: Session, mission: Mission) -> FormerSample:
    """Keep what the stations' strata and weights are now."""
    strata: dict[str, dict[str, float | None]] = defaultdict(dict)
    for code, stratum, weight in session.execute(
        select(Place.code, Place.stratum, Place.weight)
        .where(Place.mission_id == mission.id, Place.kind == PlaceKind.STATION)
        .where((Place.stratum != "") | Place.weight.is_not(None))
        .order_by(Place.code)
    ):
        strata[stratum][code] = weight
    former = FormerSample(mission_id=mission.id, strata=strata)
    session.add(former)
    return former


def _write(session: Session, mission: Mission, wanted: dict[str, tuple[str, float | None]]) -> None:
    """Give stations, by code, their stratum and weight; those that have it are left alone."""
    rows = [
        {"id": place_id, "stratum": wanted[code][0], "weight": wanted[code][1]}
        for place_id, code, stratum, weight in session.execute(
            select(Place.id, Place.code, Place.stratum, Place.weight).where(
                Place.mission_id == mission.id, Place.kind == PlaceKind.STATION
            )
        )
        if code in wanted and wanted[code] != (stratum, weight)
    ]
    if rows:
        session.execute(update(Place), rows)
    session.expire_all()
