"""The admin's page of the mission."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from observer.access.audit import newest_entries
from observer.access.models import Phone
from observer.access.permissions import needs
from observer.database import get_session, now
from observer.missions import phones as operations
from observer.missions.actions import ACTIONS
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


@blueprint.route("/mission/phones")
@needs("mission.manage")
def phones() -> str:
    """The phones of the mission's people."""
    mission, whose = current_scope().mission, request.args.get("whose", "").strip()
    found = operations.phones_of(get_session(), mission, whose)
    return render_template(
        "missions/phones.html",
        mission=mission,
        phones=found,
        whose=whose,
        truncated=len(found) == operations.MOST_SHOWN,
    )


@blueprint.route("/mission/phones/<uuid:phone_id>/end", methods=["GET", "POST"])
@needs("mission.manage")
def end_phone(phone_id: uuid.UUID) -> str | Response:
    """End the use of a phone that is lost, after asking."""
    phone = _phone(phone_id)
    if request.method == "GET":
        return render_template("missions/end_phone.html", phone=phone)
    operations.end_phone(get_session(), phone)
    get_session().commit()
    flash(_("The use of the phone has been ended."), "success")
    return redirect(url_for(".phones"))


@blueprint.route("/mission/phones/<uuid:phone_id>/restore", methods=["POST"])
@needs("mission.manage")
def restore_phone(phone_id: uuid.UUID) -> Response:
    """Let a phone be used again that has not been told yet."""
    if operations.restore_phone(get_session(), _phone(phone_id)):
        flash(_("The phone can be used again."), "success")
    else:
        flash(_("The phone has wiped itself already; it can be set up anew."), "danger")
    get_session().commit()
    return redirect(url_for(".phones"))


@blueprint.route("/mission/log")
@needs("mission.manage")
def log() -> str:
    """What people changed, the newest first."""
    before = request.args.get("before", type=int)
    entries = newest_entries(get_session(), before=before)
    return render_template(
        "missions/log.html",
        mission=current_scope().mission,
        entries=entries,
        newest=before is None,
        actions=ACTIONS,
    )


def _phone(phone_id: uuid.UUID) -> Phone:
    phone = operations.phone_of(get_session(), current_scope().mission, phone_id)
    return phone or abort(404, _("There is no such phone in this mission."))


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "browser": operations.browser_in_words,
        "ago": lambda moment: format_timedelta(moment - now(), add_direction=True),
    }
