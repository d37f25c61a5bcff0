"""The figures that stand between paragraphs: tables, charts and maps, numbered as they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from observer.collect.models import Status
from observer.findings.findings import Coverage, Finding
from observer.maps.palette import HOUSE, Palette
from observer.maps.printed import map_svg
from observer.statements.blocks import (
    Block,
    Legend,
    alternative,
    answers_table,
    bar,
    picture,
    regions_table,
)
from observer.statements.captions import number_mark
from observer.statements.charts import draw_bars
from observer.statements.facts import Row
from observer.statements.figures import Figures
from observer.statements.markdown import block_mark
from observer.statements.template import FigureError

MOST_PICTURES = 40


class Displays:
    """The calls for tables, charts and maps; they keep what they use with the other figures."""

    def __init__(
        self, figures: Figures, palette: Palette = HOUSE, *, mirrored: bool = False
    ) -> None:
        """``palette``: what charts and maps are drawn with; ``mirrored``: read from the right."""
        self.figures = figures
        self.facts = figures.facts
        self.words = figures.words
        self.blocks: list[Block] = []
        self._drawn: dict[str, Any] = {"palette": palette, "mirrored": mirrored}

    def calls(self) -> dict[str, Callable[..., object]]:
        """The calls by the names they have in a text."""
        return {"table": self.table, "chart": self.chart, "map": self.map}

    def table(
        self,
        form: Any,
        question: Any,
        *answers: Any,
        level: Any = 1,
        region: Any = None,
        caption: Any = None,
        statuses: Any = None,
    ) -> str:
        """Shares by region, one column per answer; with level 0 one row per answer.

        Of one ``region``, too, it has one row per answer.
        """
        chosen = self.facts.answers(form, question, answers)
        labels = [self.facts.answer_label(form, question, answer) for answer in chosen]
        level = self.facts.level(level) if region is None else 0
        whole = self._whole(form, question, chosen, statuses, region)
        caption = caption or self._caption(whole, answers, level > 0)
        legend = self._legend("table", whole, str(caption))
        if level == 0:
            rows = [whole]
            html = answers_table(self.words, legend, whole.findings, labels)
        else:
            rows = self.facts.by_region(form, question, chosen, level, statuses)
            html = regions_table(self.words, legend, rows, whole, labels)
        text = f"{self.words.phrase('table')} {legend.number}"
        findings = tuple(one for row in rows for one in row.findings)
        self.figures.keep("table", text, legend.caption, findings)
        return self.place(html)

    def chart(
        self,
        form: Any,
        question: Any,
        *answers: Any,
        level: Any = 1,
        top: Any = None,
        caption: Any = None,
        statuses: Any = None,
    ) -> str:
        """Bars: of one answer by region, the ``top`` ones alone; or of several answers."""
        chosen = self.facts.answers(form, question, answers)
        whole = self._whole(form, question, chosen, statuses)
        level = self.facts.level(level) if len(answers) == 1 else 0
        if level:
            rows = self.facts.by_region(form, question, chosen, level, statuses)
            bars = [bar(self.words, row.name, row.findings[0]) for row in rows]
            bars = sorted((one for one in bars if one.share is not None), key=_longest_first)
            bars = bars[: _top(top)]
        else:
            rows = [whole]
            bars = [
                bar(self.words, self.facts.answer_label(form, question, one.answer), one)
                for one in whole.findings
            ]
        caption = caption or self._caption(whole, answers, level > 0)
        legend = self._legend("figure", whole, str(caption))
        alt = alternative(self.words, "alt_chart", legend.caption, bars)
        findings = tuple(one for row in rows for one in row.findings)
        return self._picture("chart", legend, findings, draw_bars(tuple(bars), **self._drawn), alt)

    def map(
        self,
        form: Any = None,
        question: Any = None,
        answer: Any = None,
        level: Any = 1,
        *,
        caption: Any = None,
        statuses: Any = None,
    ) -> str:
        """A map of the share of one answer by region; without one, of the coverage."""
        level = max(1, self.facts.level(level))
        findings: tuple[Finding | Coverage, ...]
        if question is None:
            covered = self.facts.coverage(form, level, None, statuses)
            findings = tuple(covered)
            legend = self._legend_of_coverage(form, caption, statuses)
            bars = [
                f"{one.name} {self.words.short_share(one.observed, one.total)}" for one in covered
            ]
            alt = self.words.phrase("alt_map", caption=legend.caption, bars="; ".join(bars))
        else:
            self.facts.answers(form, question, (answer,))
            rows = self.facts.by_region(form, question, (answer,), level, statuses)
            findings = tuple(row.findings[0] for row in rows)
            whole = self._whole(form, question, (answer,), statuses)
            caption = caption or self._caption(whole, (answer,), by_region=True)
            legend = self._legend("figure", whole, str(caption))
            shown = [bar(self.words, row.name, row.findings[0]) for row in rows]
            alt = alternative(self.words, "alt_map", legend.caption, shown)
        svg = map_svg(
            self.facts.session,
            self.facts.scope,
            self.facts.round,
            form=form,
            question=question,
            answer=answer,
            level=level,
            look=self.facts.look(self.facts.counted(statuses)),
            language=self.words.language,
            min_base=self.words.min_base,
            **self._drawn,
        )
        return self._picture("map", legend, findings, svg.encode(), alt)

    def _whole(
        self, form: str, question: str, answers: Sequence[str], statuses: Any, region: Any = None
    ) -> Row:
        findings = self.facts.together(form, question, answers, region, statuses)
        return Row(self.words.phrase("whole"), abroad=False, findings=findings)

    def _caption(self, whole: Row, answers: Sequence[str], by_region: bool) -> str:
        one = whole.findings[0]
        caption = self.facts.question_label(one.form, one.question)
        if answers:
            labels = (self.facts.answer_label(one.form, one.question, a) for a in answers)
            caption = self.words.phrase("labelled", label=caption, text=", ".join(labels))
        return f"{caption} ({self.words.phrase('by_region')})" if by_region else caption

    def _legend(self, kind: str, whole: Row, caption: str) -> Legend:
        one = whole.findings[0]
        source = self._source(one.form, one.statuses, one.places_observed, one.places_total)
        few = self.words.phrase(f"few_{kind}", least=self.words.min_base)
        return self.numbered(caption, f"{source} {few}")

    def _legend_of_coverage(self, form: str | None, caption: Any, statuses: Any) -> Legend:
        whole = self.facts.coverage(form, 0, None, statuses)[0]
        caption = caption or self.words.phrase("coverage_caption")
        source = self._source(form, whole.statuses, whole.observed, whole.total)
        return self.numbered(str(caption), source)

    def _source(
        self, form: str | None, statuses: Sequence[Status], observed: int, total: int
    ) -> str:
        place = self.facts.definition(form).place if form else "any"
        return self.words.phrase(
            "source_form" if form else "source",
            statuses=self.words.statuses(statuses),
            form=self.facts.form_label(form) if form else "",
            observed=self.words.number(observed),
            total=self.words.number(total),
            places=self.words.phrase(place),
        )

    def _picture(
        self,
        name: str,
        legend: Legend,
        findings: tuple[Finding | Coverage, ...],
        svg: bytes,
        alt: str,
    ) -> str:
        if sum(block.picture is not None for block in self.blocks) >= MOST_PICTURES:
            raise FigureError(
                _("A statement may have %(most)s charts and maps.", most=MOST_PICTURES)
            )
        text = f"{self.words.phrase('figure')} {legend.number}"
        self.figures.keep(name, text, legend.caption, findings)
        address = f"figure:{len(self.blocks)}.svg"
        return self.place(picture(self.words, legend, address, alt), svg)

    def numbered(self, caption: str, source: str) -> Legend:
        """The legend of the table or figure that is placed next."""
        return Legend(number_mark(len(self.blocks)), caption, source)

    def place(
        self,
        html: Markup,
        svg: bytes | None = None,
        later: Callable[[], Markup] | None = None,
    ) -> str:
        """Put a table or picture where it is called; gives the mark that stands for it."""
        self.blocks.append(Block(self.figures.line, html, svg, later))
        return block_mark(len(self.blocks) - 1)


def _top(top: Any) -> int | None:
    if top is not None and (not isinstance(top, int) or top < 1):
        raise FigureError(_("top must be 1 or more."))
    return top


def _longest_first(one: Any) -> tuple[float, str]:
    return (-(one.share or 0), one.label)
