"""The filters of the board of incidents, and the forms of a case."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import UUID, InputRequired, Length
from wtforms.widgets import HiddenInput

from observer.review.casemodels import IncidentCase, State
from observer.review.forms import ANY, GetForm
from observer.review.timeline import STATES

LONGEST_TITLE = IncidentCase.title.type.length
MOST_TEXT = 5_000
STATE_CHOICES = [SelectChoice(state.value, label) for state, label in STATES.items()]


class BoardForm(GetForm):
    """What the board is limited to."""

    round = SelectField(_l("Round"), validate_choice=False)
    gravity = SelectField(_l("Gravity"), validate_choice=False)
    type = SelectField(_l("Type"), validate_choice=False)
    region = SelectField(_l("Region"), validate_choice=False)
    responsible = SelectField(_l("Responsible"), validate_choice=False)
    state = SelectField(_l("State"), choices=[ANY, *STATE_CHOICES], validate_choice=False)
    q = StringField(_l("Text"), render_kw={"placeholder": _l("words, place, code")})


class SeenForm(FlaskForm):
    """A step with a case; ``seen`` is the version of it that the person was looking at."""

    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class MoveForm(SeenForm):
    """Into which state, and why."""

    state = SelectField(_l("Into the state"), choices=STATE_CHOICES, coerce=State)
    reason = TextAreaField(_l("Reason"), validators=[Length(max=MOST_TEXT)])


class JudgementForm(SeenForm):
    """What the mission says of a case; choices are filled in from the form of incidents."""

    title = TextAreaField(
        _l("Summary for the statement"),
        validators=[Length(max=LONGEST_TITLE)],
        render_kw={"rows": 3},
    )
    gravity = SelectField(_l("Gravity"))
    type = SelectField(_l("Type"))
    responsible = SelectField(_l("Responsible"), coerce=int)
    reason = StringField(_l("Reason for another gravity"), validators=[Length(max=MOST_TEXT)])


class NoteForm(FlaskForm):
    """Something to remember in the timeline."""

    note = TextAreaField(_l("Note"), validators=[Length(max=MOST_TEXT)])


class LinkForm(SeenForm):
    """A further report by its receipt code or id."""

    code = StringField(_l("Receipt code of another report"), validators=[InputRequired()])


class UnlinkForm(SeenForm):
    """Which report is to leave."""

    report = StringField(widget=HiddenInput(), validators=[InputRequired(), UUID()])
