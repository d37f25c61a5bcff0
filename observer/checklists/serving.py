"""What several pages and programs are given alike: the pictures of labels."""

from __future__ import annotations

from io import BytesIO
from mimetypes import guess_type

from flask import Response, abort, send_file
from flask_babel import gettext as _

from observer.checklists.library import picture_named
from observer.database import get_session
from observer.missions.scope import current_membership


def send_picture(name: str) -> Response:
    """The picture as an answer; 404 where the mission has none of this name."""
    content = picture_named(get_session(), current_membership().mission, name)
    if content is None:
        abort(404, _("There is no such picture."))
    answer = send_file(BytesIO(content), mimetype=guess_type(name)[0])
    # The name is the picture's hash: it never comes to mean another one.
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer
