"""The menu: the pages of the application, and who is shown which."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from observer.access.models import Role
from observer.access.permissions import may

MENU = (
    ("collect.home", _l("My forms"), "submission.create"),
    ("findings.room", _l("Mission room"), "finding.view"),
    ("findings.figures", _l("Findings"), "finding.view"),
    ("maps.page", _l("Map"), "finding.view"),
    ("review_queue.queue", _l("Review queue"), "submission.verify"),
    ("review.submissions", _l("Submissions"), "submission.view"),
    ("review.incidents", _l("Incidents"), "submission.view"),
    ("exports.page", _l("Exports"), "submission.export"),
    ("statements.index", _l("Statements"), "statement.view"),
    ("missions.overview", _l("Mission"), "mission.manage"),
    ("checklists.index", _l("Forms"), "form.view"),
)
"""Endpoint, label and permission of each entry; the first one allowed is a person's home."""


def pages_of(role: Role | str) -> Sequence[tuple[str, LazyString]]:
    """Endpoint and label of each page that somebody of this role may open, in their order."""
    return [(endpoint, label) for endpoint, label, needed in MENU if may(role, needed)]
