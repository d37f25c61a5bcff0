"""What pages and maps say of a figure, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import format_decimal
from flask_babel import gettext as _

from observer.collect.models import Status
from observer.findings.cuts import HOUR, STATUS, STRATUM, TEAM
from observer.language import ngettext
from observer.missions.models import PlaceKind
from observer.missions.placesheet import ATTRIBUTE
from observer.review.forms import STATUSES


def number(value: float) -> str:
    """A number with the signs of the reader's language."""
    return format_decimal(value)


def k_of_n(k: int, n: int) -> str:
    """Counts."""
    return _("%(k)s of %(n)s", k=number(k), n=number(n))


def percentage(k: int, n: int) -> str:
    """A share in whole per cent; what is not quite none and not quite all is not rounded to it."""
    rounded = round(100 * k / n)
    if rounded == 0 and k > 0:
        return "< 1 %"
    if rounded == 100 and k < n:
        return "> 99 %"
    return f"{number(rounded)} %"


def exact_percentage(share: float) -> str:
    """A share to a tenth of a per cent, as estimates are given."""
    return f"{format_decimal(round(share * 100, 1), '#,##0.0')} %"


def counted(k: int, n: int, min_base: int) -> str:
    """Counts, with their share where they are enough for one."""
    if n == 0:
        return none_observed()
    if n < min_base:
        return k_of_n(k, n)
    return f"{k_of_n(k, n)} ({percentage(k, n)})"


def points(difference: float) -> str:
    """A difference between two shares in percentage points: ``+4.2``, ``−0.5``."""
    rounded = round(difference, 1)
    if rounded == 0:
        return format_decimal(0, "0.0")
    return format_decimal(rounded, "+#,##0.0;−#,##0.0")


def quoted(texts: Iterable[str]) -> str:
    """Texts one after the other, each in quotation marks."""
    return ", ".join(_("“%(text)s”", text=text) for text in texts)


def cut_name(by: str) -> str:
    """What figures are cut by: ``time of day``."""
    names = {
        HOUR: _("time of day"),
        TEAM: _("team"),
        STATUS: _("status of the report"),
        STRATUM: _("stratum"),
    }
    return names.get(by) or by.removeprefix(ATTRIBUTE)


def cut_value(by: str, value: str) -> str:
    """A value of a cut: ``07:00–07:59``."""
    if not value:
        return _("not known")
    if by == HOUR:
        return f"{value}:00–{value}:59"
    return str(STATUSES[Status(value)]) if by == STATUS else value


def none_observed() -> str:
    """Where there is nothing to count."""
    return _("none observed")


def fewer_than(least: int) -> str:
    """Where there is too little to give a share."""
    return _("fewer than %(count)s observations", count=number(least))


def bounds(lower: float, upper: float) -> str:
    """The bounds of a class: ``5–10 %``."""
    return f"{_per_cent(lower)}–{_per_cent(upper)} %"


def _per_cent(share: float) -> str:
    return number(round(share * 100, 4))


def observed(places: PlaceKind, k: int, n: int) -> str:
    """How many of the places there are were observed: ``12 of 40 polling stations observed``."""
    if places is PlaceKind.CENTRE:
        return _("%(k)s of %(n)s polling centres observed", k=number(k), n=number(n))
    return _("%(k)s of %(n)s polling stations observed", k=number(k), n=number(n))


def in_both_rounds(places: PlaceKind, count: int) -> str:
    """How many places two rounds are compared over."""
    if places is PlaceKind.CENTRE:
        return ngettext(
            "%(num)s polling centre with an answer in both rounds",
            "%(num)s polling centres with an answer in both rounds",
            count,
        )
    return ngettext(
        "%(num)s polling station with an answer in both rounds",
        "%(num)s polling stations with an answer in both rounds",
        count,
    )


def reports(statuses: Sequence[Status]) -> str:
    """Which reports are counted: ``received and verified reports``."""
    names = sorted(Status(status).value for status in statuses)
    known = {
        ("received", "verified"): _("received and verified reports"),
        ("verified",): _("verified reports"),
        ("received",): _("received reports, not yet verified"),
    }
    return known.get(tuple(names)) or _("reports: %(statuses)s", statuses=", ".join(names))
