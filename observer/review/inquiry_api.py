"""Questions of reviewers on the observer's phone, and the answers that come back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _

from observer.access.guard import with_disabled
from observer.access.permissions import needs
from observer.collect.envelope import LARGEST_NUMBER, UnreadableError, read_json
from observer.collect.intake import NotAllowedError
from observer.collect.uploading import check_size
from observer.database import get_session
from observer.missions.scope import current_membership
from observer.problems import problem
from observer.review.asking import AnsweredAlreadyError, Asked, answer, asked_of
from observer.review.models import Inquiry
from observer.review.operations import NotPossibleError
from observer.settings import current_settings

blueprint = Blueprint("inquiry_api", __name__, url_prefix="/api/v1")


@blueprint.route("/inquiries")
@needs("submission.create")
def inquiries() -> Response:
    """The questions about the person's own submissions, oldest first, those withdrawn left out."""
    asked = asked_of(get_session(), current_membership())
    return jsonify([_as_json(one) for one in asked if one.inquiry.withdrawn_at is None])


@blueprint.route("/inquiries/<int:inquiry_id>", methods=["PUT"])
@needs("submission.create")
@with_disabled
def put_answer(inquiry_id: int) -> Response:
    """Store the answer to a question; the same answer once more changes nothing."""
    session, membership = get_session(), current_membership()
    try:
        words = _read_answer()
        inquiry = session.get(Inquiry, inquiry_id) if inquiry_id <= LARGEST_NUMBER else None
        if inquiry is None or inquiry.submission.mission_id != membership.mission_id:
            return problem(404, _("There is no such question here."))
        answer(session, membership, inquiry, words)
    except (UnreadableError, NotPossibleError) as reason:
        return problem(400, str(reason))
    except NotAllowedError as reason:
        return problem(403, str(reason))
    except AnsweredAlreadyError as reason:
        return problem(409, str(reason))
    session.commit()
    return jsonify(_as_json(Asked(inquiry, None)))


def _read_answer() -> str:
    content = request.get_data(cache=False)
    check_size(content, current_settings().max_submission_bytes)
    words = read_json(content).get("answer")
    if not isinstance(words, str):
        raise UnreadableError(_("answer must be a text with the answer."))
    # Neither NUL nor half of a surrogate pair can be stored by PostgreSQL.
    return words.replace("\0", "").encode("utf-8", "replace").decode()


def _as_json(asked: Asked) -> dict[str, Any]:
    inquiry = asked.inquiry
    submission = inquiry.submission
    answered_at = inquiry.answered_at or asked.corrected_at
    return {
        "id": inquiry.id,
        "submission": str(inquiry.submission_id),
        "form": submission.form.code if submission.form else None,
        "place": submission.place.code if submission.place else None,
        "question": inquiry.question,
        "asked_by": inquiry.asked_by.name,
        "asked_at": inquiry.asked_at.isoformat(),
        "answer": inquiry.answer,
        "answered_at": answered_at.isoformat() if answered_at else None,
    }
