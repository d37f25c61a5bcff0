"""The forms of the page of the sample."""

from __future__ import annotations

import secrets

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DecimalField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from observer.findings.sampling import BY_REGION, BY_STRATUM

LONGEST_SEED, LONGEST_REASON = 60, 500
USUAL_RESERVE, MOST_RESERVE = 2, 20
_BETWEEN = _l("Write a whole number from %(min)s to %(max)s.")
_LONG = _l("Write at most %(max)s characters.")


def _printable(_form: FlaskForm, field: StringField) -> None:
    if not field.data.isprintable():
        raise ValidationError(_("This has a character that cannot be printed."))


def _trimmed(text: str | None) -> str:
    return " ".join((text or "").split())


class MarginForm(FlaskForm):
    """Which margin of error is wanted."""

    margin = DecimalField(
        _l("Wanted margin, in points"),
        validators=[
            InputRequired(_l("Write how far the estimate may be off, such as 3 for ± 3 points.")),
            NumberRange(0.1, 50, _l("Write a number from %(min)s to %(max)s.")),
        ],
    )


class DrawForm(FlaskForm):
    """How a sample is drawn."""

    size = IntegerField(
        _l("Polling stations to draw"),
        validators=[
            InputRequired(_l("Write how many polling stations are to be observed.")),
            NumberRange(1, 1_000_000, _BETWEEN),
        ],
    )
    by = SelectField(
        _l("Strata"),
        choices=[
            SelectChoice(BY_REGION, _l("the regions at the top of the tree")),
            SelectChoice(BY_STRATUM, _l("those of the place list")),
        ],
    )
    seed = StringField(
        _l("Seed"),
        filters=[_trimmed],
        validators=[
            DataRequired(_l("Write a word or a number; the same one draws the same sample.")),
            Length(max=LONGEST_SEED, message=_LONG),
            _printable,
        ],
    )
    replacements = IntegerField(
        _l("In reserve, for each stratum"),
        validators=[
            InputRequired(_l("Write how many stations stand ready to replace others.")),
            NumberRange(0, MOST_RESERVE, _BETWEEN),
        ],
    )
    confirmed = BooleanField()


def draw_form(given: MultiDict[str, str] | None, size: int | None = None) -> DrawForm:
    """The form; without answers, with what most people want and a seed by chance."""
    usual = {
        "size": size,
        "by": BY_REGION,
        "seed": secrets.token_hex(4),
        "replacements": USUAL_RESERVE,
    }
    # The guard looks at the page's token; a preview has an address, without one.
    return DrawForm(given, data=None if given else usual, meta={"csrf": False})


class ReplaceForm(FlaskForm):
    """Which station is observed in place of another, and why."""

    by = RadioField(
        _l("Observe in its place"),
        validators=[InputRequired(_l("Choose one of the reserve."))],
    )
    reason = StringField(
        _l("Why it cannot be observed"),
        filters=[_trimmed],
        validators=[
            DataRequired(_l("Write why, for whoever asks later: road washed away.")),
            Length(max=LONGEST_REASON, message=_LONG),
            _printable,
        ],
    )
