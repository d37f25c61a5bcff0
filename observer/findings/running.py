"""Counts that go along with the rows: each look adds what came and takes away what died.

So a figure costs as much as what changed since it was last asked for, however many submissions
there are. What is kept is found again under the rows' generation; where that is a new one, or
the ground is, it is counted from the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from observer.findings.classes import SUBMISSIONS, Countable
from observer.findings.ground import Ground
from observer.findings.table import STATUSES, Generation, Rows
from observer.missions.models import PlaceKind

MOST_KEPT_BYTES = 100_000_000
"""Of one form in one process; what was asked for longest ago is counted anew."""
FEW = 1_000
"""So many rows are rather added one by one than by counting over all regions and places."""


@dataclass(frozen=True)
class Criteria:
    """Which submissions count, and whether a place is a station or a centre."""

    round_id: int
    statuses: frozenset[str]
    unit: PlaceKind
    version_ids: frozenset[int] | None = None
    """None for those of all versions."""

    def choose(self, rows: Rows, among: np.ndarray, regions: np.ndarray) -> np.ndarray:
        """Which rows, of those ``among``, count; with whether each region is seen."""
        fixed = rows.fixed
        counted = np.array([status in self.statuses for status in STATUSES])
        wanted = fixed["round_id"][among] == self.round_id
        wanted &= counted[fixed["status"][among]] & regions
        if self.version_ids is not None:
            wanted &= np.isin(fixed["version_id"][among], list(self.version_ids))
        return wanted


@dataclass(frozen=True)
class Count:
    """What was counted in each region by itself, without what lies in it."""

    answers: Sequence[str | None]
    own: np.ndarray
    """One row per region and one for none; how often there was an answer, then one per answer."""
    places: np.ndarray
    """How many places of each region the question counted in."""
    seen: np.ndarray
    """Whether it counted in each place; last, in none."""


class Running:
    """The count of one question, or of all submissions, under some criteria."""

    def __init__(self, ground: Ground, criteria: Criteria, counted: Countable) -> None:
        self._ground = ground
        self._criteria = criteria
        self._classes = counted.classes()
        self._lock = Lock()
        self._size = self._deaths = 0
        regions = len(ground.regions.ids) + 1
        self._own = np.zeros((regions, len(self._classes.answers) + 1), np.int64)
        self._by_place = np.zeros(len(ground.places.ids) + 1, np.int32)
        self._places = np.zeros(regions, np.int64)

    def count(self, rows: Rows) -> Count | None:
        """The count of these rows; None where somebody came with later ones before."""
        with self._lock:
            if self._size > len(rows.alive) or self._deaths > rows.deaths:
                return None
            if self._size == 0:
                self._add(rows, np.flatnonzero(rows.alive), 1)
            else:
                self._add(rows, np.arange(self._size, len(rows.alive)), 1)
                died = rows.generation.died[self._deaths : rows.deaths]
                self._add(rows, np.array(died, np.intp), -1)
            self._size, self._deaths = len(rows.alive), rows.deaths
            return self._result()

    def _add(self, rows: Rows, among: np.ndarray, sign: int) -> None:
        if not len(among):
            return
        ground, fixed = self._ground, rows.fixed
        regions = ground.regions.positions(fixed["region_id"][among])
        wanted = self._criteria.choose(rows, among, ground.regions.seen[regions])
        among, regions = among[wanted], regions[wanted]
        classes = self._classes.of_rows(rows, among)
        weights = self._classes.weights
        if weights.shape[1] > self._own.shape[1]:
            more = weights.shape[1] - self._own.shape[1]
            self._own = np.pad(self._own, ((0, 0), (0, more)))
        if len(among) < FEW:
            np.add.at(self._own, regions, sign * weights[classes])
        else:
            cells = np.bincount(
                regions * np.intp(len(weights)) + classes, minlength=len(self._own) * len(weights)
            )
            self._own += sign * (cells.reshape(len(self._own), len(weights)) @ weights)
        counting = among[weights[:, 0].astype(bool)[classes]]
        units = ground.places.units(fixed["place_id"][counting], self._criteria.unit)
        self._add_places(units, sign)

    def _add_places(self, units: np.ndarray, sign: int) -> None:
        """Count the places, and in each region those that came to be seen or are no more."""
        units = units[units < len(self._by_place) - 1]
        if len(units) < FEW:
            changed, times = np.unique(units, return_counts=True)
        else:
            here = np.bincount(units)
            changed = np.flatnonzero(here)
            times = here[changed]
        before = self._by_place[changed] > 0
        self._by_place[changed] += (sign * times).astype(np.int32)
        after = self._by_place[changed] > 0
        regions = self._ground.place_regions[changed[before != after]]
        # A place may have moved out of what the reader sees, since a report of it was received.
        regions = regions[self._ground.regions.seen[regions]]
        self._places += sign * np.bincount(regions, minlength=len(self._places))

    def _result(self) -> Count:
        answers = self._classes.answers
        columns = self._classes.listed(self._own[:, 1:].sum(axis=0))
        return Count(
            answers=[answers[at] for at in columns],
            own=self._own[:, [0, *(at + 1 for at in columns)]],
            places=self._places.copy(),
            seen=self._by_place > 0,
        )


def count(
    rows: Rows, ground: Ground, criteria: Criteria, counted: Countable = SUBMISSIONS
) -> Count:
    """Count the answers to a question, or the submissions themselves, by region and place.

    Of a question with choices, each choice is counted among those who answered, and so is each
    answer that was given but is no choice (any more). A calculation whose results are marked as
    problems is counted in the same way. Of any other question it is counted how many of the
    submissions answer it.
    """
    running = _kept(rows.generation, ground, criteria, counted)
    return running.count(rows) or Running(ground, criteria, counted).count(rows)


def _kept(
    generation: Generation, ground: Ground, criteria: Criteria, counted: Countable
) -> Running:
    key = (ground, criteria, counted)
    most = max(1, MOST_KEPT_BYTES // (4 * len(ground.places.ids) + 1))
    with generation.lock:
        running = generation.kept.pop(key, None) or Running(ground, criteria, counted)
        generation.kept[key] = running  # at the end, where the one asked for last stands
        if len(generation.kept) > most:
            del generation.kept[next(iter(generation.kept))]
    return running
