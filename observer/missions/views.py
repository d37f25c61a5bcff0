"""The admin's page of the mission."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from observer.access.permissions import needs
from observer.database import get_session
from observer.missions.overview import doubts, holdings, members, region_lines
from observer.missions.scope import current_scope, region_of_code

blueprint = Blueprint("missions", __name__)

PEOPLE_ON_A_PAGE = 50


@blueprint.route("/mission")
@needs("mission.manage")
def overview() -> str:
    """The mission, its rounds, regions, places and people, and what deserves a look."""
    session, mission = get_session(), current_scope().mission
    code = request.args.get("region")
    parent = region_of_code(session, mission, code) if code else None
    if code and parent is None:
        abort(404, _("There is no such region in this mission."))
    above = []
    region = parent
    while region is not None:
        above.insert(0, region)
        region = region.parent
    held = holdings(session, mission)
    pages = max(1, -(-sum(held.people.values()) // PEOPLE_ON_A_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "missions/overview.html",
        mission=mission,
        holdings=held,
        above=above,
        lines=region_lines(session, mission, parent),
        doubts=doubts(session, mission),
        members=members(session, mission, (page - 1) * PEOPLE_ON_A_PAGE, PEOPLE_ON_A_PAGE),
        page=page,
        pages=pages,
    )
