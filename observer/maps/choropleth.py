"""The layer of a map: one figure per region of a level, each in a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition
from observer.checklists.library import newest_definition
from observer.collect.models import Status
from observer.findings import words
from observer.findings.findings import (
    COUNTED,
    Coverage,
    Finding,
    coverage,
    findings,
    one_finding,
)
from observer.findings.ground import WHOLE
from observer.findings.selection import Look, unit_of
from observer.findings.through import Added, Growth, growth
from observer.language import in_language
from observer.maps.classes import ShareClass, class_of, share_classes
from observer.maps.shapes import ShownRegion, regions_shown
from observer.missions.models import PlaceKind, Round
from observer.missions.scope import Scope
from observer.settings import Settings

NO_DATA = "none"
FEW = "few"
Shade = int | str
"""The position of a region's class, or ``NO_DATA``, or ``FEW``."""

LEAST_STEP_OF_FINDING = 0.05
LEAST_STEP_OF_COVERAGE = 0.001


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a map shows: how often an answer was given; without a question, the coverage.

    Coverage counts the places observed with any form, or with the one that is named.
    """

    form: str | None = None
    question: str | None = None
    answer: str | None = None

    @property
    def is_coverage(self) -> bool:
        """Whether places observed are counted, and not answers."""
        return self.question is None


@dataclass(frozen=True)
class Counts:
    """A figure with its base: k of n, and the places observed of the places there are."""

    k: int
    n: int
    observed: int
    total: int

    @property
    def share(self) -> float:
        """The share of k in n; below all shares where nothing was counted."""
        return self.k / self.n if self.n else -1

    @property
    def share_observed(self) -> float:
        """The share of the places that were observed; below all shares where there are none."""
        return self.observed / self.total if self.total else -1


@dataclass(frozen=True)
class RegionFigure:
    """The figure of one region and the shade it is drawn in."""

    code: str
    name: str
    counts: Counts
    shade: Shade
    level: int
    divided: bool
    """Whether there are regions below it, for a map of its own."""


@dataclass(frozen=True)
class LegendEntry:
    """What one shade means, in the reader's language."""

    shade: Shade
    text: str


@dataclass(frozen=True)
class Layer:
    """The figures of the regions in scope, and what they mean."""

    subject: Subject
    title: str
    places: PlaceKind
    """What was observed."""
    min_base: int
    classes: tuple[ShareClass, ...]
    whole: Counts
    regions: tuple[RegionFigure, ...]
    """Those that have a boundary."""
    beside: tuple[RegionFigure, ...]
    """Those abroad, or without a boundary: no map can show them."""
    statuses: tuple[Status, ...]
    at: datetime
    growth: Growth | None = None
    """How the figures grew through the day, where that is shown."""

    def colour(self, shade: Shade) -> str | None:
        """The colour of a class; None for what is in no class."""
        return self.classes[shade].colour if isinstance(shade, int) else None

    def counted(self, counts: Counts) -> str:
        """A figure with its base: ``12 of 40 (30 %)``."""
        return words.counted(counts.k, counts.n, self.min_base)

    def lines(self, counts: Counts) -> tuple[str, ...]:
        """A figure with its base, and the places observed of those there are."""
        observed = words.observed(self.places, counts.observed, counts.total)
        if not self.subject.is_coverage:
            return (self.counted(counts), observed)
        if counts.total < self.min_base:
            return (observed,)
        return (f"{observed} ({words.percentage(counts.observed, counts.total)})",)

    def places_counted(self, counts: Counts) -> str:
        """The places observed of those there are: ``400 of 2,400 (17 %)``."""
        return words.counted(counts.observed, counts.total, self.min_base)

    def label(self, counts: Counts) -> str:
        """A figure in a few characters: its share, or counts where they are few."""
        if counts.n == 0 or (self.subject.is_coverage and counts.k == 0):
            return ""
        if counts.n < self.min_base:
            return words.k_of_n(counts.k, counts.n)
        return words.percentage(counts.k, counts.n)

    @property
    def reports(self) -> str:
        """Which reports are counted."""
        return words.reports(self.statuses)

    def legend(self) -> list[LegendEntry]:
        """What the shades mean: the classes, and what may be drawn besides."""
        entries = [
            LegendEntry(number, words.bounds(each.lower, each.upper))
            for number, each in enumerate(self.classes)
        ]
        if not self.subject.is_coverage:
            entries.append(LegendEntry(FEW, words.fewer_than(self.min_base)))
        entries.append(LegendEntry(NO_DATA, words.none_observed()))
        return entries


def make_layer(
    session: Session,
    scope: Scope,
    round_: Round,
    subject: Subject,
    *,
    level: int = 1,
    within: str | None = None,
    statuses: Sequence[Status] = COUNTED,
    min_base: int = Settings.min_base,
    through_day: bool = False,
    look: Look | None = None,
) -> Layer:
    """The layer of a subject at a level of the tree, of all regions in scope or within one.

    Its classes suit the figures as they are now, or as they were all through the day. Who has
    looked already hands on the look, which has its statuses.

    Raises the findings' UnknownNameError where the form, question, answer or region is not known.
    """
    look = look or Look(session, scope, round_, statuses)
    whole = _whole(session, scope, round_, subject, within, look)
    shown = regions_shown(session, scope, level, within)
    found = _by_region(session, scope, round_, subject, look)
    counts = {region.code: found.get(region.code, Counts(0, 0, 0, 0)) for region in shown}
    least_base = 1 if subject.is_coverage else min_base
    unshaded = {code: _unshaded(its, subject, least_base) for code, its in counts.items()}
    on_map = [counts[r.code] for r in shown if r.boundary and unshaded[r.code] is None]
    shares = [its.k / its.n for its in on_map]
    grown = None
    if through_day:
        grown = growth(
            session,
            scope,
            round_,
            form=subject.form,
            question=subject.question,
            answer=subject.answer,
            statuses=statuses,
        )
        for code in (region.code for region in shown if region.boundary):
            total = counts[code].total
            earlier = (_counts_at(each, total, subject) for each in grown.steps_of(code))
            shares += [e.k / e.n for e in earlier if _unshaded(e, subject, least_base) is None]
    least_step = LEAST_STEP_OF_COVERAGE if subject.is_coverage else LEAST_STEP_OF_FINDING
    classes = share_classes(shares, least_step=least_step)
    definition = newest_definition(session, scope.mission, subject.form) if subject.form else None

    def figure(region: ShownRegion) -> RegionFigure:
        its = counts[region.code]
        shade = unshaded[region.code]
        if shade is None:
            shade = class_of(its.k / its.n, classes)
        return RegionFigure(region.code, region.name, its, shade, region.level, region.divided)

    return Layer(
        subject=subject,
        title=subject_title(subject, definition),
        places=unit_of(definition) if definition else PlaceKind.STATION,
        min_base=min_base,
        classes=classes,
        whole=whole,
        regions=tuple(figure(region) for region in shown if region.boundary),
        beside=tuple(figure(region) for region in shown if not region.boundary),
        statuses=look.statuses,
        at=look.at,
        growth=grown,
    )


def _counts_at(each: Added, total: int, subject: Subject) -> Counts:
    if subject.is_coverage:
        return Counts(each.observed, total, each.observed, total)
    return Counts(each.k, each.n, each.observed, total)


def subject_title(subject: Subject, definition: FormDefinition | None) -> str:
    """What the map shows, in the reader's language: ``Opened on time: no``."""
    if definition is None:
        return _("Polling stations observed")
    if subject.question is None:
        return _("Observed with the form “%(form)s”", form=in_language(definition.title))
    question = definition.question(subject.question)
    label = in_language(question.table_label)
    if subject.answer is None:
        return label
    return f"{label}: {in_language(question.choice_label(subject.answer))}"


def _unshaded(its: Counts, subject: Subject, least_base: int) -> Shade | None:
    if its.n == 0 or (subject.is_coverage and its.k == 0):
        return NO_DATA
    return FEW if its.n < least_base else None


def _whole(  # noqa: PLR0917
    session: Session,
    scope: Scope,
    round_: Round,
    subject: Subject,
    within: str | None,
    look: Look,
) -> Counts:
    if subject.question is None:
        covered = coverage(
            session,
            scope,
            round_,
            form=subject.form,
            level=WHOLE if within is None else None,
            region=within,
            look=look,
        )
        return _of_coverage(covered[0])
    finding = one_finding(
        session,
        scope,
        round_,
        # A question belongs to a form: without one it is as unknown as with a wrong one.
        subject.form or "",
        subject.question,
        subject.answer,
        region=within,
        look=look,
    )
    return _of_finding(finding)


def _by_region(
    session: Session, scope: Scope, round_: Round, subject: Subject, look: Look
) -> dict[str | None, Counts]:
    if subject.question is None:
        covered = coverage(session, scope, round_, form=subject.form, look=look)
        return {each.region: _of_coverage(each) for each in covered}
    found = findings(
        session,
        scope,
        round_,
        form=subject.form,
        question=subject.question,
        answer=subject.answer,
        look=look,
    )
    return {each.region: _of_finding(each) for each in found}


def _of_coverage(each: Coverage) -> Counts:
    return Counts(each.observed, each.total, each.observed, each.total)


def _of_finding(each: Finding) -> Counts:
    return Counts(each.k, each.n, each.places_observed, each.places_total)
