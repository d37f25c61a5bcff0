"""The calls about incidents: what the mission made of those reported, counted by case.

Several reports of one event are one incident. Rejected reports are left out; a closed case counts
as confirmed where it was confirmed before. Of a case only the mission's own summary is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from observer.checklists.definition import SELECTS
from observer.findings.ground import WHOLE
from observer.missions.regions import descendants
from observer.review.cases import Case, CaseFilters, cases
from observer.review.incidents import FORM
from observer.statements.blocks import Legend, counts_table, incidents_table
from observer.statements.displays import Displays
from observer.statements.figures import Count, Figures
from observer.statements.notes import plain
from observer.statements.template import FigureError, unknown_name

STATES: dict[str, Callable[[Case], bool]] = {
    "confirmed": lambda case: case.is_confirmed,
    "not_confirmed": lambda case: case.state == "not_confirmed",
    "checking": lambda case: case.state == "checking",
    "new": lambda case: case.state == "new",
    "reported": lambda _case: True,
}
"""What a statement can ask for, and which cases that is."""
COUNTED_BY = ("type", "gravity", "region")
MOST_LISTED = 200


@dataclass(frozen=True)
class IncidentFigure:
    """How many incidents are in a state, of all that were reported like them."""

    state: str
    k: int
    n: int
    region: str | None = None
    level: int = WHOLE
    statuses: tuple[str, ...] = ()
    """None: reports are not counted by their status here."""

    def to_json(self) -> dict[str, Any]:
        """The figure as programs get it."""
        fields = {name: getattr(self, name) for name in ("state", "k", "n", "region", "level")}
        return {"form": FORM, **fields}


@dataclass(frozen=True)
class _Chosen:
    """The incidents that a call asks for, and all reported like them in whatever state."""

    state: str
    asked: list[Case]
    reported: list[Case]
    label: str
    region: str | None

    @property
    def figure(self) -> IncidentFigure:
        return IncidentFigure(self.state, len(self.asked), len(self.reported), self.region)


class Incidents:
    """The calls about incidents; they keep what they use with the other figures."""

    def __init__(self, figures: Figures, displays: Displays) -> None:
        self.figures = figures
        self.displays = displays
        self.facts = figures.facts
        self.words = figures.words

    def calls(self) -> dict[str, Callable[..., object]]:
        """The calls by the names they have in a text."""
        names = "incident_count incident_base incidents incident_table"
        return {name: getattr(self, name) for name in names.split()}

    def incident_count(
        self,
        gravity: Any = None,
        type: Any = None,
        region: Any = None,
        state: Any = "confirmed",
        words: Any = False,
    ) -> Count:
        """How many incidents were confirmed, or are in another state."""
        chosen = self._choose(gravity, type, region, state)
        many = len(chosen.asked)
        text = self.words.in_words(many) if words else self.words.number(many)
        number = Count(many)
        number.text = plain(self._note("incident_count", text, chosen))
        return number

    def incident_base(
        self,
        gravity: Any = None,
        type: Any = None,
        region: Any = None,
        state: Any = "confirmed",
    ) -> str:
        """``5 of the 25 incidents reported``."""
        chosen = self._choose(gravity, type, region, state)
        text = self.words.incident_base(len(chosen.asked), len(chosen.reported))
        return plain(self._note("incident_base", text, chosen))

    def incidents(
        self,
        gravity: Any = None,
        type: Any = None,
        region: Any = None,
        state: Any = "confirmed",
        *,
        caption: Any = None,
    ) -> str:
        """A table of the incidents, by gravity: when, where, and what in the mission's words."""
        chosen = self._choose(gravity, type, region, state)
        if len(chosen.asked) > MOST_LISTED:
            raise FigureError(
                _(
                    "These are %(count)s incidents; a table has %(most)s at the most. Name a "
                    "gravity, type or region, or call incident_table.",
                    count=len(chosen.asked),
                    most=MOST_LISTED,
                )
            )
        legend = self._legend(chosen, caption)
        timezone = self.facts.scope.mission.timezone
        groups = [
            (
                self._named("gravity", name),
                [
                    (
                        self.words.moment(case.occurred_at or case.told_at, timezone),
                        case.first.region,
                        self._types(case),
                        case.title,
                    )
                    for case in sorted(each, key=lambda one: one.occurred_at or one.told_at)
                ],
            )
            for name, each in _by(chosen.asked, lambda case: case.gravity)
        ]
        return self._place("incidents", legend, chosen, incidents_table(self.words, legend, groups))

    def incident_table(
        self,
        by: Any = "type",
        gravity: Any = None,
        type: Any = None,
        region: Any = None,
        state: Any = "confirmed",
        *,
        caption: Any = None,
    ) -> str:
        """Counts by type, gravity or region: reported, and confirmed (or in another state).

        An incident of several types stands under the first of them, so that the rows add up.
        """
        if by not in COUNTED_BY:
            raise FigureError(unknown_name(by, COUNTED_BY, _("column to count by")))
        chosen = self._choose(gravity, type, region, state)
        rows = []
        for name, reported in _by(chosen.reported, lambda case: _value(case, by)):
            asked = [case for case in chosen.asked if _value(case, by) == name]
            label = (name or self.words.phrase("no_region")) if by == "region" else None
            rows.append((label or self._named(by, name), len(reported), len(asked)))
        if by != "gravity":
            rows.sort(key=lambda row: (-row[1], row[0]))
        legend = self._legend(chosen, caption)
        html = counts_table(
            self.words, legend, by, self.words.phrase(f"incidents_{chosen.state}"), rows
        )
        return self._place("incident_table", legend, chosen, html)

    @cached_property
    def _cases(self) -> list[Case]:
        facts = self.facts
        return cases(facts.session, facts.scope, facts.round, CaseFilters())

    def _choose(self, gravity: Any, type_: Any, region: Any, state: Any) -> _Chosen:
        if not isinstance(state, str) or state not in STATES:
            raise FigureError(unknown_name(state, STATES, _("state of incidents")))
        label = [self.words.phrase(f"incidents_{state}")]
        reported = self._cases
        for question, name in (("gravity", gravity), ("type", type_)):
            if name is not None:
                self._known(question, name)
                label.append(self._named(question, name))
                reported = [case for case in reported if name in _values(case, question)]
        if region is not None:
            found = self.facts.region(region)
            label.append(found.name)
            inside = descendants(self.facts.session, self.facts.scope.mission, {found.id})
            reported = [
                case for case in reported if any(r.region_id in inside for r in case.reports)
            ]
        asked = [case for case in reported if STATES[state](case)]
        return _Chosen(state, asked, reported, " · ".join(label), region)

    def _known(self, question: str, name: Any) -> None:
        if self.facts.question(FORM, question).type in SELECTS:
            self.facts.answers(FORM, question, (name,))

    def _named(self, question: str, name: str) -> str:
        if not name:
            return self.words.phrase("not_given")
        return self.facts.answer_label(FORM, question, name)

    def _types(self, case: Case) -> str:
        return ", ".join(self._named("type", name) for name in case.types)

    def _note(self, name: str, text: str, chosen: _Chosen) -> str:
        self.figures.keep(name, text, chosen.label, (chosen.figure,))
        return text

    def _legend(self, chosen: _Chosen, caption: Any) -> Legend:
        source = self.words.phrase(
            "incident_source",
            state=self.words.phrase(f"incidents_{chosen.state}"),
            k=self.words.number(len(chosen.asked)),
            n=self.words.number(len(chosen.reported)),
        )
        return self.displays.numbered(str(caption or chosen.label), source)

    def _place(self, name: str, legend: Legend, chosen: _Chosen, html: Any) -> str:
        text = f"{self.words.phrase('table')} {legend.number}"
        self.figures.keep(name, text, legend.caption, (chosen.figure,))
        return self.displays.place(html)


def _value(case: Case, by: str) -> str:
    if by == "region":
        return case.first.region
    return case.gravity if by == "gravity" else next(iter(case.types), "")


def _values(case: Case, question: str) -> tuple[str, ...]:
    return (case.gravity,) if question == "gravity" else case.types


def _by(found: Iterable[Case], key: Callable[[Case], str]) -> list[tuple[str, list[Case]]]:
    """The cases by a value of theirs, in the order in which the values come first."""
    groups: dict[str, list[Case]] = {}
    for case in found:
        groups.setdefault(key(case), []).append(case)
    return list(groups.items())
