"""Faults planted in a demonstration, so that every quality check has something to find.

They are all in the run-off and wait for a reviewer; the demonstration's own observer has none.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import combinations
from typing import Any

from observer.collect.models import Status
from observer.demo.answers import make_wrong
from observer.demo.chance import stream
from observer.demo.photos import protocol, taken_again
from observer.demo.reports import Report

ROUND = "runoff"
_CLOCK_IS_RIGHT = timedelta(minutes=2)
_CHECKS = ("check_received", "check_signatures", "check_register", "check_box", "check_valid")
_PLACES_ALIKE = 5


@dataclass(frozen=True)
class Planted:
    """A fault that was planted, and in which submissions; each of them has a flag of its check."""

    check: str
    submissions: tuple[uuid.UUID, ...]


class _Field:
    """The reports to plant faults in; each report is taken for one fault at the most."""

    def __init__(self, reports: list[Report], seed: int) -> None:
        self.reports = reports
        self.draw = stream(seed, "faults")
        self._free = [n for n, report in enumerate(reports) if _may_be_taken(report)]
        self.draw.shuffle(self._free)

    def free(self, form: str) -> list[int]:
        """The numbers of the reports with a form that are not taken, in an order by chance."""
        return [n for n in self._free if self.reports[n].payload["form"] == form]

    def take(self, form: str, suits: Callable[[Report], bool] = lambda _: True) -> int:
        """Take a report for a fault. Raises ValueError where none suits."""
        found = next((n for n in self.free(form) if suits(self.reports[n])), None)
        if found is None:
            raise ValueError(f"no report with the form {form} in which to plant a fault")
        return self.claim([found])[0]

    def claim(self, numbers: list[int]) -> list[int]:
        """Have reports taken."""
        self._free = [number for number in self._free if number not in numbers]
        return numbers

    def change(
        self,
        number: int,
        answers: dict[str, Any] | None = None,
        payload: dict[str, Any] | None = None,
        **more: Any,
    ) -> int:
        """Send other answers, or another payload, in the place of what a report sends."""
        report = self.reports[number]
        sent = report.payload | (payload or {})
        sent["answers"] = sent["answers"] | (answers or {})
        self.reports[number] = replace(
            report, payload=sent, **({"outcome": Status.RECEIVED, "reason": ""} | more)
        )
        return number


def plant_faults(reports: list[Report], seed: int) -> list[Planted]:
    """Plant each of FAULTS in some of the reports; what was planted where, in the same order."""
    field = _Field(reports, seed)
    return [
        Planted(check, tuple(uuid.UUID(reports[n].payload["id"]) for n in plant(field)))
        for check, plant in FAULTS
    ]


def _may_be_taken(report: Report) -> bool:
    clock_error = _moment(report, "sent_at") - report.received_at
    return (
        report.payload["round"] == ROUND
        and report.person.team != 0
        and report.outcome in (Status.VERIFIED, Status.RECEIVED)
        and abs(clock_error) < _CLOCK_IS_RIGHT
    )


def _moment(report: Report, name: str) -> datetime:
    return datetime.fromisoformat(report.payload[name])


def _adds_up(report: Report) -> bool:
    return all(report.payload["answers"][check] == "yes" for check in _CHECKS)


def _has_position(report: Report) -> bool:
    return "position" in report.payload


def _miswritten(field: _Field, *, check: str, figure: str, by: int) -> list[int]:
    number = field.take("counting", _adds_up)
    answers = field.reports[number].payload["answers"]
    return [field.change(number, {figure: answers[figure] + by, check: "no"})]


def _more_votes_than_voters(field: _Field, *, surplus: int) -> list[int]:
    """The protocol of a larger polling station: within itself it adds up."""
    number = field.take("counting", _adds_up)
    answers = field.reports[number].payload["answers"]
    more = answers["register_voters"] - answers["signatures"] + surplus
    raised = ("register_voters", "received", "signatures", "ballots_in_box", "valid")
    rows = [dict(row) for row in answers["votes_by_candidate"]]
    rows[-1]["votes"] += more
    changed = {name: answers[name] + more for name in raised}
    return [field.change(number, {**changed, "votes_by_candidate": rows})]


def _opened_before_arrival(field: _Field) -> list[int]:
    """An opening seen at a time when the team, as its visit says, was not there yet."""

    def tells_of_long_ago(report: Report) -> bool:
        started, answers = _moment(report, "started_at"), report.payload["answers"]
        hour, minute = map(int, answers["opening_time"].split(":"))
        ago = started - started.replace(hour=hour, minute=minute)
        # Abroad, where no report has a position, the check does not know the clocks.
        seen = answers["station_opened"] == "yes" and _has_position(report)
        return seen and ago > timedelta(minutes=45)

    number = field.take("opening", tells_of_long_ago)
    arrived_at = _moment(field.reports[number], "started_at") - timedelta(minutes=4)
    visit = uuid.UUID(int=field.draw.getrandbits(128), version=4)
    return [field.change(number, payload={"visit": str(visit)}, arrived_at=arrived_at)]


def _too_quick(field: _Field) -> list[int]:
    number = field.take("voting")
    started = _moment(field.reports[number], "finished_at") - timedelta(seconds=25)
    return [field.change(number, payload={"started_at": started.isoformat()})]


def _far(field: _Field, *, degrees: float) -> list[int]:
    number = field.take("voting", _has_position)
    position = field.reports[number].payload["position"]
    return [
        field.change(
            number, payload={"position": position | {"lat": round(position["lat"] + degrees, 6)}}
        )
    ]


def _clock(field: _Field, *, wrong: timedelta) -> list[int]:
    number = field.take("party_agents")
    report = field.reports[number]
    times = {
        name: (_moment(report, name) + wrong).isoformat()
        for name in ("started_at", "finished_at", "sent_at")
    }
    return [field.change(number, payload=times)]


def _times(field: _Field) -> list[int]:
    number = field.take("voting")
    payload = field.reports[number].payload
    swapped = {"started_at": payload["finished_at"], "finished_at": payload["started_at"]}
    return [field.change(number, payload=swapped)]


def _duplicate(field: _Field, *, same_team: bool, differing: Sequence[str]) -> list[int]:
    """Two reports from one place: the second one says what the first does, but for some numbers."""

    def could_be(one: Report, other: Report) -> bool:
        alike = (one.person.team == other.person.team) is same_team
        return alike and one.payload["place"] != other.payload["place"]

    pairs = combinations(field.free("voting"), 2)
    pair = next((p for p in pairs if could_be(*(field.reports[n] for n in p))), None)
    if pair is None:
        raise ValueError("no two reports that could be made from one place")
    one, other = field.claim(sorted(pair))
    first, second = (field.reports[number].payload for number in (one, other))
    moved = {name: value for name, value in second.items() if name != "position"}
    moved |= {name: first[name] for name in ("place", "position") if name in first}
    answers = first["answers"] | {name: first["answers"][name] + 2 for name in differing}
    field.reports[other] = replace(field.reports[other], payload=moved)
    return [field.change(one), field.change(other, payload={"answers": answers})]


def _photo(field: _Field, *, again: Callable[[bytes], bytes]) -> list[int]:
    """One protocol photographed for two polling stations."""
    numbers = [field.take("counting"), field.take("counting")]
    taken = protocol(field.draw)
    for number, file in zip(numbers, (taken, again(taken)), strict=True):
        sha256 = hashlib.sha256(file).hexdigest()
        named = [{"question": "protocol_photo", "sha256": sha256, "type": "image/jpeg"}]
        answers = {"protocol_photo": sha256}
        field.change(number, answers, {"attachments": named}, files=(file,))
    return numbers


def _outlier(field: _Field) -> list[int]:
    """A queue that no other polling station of the region had, in the region with most reports."""
    regions = Counter(_region(report) for report in field.reports if _in_voting(report))
    region, _reports = max(regions.items(), key=lambda item: (item[1], item[0]))
    number = field.take("voting", lambda report: _region(report) == region)
    return [field.change(number, {"queue_outside": 640, "waiting_minutes": 15})]


def _region(report: Report) -> str:
    return str(report.payload["place"])[:2]


def _in_voting(report: Report) -> bool:
    return report.payload["form"] == "voting" and report.payload["round"] == ROUND


def _alike(field: _Field) -> list[int]:
    """A team that sends the same numbers from several places."""
    of_teams: dict[int | None, list[int]] = {}
    for number in field.free("voting"):
        of_teams.setdefault(field.reports[number].person.team, []).append(number)
    found = next((some for some in of_teams.values() if len(some) >= _PLACES_ALIKE), None)
    if found is None:
        raise ValueError(f"no team with {_PLACES_ALIKE} reports that could be alike")
    numbers = field.claim(sorted(found[:_PLACES_ALIKE]))
    answers = field.reports[numbers[0]].payload["answers"]
    return [field.change(number, payload={"answers": answers}) for number in numbers]


def _held(field: _Field) -> list[int]:
    number = field.take("voting")
    answers = dict(field.reports[number].payload["answers"])
    make_wrong("voting", answers)
    return [field.change(number, answers, outcome=Status.HELD)]


FAULTS: Sequence[tuple[str, Callable[[_Field], list[int]]]] = (
    ("rule", partial(_miswritten, check="check_box", figure="blank", by=10)),
    ("rule", partial(_miswritten, check="check_received", figure="unused", by=100)),
    ("rule", partial(_miswritten, check="check_signatures", figure="signatures", by=-9)),
    ("turnout", partial(_more_votes_than_voters, surplus=9)),
    ("turnout", partial(_more_votes_than_voters, surplus=86)),
    ("before_arrival", _opened_before_arrival),
    ("too_quick", _too_quick),
    ("far", partial(_far, degrees=0.02)),
    ("far", partial(_far, degrees=0.45)),
    ("clock", partial(_clock, wrong=timedelta(minutes=40))),
    ("clock", partial(_clock, wrong=timedelta(days=-3))),
    ("times", _times),
    ("duplicate", partial(_duplicate, same_team=True, differing=())),
    ("duplicate", partial(_duplicate, same_team=True, differing=("queue_outside",))),
    (
        "duplicate",
        partial(_duplicate, same_team=False, differing=("queue_outside", "waiting_minutes")),
    ),
    ("photo_twice", partial(_photo, again=lambda taken: taken)),
    ("photo_alike", partial(_photo, again=taken_again)),
    ("outlier", _outlier),
    ("alike", _alike),
    ("held", _held),
)
"""The faults: the check that is to find each, and how it is planted."""
