"""What the browser needs to show a map as it was at each half hour, without asking again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from observer.findings import words
from observer.findings.through import Added, Growth
from observer.language import format_moment
from observer.maps.choropleth import FEW, NO_DATA, Layer
from observer.maps.layers import fill_of
from observer.missions.models import PlaceKind, Round

K, N, TIME = "{k}", "{n}", "{time}"
"""What the browser puts numbers and times in place of."""


def day_data(layer: Layer, growth: Growth, round_: Round, timezone: str) -> dict[str, Any]:
    """The figures' growth by region, what shades them, and the sentences to tell them in.

    Plain JSON. Of each region: how many places there are, and what steps added to it, as step,
    k, n and places observed.
    """
    figures = [*layer.regions, *layer.beside]
    return {
        "moments": [_time(moment, round_, timezone) for moment in growth.moments],
        "regions": {
            figure.code: [
                figure.counts.total,
                [_row(each) for each in growth.added.get(figure.code, ())],
            ]
            for figure in figures
        },
        "isCoverage": layer.subject.is_coverage,
        "minBase": layer.min_base,
        "classes": [[each.upper, each.colour] for each in layer.classes],
        "few": fill_of(layer, FEW),
        "none": fill_of(layer, NO_DATA),
        # A number's thousands as the reader's language parts them.
        "group": words.number(1000)[1:-3],
        "texts": {
            "counts": _("%(k)s of %(n)s", k=K, n=N),
            "observed": _("%(k)s of %(n)s polling centres observed", k=K, n=N)
            if layer.places is PlaceKind.CENTRE
            else _("%(k)s of %(n)s polling stations observed", k=K, n=N),
            "none": words.none_observed(),
            "until": _("Received before %(time)s", time=TIME),
            "now": _("Received until now"),
        },
    }


def _row(each: Added) -> list[int]:
    return [each.step, each.k, each.n, each.observed]


def _time(moment: datetime, round_: Round, timezone: str) -> str:
    local = moment.astimezone(ZoneInfo(timezone))
    style = "HH:mm" if local.date() == round_.voting_day else "d MMM HH:mm"
    return format_moment(moment, timezone, style)
