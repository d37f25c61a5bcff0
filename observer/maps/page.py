"""The map as an HTML document, drawn by Leaflet from what folium writes.

Nothing of it comes from another host: there are no tiles, the legend is plain HTML, and every
script and style is one of ours.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import folium
import geopandas
from branca.element import CssLink, Element, JavascriptLink
from flask_babel import get_locale
from flask_babel import gettext as _
from folium.map import CustomPane
from folium.plugins import FastMarkerCluster
from folium.template import Template
from folium.utilities import JsCode
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from observer import ROOT
from observer.collect.models import Status
from observer.findings import words
from observer.findings.findings import COUNTED
from observer.language import format_moment
from observer.maps.choropleth import FEW, Layer, RegionFigure, Shade, Subject, make_layer
from observer.maps.points import Centre, IncidentPoint, centres, incident_points
from observer.maps.shapes import boundaries, inner_points, regions_shown
from observer.missions.models import Round
from observer.missions.scope import Scope
from observer.review.incidents import GRAVITIES
from observer.settings import Settings

OUTLINE = "#51626a"
INCIDENT_STYLES = {
    "critical": {"radius": 9, "weight": 2, "color": "#ffffff", "fillColor": "#8e1218"},
    "serious": {"radius": 7, "weight": 1.5, "color": "#5b2206", "fillColor": "#e0762b"},
    "minor": {"radius": 5, "weight": 1, "color": "#5b4a06", "fillColor": "#f2cf4a"},
    "": {"radius": 5, "weight": 1, "color": "#33424a", "fillColor": "#ffffff"},
}
"""By gravity; size and darkness grow with it, so that colour is not needed to tell it."""
INCIDENT_PANE = "incidents"
ABOVE_CENTRES = 620
"""Above Leaflet's markers (600), the centres and figures; below its tooltips (650)."""
WHOLE_WORLD = ((-60.0, -180.0), (75.0, 180.0))

IncidentAddress = Callable[[uuid.UUID], str]
RegionAddress = Callable[[RegionFigure], str | None]
"""Gives the address of the map of what lies below a region, None where nothing does."""


@dataclass(frozen=True)
class Asset:
    """A script or style of ours: its address, or the text itself."""

    url: str | None = None
    text: str | None = None


Assets = Callable[[str], Asset]
"""Gives the asset at a path below ``static/``."""


def linked(static_url: str) -> Assets:
    """Assets that the browser fetches from below this address."""
    return lambda path: Asset(url=f"{static_url.rstrip('/')}/{path}")


class _Map(folium.Map):
    """Leaflet's map alone: the document around it is ours."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map(
                {{ this.get_name()|tojson }},
                { center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }} }
            );
        {% endmacro %}
        """
    )
    default_js = [
        ("leaflet", "vendor/leaflet/leaflet.js"),
        ("document", "maps/document.js"),
    ]
    default_css = [
        ("leaflet_css", "vendor/leaflet/leaflet.css"),
    ]


class _Cluster(FastMarkerCluster):
    default_js = [("cluster", "vendor/leaflet.markercluster/leaflet.markercluster.js")]
    default_css = [("cluster_css", "vendor/leaflet.markercluster/MarkerCluster.css")]


def map_document(
    session: Session,
    scope: Scope,
    round_: Round,
    *,
    form: str | None = None,
    question: str | None = None,
    answer: str | None = None,
    level: int = 1,
    within: str | None = None,
    statuses: Sequence[Status] = COUNTED,
    min_base: int = Settings.min_base,
    with_centres: bool = False,
    with_incidents: bool = True,
    nonce: str,
    assets: Assets,
    incident_address: IncidentAddress | None = None,
    region_address: RegionAddress | None = None,
    shapes_kept_in: Path | None = None,
    policy: str | None = None,
) -> str:
    """The document of a map: the figures by region, and points where they are wanted.

    Its scripts carry the nonce. A ``policy`` stands in the document itself, for one that is
    opened without a server. Raises UnknownNameError for an unknown form, question, answer or
    region.
    """
    subject = Subject(form=form, question=question, answer=answer)
    layer = make_layer(
        session,
        scope,
        round_,
        subject,
        level=level,
        within=within,
        statuses=statuses,
        min_base=min_base,
    )
    shapes = boundaries(session, regions_shown(session, scope, level, within), shapes_kept_in)
    points = centres(session, scope, round_, layer.statuses) if with_centres else []
    reported = incident_points(session, scope, round_) if with_incidents else []
    map_ = _Map(tiles=None, maxZoom=18, zoomSnap=0.25, attributionControl=False)
    if len(shapes):
        _regions(layer, shapes, region_address).add_to(map_)
    if points:
        _cluster(points).add_to(map_)
    by_gravity = _by_gravity(reported)
    if by_gravity:
        CustomPane(INCIDENT_PANE, z_index=ABOVE_CENTRES).add_to(map_)
    for gravity, each in by_gravity.items():
        _incidents(gravity, each, incident_address).add_to(map_)
    if points or by_gravity:
        folium.LayerControl(collapsed=True).add_to(map_)
    map_.fit_bounds(_bounds(shapes, points), padding=(12, 12))
    scripts, styles, script = _written(map_)
    return (
        _templates()
        .get_template("maps/document.html")
        .render(
            layer=layer,
            legend=[(_fill(layer, entry.shade), entry.text) for entry in layer.legend()],
            language=str(get_locale()),
            as_of=format_moment(layer.at, scope.mission.timezone),
            round=round_,
            map_id=map_.get_name(),
            has_boundaries=len(shapes) > 0,
            has_centres=bool(points),
            incidents=[
                (INCIDENT_STYLES[g], each[0].gravity_label) for g, each in by_gravity.items()
            ],
            scripts=[assets(path) for path in scripts],
            styles=[assets(path) for path in (*styles, "maps/document.css")],
            script=Markup(script),  # noqa: S704  # folium escapes every value in it
            nonce=nonce,
            policy=policy,
            _=_,
        )
    )


def _regions(
    layer: Layer, shapes: geopandas.GeoDataFrame, address: RegionAddress | None
) -> folium.GeoJson:
    figures = {figure.code: figure for figure in layer.regions}
    points = inner_points(shapes)
    collection = json.loads(shapes.reset_index().to_json(drop_id=True))
    for feature in collection["features"]:
        figure = figures[feature["properties"]["code"]]
        feature["id"] = figure.code
        feature["properties"] = {
            "shade": figure.shade,
            "lines": [
                figure.name,
                *layer.lines(figure.counts),
                layer.reports,
            ],
            "label": _label(layer, figure, points[figure.code]),
            "href": address(figure) if address else None,
        }
        feature.pop("bbox", None)

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        return {
            "fillColor": _fill(layer, feature["properties"]["shade"]),
            "fillOpacity": 1,
            "color": OUTLINE,
            "weight": 1,
        }

    return folium.GeoJson(
        collection,
        style_function=style,
        highlight_function=lambda _feature: {"weight": 3},
        on_each_feature=JsCode("observerMap.region"),
        control=False,
    )


def _label(layer: Layer, figure: RegionFigure, point: tuple[float, float]) -> dict[str, Any] | None:
    text = layer.label(figure.counts)
    x, y = point
    return {"text": text, "at": [y, x]} if text else None


def _fill(layer: Layer, shade: Shade) -> str:
    return "url(#few)" if shade == FEW else layer.colour(shade) or "#ffffff"


def _cluster(points: Sequence[Centre]) -> _Cluster:
    return _Cluster(
        [(point.lat, point.lon, point.name, int(point.is_observed)) for point in points],
        callback="observerMap.centre",
        icon_create_function="observerMap.cluster",
        name=_("Polling centres"),
        maxClusterRadius=40,
        showCoverageOnHover=False,
    )


def _by_gravity(reported: Sequence[IncidentPoint]) -> dict[str, list[IncidentPoint]]:
    """The incidents by gravity, the least grave first, so that the gravest are drawn on top."""
    order = ("", *reversed(GRAVITIES))
    groups = {gravity: [p for p in reported if p.gravity == gravity] for gravity in order}
    return {gravity: points for gravity, points in groups.items() if points}


def _incidents(
    gravity: str, points: Sequence[IncidentPoint], address: IncidentAddress | None
) -> folium.GeoJson:
    marker = folium.CircleMarker(fillOpacity=1, **INCIDENT_STYLES[gravity])
    # Of a marker's own arguments folium passes on only those it knows.
    marker.options["pane"] = INCIDENT_PANE
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [point.lon, point.lat]},
            "properties": {
                "lines": point.lines,
                "href": address(point.submission) if address else None,
            },
        }
        for point in points
    ]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        marker=marker,
        on_each_feature=JsCode("observerMap.incident"),
        name=_incidents_text(points),
    )


def _incidents_text(points: Sequence[IncidentPoint]) -> str:
    # Leaflet's list of layers takes names as HTML.
    text = _("Incidents: %(gravity)s", gravity=points[0].gravity_label)
    return str(escape(f"{text} ({words.number(len(points))})"))


def _bounds(shapes: geopandas.GeoDataFrame, points: Sequence[Centre]) -> Sequence[Sequence[float]]:
    if len(shapes):
        west, south, east, north = (float(bound) for bound in shapes.total_bounds)
        return (south, west), (north, east)
    if points:
        lats, lons = [point.lat for point in points], [point.lon for point in points]
        return (min(lats), min(lons)), (max(lats), max(lons))
    return WHOLE_WORLD


def _written(map_: _Map) -> tuple[list[str], list[str], str]:
    """What folium writes: the scripts and styles it needs, and its own script."""
    root = map_.get_root()
    _number(root, count(1))
    root.render()
    links = list(root.header._children.values())
    scripts = [link.url for link in links if isinstance(link, JavascriptLink)]
    styles = [link.url for link in links if isinstance(link, CssLink)]
    return scripts, styles, root.script.render()


def _number(element: Element, numbers: Iterator[int]) -> None:
    """Number the elements in order; folium's random names would differ from time to time."""
    element._id = str(next(numbers))
    for child in element._children.values():
        _number(child, numbers)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined
    )
