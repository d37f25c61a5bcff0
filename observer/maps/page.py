"""The map as an HTML document, drawn by Leaflet from what folium writes.

Nothing of it comes from another host: there are no tiles, the legend is plain HTML, and every
script and style is one of ours.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

import folium
import geopandas
from branca.element import CssLink, Element, JavascriptLink
from flask_babel import get_locale
from flask_babel import gettext as _
from folium.map import CustomPane
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy.orm import Session

from observer import ROOT
from observer.collect.models import Status
from observer.findings.findings import COUNTED
from observer.language import format_moment
from observer.maps.choropleth import Subject, make_layer
from observer.maps.day import day_data
from observer.maps.layers import (
    INCIDENT_MARKS,
    INCIDENT_PANE,
    INCIDENT_PANE_INDEX,
    SIZE,
    Addresses,
    LeafletMap,
    by_gravity,
    centres_layer,
    fill_of,
    incidents_layer,
    regions_layer,
)
from observer.maps.points import Centre, IncidentPoint, centres, incident_points
from observer.maps.shapes import boundaries, regions_shown
from observer.missions.models import Round
from observer.missions.scope import Scope, within_region
from observer.settings import Settings

CLOSE = 8
"""The zoom at which a region of the size of a province fills the map."""
WHOLE_WORLD = ((-60.0, -180.0), (75.0, 180.0))


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
    only_incidents: Collection[uuid.UUID] | None = None,
    close_to_incidents: bool = False,
    through_day: bool = False,
    nonce: str,
    assets: Assets,
    addresses: Addresses | None = None,
    shapes_kept_in: Path | None = None,
    policy: str | None = None,
) -> str:
    """The document of a map: the figures by region, and points where they are wanted.

    ``only_incidents`` keeps to the incidents of those submissions; the map can begin
    ``close_to_incidents`` instead of with all regions.

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
        through_day=through_day,
    )
    shapes = boundaries(session, regions_shown(session, scope, level, within), shapes_kept_in)
    here = scope if within is None else within_region(session, scope, within)
    points = centres(session, here, round_, layer.statuses) if with_centres else []
    reported = incident_points(session, here, round_, only_incidents) if with_incidents else []
    incidents = by_gravity(reported)
    moments = layer.growth.moments if layer.growth else ()
    map_ = LeafletMap(tiles=None, maxZoom=18, zoomSnap=0.25, attributionControl=False)
    if len(shapes):
        regions_layer(layer, shapes, addresses).add_to(map_)
    if points:
        centres_layer(points).add_to(map_)
    if incidents:
        CustomPane(INCIDENT_PANE, z_index=INCIDENT_PANE_INDEX).add_to(map_)
    for each in incidents.values():
        incidents_layer(each, addresses, moments).add_to(map_)
    if points or incidents:
        folium.LayerControl(collapsed=True).add_to(map_)
    if close_to_incidents and reported:
        map_.fit_bounds(_around(reported), padding=(12, 12), max_zoom=CLOSE)
    else:
        map_.fit_bounds(_bounds(shapes, points), padding=(12, 12))
    scripts, styles, script = _written(map_)
    return (
        _templates()
        .get_template("maps/document.html")
        .render(
            layer=layer,
            legend=[(fill_of(layer, entry.shade), entry.text) for entry in layer.legend()],
            language=str(get_locale()),
            as_of=format_moment(layer.at, scope.mission.timezone),
            round=round_,
            map_id=map_.get_name(),
            has_boundaries=len(shapes) > 0,
            has_centres=bool(points),
            close=close_to_incidents,
            incidents=[
                (gravity, INCIDENT_MARKS[gravity], each[0].gravity_label)
                for gravity, each in incidents.items()
            ],
            mark_size=SIZE,
            centre_address=addresses.centre if addresses else "",
            day=day_data(layer, layer.growth, round_, scope.mission.timezone)
            if layer.growth
            else None,
            scripts=[assets(path) for path in scripts],
            day_script=assets("maps/day.js"),
            styles=[assets(path) for path in (*styles, "maps/document.css")],
            script=Markup(script),  # noqa: S704  # folium escapes every value in it
            nonce=nonce,
            policy=policy,
            _=_,
        )
    )


def _bounds(shapes: geopandas.GeoDataFrame, points: Sequence[Centre]) -> Sequence[Sequence[float]]:
    if len(shapes):
        west, south, east, north = (float(bound) for bound in shapes.total_bounds)
        return (south, west), (north, east)
    if points:
        lats, lons = [point.lat for point in points], [point.lon for point in points]
        return (min(lats), min(lons)), (max(lats), max(lons))
    return WHOLE_WORLD


def _around(points: Sequence[IncidentPoint]) -> Sequence[Sequence[float]]:
    lats, lons = [point.lat for point in points], [point.lon for point in points]
    return (min(lats), min(lons)), (max(lats), max(lons))


def _written(map_: LeafletMap) -> tuple[list[str], list[str], str]:
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
