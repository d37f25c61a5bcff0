"""The map as a still picture, readable in grey: for a statement, or to be taken along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flask_babel import force_locale
from flask_babel import gettext as _
from matplotlib.figure import Figure
from sqlalchemy.orm import Session

from observer.collect.models import Status
from observer.findings.selection import COUNTED, Look
from observer.language import format_moment
from observer.maps.choropleth import Layer, Subject, make_layer
from observer.maps.classes import recoloured
from observer.maps.drawing import draw
from observer.maps.palette import HOUSE, Palette
from observer.maps.shapes import boundaries, path_to, regions_shown
from observer.maps.svg import write_png, write_svg
from observer.missions.models import Round
from observer.missions.scope import Scope
from observer.settings import Settings

MARGIN_IN = 0.15


def map_svg(
    session: Session,
    scope: Scope,
    round_: Round,
    *,
    form: str | None = None,
    question: str | None = None,
    answer: str | None = None,
    level: int = 1,
    statuses: Sequence[Status] = COUNTED,
    language: str = "en",
    min_base: int = Settings.min_base,
    palette: Palette = HOUSE,
    mirrored: bool = False,
    look: Look | None = None,
) -> str:
    """The map of an answer's share by region, or of coverage, with its legend, as SVG.

    Title and source are left to what is around it. What cannot be on the map is listed beside it.
    ``mirrored``: for a language that is written from the right. The same figures give the same
    bytes. Who has looked already hands on the look, which has its statuses. Raises
    UnknownNameError for an unknown form, question or answer.
    """
    subject = Subject(form=form, question=question, answer=answer)
    with force_locale(language):
        layer = make_layer(
            session,
            scope,
            round_,
            subject,
            level=level,
            statuses=statuses,
            min_base=min_base,
            look=look,
        )
        layer = replace(layer, classes=recoloured(layer.classes, palette))
        shapes = boundaries(session, regions_shown(session, scope, level))
        return write_svg(draw(layer, shapes, palette=palette, mirrored=mirrored), palette=palette)


def map_sheet(
    session: Session,
    scope: Scope,
    round_: Round,
    subject: Subject,
    *,
    level: int = 1,
    within: str | None = None,
    min_base: int = Settings.min_base,
    shapes_kept_in: Path | None = None,
) -> Figure:
    """A map that stands alone, with title and source, in the reader's language.

    Raises UnknownNameError for an unknown form, question, answer or region.
    """
    layer = make_layer(
        session, scope, round_, subject, level=level, within=within, min_base=min_base
    )
    shapes = boundaries(session, regions_shown(session, scope, level, within), shapes_kept_in)
    title = layer.title
    if within is not None:
        title = f"{title} · {path_to(session, scope, within)[-1].name}"
    return draw(layer, shapes, title=title, notes=_notes(layer, scope, round_))


def _notes(layer: Layer, scope: Scope, round_: Round) -> tuple[str, ...]:
    return (
        " · ".join(layer.lines(layer.whole)),
        _(
            "Source: %(mission)s, %(round)s, %(reports)s, as of %(time)s.",
            mission=scope.mission.name,
            round=round_.name,
            reports=layer.reports,
            time=format_moment(layer.at, scope.mission.timezone, "d MMM yyyy HH:mm"),
        ),
        _(
            "Percentages are given from %(count)s on; the figures describe the places observed "
            "and no others.",
            count=layer.min_base,
        ),
    )


def sheet_bytes(sheet: Figure, kind: str) -> bytes:
    """A sheet as the bytes of an ``svg`` or a ``png`` file."""
    if kind == "png":
        return write_png(sheet, margin_in=MARGIN_IN)
    return write_svg(sheet, margin_in=MARGIN_IN).encode()
