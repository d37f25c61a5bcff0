"""Tables, charts and maps of a statement: HTML with caption, number, base and source line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from observer.findings.findings import Finding
from observer.statements.charts import Bar
from observer.statements.facts import Row
from observer.statements.words import Words

MOST_IN_ALT = 30


@dataclass(frozen=True)
class Block:
    """A table or a picture, to stand between paragraphs."""

    line: int
    html: Markup
    picture: bytes | None = None
    """The SVG behind the address ``figure:N.svg`` in the HTML."""
    later: Callable[[], Markup] | None = None
    """Makes the HTML when the whole text has been read."""

    @property
    def whole(self) -> str:
        """The HTML, once the whole text has been read."""
        return str(self.later() if self.later else self.html)


@dataclass(frozen=True)
class Legend:
    """What stands around a table or picture."""

    number: str
    """A mark for it: see :mod:`captions`."""
    caption: str
    source: str


def _caption(words: Words, kind: str, legend: Legend) -> Markup:
    number = f"{words.phrase(kind)} {legend.number}"
    return Markup("<b>{}.</b> {}").format(number, legend.caption)


def _source(legend: Legend) -> Markup:
    return Markup('<p class="source-line">{}</p>').format(legend.source)


def _row(cells: Sequence[str], head: str, classes: str = "") -> Markup:
    first = Markup('<th scope="row">{}</th>').format(head)
    rest = Markup("").join(Markup('<td class="number">{}</td>').format(cell) for cell in cells)
    mark = Markup(' class="{}"').format(classes) if classes else Markup("")
    return Markup("<tr{}>{}{}</tr>").format(mark, first, rest)


def _table(words: Words, legend: Legend, heads: Sequence[str], rows: Sequence[Markup]) -> Markup:
    first, *others = heads
    head = Markup('<th scope="col">{}</th>').format(first) + Markup("").join(
        Markup('<th scope="col" class="number">{}</th>').format(other) for other in others
    )
    return framed(words, legend, head, rows)


def framed(
    words: Words, legend: Legend, head: Markup, rows: Sequence[Markup], classes: str = "figures"
) -> Markup:
    """A table of a head and rows, with its caption and source line."""
    return Markup(
        '<div class="table-block"><div class="table-scroll" tabindex="0"><table class="{}">'
        "<caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>{}</div>"
    ).format(
        classes, _caption(words, "table", legend), head, Markup("").join(rows), _source(legend)
    )


def answers_table(
    words: Words, legend: Legend, findings: Sequence[Finding], labels: Sequence[str]
) -> Markup:
    """One row per answer of a question, for the whole or one region."""
    rows = [
        _row((words.short_share(one.k, one.n), words.number(one.k)), label)
        for one, label in zip(findings, labels, strict=True)
    ]
    observations = words.number(max((one.n for one in findings), default=0))
    rows.append(_row(("", observations), words.phrase("observations"), "whole"))
    heads = [words.phrase(name) for name in ("answer", "share", "counted")]
    return _table(words, legend, heads, rows)


def regions_table(
    words: Words, legend: Legend, rows: Sequence[Row], whole: Row, labels: Sequence[str]
) -> Markup:
    """One row per region, one column per answer, the whole at the end."""

    def line(row: Row, classes: str = "") -> Markup:
        shares = [words.short_share(one.k, one.n) for one in row.findings]
        return _row((words.number(row.findings[0].n), *shares), row.name, classes)

    heads = [words.phrase("region"), words.phrase("observations"), *labels]
    lines = [line(row) for row in rows if not row.abroad]
    abroad = [line(row) for row in rows if row.abroad]
    if abroad:
        head = Markup('<tr class="group"><th scope="rowgroup" colspan="{}">{}</th></tr>')
        lines.append(head.format(len(heads), words.phrase("abroad")))
    return _table(words, legend, heads, [*lines, *abroad, line(whole, "whole")])


def rows_in_groups(groups: Sequence[tuple[str, Sequence[tuple[str, ...]]]]) -> list[Markup]:
    """Rows of three cells in groups under a head each."""
    head = Markup('<tr class="group"><th scope="rowgroup" colspan="3">{}</th></tr>')
    row = Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>')
    lines = []
    for name, rows in groups:
        lines.append(head.format(name))
        lines += [row.format(*cells) for cells in rows]
    return lines


def incidents_table(
    words: Words, legend: Legend, groups: Sequence[tuple[str, Sequence[tuple[str, ...]]]]
) -> Markup:
    """Incidents in groups under a head each: when, region, types, what happened."""
    told = [
        (
            name,
            [
                (
                    when,
                    region,
                    words.phrase("labelled", label=types, text=title) if title else types,
                )
                for when, region, types, title in incidents
            ],
        )
        for name, incidents in groups
    ]
    lines = rows_in_groups(told)
    heads = Markup("").join(
        Markup('<th scope="col">{}</th>').format(words.phrase(name))
        for name in ("when", "region", "incident")
    )
    return framed(words, legend, heads, lines, "figures incident-list")


def counts_table(
    words: Words, legend: Legend, by: str, counted: str, rows: Sequence[tuple[str, int, int]]
) -> Markup:
    """One row per name: how many were reported and how many of them are counted, and the sum."""
    total = (words.phrase("in_all"), sum(row[1] for row in rows), sum(row[2] for row in rows))
    lines = [
        _row((words.number(reported), words.number(few)), name) for name, reported, few in rows
    ]
    lines.append(_row((words.number(total[1]), words.number(total[2])), total[0], "whole"))
    heads = [words.phrase(by), words.phrase("incidents_reported"), counted]
    return _table(words, legend, heads, lines)


def picture(words: Words, legend: Legend, address: str, alt: str) -> Markup:
    """A chart or map with its caption, alternative text and source line."""
    return Markup(
        '<figure class="picture"><figcaption>{}</figcaption><img src="{}" alt="{}">{}</figure>'
    ).format(_caption(words, "figure", legend), address, alt, _source(legend))


def bar(words: Words, label: str, finding: Finding) -> Bar:
    """A finding as a bar."""
    share = finding.k / finding.n if finding.n else None
    text = words.short_share(finding.k, finding.n)
    return Bar(label, share, text, few=finding.n < words.min_base)


def alternative(words: Words, kind: str, caption: str, bars: Sequence[Bar]) -> str:
    """The alternative text of a chart or map: what it shows, in words."""
    listed = "; ".join(f"{one.label} {one.text}" for one in bars[:MOST_IN_ALT])
    more = " …" if len(bars) > MOST_IN_ALT else ""
    return words.phrase(kind, caption=caption, bars=listed + more)
