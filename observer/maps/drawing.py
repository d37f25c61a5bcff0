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

from observer.findings import words
from observer.maps.choropleth import FEW, Layer, LegendEntry, Shade
from observer.maps.palette import HOUSE, Palette
from observer.maps.shapes import inner_points
from observer.maps.sheet import HATCH, HATCH_WIDTH, Sheet
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
CENTRED = {"ha": "center", "va": "center", "fontfamily": FONT_MEASURED}
KM_PER_DEGREE = 111.2
"""Along a meridian of a sphere with the earth's mean radius of 6,371 km."""
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
    sheet = Sheet(figure, WIDTH_IN)
    for number, line in enumerate(titles):
        y = tall - (number + 0.5) * TITLE_IN
        sheet.write(0, y, line, TITLE_SIZE, color=palette.ink, fontweight="bold")
    for number, line in enumerate(noted):
        y = foot - 0.1 - (number + 0.5) * NOTE_IN
        sheet.write(0, y, line, NOTE_SIZE, color=palette.ink)
    if len(shapes):
        left = (WIDTH_IN - LEGEND_IN - width) / 2 + (LEGEND_IN if mirrored else 0)
        bottom = foot + (body - height + SCALE_IN) / 2
        place = (left / WIDTH_IN, bottom / tall, width / WIDTH_IN, height / tall)
        # Above all else, so that the title is what is read first.
        map_axes = figure.add_axes(place, zorder=10)
        _draw_regions(map_axes, layer, shapes, palette)
        _draw_names(map_axes, layer, shapes, width, palette)
        _draw_scale(sheet, left, bottom - SCALE_IN / 2, _km_per_inch(shapes, width), palette)
    at_right = mirrored ^ bool(len(shapes))
    side = Sheet(
        figure,
        LEGEND_IN,
        left_in=WIDTH_IN - LEGEND_IN if at_right else 0,
        bottom_in=foot,
        mirrored=mirrored,
    )
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


def _draw_scale(sheet: Sheet, x: float, y: float, km_per_inch: float, palette: Palette) -> None:
    """A bar of a round number of kilometres, as they are at the middle latitude of the map."""
    longest = km_per_inch * SCALE_BAR_IN
    ten = 10 ** math.floor(math.log10(longest))
    km = next(step * ten for step in (5, 2, 1) if step * ten <= longest)
    length = km / km_per_inch
    sheet.line(
        (x, x, x + length, x + length),
        (y + 0.05, y, y, y + 0.05),
        color=palette.ink,
        linewidth=0.8,
        solid_joinstyle="miter",
    )
    text = _("%(km)s km", km=words.number(km))
    sheet.write(x + length + 0.08, y, text, NAME_SIZE, color=palette.ink)


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
        chosen.plot(ax=axes, aspect=None, clip_on=False, **_style(layer, shade, palette))
        axes.collections[-1].set_hatch_linewidth(HATCH_WIDTH)
    axes.set(xlim=(west, east), ylim=(south, north))
    axes.set_aspect("auto")
    axes.set_axis_off()


def _style(layer: Layer, shade: Shade, palette: Palette) -> dict[str, Any]:
    colour = layer.colour(shade)
    style = {
        "linewidth": 0.5,
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
            style = _ink(layer, figure.shade, palette)
            axes.text(x, y, text, fontsize=NAME_SIZE, parse_math=False, **CENTRED, **style)


def _ink(layer: Layer, shade: Shade, palette: Palette) -> dict[str, Any]:
    if not isinstance(shade, int):
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        return {"color": palette.ink, "bbox": box}
    darkest = len(layer.classes) - 1
    dark = darkest and shade / darkest > LAST_PALE_PART
    return {"color": PALE_INK if dark else palette.ink}


def _draw_legend(
    sheet: Sheet,
    layer: Layer,
    beside: Sequence[tuple[str, str]],
    tall: float,
    palette: Palette,
) -> None:
    """The legend from the middle on where it is short, with what is not on the map below it."""
    line = {"color": palette.outline, "linewidth": 0.4}

    def write(x: float, y: float, text: str, **style: Any) -> None:
        sheet.write(x, y + LINE_IN / 2, text, LEGEND_SIZE, color=palette.ink, **style)

    legend = layer.legend()
    y = (tall + _legend_lines(legend, beside) * LINE_IN) / 2
    for entry in legend:
        y -= LINE_IN
        style = _style(layer, entry.shade, palette)
        sheet.box(0, y + 0.03, SWATCH_IN, LINE_IN - 0.06, **style)
        write(SWATCH_IN + 0.12, y, entry.text)
    if not beside:
        return
    y -= 2 * LINE_IN
    write(0, y, _("Not on the map"), fontweight="bold")
    for name, counted in beside:
        if name:
            sheet.line((0, LEGEND_IN), (y, y), **line)
        y -= LINE_IN
        write(0, y, name)
        write(LEGEND_IN - 0.03, y, counted, ha=sheet.ends)
    sheet.line((0, LEGEND_IN), (y, y), **line)
