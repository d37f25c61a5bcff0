"""The one table of who may do what, and how a route names the permission it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from observer.access.models import Role

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
"""Marks a route that needs no sign-in."""
SIGNED_IN = "signed in"
"""Marks a route that anybody signed in may use."""

_FIELD = {Role.OBSERVER, Role.COORDINATOR}
_DESK = {Role.ANALYST, Role.EDITOR}

PERMISSIONS: dict[str, frozenset[Role]] = {
    name: frozenset(roles)
    for name, roles in {
        "submission.create": _FIELD,
        "submission.view": {Role.COORDINATOR} | _DESK,
        "submission.verify": {Role.COORDINATOR} | _DESK,
        "submission.correct": _DESK,
        "submission.export": _DESK,
        "finding.view": {Role.COORDINATOR} | _DESK,
        "sample.view": _DESK | {Role.ADMIN},
        "statement.view": _DESK,
        "statement.write": {Role.EDITOR},
        "form.view": _DESK | {Role.ADMIN},
        "form.manage": {Role.ADMIN},
        "mission.manage": {Role.ADMIN},
    }.items()
}


def may(role: Role | str, permission: str) -> bool:
    """Whether somebody of this role has the permission. Raises KeyError for an unknown one."""
    return permission == SIGNED_IN or Role(role) in PERMISSIONS[permission]


def needs(permission: str) -> Callable[[View], View]:
    """Name the permission a view needs; the application refuses views that name none.

    Raises KeyError for a permission that is not in the table.
    """
    if permission not in (PUBLIC, SIGNED_IN):
        PERMISSIONS[permission]

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark
