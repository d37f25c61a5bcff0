"""The system query options that the feed takes, and what it says of the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

TOP, SKIP, SELECT, COUNT, SKIPTOKEN = "$top", "$skip", "$select", "$count", "$skiptoken"
OF_TABLES = (TOP, SKIP, SELECT, COUNT)
"""Those that clients may write; the token of a next page is part of an address that we gave."""
MOST_DIGITS = 12


class OptionError(ValueError):
    """A query option cannot be read; the message is a sentence."""


class UnsupportedOptionError(OptionError):
    """A query option that OData has and the feed does not."""


@dataclass(frozen=True)
class Asked:
    """Which rows and columns of a table are asked for."""

    top: int | None = None
    skip: int = 0
    select: tuple[str, ...] | None = None
    """None for all columns."""
    count: bool = False
    after: str = ""
    """Where the page before ended; empty for the first one."""


def refuse_others(names: Iterable[str], supported: Collection[str]) -> None:
    """Raise UnsupportedOptionError for the first system query option that is not supported."""
    for name in names:
        if name.startswith("$") and name not in supported:
            if OF_TABLES[0] not in supported:
                raise UnsupportedOptionError(
                    _("%(option)s is not supported here; no query option is.", option=name)
                )
            raise UnsupportedOptionError(
                _(
                    "%(option)s is not supported. The feed takes %(supported)s; everything else "
                    "is for the program that reads it.",
                    option=name,
                    supported=", ".join(OF_TABLES),
                )
            )


def read_options(given: MultiDict[str, str]) -> Asked:
    """What the query options of a table's address ask for.

    Raises UnsupportedOptionError for one that the feed does not have, OptionError for one that
    cannot be read.
    """
    refuse_others(given, (*OF_TABLES, SKIPTOKEN))
    for name in given:
        if name.startswith("$") and len(given.getlist(name)) > 1:
            raise OptionError(_("%(option)s is given more than once.", option=name))
    return Asked(
        top=_number(TOP, given[TOP]) if TOP in given else None,
        skip=_number(SKIP, given[SKIP]) if SKIP in given else 0,
        select=_names(given[SELECT]) if SELECT in given else None,
        count=_flag(given[COUNT]) if COUNT in given else False,
        after=given.get(SKIPTOKEN, ""),
    )


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise OptionError(_("%(option)s is a whole number, 0 or more.", option=name))
    return int(text)


def _names(text: str) -> tuple[str, ...] | None:
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    return None if "*" in names else names


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise OptionError(_("$count is true or false."))
    return text == "true"
