"""What every way in for programs keeps to: how large a part may be, and when to come again."""

from __future__ import annotations

from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

LATER_S = 10
"""In how many seconds to send again what could not be stored."""


def check_size(content: bytes, most: int) -> None:
    """Raise RequestEntityTooLarge (413) for more than ``most`` bytes."""
    if len(content) > most:
        raise RequestEntityTooLarge(
            _("It has %(size)s bytes; %(most)s is the most.", size=len(content), most=most)
        )
