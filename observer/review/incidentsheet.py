"""The list of incidents as a file for a spreadsheet, and as JSON for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from observer.collect.intake import receipt_code
from observer.language import format_moment
from observer.missions.models import Mission
from observer.review.board import Words
from observer.review.cases import Case

COLUMNS = (
    "id",
    "state",
    "gravity",
    "gravity_reported",
    "types",
    "title",
    "summary",
    "place",
    "region",
    "lat",
    "lon",
    "occurred_at",
    "told_at",
    "urgent",
    "responsible",
    "reports",
    "receipt_codes",
    "statuses",
)
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet computes a text that begins with one of these."""


def as_json(case: Case) -> dict[str, Any]:
    """A case as programs get it; moments with their zone."""
    first = case.first
    return {
        "id": str(case.id),
        "state": case.state,
        "is_confirmed": case.is_confirmed,
        "gravity": case.gravity or None,
        "gravity_is_judged": case.is_judged,
        "types": list(case.types),
        "title": case.title or None,
        "summary": case.summary or None,
        "place": first.place_code or None,
        "where": first.place or None,
        "region": first.region or None,
        "lat": first.lat,
        "lon": first.lon,
        "occurred_at": _iso(case.occurred_at),
        "told_at": _iso(case.told_at),
        "urgent": case.urgent,
        "responsible": case.responsible.name if case.responsible else None,
        "version": case.version,
        "reports": [
            {
                "id": str(report.submission),
                "code": receipt_code(report.submission),
                "status": report.status,
                "gravity": report.reported_gravity or None,
                "place": report.place_code or None,
                "told_at": _iso(report.told_at),
            }
            for report in case.reports
        ],
    }


def as_csv(mission: Mission, cases: Iterable[Case], words: Words) -> str:
    """The cases as CSV, with a byte order mark for spreadsheets; times on the mission's clocks."""
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for case in cases:
        writer.writerow([_harmless(value) for value in _row(mission, case, words)])
    return file.getvalue()


def _row(mission: Mission, case: Case, words: Words) -> tuple[object, ...]:
    first = case.first
    reported = [report.reported_gravity for report in case.reports]
    return (
        case.id,
        case.state,
        words.gravity(case.gravity),
        ", ".join(map(words.gravity, dict.fromkeys(reported))),
        words.kinds(case),
        case.title,
        case.summary,
        first.place,
        first.region,
        first.lat,
        first.lon,
        _local(mission, case.occurred_at),
        _local(mission, case.told_at),
        "yes" if case.urgent else "no",
        case.responsible.name if case.responsible else "",
        len(case.reports),
        " ".join(receipt_code(report.submission) for report in case.reports),
        " ".join(report.status for report in case.reports),
    )


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value


def _local(mission: Mission, moment: datetime | None) -> str:
    return format_moment(moment, mission.timezone, "yyyy-MM-dd HH:mm") if moment else ""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
