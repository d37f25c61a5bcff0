"""Who observes which stations, and what they report when: the skeleton of a demonstration.

Held as arrays, so that a million reports can be put into the order of their arrival at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from observer.demo.geography import (
    LIMA_OFFSET_HOURS,
    UTC_OFFSET_HOURS,
    VOTERS,
    Centre,
    apportion,
)
from observer.demo.incidents import INCIDENTS
from observer.demo.sampling import Lots
from observer.demo.sizes import Size

FORMS = ("opening", "voting", "party_agents", "counting", "incident")
_OPENING, _VOTING, _PARTY_AGENTS, _COUNTING, _INCIDENT = range(5)

CAPITAL = ("15", "07")
AREAS = (
    CAPITAL,
    ("24", "20"),
    ("14", "13"),
    ("06", "01"),
    ("16",),
    ("22",),
    ("25",),
    ("10", "19", "12"),
    ("02",),
    ("11",),
    ("09", "05", "03"),
    ("08", "17"),
    ("21",),
    ("04", "18", "23"),
    ("91",),
    ("92",),
    ("93",),
    ("94",),
)
"""Regions that one team can travel in a day. The first team works in the first area."""

LATE_REGIONS = ("16", "25")
"""Loreto and Ucayali, where this story has its late openings."""
_FAR_FROM_NETWORK = ("01", "03", "09", "16", "17", "25")

VOTING_BEGINS = 7 * 60
VOTING_ENDS = 17 * 60

MOST_COUNTING = 100
"""Minutes after the end of voting by which every count in this story is over."""

TASK = np.dtype(
    [
        ("round", "i1"),
        ("team", "i4"),
        ("station", "i4"),
        ("form", "i1"),
        ("visit", "i2"),
        ("delay", "i2"),
        ("started", "f8"),
        ("finished", "f8"),
        ("received", "f8"),
    ]
)
"""One report to come: times in minutes of voting day, ``received`` on Lima's clocks and the
others on those of the place; ``delay`` is how late the station opened, ``visit`` counts visits
and for incidents says which one happened."""


@dataclass(frozen=True)
class Plan:
    """The stations in order, their regions, which of them each team observes, and the reports."""

    station_codes: tuple[str, ...]
    station_regions: np.ndarray
    """The position in VOTERS of each station's region."""
    routes: tuple[tuple[np.ndarray, ...], ...]
    """By round and team: the stations assigned, in the order of the visit."""
    weights: dict[int, float]
    """Of the stations that were drawn as a sample, by their position."""
    tasks: np.ndarray
    """All reports in the order of their arrival, of type TASK."""


def make_plan(size: Size, seed: int, centres: Sequence[Centre]) -> Plan:
    """Spread the teams over the areas and lay out what they report."""
    draw = np.random.default_rng([seed, 1_000])
    stations = [station for centre in centres for station in centre.stations]
    position = {code: number for number, code in enumerate(VOTERS)}
    regions = np.array([position[centre.region] for centre in centres for _ in centre.stations])
    longest = max(size.stations_per_team)
    lots = Lots(centres, seed)
    routes = _routes(size, _walks(size, lots), longest)
    weights = lots.weights(set(np.concatenate(routes).tolist()))
    by_round = tuple(tuple(route[:length] for route in routes) for length in size.stations_per_team)
    # The observer of the demonstration has a short list in the run-off, to be read on a phone.
    own = by_round[1][0][:OWN_STATIONS]
    by_round = (by_round[0], (own, *by_round[1][1:]))

    late = _delays(regions, draw)
    visits = np.concatenate(
        [
            _visits(size, number, _with_count(by_round[number], weights), late[number], draw)
            for number in range(2)
        ]
    )
    visits = _leave_out(visits, size.submissions - size.incidents, draw)
    tasks = np.concatenate([visits, _incidents(size, visits, regions, draw)])
    _send(tasks, regions, draw)
    order = np.lexsort((tasks["received"], tasks["round"]))
    return Plan(
        tuple(station.code for station in stations), regions, by_round, weights, tasks[order]
    )


OWN_STATIONS = 7
_OWN_OPEN = 2
"""How many of the stations of the demonstration's observer are still to be reported."""


def _walks(size: Size, lots: Lots) -> list[np.ndarray]:
    """For each area the stations to observe, centre by centre and in every region, as drawn."""
    walks = []
    for area in AREAS:
        ranked = []
        for region in area:
            here = lots.centres(region).values()
            # By the root of how many there are, the small region gets more than its part.
            ranked += [((rank + 0.5) / len(here) ** 0.5, some) for rank, some in enumerate(here)]
        # In the capital the way to the next centre is short: all of them first, then again.
        often = (0, 1, size.stations_per_visit) if area == CAPITAL else (0, size.stations_per_visit)
        walks.append(
            np.concatenate(
                [some[a:b] for a, b in pairwise(often) for _, some in sorted(ranked)]
            ).astype(int)
        )
    return walks


def _routes(size: Size, walks: Sequence[np.ndarray], longest: int) -> list[np.ndarray]:
    """Cut the walks into one route per team; no station is on two routes."""
    most = [-(-len(walk) // longest) for walk in walks]
    weights = [
        sum(VOTERS[region] for region in area) ** size.evenness
        * (3 if area[0] in LATE_REGIONS else 1)
        for area in AREAS
    ]
    teams = _apportion_up_to(size.teams, weights, most)
    return [
        np.sort(walk[n * longest : (n + 1) * longest])
        for walk, count in zip(walks, teams, strict=True)
        for n in range(count)
    ]


def _apportion_up_to(total: int, weights: Sequence[float], most: Sequence[int]) -> list[int]:
    """As :func:`apportion`, one at the least and no more for each than there is to do."""
    shares = [1] * len(weights)
    while (spare := total - sum(shares)) and any(map(int.__lt__, shares, most)):
        open_weights = [
            weight if share < limit else 0.0
            for weight, share, limit in zip(weights, shares, most, strict=True)
        ]
        more = apportion(spare, open_weights, least=0)
        shares = [min(s + m, limit) for s, m, limit in zip(shares, more, most, strict=True)]
    return shares


def _delays(regions: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """How many minutes late each station opens, by round and station."""
    late_regions = np.isin(regions, [list(VOTERS).index(code) for code in LATE_REGIONS])
    chance = np.where(late_regions, 0.46, 0.07)
    minutes = np.where(
        late_regions,
        15 + draw.gamma(2.0, 35, (2, len(regions))),
        10 + draw.gamma(2.0, 11, (2, len(regions))),
    )
    late = draw.random((2, len(regions))) < chance
    return np.where(late, np.minimum(minutes.astype(int) // 5 * 5, 300), 0)


def _with_count(routes: Sequence[np.ndarray], weights: dict[int, float]) -> list[np.ndarray]:
    """The routes, each with a station of the sample at its end where it has one: for the count."""
    found = []
    for route in routes:
        drawn = [station for station in route.tolist() if station in weights]
        last = drawn[-1] if drawn else route[-1]
        found.append(np.append(route[route != last], last))
    return found


def _visits(
    size: Size,
    round_number: int,
    routes: Sequence[np.ndarray],
    late: np.ndarray,
    draw: np.random.Generator,
) -> np.ndarray:
    """Every report that could be made of the stations on the routes of one round."""
    stations = np.concatenate(routes)
    teams = np.repeat(np.arange(len(routes)), [len(route) for route in routes])
    step = np.concatenate([np.arange(len(route)) / len(route) for route in routes])
    rounds_of_visits = [(_OPENING, 0, 6 * 60 + 20, 150)]
    voting = size.voting_visits[round_number]
    for visit in range(voting):
        length = 420 / voting
        rounds_of_visits.append((_VOTING, visit, int(8 * 60 + 30 + visit * length), length))
    rounds_of_visits.append((_PARTY_AGENTS, 0, 11 * 60, 360))
    parts = []
    for form, visit, begins, length in rounds_of_visits:
        part = np.zeros(len(stations), TASK)
        part["round"], part["form"], part["visit"] = round_number, form, visit
        part["team"], part["station"], part["delay"] = teams, stations, late[stations]
        part["started"] = begins + step * length + draw.uniform(0, 25, len(stations))
        part["finished"] = part["started"] + draw.uniform(8, 24, len(stations))
        if form == _OPENING:
            opened = VOTING_BEGINS + part["delay"] + draw.uniform(3, 12, len(stations))
            part["finished"] = np.maximum(part["finished"], opened)
        parts.append(part)
    return np.concatenate([*parts, _counts(round_number, routes, late, draw)])


def _counts(
    round_number: int,
    routes: Sequence[np.ndarray],
    late: np.ndarray,
    draw: np.random.Generator,
) -> np.ndarray:
    """Each team stays for the count in the last station on its way."""
    part = np.zeros(len(routes), TASK)
    part["round"], part["form"] = round_number, _COUNTING
    part["team"], part["station"] = np.arange(len(routes)), [route[-1] for route in routes]
    part["delay"] = late[part["station"]]
    part["started"] = VOTING_ENDS - draw.uniform(0, 10, len(part))
    part["finished"] = VOTING_ENDS + draw.uniform(MOST_COUNTING, 220, len(part))
    return part


def _leave_out(visits: np.ndarray, wanted: int, draw: np.random.Generator) -> np.ndarray:
    """Keep as many as wanted; what the demonstration's observer has still to do is left out.

    The others' counts are kept: there is but one for each team.
    """
    own = (visits["round"] == 1) & (visits["team"] == 0)
    stations = np.unique(visits["station"][own])
    unvisited = np.isin(visits["station"], stations[-_OWN_OPEN:])
    begun = (visits["station"] == stations[-_OWN_OPEN - 1]) & (visits["form"] != _OPENING)
    counts = visits["form"] == _COUNTING
    kept = np.flatnonzero(~(own & (unvisited | begun | counts)))
    others = kept[~(own | counts)[kept]]
    surplus = max(0, len(kept) - wanted)
    kept = np.setdiff1d(kept, draw.choice(others, surplus, replace=False), assume_unique=True)
    return visits[kept]


def _incidents(
    size: Size, visits: np.ndarray, regions: np.ndarray, draw: np.random.Generator
) -> np.ndarray:
    """Incidents at stations the teams were at, each kind in the regions its story is set in."""
    tasks = np.zeros(size.incidents, TASK)
    positions = {code: number for number, code in enumerate(VOTERS)}
    visited_regions = regions[visits["station"]]

    def visits_in(round_number: int, codes: Sequence[str]) -> np.ndarray:
        in_round = visits["round"] == round_number
        there = in_round & np.isin(visited_regions, [positions[code] for code in codes])
        return np.flatnonzero(there if there.any() else in_round)

    stages = {
        (round_number, story.regions): visits_in(round_number, story.regions)
        for round_number in (0, 1)
        for story in INCIDENTS
    }
    for number, task in enumerate(tasks):
        kind = number % len(INCIDENTS)
        story = INCIDENTS[kind]
        round_number = story.round if number < len(INCIDENTS) else int(draw.integers(2))
        at = visits[draw.choice(stages[round_number, story.regions])]
        if story.follows:
            at = tasks[number - 1]
        for name in ("team", "station", "delay"):
            task[name] = at[name]
        task["round"] = at["round"]
        task["form"], task["visit"] = _INCIDENT, kind
        task["started"] = story.hour * 60 + draw.uniform(5, 50)
        task["finished"] = task["started"] + draw.uniform(6, 20)
    return tasks


def _send(tasks: np.ndarray, regions: np.ndarray, draw: np.random.Generator) -> None:
    """Set when each report arrives: mostly within minutes, from far away hours later."""
    codes = list(VOTERS)
    of_task = regions[tasks["station"]]
    far = np.isin(of_task, [codes.index(code) for code in _FAR_FROM_NETWORK])
    offline = draw.random(len(tasks)) < np.where(far, 0.3, 0.04)
    wait = 0.2 + draw.exponential(3, len(tasks)) + offline * draw.uniform(30, 360, len(tasks))
    offsets = np.array([UTC_OFFSET_HOURS.get(code, LIMA_OFFSET_HOURS) for code in codes])
    ahead = 60.0 * (offsets[of_task] - LIMA_OFFSET_HOURS)
    tasks["received"] = tasks["finished"] - ahead + wait
