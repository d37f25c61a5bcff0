"""The variables of an export that are no answers: which report it is, where, when and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from observer.collect.intake import receipt_code
from observer.findings.exports.order import Checked
from observer.findings.exports.reading import RegionNames, Report
from observer.findings.exports.variables import Kind, Variable
from observer.missions.models import PlaceKind
from observer.review.forms import STATUSES
from observer.review.models import Severity

_ORDER = list(Severity)


def about_report(checked: Checked, regions: RegionNames) -> list[Variable]:
    """What is said of every report."""
    return [
        *_identity(checked),
        *about_place(regions),
        _column("team", _("Team")),
        *(_observer() if checked.order.people else ()),
        *_times(checked.scope.mission.timezone),
        *_circumstances(),
        *_review(checked),
    ]


def about_item(checked: Checked, regions: RegionNames, path: Sequence[str]) -> list[Variable]:
    """What is said of every item of a repeat: of which report it is, and which item of it.

    ``path`` are the names of the repeats it lies in, its own last.
    """
    numbers = [
        _variable(
            f"{repeat}_item",
            _("Number of the item in %(repeat)s", repeat=repeat),
            Kind.INTEGER,
            lambda report, at=at: report.item[at],
        )
        for at, repeat in enumerate(path)
    ]
    return [*_identity(checked), *numbers, *about_place(regions)]


def _variable(
    name: str, label: str, kind: Kind, read: Callable[[Report], Any], **more: Any
) -> Variable:
    return Variable(name=name, label=label, kind=kind, read=read, **more)


def _column(name: str, label: str, kind: Kind = Kind.TEXT, **more: Any) -> Variable:
    return _variable(name, label, kind, lambda report: _or_none(getattr(report.row, name)), **more)


def _or_none(value: Any) -> Any:
    return None if value == "" else value


def _identity(checked: Checked) -> Iterator[Variable]:
    codes = {id_: code for code, id_ in checked.form_ids.items()}
    yield _variable("submission_id", _("Submission"), Kind.TEXT, lambda report: str(report.row.id))
    yield _variable(
        "receipt_code", _("Receipt code"), Kind.TEXT, lambda report: receipt_code(report.row.id)
    )
    yield _variable("form", _("Form"), Kind.TEXT, lambda report: codes[report.row.form_id])
    yield _variable(
        "form_version", _("Version of the form"), Kind.INTEGER, lambda report: report.version
    )
    yield _column("revision", _("Revision"), Kind.INTEGER)
    yield _column(
        "status",
        _("Status"),
        Kind.CHOICE,
        choices={status.value: str(name) for status, name in STATUSES.items()},
    )
    yield _column("round", _("Round"))


def about_place(regions: RegionNames) -> Iterator[Variable]:
    """Where it is: the place, its centre, and the regions it lies in."""
    yield _column("place_code", _("Place: code"))
    yield _column("place_name", _("Place: name"))
    kinds = {PlaceKind.STATION.value: _("polling station"), PlaceKind.CENTRE.value: _("centre")}
    yield _column("place_kind", _("Place: kind"), Kind.CHOICE, choices=kinds)
    yield _variable("centre_code", _("Polling centre: code"), Kind.TEXT, _of_centre("code"))
    yield _variable("centre_name", _("Polling centre: name"), Kind.TEXT, _of_centre("name"))
    for level in range(1, regions.deepest + 1):
        for part, said in enumerate(("code", "name")):
            yield _variable(
                f"region_{level}_{said}",
                _("Region of level %(level)s: code", level=level)
                if said == "code"
                else _("Region of level %(level)s: name", level=level),
                Kind.TEXT,
                lambda report, level=level, part=part: regions.at(report.row.region_id, level)[
                    part
                ],
            )
    yield _column("registered_voters", _("Registered voters"), Kind.INTEGER)
    yield _column("stratum", _("Stratum of the sample"))
    yield _column("weight", _("Weight in the sample"), Kind.DECIMAL)
    yield _variable("place_lat", _("Place: latitude"), Kind.DECIMAL, lambda r: place_position(r)[0])
    yield _variable(
        "place_lon", _("Place: longitude"), Kind.DECIMAL, lambda r: place_position(r)[1]
    )


def place_position(report: Report) -> tuple[float | None, float | None]:
    """Latitude and longitude of a report's place, or else of its centre."""
    row = report.row
    if row.place_lat is not None:
        return row.place_lat, row.place_lon
    return row.centre_lat, row.centre_lon


def _of_centre(part: str) -> Callable[[Report], Any]:
    def read(report: Report) -> Any:
        own = report.row.place_kind == PlaceKind.CENTRE
        return getattr(report.row, f"place_{part}" if own else f"centre_{part}")

    return read


def _observer() -> Iterator[Variable]:
    yield _column("observer_name", _("Observer: name"))
    yield _column("observer_email", _("Observer: email"))


def _times(timezone: str) -> Iterator[Variable]:
    labels = {"started": _("Started"), "finished": _("Finished"), "received": _("Received")}
    for name, label in labels.items():
        column = f"{name}_at"
        yield from _moment(name, label, lambda r, c=column: getattr(r.row, c), ZoneInfo(timezone))


def _moment(
    name: str, label: str, read: Callable[[Report], datetime | None], zone: ZoneInfo
) -> Iterator[Variable]:
    """A moment twice: in UTC, and on the mission's clocks."""

    def in_utc(report: Report) -> datetime | None:
        moment = read(report)
        return None if moment is None else moment.astimezone(UTC).replace(microsecond=0)

    def local(report: Report) -> datetime | None:
        moment = in_utc(report)
        if moment is None:
            return None
        try:
            return moment.astimezone(zone).replace(tzinfo=None)
        except OverflowError:
            # What a phone says may lie at the very edge of the calendar.
            return moment.replace(tzinfo=None)

    yield _variable(f"{name}_utc", _("%(what)s (UTC)", what=label), Kind.MOMENT, in_utc)
    yield _variable(
        f"{name}_local",
        _("%(what)s (time of %(zone)s)", what=label, zone=zone.key),
        Kind.LOCAL,
        local,
    )


def _circumstances() -> Iterator[Variable]:
    yield _column(
        "clock_error_s", _("The phone's clock minus the server's, in seconds"), Kind.DECIMAL
    )
    yield _column("lat", _("Latitude of the phone"), Kind.DECIMAL)
    yield _column("lon", _("Longitude of the phone"), Kind.DECIMAL)
    yield _column("accuracy_m", _("Accuracy of the position in metres"), Kind.DECIMAL)


def _review(checked: Checked) -> Iterator[Variable]:
    yield _variable("urgent", _("Urgent"), Kind.FLAG, lambda report: int(report.row.urgent))
    yield _variable(
        "flags", _("Quality flags that stand"), Kind.INTEGER, lambda report: len(report.flags)
    )
    yield _variable(
        "worst_flag",
        _("The gravest flag"),
        Kind.CHOICE,
        lambda report: min(report.flags, key=_ORDER.index).value if report.flags else None,
        choices={
            Severity.GRAVE.value: _("grave"),
            Severity.DOUBTFUL.value: _("doubtful"),
            Severity.NOTICE.value: _("notice"),
        },
    )
    zone = ZoneInfo(checked.scope.mission.timezone)
    yield from _moment(
        "reviewed", _("Reviewed"), lambda r: r.reviewed.at if r.reviewed else None, zone
    )
    yield _variable(
        "review_reason",
        _("What the reviewer said"),
        Kind.TEXT,
        lambda report: _or_none(report.reviewed.reason) if report.reviewed else None,
    )
    if checked.order.people:
        yield _variable(
            "reviewed_by",
            _("Reviewed by"),
            Kind.TEXT,
            lambda report: report.reviewed.by if report.reviewed else None,
        )
