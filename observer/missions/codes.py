"""What codes, names and emails may look like."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

LONGEST_CODE = 64
_CODE = re.compile(r"[^\s;,]+")
CODE_RULE = f"1 to {LONGEST_CODE} characters without spaces, commas and semicolons"


class NotPossibleError(ValueError):
    """Something cannot be done with the mission; the message says why and what would help."""


def is_code(text: str) -> bool:
    """Whether a text can be the code of a mission, round, region, place or team.

    Codes stand in lists separated by spaces or semicolons.
    """
    return len(text) <= LONGEST_CODE and text.isprintable() and bool(_CODE.fullmatch(text))


def checked_code(text: str) -> str:
    """The code itself. Raises NotPossibleError where it cannot be one."""
    if not is_code(text):
        raise NotPossibleError(f"{text!r} cannot be a code: write {CODE_RULE}.")
    return text


def checked_name(text: str, longest: int = 200) -> str:
    """A name without spaces round it. Raises NotPossibleError where it cannot be kept."""
    text = " ".join(text.split())
    if not text or len(text) > longest or not text.isprintable():
        raise NotPossibleError(f"{text[:60]!r} cannot be a name: write 1 to {longest} characters.")
    return text


def email_mistake(email: str) -> str:
    """What is wrong with an email address; empty where nothing is."""
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError as error:
        return str(error)
    return ""
