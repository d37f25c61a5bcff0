"""Names in a question about figures: the known ones, and what to say of the others."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from flask_babel import gettext as _

MOST_LISTED = 40


class UnknownNameError(LookupError):
    """A form, question, answer or region that there is not; the message is a sentence."""

    def __init__(self, message: str, names: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.names = list(names)
        """What there is instead."""


def known(name: str, names: Iterable[str], what: str) -> str:
    """The name, if it is one of these. Raises UnknownNameError listing what there is."""
    names = list(names)
    if name in names:
        return name
    listed = get_close_matches(name, names, n=5) if len(names) > MOST_LISTED else names
    if listed:
        message = _(
            "There is no %(what)s “%(name)s”; there is %(names)s.",
            what=what,
            name=name,
            names=", ".join(listed),
        )
    else:
        message = _("There is no %(what)s “%(name)s”.", what=what, name=name)
    raise UnknownNameError(message, names)
