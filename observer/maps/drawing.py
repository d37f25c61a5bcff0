"""Draws a layer with its legend, its scale and what is not on the map."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import geopandas
import shapely
from flask_babel import gettext as _
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from observer.findings import words
from observer.maps.choropleth import FEW, Layer, LegendEntry, Shade
from observer.maps.palette import HOUSE, Palette
from observer.maps.shapes import inner_points
from observer.maps.svg import FONT_MEASURED

PALE_INK = "#ffffff"
WIDTH_IN = 6.3
LEGEND_IN = 2.45
TALLEST_IN = 5.2
LINE_IN = 0.21
SWATCH_IN = 0.34
LEGEND_SIZE = 8.5
NAME_SIZE = 6.5
NAME_CHARACTER_IN = 0.062
NAME_HEIGHT_IN = 0.11
TITLE_IN = 0.26
TITLE_SIZE = 12
TITLE_CHARACTERS = 62
NOTE_IN = 0.15
NOTE_SIZE = 7
NOTE_CHARACTERS = 112
ROW_CHARACTERS = 31
SCALE_IN = 0.3
SCALE_BAR_IN = 1.2
KM_PER_DEGREE = 111.2
"""Along a meridian of a sphere with the earth's mean radius of 6,371 km."""
HATCH = "/////"
HATCH_WIDTH = 0.5
LAST_PALE_PART = 0.5
"""Beyond this part of the way to the darkest class, names are written in a pale ink."""


def draw(
    layer: Layer,
    shapes: geopandas.GeoDataFrame,
    *,
    title: str = "",
    notes: Sequence[str] = (),
    palette: Palette = HOUSE,
    mirrored: bool = False,
) -> Figure:
    """The map with its scale on the left, on the right its legend and what is not on the map.

    A title stands above it, notes below. ``mirrored``: the legend is on the left and read from
    the right.
    """
    legend = layer.legend()
    beside = _rows_beside(layer)
    titles = textwrap.wrap(title, TITLE_CHARACTERS)
    noted = [line for note in notes for line in textwrap.wrap(note, NOTE_CHARACTERS)]
    width, height = _size(shapes)
    body = max(height + SCALE_IN if height else 0, _legend_lines(legend, beside) * LINE_IN + 0.1)
    foot = len(noted) * NOTE_IN + 0.1 if noted else 0
    tall = foot + body + (len(titles) * TITLE_IN + 0.1 if titles else 0)
    figure = Figure(figsize=(WIDTH_IN, tall))

    def axes_at(left: float, bottom: float, wide: float, high: float) -> Axes:
        axes = figure.add_axes((left / WIDTH_IN, bottom / tall, wide / WIDTH_IN, high / tall))
        axes.set(xlim=(0, wide), ylim=(0, high))
        axes.set_axis_off()
        return axes

    sheet = axes_at(0, 0, WIDTH_IN, tall)
    for number, line in enumerate(titles):
        y = tall - (number + 0.5) * TITLE_IN
        _write(sheet, 0, y, line, TITLE_SIZE, color=palette.ink, fontweight="bold")
    for number, line in enumerate(noted):
        y = foot - 0.1 - (number + 0.5) * NOTE_IN
        _write(sheet, 0, y, line, NOTE_SIZE, color=palette.ink)
    if len(shapes):
        left = (WIDTH_IN - LEGEND_IN - width) / 2 + (LEGEND_IN if mirrored else 0)
        bottom = foot + (body - height + SCALE_IN) / 2
        map_axes = axes_at(left, bottom, width, height)
        _draw_regions(map_axes, layer, shapes, palette)
        _draw_names(map_axes, layer, shapes, width, palette)
        _draw_scale(sheet, left, bottom - SCALE_IN / 2, _km_per_inch(shapes, width), palette)
    at_right = mirrored ^ bool(len(shapes))
    side = axes_at(WIDTH_IN - LEGEND_IN if at_right else 0, foot, LEGEND_IN, body)
    if mirrored:
        side.invert_xaxis()
    _draw_legend(side, layer, beside, body, palette)
    return figure


def _rows_beside(layer: Layer) -> list[tuple[str, str]]:
    """What is not on the map, as the rows of a table; a long name has a row of its own."""
    rows = []
    for figure in layer.beside:
        counted = layer.counted(figure.counts)
        if len(figure.name) + len(counted) > ROW_CHARACTERS:
            rows += [(textwrap.shorten(figure.name, ROW_CHARACTERS, placeholder=" …"), "")]
            rows += [("", counted)]
        else:
            rows += [(figure.name, counted)]
    return rows


def _legend_lines(legend: Sequence[LegendEntry], beside: Sequence[tuple[str, str]]) -> int:
    return len(legend) + (len(beside) + 2 if beside else 0)


def _km_per_inch(shapes: geopandas.GeoDataFrame, width_in: float) -> float:
    west, _south, east, _north = shapes.total_bounds
    return (east - west) * KM_PER_DEGREE * _shrinking(shapes) / width_in


def _draw_scale(axes: Axes, x: float, y: float, km_per_inch: float, palette: Palette) -> None:
    """A bar of a round number of kilometres, as they are at the middle latitude of the map."""
    longest = km_per_inch * SCALE_BAR_IN
    ten = 10 ** math.floor(math.log10(longest))
    km = next(step * ten for step in (5, 2, 1) if step * ten <= longest)
    length = km / km_per_inch
    axes.plot(
        [x, x, x + length, x + length],
        [y + 0.05, y, y, y + 0.05],
        color=palette.ink,
        linewidth=0.8,
        solid_joinstyle="miter",
    )
    text = _("%(km)s km", km=words.number(km))
    _write(axes, x + length + 0.08, y, text, NAME_SIZE, color=palette.ink)


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


def _draw_regions(
    axes: Axes, layer: Layer, shapes: geopandas.GeoDataFrame, palette: Palette
) -> None:
    west, south, east, north = shapes.total_bounds
    shades = {figure.code: figure.shade for figure in layer.regions}
    for shade in sorted(set(shades.values()), key=str):
        chosen = shapes[[shades[code] == shade for code in shapes.index]]
        chosen.plot(ax=axes, aspect=None, **_style(layer, shade, palette))
        axes.collections[-1].set_hatch_linewidth(HATCH_WIDTH)
    axes.set(xlim=(west, east), ylim=(south, north))
    axes.set_aspect("auto")
    axes.set_axis_off()


def _style(layer: Layer, shade: Shade, palette: Palette) -> dict[str, Any]:
    colour = layer.colour(shade)
    style = {
        "linewidth": 0.5,
        "clip_on": False,
        "facecolor": colour or "white",
        "edgecolor": palette.outline,
    }
    return style | {"hatch": HATCH} if shade == FEW else style


def _draw_names(
    axes: Axes,
    layer: Layer,
    shapes: geopandas.GeoDataFrame,
    width_in: float,
    palette: Palette,
) -> None:
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
            _write(axes, x, y, text, NAME_SIZE, ha="center", **_ink(layer, figure.shade, palette))


def _ink(layer: Layer, shade: Shade, palette: Palette) -> dict[str, Any]:
    if not isinstance(shade, int):
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        return {"color": palette.ink, "bbox": box}
    darkest = len(layer.classes) - 1
    dark = darkest and shade / darkest > LAST_PALE_PART
    return {"color": PALE_INK if dark else palette.ink}


def _draw_legend(
    axes: Axes,
    layer: Layer,
    beside: Sequence[tuple[str, str]],
    tall: float,
    palette: Palette,
) -> None:
    """The legend from the middle on where it is short, with what is not on the map below it.

    On axes that run from the right it is mirrored.
    """
    begins, ends = ("right", "left") if axes.xaxis_inverted() else ("left", "right")
    line = {"color": palette.outline, "linewidth": 0.4}

    def write(x: float, y: float, text: str, **style: Any) -> None:
        style = {"color": palette.ink, "ha": begins} | style
        _write(axes, x, y + LINE_IN / 2, text, LEGEND_SIZE, **style)

    legend = layer.legend()
    y = (tall + _legend_lines(legend, beside) * LINE_IN) / 2
    for entry in legend:
        y -= LINE_IN
        axes.add_patch(_swatch(layer, entry.shade, y, palette))
        write(SWATCH_IN + 0.12, y, entry.text)
    if not beside:
        return
    y -= 2 * LINE_IN
    write(0, y, _("Not on the map"), fontweight="bold")
    for name, counted in beside:
        if name:
            axes.plot([0, LEGEND_IN], [y, y], **line)
        y -= LINE_IN
        write(0, y, name)
        write(LEGEND_IN - 0.03, y, counted, ha=ends)
    axes.plot([0, LEGEND_IN], [y, y], clip_on=False, **line)


def _swatch(layer: Layer, shade: Shade, y: float, palette: Palette) -> Rectangle:
    style = _style(layer, shade, palette)
    swatch = Rectangle((0, y + 0.03), SWATCH_IN, LINE_IN - 0.06, **style)
    swatch.set_hatch_linewidth(HATCH_WIDTH)
    return swatch


def _write(axes: Axes, x: float, y: float, text: str, size: float, **style: Any) -> None:
    style = {"va": "center", "fontfamily": FONT_MEASURED} | style
    axes.text(x, y, text, fontsize=size, parse_math=False, **style)
