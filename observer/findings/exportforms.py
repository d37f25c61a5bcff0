"""The form of an export, and of a token for the feed."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    ValidationError,
)

from observer.collect.models import Status
from observer.findings.exports.names import FORMATS
from observer.findings.exports.order import Layout, Order, Where, languages_of
from observer.findings.selection import COUNTED
from observer.language import LANGUAGES
from observer.missions.scope import Scope
from observer.review.filtering import form_titles
from observer.review.forms import ANY, STATUSES
from observer.review.queries import regions_to_choose

LAYOUTS = {
    Layout.SUBMISSIONS: _l("a row for each submission"),
    Layout.REPEATS: _l("a row for each item of a repeat: each party, each ballot box"),
    Layout.STATIONS: _l("a row for each place, with all forms side by side"),
}
FORMAT_NAMES = {
    "xlsx": _l("Excel (.xlsx)"),
    "csv": _l("CSV (.csv, in a zip)"),
    "parquet": _l("Parquet, for R and Python (.parquet, in a zip)"),
    "gpkg": _l("GeoPackage, for maps (.gpkg)"),
    "geojson": _l("GeoJSON, for maps (.geojson, in a zip)"),
    "sav": _l("SPSS (.sav, in a zip)"),
    "dta": _l("Stata (.dta, in a zip)"),
}


LONGEST_NAME = 200
USUAL_DAYS, MOST_DAYS = 60, 365
"""For so many days a token for the feed is valid; the usual ones are those of a mission."""


class ExportForm(FlaskForm):
    """What is exported, and how."""

    layout = SelectField(
        _l("A table with"), choices=[SelectChoice(k.value, v) for k, v in LAYOUTS.items()]
    )
    forms = SelectMultipleField(_l("Forms"))
    rounds = SelectMultipleField(_l("Rounds"))
    region = SelectField(_l("Region"))
    statuses = SelectMultipleField(
        _l("Status"),
        choices=[SelectChoice(k.value, v) for k, v in STATUSES.items()],
        validators=[InputRequired(_l("Choose at least one status."))],
    )
    labels = SelectField(_l("Heads and choices"))
    format = SelectField(
        _l("Format"), choices=[SelectChoice(k, v) for k, v in FORMAT_NAMES.items()]
    )
    people = BooleanField(_l("With the names of observers and reviewers"))


def export_form(session: Session, scope: Scope, given: MultiDict[str, str] | None) -> ExportForm:
    """The form with what can be chosen in this mission; without answers, what most people want."""
    mission = scope.mission
    usual = {
        "statuses": [status.value for status in COUNTED],
        "labels": "",
        "layout": Layout.SUBMISSIONS.value,
        "format": "xlsx",
        "region": "",
    }
    # The guard looks at the page's token; what is asked for also stands in addresses, without it.
    form = ExportForm(given, data=None if given else usual, meta={"csrf": False})
    form.forms.choices = [SelectChoice(*each) for each in form_titles(session, scope).items()]
    form.rounds.choices = [SelectChoice(r.code, r.name) for r in mission.rounds]
    regions = regions_to_choose(session, scope)
    form.region.choices = [ANY, *(SelectChoice(code, name) for code, name in regions)]
    names = SelectChoice("", _("names, as programs use them"))
    spoken = [SelectChoice(each, _language(each)) for each in languages_of(session, mission)]
    form.labels.choices = [names, *spoken]
    return form


def _language(code: str) -> str:
    return _("labels in %(language)s", language=LANGUAGES.get(code, code))


def order_of(form: ExportForm, links: str) -> Order:
    """What the filled form orders; ``links`` is the address of the pages."""
    data: dict[str, Any] = form.data
    return Order(
        layout=Layout(data["layout"]),
        forms=tuple(data["forms"] or ()),
        rounds=tuple(data["rounds"] or ()),
        region=data["region"] or None,
        statuses=tuple(Status(status) for status in data["statuses"]),
        labels=data["labels"] or None,
        geometry=Where.PLACE,
        people=data["people"],
        links=links,
    )


def file_name(mission_code: str, form: ExportForm, day: date) -> str:
    """What the file is called: mission, layout and day; in a zip where it is several files."""
    chosen = FORMATS[form.format.data]
    end = "" if chosen.holds_tables else ".zip"
    return f"{mission_code}-{form.layout.data}-{day.isoformat()}.{chosen.suffix}{end}"


def _is_printable(_form: FlaskForm, field: StringField) -> None:
    if not field.data.isprintable():
        raise ValidationError(_("This has a character that cannot be printed."))


class TokenForm(FlaskForm):
    """A token for the feed."""

    name = StringField(
        _l("For which program"),
        filters=[lambda text: " ".join((text or "").split())],
        validators=[
            DataRequired(_l("Write for which program it is, so that you know it again.")),
            Length(max=LONGEST_NAME, message=_l("Write at most %(max)s characters.")),
            _is_printable,
        ],
    )
    days = IntegerField(
        _l("For how many days"),
        default=USUAL_DAYS,
        validators=[
            NumberRange(1, MOST_DAYS, _l("Write a whole number from %(min)s to %(max)s.")),
        ],
    )
