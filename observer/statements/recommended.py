"""The calls for recommendations, and for the regions to say something of in a loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from observer.language import in_language
from observer.statements.blocks import Legend, framed, rows_in_groups
from observer.statements.displays import Displays
from observer.statements.facts import regions_in_order
from observer.statements.figures import Count, Figures
from observer.statements.notes import plain
from observer.statements.recommendationmodels import EARLIER, NEW, STATUSES, Recommendation
from observer.statements.recommendations import recommendations_of
from observer.statements.template import FigureError, unknown_name

BY = ("code", "use")
"""How recommendations are numbered: by their own number, or in the order of their first use."""


@dataclass(frozen=True)
class RecommendationFigure:
    """The recommendations that a call printed, as they were then."""

    recommendations: tuple[dict[str, str], ...]
    region: str | None = None
    statuses: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The figure as programs get it."""
        return {"recommendations": [dict(one) for one in self.recommendations]}


class Recommended:
    """The calls; they keep what they use with the other figures."""

    def __init__(self, figures: Figures, displays: Displays) -> None:
        self.figures = figures
        self.displays = displays
        self.facts = figures.facts
        self.words = figures.words
        self._used: list[str] = []

    def calls(self) -> dict[str, Callable[..., object]]:
        """The calls by the names they have in a text."""
        names = (
            *("recommendation", "recommendations", "recommendation_count"),
            *("follow_up", "follow_up_count", "regions", "region_name"),
        )
        return {name: getattr(self, name) for name in names}

    def recommendation(self, code: Any, by: Any = "code") -> str:
        """``R3. The election authority should …``, with its number in bold."""
        there_is = {one.code: one for one in self._all}
        if not isinstance(code, str) or code not in there_is:
            raise FigureError(unknown_name(code, there_is, _("recommendation")))
        found = there_is[code]
        number, text = self._number(found, by), self._text(found)
        self._keep("recommendation", f"{number}. {text}", number, [found])
        return f"**{plain(number)}.** {plain(text)}"

    def recommendations(
        self, addressee: Any = None, by: Any = "code", *, priority: Any = False, caption: Any = None
    ) -> str:
        """A table of the mission's recommendations under those they are addressed to."""
        chosen = self._of(NEW)
        addressees = list(dict.fromkeys(one.addressee for one in chosen))
        if addressee is not None and addressee not in addressees:
            raise FigureError(unknown_name(addressee, addressees, _("addressee")))
        chosen = [one for one in chosen if addressee in (None, one.addressee)]
        chosen = [one for one in chosen if one.is_priority or not priority]
        if not chosen:
            raise FigureError(_("There are no such recommendations yet; add them first."))
        groups = [
            (
                name or self.words.phrase("no_addressee"),
                [
                    (self._number(one, by), self._text(one), self._why(one))
                    for one in chosen
                    if one.addressee == name
                ],
            )
            for name in addressees
            if any(one.addressee == name for one in chosen)
        ]
        source = self.words.phrase(
            "recommendations_source",
            count=self.words.number(len(chosen)),
            priority=self.words.number(sum(one.is_priority for one in chosen)),
        )
        heads = ("number", "recommendation", "basis_and_priority")
        caption = caption or self.words.phrase("recommendations")
        legend = self.displays.numbered(str(caption), source)
        return self._table("recommendations", legend, heads, groups, chosen=chosen)

    def recommendation_count(
        self, addressee: Any = None, *, priority: Any = False, words: Any = False
    ) -> Count:
        """How many recommendations the mission makes."""
        chosen = [
            one
            for one in self._of(NEW)
            if addressee in (None, one.addressee) and (one.is_priority or not priority)
        ]
        label = self.words.phrase("recommendations")
        return self._count("recommendation_count", label, chosen, words=words)

    def follow_up(self, origin: Any = None, *, caption: Any = None) -> str:
        """A table of earlier missions' recommendations with what became of them, and a count."""
        chosen = self._of(EARLIER)
        origins = list(dict.fromkeys(one.origin for one in chosen))
        if origin is not None and origin not in origins:
            raise FigureError(unknown_name(origin, origins, _("earlier mission")))
        chosen = [one for one in chosen if origin in (None, one.origin)]
        if not chosen:
            raise FigureError(_("There are no earlier recommendations yet; add them first."))
        groups = [
            (
                name or self.words.phrase("no_origin"),
                [
                    (one.code, self._text(one), self._outcome(one))
                    for one in chosen
                    if one.origin == name
                ],
            )
            for name in origins
            if any(one.origin == name for one in chosen)
        ]
        counts = Counter(one.status for one in chosen)
        told = "; ".join(
            self.words.phrase(
                "labelled", label=self._status(status), text=self.words.number(counts[status])
            )
            for status in (*STATUSES, "")
            if counts[status]
        )
        count = self.words.number(len(chosen))
        source = self.words.phrase("follow_up_source", count=count, counts=told)
        heads = ("number", "recommendation", "outcome")
        caption = caption or self.words.phrase("follow_up")
        legend = self.displays.numbered(str(caption), source)
        return self._table("follow_up", legend, heads, groups, chosen=chosen)

    def follow_up_count(self, status: Any = None, words: Any = False) -> Count:
        """How many earlier recommendations came to this; without a status, how many there are."""
        if status is not None and status not in STATUSES:
            raise FigureError(unknown_name(status, STATUSES, _("status")))
        chosen = [one for one in self._of(EARLIER) if status in (None, one.status)]
        label = self.words.phrase("follow_up")
        label += f" · {self._status(status)}" if status else ""
        return self._count("follow_up_count", label, chosen, words=words)

    def regions(self, level: Any = 1, observed: Any = False) -> list[str]:
        """The codes of a level's regions by name, for a loop; ``observed``: with a report alone."""
        level = max(1, self.facts.level(level))
        reported = {
            one.region for one in self.facts.coverage(None, level, None, None) if one.observed
        }
        found = regions_in_order(one for one in self.facts.regions.values() if one.level == level)
        return [one.code for one in found if one.code in reported or not observed]

    def region_name(self, region: Any) -> str:
        """The name of a region."""
        return plain(self.facts.region(region).name)

    @cached_property
    def _all(self) -> Sequence[Recommendation]:
        return recommendations_of(self.facts.session, self.facts.scope.mission)

    def _of(self, kind: str) -> list[Recommendation]:
        return [one for one in self._all if one.kind == kind]

    def _text(self, one: Recommendation) -> str:
        return in_language(one.texts, self.words.language)

    def _number(self, one: Recommendation, by: Any) -> str:
        if by not in BY:
            raise FigureError(unknown_name(by, BY, _("way to number")))
        if by == "code":
            return one.code
        if one.code not in self._used:
            self._used.append(one.code)
        return str(self._used.index(one.code) + 1)

    def _why(self, one: Recommendation) -> str:
        priority = [self.words.phrase("priority")] if one.is_priority else []
        return ". ".join([*priority, *([one.basis] if one.basis else [])]) or "–"

    def _status(self, status: str) -> str:
        return self.words.phrase(f"status_{status or 'none'}")

    def _outcome(self, one: Recommendation) -> str:
        status = self._status(one.status)
        return self.words.phrase("labelled", label=status, text=one.note) if one.note else status

    def _count(
        self, name: str, label: str, chosen: Sequence[Recommendation], *, words: Any
    ) -> Count:
        number = Count(len(chosen))
        many = len(chosen)
        text = self.words.in_words(many) if words else self.words.number(many)
        self._keep(name, text, label, chosen)
        number.text = plain(text)
        return number

    def _keep(self, name: str, text: str, label: str, chosen: Sequence[Recommendation]) -> None:
        kept = tuple(
            {
                "code": one.code,
                "text": self._text(one),
                "addressee": one.addressee,
                "basis": one.basis,
                "status": one.status,
                "note": one.note,
            }
            for one in chosen
        )
        self.figures.keep(name, text, label, (RecommendationFigure(kept),))

    def _table(
        self,
        name: str,
        legend: Legend,
        heads: Sequence[str],
        groups: Sequence[tuple[str, Sequence[tuple[str, ...]]]],
        *,
        chosen: Sequence[Recommendation],
    ) -> str:
        head = Markup("").join(
            Markup('<th scope="col">{}</th>').format(self.words.phrase(one)) for one in heads
        )
        rows = rows_in_groups(groups)
        html = framed(self.words, legend, head, rows, "figures recommendation-list")
        text = f"{self.words.phrase('table')} {legend.number}"
        self._keep(name, text, legend.caption, chosen)
        return self.displays.place(html)
