"""The map of a statement: a still picture as SVG, readable in grey."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import geopandas
import shapely
from flask_babel import force_locale
from flask_babel import gettext as _
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from sqlalchemy.orm import Session

from observer.collect.models import Status
from observer.findings.findings import COUNTED
from observer.maps.choropleth import (
    FEW,
    Layer,
    LegendEntry,
    Shade,
    Subject,
    make_layer,
)
from observer.maps.shapes import boundaries, inner_points, regions_shown
from observer.maps.svg import FONT_MEASURED, write_svg
from observer.missions.models import Round
from observer.missions.scope import Scope
from observer.settings import Settings

INK = "#1d2b33"
PALE_INK = "#ffffff"
OUTLINE = "#51626a"
WIDTH_IN = 6.3
LEGEND_IN = 2.45
TALLEST_IN = 5.2
LINE_IN = 0.21
SWATCH_IN = 0.34
LEGEND_SIZE = 8.5
NAME_SIZE = 6.5
NAME_CHARACTER_IN = 0.062
NAME_HEIGHT_IN = 0.11
HATCH = "/////"
HATCH_WIDTH = 0.5
LAST_PALE_PART = 0.5
"""Beyond this part of the way to the darkest class, names are written in a pale ink."""


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
) -> str:
    """The map of an answer's share by region, or of coverage, with its legend, as SVG.

    What cannot be on the map is listed beside it. The same figures give the same bytes. Raises
    UnknownNameError for an unknown form, question or answer.
    """
    subject = Subject(form=form, question=question, answer=answer)
    with force_locale(language):
        layer = make_layer(
            session, scope, round_, subject, level=level, statuses=statuses, min_base=min_base
        )
        shapes = boundaries(session, regions_shown(session, scope, level))
        return write_svg(draw(layer, shapes))


def draw(layer: Layer, shapes: geopandas.GeoDataFrame) -> Figure:
    """The map on the left, and on the right its legend and the regions that are not on it."""
    legend = layer.legend()
    beside = [f"{figure.name}: {layer.counted(figure.counts)}" for figure in layer.beside]
    lines = len(legend) + (len(beside) + 2 if beside else 0)
    width, height = _size(shapes)
    tall = max(height, lines * LINE_IN + 0.1)
    figure = Figure(figsize=(WIDTH_IN, tall))
    if len(shapes):
        map_axes = figure.add_axes(
            (
                (WIDTH_IN - LEGEND_IN - width) / 2 / WIDTH_IN,
                (1 - height / tall) / 2,
                width / WIDTH_IN,
                height / tall,
            )
        )
        _draw_regions(map_axes, layer, shapes)
        _draw_names(map_axes, layer, shapes, width)
    left = (WIDTH_IN - LEGEND_IN) / WIDTH_IN if len(shapes) else 0
    side = figure.add_axes((left, 0, LEGEND_IN / WIDTH_IN, 1))
    side.set(xlim=(0, LEGEND_IN), ylim=(0, tall))
    side.set_axis_off()
    _draw_legend(side, layer, legend, beside, tall)
    return figure


def _size(shapes: geopandas.GeoDataFrame) -> tuple[float, float]:
    """How large the map is drawn, in inches, in the shape of the country."""
    if not len(shapes):
        return 0, 0
    west, south, east, north = shapes.total_bounds
    upright = (north - south) / ((east - west) * _shrinking(shapes))
    width = min(WIDTH_IN - LEGEND_IN - 0.2, TALLEST_IN / upright)
    return width, width * upright


def _shrinking(shapes: geopandas.GeoDataFrame) -> float:
    """How much shorter a degree of longitude is there than one of latitude."""
    _west, south, _east, north = shapes.total_bounds
    return max(0.1, math.cos(math.radians((south + north) / 2)))


def _draw_regions(axes: Axes, layer: Layer, shapes: geopandas.GeoDataFrame) -> None:
    west, south, east, north = shapes.total_bounds
    shades = {figure.code: figure.shade for figure in layer.regions}
    for shade in sorted(set(shades.values()), key=str):
        chosen = shapes[[shades[code] == shade for code in shapes.index]]
        chosen.plot(ax=axes, aspect=None, **_style(layer, shade))
        axes.collections[-1].set_hatch_linewidth(HATCH_WIDTH)
    axes.set(xlim=(west, east), ylim=(south, north))
    axes.set_aspect("auto")
    axes.set_axis_off()


def _style(layer: Layer, shade: Shade) -> dict[str, Any]:
    colour = layer.colour(shade)
    style = {
        "linewidth": 0.5,
        "clip_on": False,
        "facecolor": colour or "white",
        "edgecolor": OUTLINE,
    }
    return style | {"hatch": HATCH} if shade == FEW else style


def _draw_names(axes: Axes, layer: Layer, shapes: geopandas.GeoDataFrame, width_in: float) -> None:
    """Names, where there is room for them inside their region."""
    west, _south, east, _north = shapes.total_bounds
    degrees = (east - west) / width_in
    upright = _shrinking(shapes)
    points = inner_points(shapes)
    for figure in layer.regions:
        x, y = points[figure.code]
        text = figure.name
        if figure.shade == FEW:
            text += f"\n{layer.label(figure.counts)}"
        lines = text.split("\n")
        half_width = max(map(len, lines)) * NAME_CHARACTER_IN * degrees / 2
        half_height = len(lines) * NAME_HEIGHT_IN * degrees * upright / 2
        room = shapely.box(x - half_width, y - half_height, x + half_width, y + half_height)
        if shapes.geometry[figure.code].contains(room):
            _write(axes, x, y, text, NAME_SIZE, ha="center", **_ink(layer, figure.shade))


def _ink(layer: Layer, shade: Shade) -> dict[str, Any]:
    if not isinstance(shade, int):
        return {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.8}}
    darkest = len(layer.classes) - 1
    return {"color": PALE_INK} if darkest and shade / darkest > LAST_PALE_PART else {}


def _draw_legend(
    axes: Axes, layer: Layer, legend: Sequence[LegendEntry], beside: Sequence[str], tall: float
) -> None:
    """The legend from the middle on where it is short, with what is not on the map below it."""
    lines = len(legend) + (len(beside) + 2 if beside else 0)
    y = (tall + lines * LINE_IN) / 2
    for entry in legend:
        y -= LINE_IN
        axes.add_patch(_swatch(layer, entry.shade, y))
        _write(axes, SWATCH_IN + 0.12, y + LINE_IN / 2, entry.text, LEGEND_SIZE)
    if beside:
        y -= 2 * LINE_IN
        _write(axes, 0, y + LINE_IN / 2, _("Not on the map"), LEGEND_SIZE, fontweight="bold")
    for line in beside:
        y -= LINE_IN
        _write(axes, 0, y + LINE_IN / 2, line, LEGEND_SIZE)


def _swatch(layer: Layer, shade: Shade, y: float) -> Rectangle:
    swatch = Rectangle((0, y + 0.03), SWATCH_IN, LINE_IN - 0.06, **_style(layer, shade))
    swatch.set_hatch_linewidth(HATCH_WIDTH)
    return swatch


def _write(axes: Axes, x: float, y: float, text: str, size: float, **style: Any) -> None:
    style = {"color": INK, "va": "center", "fontfamily": FONT_MEASURED} | style
    axes.text(x, y, text, fontsize=size, parse_math=False, **style)
