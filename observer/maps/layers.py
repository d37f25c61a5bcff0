"""The layers of the map document, as folium writes them for Leaflet."""

from __future__ import annotations

import json
import uuid
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import folium
import geopandas
from flask_babel import gettext as _
from folium.plugins import FastMarkerCluster
from folium.template import Template
from folium.utilities import JsCode
from markupsafe import escape

from observer.findings import words
from observer.maps.choropleth import FEW, Layer, RegionFigure, Shade
from observer.maps.points import Centre, IncidentPoint
from observer.maps.shapes import inner_points
from observer.review.incidents import GRAVITIES

OUTLINE = "#51626a"
INCIDENT_PANE = "incidents"
INCIDENT_PANE_INDEX = 620
"""Above Leaflet's markers (600), the centres and figures; below its tooltips (650)."""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the parts of a map lead to."""

    region: Callable[[RegionFigure], str | None]
    """The map of what lies below a region, None where nothing does."""
    incident: Callable[[uuid.UUID], str]
    """An incident's report."""
    centre: str
    """What is told of a centre, before the centre's code."""


@dataclass(frozen=True)
class IncidentMark:
    """How an incident is drawn: an outline around the origin, no wider than ``SIZE``."""

    path: str
    fill: str
    stroke: str


SIZE = 22
INCIDENT_MARKS = {
    "critical": IncidentMark("M0-9 10 8H-10Z", "#8e1218", "#ffffff"),
    "serious": IncidentMark("M-7-7H7V7H-7Z", "#e0762b", "#5b2206"),
    "minor": IncidentMark("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z", "#f2cf4a", "#5b4a06"),
    "": IncidentMark("M0-6 6 0 0 6-6 0Z", "#ffffff", "#33424a"),
}
"""By gravity: a triangle, a square, a circle, a diamond, so that colour is not needed."""


class LeafletMap(folium.Map):
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
    """Clusters whose scripts and styles are ours."""

    default_js = [("cluster", "vendor/leaflet.markercluster/leaflet.markercluster.js")]
    default_css = [("cluster_css", "vendor/leaflet.markercluster/MarkerCluster.css")]


def regions_layer(
    layer: Layer, shapes: geopandas.GeoDataFrame, addresses: Addresses | None
) -> folium.GeoJson:
    """The regions in the colours of their figures."""
    figures = {figure.code: figure for figure in layer.regions}
    points = inner_points(shapes)
    collection = json.loads(shapes.reset_index().to_json(drop_id=True))
    for feature in collection["features"]:
        figure = figures[feature["properties"]["code"]]
        x, y = points[figure.code]
        feature["id"] = figure.code
        feature["properties"] = {
            "shade": figure.shade,
            "lines": [figure.name, *layer.lines(figure.counts), layer.reports],
            "label": layer.label(figure.counts),
            "at": [y, x],
            "href": addresses.region(figure) if addresses else None,
        }
        feature.pop("bbox", None)

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        return {
            "fillColor": fill_of(layer, feature["properties"]["shade"]),
            "fillOpacity": 1,
            "color": OUTLINE,
            "weight": 1,
        }

    return folium.GeoJson(
        collection,
        style_function=style,
        on_each_feature=JsCode("observerMap.region"),
        control=False,
    )


def fill_of(layer: Layer, shade: Shade) -> str:
    """What a region of this shade is filled with, as SVG has it."""
    return "url(#few)" if shade == FEW else layer.colour(shade) or "#ffffff"


def centres_layer(points: Sequence[Centre]) -> FastMarkerCluster:
    """The polling centres; those close to each other as one, with their number."""
    return _Cluster(
        [
            (
                point.lat,
                point.lon,
                point.name,
                point.code,
                point.observed,
                point.stations,
                int(point.is_visited),
            )
            for point in points
        ],
        callback="observerMap.centre",
        icon_create_function="observerMap.cluster",
        name=_("Polling centres"),
        maxClusterRadius=40,
        showCoverageOnHover=False,
    )


def by_gravity(reported: Sequence[IncidentPoint]) -> dict[str, list[IncidentPoint]]:
    """The incidents by gravity, the least grave first, so that the gravest are drawn on top."""
    order = ("", *reversed(GRAVITIES))
    groups = {gravity: [p for p in reported if p.gravity == gravity] for gravity in order}
    return {gravity: points for gravity, points in groups.items() if points}


def incidents_layer(
    points: Sequence[IncidentPoint], addresses: Addresses | None, moments: Sequence[datetime]
) -> folium.GeoJson:
    """Incidents of one gravity, each with the step of the day in which it was told."""
    marker = folium.Marker(icon=folium.DivIcon())
    # Of a marker's own arguments folium passes on only those it knows.
    marker.options["pane"] = INCIDENT_PANE
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [point.lon, point.lat]},
            "properties": {
                "lines": point.lines,
                "href": addresses.incident(point.submission) if addresses else None,
                "gravity": point.gravity,
                "step": bisect_right(moments, point.told_at),
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
