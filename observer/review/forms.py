"""The filters of the lists, and the form of a reviewer's step."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from observer.collect.models import Status

STATUSES = {
    Status.HELD: _l("held"),
    Status.RECEIVED: _l("received"),
    Status.VERIFIED: _l("verified"),
    Status.REJECTED: _l("rejected"),
}
COUNTED = "counted"
"""The name of a choice: what findings count, received and verified submissions."""
ANY = SelectChoice("", _l("all"))


class GetForm(FlaskForm):
    """A form whose answers stand in the address; it changes nothing."""

    class Meta:
        """Without a token."""

        csrf = False


class SubmissionFilterForm(GetForm):
    """What the list of submissions is limited to."""

    round = SelectField(_l("Round"), validate_choice=False)
    form = SelectField(_l("Form"), validate_choice=False)
    question = SelectField(_l("Question"), validate_choice=False)
    answer = SelectField(_l("Answer"), validate_choice=False)
    problem = SelectField(
        _l("Problems"),
        choices=[ANY, SelectChoice("grave", _l("grave")), SelectChoice("minor", _l("other"))],
        validate_choice=False,
    )
    status = SelectField(
        _l("Status"),
        choices=[
            ANY,
            *(SelectChoice(name, label) for name, label in STATUSES.items()),
            SelectChoice(COUNTED, _l("received and verified")),
        ],
        validate_choice=False,
    )
    region = SelectField(_l("Region"), validate_choice=False)
    place = StringField(_l("Place"), render_kw={"placeholder": _l("code or name")})
    who = StringField(_l("Team or observer"), render_kw={"placeholder": _l("code or name")})
    code = StringField(_l("Receipt code"), render_kw={"placeholder": "8F3A20C1"})
    urgent = SelectField(
        _l("Urgency"), choices=[ANY, SelectChoice("yes", _l("urgent"))], validate_choice=False
    )


class StepForm(FlaskForm):
    """A reviewer's step: the reason, and the change of the submission they were looking at."""

    reason = TextAreaField(_l("Reason"))
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class AssignForm(FlaskForm):
    """Who is to look after a submission: a person's id, empty for nobody."""

    person = IntegerField(validators=[Optional()])
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class AskForm(FlaskForm):
    """A question to the observer, and the change of the submission that the reviewer saw."""

    question = TextAreaField(_l("Question to the observer"))
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
