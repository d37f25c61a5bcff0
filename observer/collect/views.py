"""The observer's pages on the phone: what is to do, a form to fill, a submission's receipt."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from observer.access.permissions import needs
from observer.checklists.definition import FormDefinition
from observer.checklists.library import (
    definition_of,
    form_version,
    newest_version,
    published_forms,
)
from observer.checklists.models import FormVersion
from observer.collect.formpage import form_page
from observer.collect.intake import receipt_code
from observer.collect.queries import (
    assigned_places,
    by_centre,
    counted_revision,
    held_because,
    own_attachments,
    own_submission,
    own_submissions,
)
from observer.collect.steps import answers_in_words, reasons_in_words
from observer.collect.xform import NoXFormError, write_xform
from observer.database import get_session
from observer.missions.models import Membership
from observer.missions.scope import asked_round, current_membership, current_scope

blueprint = Blueprint("collect", __name__)


@blueprint.route("/my")
@needs("submission.create")
def home() -> str:
    """My assignments with their forms, and my submissions."""
    session, membership = get_session(), current_membership()
    round_ = asked_round(membership.mission)
    forms = _forms(membership)
    definitions = {version.form_id: definition for version, definition in forms}
    submissions = own_submissions(session, membership, round_=round_) if round_ else []
    held = held_because(session, submissions)
    return render_template(
        "collect/home.html",
        mission=membership.mission,
        round=round_,
        forms=forms,
        centres=by_centre(assigned_places(session, membership, round_)) if round_ else [],
        definitions=definitions,
        submissions=submissions[::-1],
        filled={(s.form_id, s.place_id): s for s in submissions if s.place_id},
        held={s.id: reasons_in_words(definitions.get(s.form_id), held[s.id]) for s in submissions},
        code=receipt_code,
        phone=_phone(),
    )


@blueprint.route("/my/forms/<code>")
@needs("submission.create")
def fill(code: str) -> str:
    """A form to fill."""
    session, membership = get_session(), current_membership()
    version = newest_version(session, membership.mission, code)
    round_ = asked_round(membership.mission)
    if version is None or round_ is None:
        abort(404, _("There is no such form to fill."))
    page = form_page(definition_of(version), version.number, str(get_locale()))
    places = assigned_places(session, membership, round_)
    return render_template(
        "collect/fill.html",
        page=page,
        round=round_,
        phone=_phone()
        | {
            "round": round_.code,
            "place": request.args.get("place", ""),
            "offered": [
                {
                    "code": place.code,
                    "name": place.name,
                    "kind": place.kind,
                    "centre_name": (place.centre or place).name,
                }
                for place in places
            ],
        },
    )


@blueprint.route("/forms/<code>/<int:number>/preview")
@needs("form.view")
def preview(code: str, number: int) -> str:
    """A version as a phone shows it, for a frame beside it; nothing can be sent."""
    version = form_version(get_session(), current_scope().mission, code, number)
    if version is None:
        abort(404, _("There is no such version of a form."))
    definition = definition_of(version)
    try:
        write_xform(definition, number)
        no_xform = ""
    except NoXFormError as reason:
        no_xform = str(reason)
    return render_template(
        "collect/preview.html",
        no_xform=no_xform,
        page=form_page(definition, number, str(get_locale()), bare=True),
    )


@blueprint.route("/my/submissions/<uuid:submission_id>")
@needs("submission.create")
def submission(submission_id: uuid.UUID) -> str:
    """One of my submissions, as it was received."""
    session, membership = get_session(), current_membership()
    found = own_submission(session, membership, submission_id)
    if found is None:
        abort(404, _("You have sent no such submission."))
    revision = counted_revision(session, found)
    version = revision.form_version
    definition = definition_of(version) if version else None
    return render_template(
        "collect/submission.html",
        mission=membership.mission,
        submission=found,
        revision=revision,
        code=receipt_code(found.id),
        definition=definition,
        answers=answers_in_words(definition, revision.answers),
        held=reasons_in_words(definition, held_because(session, [found])[found.id]),
        attachments=own_attachments(session, found, revision),
    )


def _forms(membership: Membership) -> list[tuple[FormVersion, FormDefinition]]:
    found = published_forms(get_session(), membership.mission)
    return [(version, definition_of(version)) for version in found]


def _phone() -> dict[str, Any]:
    """Who fills, for the scripts: what is sent is kept and sent for this person alone."""
    return {"person": current_user.id, "email": current_user.email}
