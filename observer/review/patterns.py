"""The checks that compare many submissions: values out of the ordinary, teams that answer alike."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition, Question
from observer.checklists.library import definition_of, published_forms
from observer.collect.models import Attachment, Revision, Status, Submission
from observer.missions.models import Mission
from observer.review.checks import Found
from observer.review.models import Severity

PATTERN_NAMES = ("outlier", "alike", "photo_alike")
NUMERIC = ("integer", "decimal")
LEAST_OTHERS = 20
"""A value is compared with those of at least so many other submissions."""
FAR_OUT = 8.0
"""Robust standard deviations from the median. Iglewicz and Hoaglin (1993) propose 3.5 to look at;
queues and delays have long tails even so, and 8 keeps reviewers from false alarms."""
LEAST_SPREAD = 0.5
"""The standard deviation of the root of a count that is left to chance (Bartlett, 1936): where
many answers are the same, their own spread says less than that."""
MOST_BITS = 3
"""Pictures are alike when their perceptual hashes differ in no more bits."""
LEAST_ALIKE = 5
"""A team's answers are suspicious when they are the same in so many places."""
LEAST_CHOICES = 6
"""Of forms with fewer questions answered, all may well be the same."""

_Given = tuple[uuid.UUID, float]
"""A submission and the number it gives."""


def find_patterns(
    session: Session, mission: Mission, round_id: int | None = None
) -> dict[uuid.UUID, list[Found]]:
    """What the comparison finds, by submission: of the newest version of each form."""
    found: dict[uuid.UUID, list[Found]] = defaultdict(list)
    for version in published_forms(session, mission):
        definition = definition_of(version)
        rows = _rows(session, mission, version.form_id, round_id)
        for submission, each in _outliers(definition, rows):
            found[submission].append(each)
        for submission, each in _alike(definition, rows):
            found[submission].append(each)
    for submission, each in _photos_alike(session, mission, round_id):
        found[submission].append(each)
    return found


def _rows(session: Session, mission: Mission, form_id: int, round_id: int | None) -> list[Any]:
    counted = and_(
        Revision.submission_id == Submission.id,
        Revision.number == Submission.current_revision,
        Revision.conflicting.is_(False),
    )
    query = (
        select(
            Submission.id,
            Submission.round_id,
            Submission.region_id,
            Submission.place_id,
            Submission.team_id,
            Revision.answers,
        )
        .join(Revision, counted)
        .where(
            Submission.mission_id == mission.id,
            Submission.form_id == form_id,
            Submission.status != Status.REJECTED,
        )
    )
    if round_id is not None:
        query = query.where(Submission.round_id == round_id)
    return list(session.execute(query))


def _outliers(definition: FormDefinition, rows: list[Any]) -> Iterator[tuple[uuid.UUID, Found]]:
    """Numbers far from what is usual in the region, or in the whole round where few are from it."""
    by_round: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_round[row.round_id].append(row)
    for question in definition.questions():
        if question.type in NUMERIC:
            for everywhere in by_round.values():
                yield from _outliers_of(question, everywhere)


def _outliers_of(question: Question, rows: list[Any]) -> Iterator[tuple[uuid.UUID, Found]]:
    regions: dict[int | None, list[_Given]] = defaultdict(list)
    for row in rows:
        value = row.answers.get(question.name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            regions[row.region_id].append((row.id, value))
    everywhere = [each for given in regions.values() for each in given]
    for given in regions.values():
        enough = len(given) > LEAST_OTHERS
        others = given if enough else everywhere
        if len(others) <= LEAST_OTHERS:
            continue
        usual, far_out = _far_out(given, others)
        for submission, value in far_out:
            details = {
                "label": question.table_label,
                "value": value,
                "usual": usual,
                "others": len(others) - 1,
                "everywhere": not enough,
            }
            yield submission, Found("outlier", Severity.DOUBTFUL, question.name, details)


def _far_out(given: list[_Given], others: list[_Given]) -> tuple[float, list[_Given]]:
    """The median of the others, and what is far from it: by the roots, as counts are skewed."""
    among = np.array([value for _id, value in others], float)
    roots = _root(among)
    middle = np.median(roots)
    spread = max(1.4826 * float(np.median(np.abs(roots - middle))), LEAST_SPREAD)
    distances = np.abs(_root(np.array([value for _id, value in given], float)) - middle) / spread
    far = [each for each, distance in zip(given, distances, strict=True) if distance > FAR_OUT]
    return float(np.median(among)), far


def _root(values: np.ndarray) -> np.ndarray:
    return np.sign(values) * np.sqrt(np.abs(values))


def _alike(definition: FormDefinition, rows: list[Any]) -> Iterator[tuple[uuid.UUID, Found]]:
    """Teams that gave one and the same answer to everything in many places.

    Only answers in which stations are bound to differ are compared: numbers, times and texts.
    """
    compared = [q.name for q in definition.questions() if q.type in (*NUMERIC, "time", "text")]
    by_answers: dict[tuple[Any, ...], dict[int, uuid.UUID]] = defaultdict(dict)
    for row in rows:
        own = {name: row.answers[name] for name in compared if name in row.answers}
        if row.team_id is None or row.place_id is None or len(row.answers) < LEAST_CHOICES:
            continue
        if len(own) >= 2:
            written = json.dumps(own, sort_keys=True, default=str)
            by_answers[row.round_id, row.team_id, written][row.place_id] = row.id
    for places in by_answers.values():
        if len(places) >= LEAST_ALIKE:
            for submission in places.values():
                details = {"places": len(places)}
                yield submission, Found("alike", Severity.DOUBTFUL, details=details)


def _photos_alike(
    session: Session, mission: Mission, round_id: int | None
) -> Iterator[tuple[uuid.UUID, Found]]:
    """Photos that look alike though they are not the same file; the same ones are found at once.

    Hashes that differ in at most three bits have one of their four quarters in common.
    """
    query = (
        select(
            Attachment.submission_id,
            Attachment.perceptual_hash,
            Attachment.question,
            Submission.round_id,
        )
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(
            Submission.mission_id == mission.id,
            Submission.status != Status.REJECTED,
            Attachment.perceptual_hash.is_not(None),
        )
    )
    photos = session.execute(query.order_by(Attachment.id)).all()
    quarters: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for photo in photos:
        for place in range(4):
            quarters[place, photo.perceptual_hash[4 * place : 4 * place + 4]].append(photo)
    seen = set()
    for alike in quarters.values():
        for one, other in combinations(alike, 2):
            pair = frozenset((one.submission_id, other.submission_id))
            differing = int(one.perceptual_hash, 16) ^ int(other.perceptual_hash, 16)
            if pair in seen or len(pair) == 1 or not 1 <= differing.bit_count() <= MOST_BITS:
                continue
            seen.add(pair)
            for own, its in ((one, other), (other, one)):
                if round_id is not None and own.round_id != round_id:
                    continue
                details = {"question": own.question}
                subject = str(its.submission_id)
                yield own.submission_id, Found("photo_alike", Severity.DOUBTFUL, subject, details)
