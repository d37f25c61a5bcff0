"""The reports of a demonstration, one after the other as they arrive: what each phone sends."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from observer.collect.models import Status
from observer.demo.answers import make_answers, make_wrong
from observer.demo.chance import stream
from observer.demo.geography import LIMA_OFFSET_HOURS, UTC_OFFSET_HOURS, Centre, Station
from observer.demo.people import DemoPerson
from observer.demo.plan import FORMS, Plan
from observer.demo.usual import Visit
from observer.missions.reports import Track, untracked

ROUNDS = (
    ("first", "First round", date(2026, 4, 12)),
    ("runoff", "Run-off", date(2026, 6, 7)),
)

FORM_VERSION = 1

REASONS = (
    "Filled while trying out the phone; the team confirmed by telephone.",
    "Reported for the wrong station; the team sent it again under the right one.",
    "The team had not been in this station: told by others, and not confirmed.",
)
"""Why a reviewer rejected some."""


@dataclass(frozen=True)
class Report:
    """One submission to come, and what a reviewer will make of it."""

    payload: dict[str, Any]
    person: DemoPerson
    received_at: datetime
    outcome: Status
    """``held`` where its answers are made to break the form's rules."""
    reason: str
    reviewed_at: datetime
    files: tuple[bytes, ...] = ()
    """The photos that the payload names, as the phone has them."""
    arrived_at: datetime | None = None
    """When the visit began that the payload names."""


def make_reports(
    plan: Plan,
    centres: Sequence[Centre],
    people: Sequence[DemoPerson],
    seed: int,
    track: Track = untracked,
) -> Iterator[Report]:
    """Every report of the plan, in the order of arrival."""
    draw = stream(seed, "reports")
    stations = [(station, centre) for centre in centres for station in centre.stations]
    tasks = plan.tasks
    reviewed = int(0.97 * len(tasks))
    for number in track(range(len(tasks)), "Reporting"):
        task = tasks[number]
        person = people[2 * int(task["team"]) + _who(int(task["team"]), draw)]
        yield _report(task, stations[task["station"]], person, number > reviewed, draw)


def _who(team: int, draw: random.Random) -> int:
    # In the first team it is mostly the observer who can sign in.
    return int(draw.random() < (0.2 if team == 0 else 0.5))


def _outcome(form: str, late: bool, draw: random.Random) -> tuple[Status, str]:
    chance = draw.random()
    if form == "incident":
        return (Status.RECEIVED if late else Status.VERIFIED), ""
    if form == "counting":
        # Gone through first, though they arrive last: the statement waits for them.
        return (Status.RECEIVED if chance < 0.04 else Status.VERIFIED), ""
    if chance < 0.008 and form != "party_agents":
        return Status.HELD, ""
    if chance < 0.018:
        return Status.REJECTED, draw.choice(REASONS)
    if late or chance < 0.05:
        return Status.RECEIVED, ""
    return Status.VERIFIED, ""


def _report(
    task: Any, place: tuple[Station, Centre], person: DemoPerson, late: bool, draw: random.Random
) -> Report:
    station, centre = place
    form = FORMS[task["form"]]
    outcome, reason = _outcome(form, late, draw)
    round_code, _, day = ROUNDS[task["round"]]
    zone = timezone(timedelta(hours=UTC_OFFSET_HOURS.get(centre.region, LIMA_OFFSET_HOURS)))
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    lima_midnight = midnight.replace(tzinfo=timezone(timedelta(hours=LIMA_OFFSET_HOURS)))
    received_at = _after(lima_midnight, task["received"])
    clock_error = timedelta(seconds=_clock_error(draw))
    started_at = _after(midnight, task["started"])
    visit = Visit(
        round=round_code,
        region=centre.region,
        registered_voters=station.registered_voters,
        delay=int(task["delay"]),
        number=int(task["visit"]),
        midnight=midnight,
        minute=float(task["started"]),
    )
    answers = make_answers(form, visit, draw)
    if outcome is Status.HELD:
        make_wrong(form, answers)
    sent_at = received_at.astimezone(zone) - timedelta(seconds=draw.randint(1, 4))
    payload: dict[str, Any] = {
        "id": str(_uuid7(started_at, draw)),
        "form": form,
        "form_version": FORM_VERSION,
        "round": round_code,
        "place": station.code,
        "started_at": (started_at + clock_error).isoformat(),
        "finished_at": (_after(midnight, task["finished"]) + clock_error).isoformat(),
        "sent_at": (sent_at + clock_error).isoformat(),
        "answers": answers,
        "revision": 1,
    }
    if centre.lat is not None and centre.lon is not None and draw.random() < 0.94:
        payload["position"] = {
            "lat": round(centre.lat + draw.gauss(0, 0.0004), 6),
            "lon": round(centre.lon + draw.gauss(0, 0.0004), 6),
            "accuracy_m": draw.randint(4, 45),
        }
    received_at = received_at.astimezone(UTC)
    waited = timedelta(minutes=draw.randint(4, 15 if form == "incident" else 90))
    return Report(payload, person, received_at, outcome, reason, received_at + waited)


def _after(midnight: datetime, minutes: float) -> datetime:
    return midnight + timedelta(seconds=int(minutes * 60))


def _clock_error(draw: random.Random) -> int:
    """Seconds a phone is ahead: mostly a few, now and then a whole hour or more."""
    if draw.random() < 0.006:
        return draw.choice((-7200, -3600, 3600, 5400))
    return round(draw.gauss(0, 8))


def _uuid7(moment: datetime, draw: random.Random) -> uuid.UUID:
    """A UUID that begins with its time, as phones make them."""
    milliseconds = int(moment.timestamp() * 1000) + draw.randrange(1000)
    return uuid.UUID(
        int=milliseconds << 80
        | 7 << 76
        | draw.getrandbits(12) << 64
        | 2 << 62
        | draw.getrandbits(62)
    )
