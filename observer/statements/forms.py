"""Forms of the editor's pages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    Regexp,
    ValidationError,
)

from observer.statements.comments import MOST_COMMENT, MOST_QUOTE
from observer.statements.operations import has_outline
from observer.statements.paperkinds import KINDS, REGIONAL_ANNEX, STATEMENT
from observer.statements.phrases import language_names
from observer.statements.recommendationmodels import EARLIER, NEW
from observer.statements.recommendations import CODE, Wording
from observer.statements.sectionmodels import SectionState
from observer.statements.sections import LONGEST_KEY
from observer.statements.template import MOST_TEXT
from observer.statements.themes import DEFAULT_PAPER, DEFAULT_THEME, PAPERS, usable_themes
from observer.statements.unseen import SeenForm

_TITLE = [DataRequired(), Length(max=200)]
_SUBTITLE = [Length(max=300)]
YEARS = range(2000, 2200)
_NUMBER = r"^[0-9]{1,9}$"


def theme_choices() -> list[SelectChoice]:
    """The looks that can be used, by their titles."""
    return [SelectChoice(theme.name, theme.title) for theme in usable_themes()]


def language_choices() -> list[SelectChoice]:
    """The languages that a statement can be written in."""
    return [SelectChoice(code, name) for code, name in language_names().items()]


def paper_choices() -> list[SelectChoice]:
    """The papers that there are."""
    return [SelectChoice(code, name) for code, name in PAPERS.items()]


class NewStatementForm(FlaskForm):
    """What a statement needs before its text."""

    title = StringField(_l("Title"), _TITLE)
    round = SelectField(_l("Round"))
    dated = DateField(_l("Date on the statement"), [InputRequired()])
    kind = SelectField(
        _l("Kind"),
        choices=[SelectChoice(kind, name) for kind, name in KINDS.items()],
        default=STATEMENT,
    )
    regions = SelectMultipleField(
        _l("Regions"),
        description=_l(
            "Of a regional annex alone: the regions it is about. Without any it is about all from "
            "which there are reports."
        ),
    )
    language = SelectField(_l("Language"), choices=language_choices)
    theme = SelectField(_l("Look"), choices=theme_choices, default=DEFAULT_THEME)
    paper = SelectField(_l("Paper"), choices=paper_choices, default=DEFAULT_PAPER)
    submit = SubmitField(_l("Begin from the outline"))

    def validate_regions(self, field: SelectMultipleField) -> None:
        """Regions are chosen for what has a section for each."""
        if field.data and self.kind.data != REGIONAL_ANNEX:
            raise ValidationError(_("Only a regional annex is about some regions; choose none."))

    def validate_kind(self, field: SelectField) -> None:
        """A paper begins from the outline of its kind, which not every language has."""
        names = language_names()
        if self.language.data in names and not has_outline(self.language.data, field.data):
            raise ValidationError(
                _(
                    "There is no outline of this kind in %(language)s; choose another language.",
                    language=names[self.language.data],
                )
            )


class ReplaceTextForm(FlaskForm):
    """A file whose text is to be a statement's newest."""

    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l("A Word file (.docx) or Markdown (.md), with or without front matter."),
        render_kw={"accept": ".docx,.md"},
    )
    edit = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9]{1,9}$")])
    submit = SubmitField(_l("Replace the text"))


class ImportTextForm(FlaskForm):
    """A file to begin a statement with, and what it may not say itself."""

    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l("A Word file (.docx) or Markdown (.md), with or without front matter."),
        render_kw={"accept": ".docx,.md"},
    )
    title = StringField(
        _l("Title"), [Length(max=200)], description=_l("Nothing: the title in the file.")
    )
    round = SelectField(_l("Round"))
    dated = DateField(_l("Date on the statement"), [InputRequired()])
    language = SelectField(_l("Language"), choices=language_choices)
    submit = SubmitField(_l("Import"))


class StatementForm(FlaskForm):
    """A statement's text, and what stands above it."""

    title = StringField(_l("Title"), _TITLE)
    subtitle = StringField(_l("Subtitle"), _SUBTITLE)
    dated = DateField(_l("Date"), [InputRequired()])
    text = TextAreaField(_l("Text"), [Length(max=MOST_TEXT)])
    edit = HiddenField(validators=[InputRequired(), Regexp(_NUMBER)])
    against = HiddenField(validators=[Optional(), Regexp(_NUMBER)])
    """The newer text whose conflicts with this one are settled: see :mod:`saving`."""
    base = HiddenField(validators=[Length(max=MOST_TEXT)])
    save = SubmitField(_l("Save"))


class AddLanguageForm(FlaskForm):
    """A language to write a statement in too."""

    language = SelectField(_l("Language"))
    title = StringField(_l("Title in this language"), _TITLE)
    subtitle = StringField(_l("Subtitle in this language"), _SUBTITLE)
    submit = SubmitField(_l("Add this language"))


class SectionForm(FlaskForm):
    """Who has a section, and how far it has come."""

    key = HiddenField(validators=[InputRequired(), Length(max=LONGEST_KEY)])
    owner = IntegerField(validators=[Optional()])
    state = SelectField(choices=[SelectChoice(state.value, state.value) for state in SectionState])
    edit = HiddenField(validators=[InputRequired(), Regexp(_NUMBER)])
    """The saved text that was seen."""
    again = BooleanField()
    """Agreed to the figures as they stand now."""


class ForgetSectionForm(FlaskForm):
    """Which section, gone from the text, is to be forgotten."""

    key = HiddenField(validators=[InputRequired(), Length(max=LONGEST_KEY)])


class CommentForm(FlaskForm):
    """Something to say about a passage, or a section, or in reply."""

    section = HiddenField(validators=[Length(max=LONGEST_KEY)])
    quote = HiddenField(validators=[Length(max=MOST_QUOTE)])
    before = HiddenField()
    after = HiddenField()
    reply_to = IntegerField(validators=[Optional()])
    text = TextAreaField(validators=[DataRequired(), Length(max=MOST_COMMENT)])


class CommentStepForm(FlaskForm):
    """Asks for a comment to be settled or opened again."""


class FreezeForm(FlaskForm):
    """What is said of a version when it is frozen."""

    note = StringField(_l("What was corrected since the version before"), [Length(max=500)])
    edit = HiddenField(validators=[InputRequired(), Regexp(_NUMBER)])
    number = HiddenField(validators=[InputRequired(), Regexp(_NUMBER)])
    """Of the version it is to become: sent twice, it becomes one all the same."""
    freeze = SubmitField(_l("Freeze the saved text"))


class LayoutForm(FlaskForm):
    """What a statement looks like, and on which paper."""

    theme = SelectField(_l("Look"), choices=theme_choices)
    paper = SelectField(_l("Paper"), choices=paper_choices)
    save = SubmitField(_l("Save"))

    def validate_paper(self, field: SelectField) -> None:
        """Not every look is made for every paper."""
        chosen = [theme for theme in usable_themes() if theme.name == self.theme.data]
        if chosen and field.data not in chosen[0].papers:
            raise ValidationError(_("This look is not made for this paper."))


class PublishForm(FlaskForm):
    """When everybody may see a version."""

    embargoed_until = DateTimeLocalField(_l("Embargoed until"), [Optional()])
    publish = SubmitField(_l("Publish"))

    def validate_embargoed_until(self, field: DateTimeLocalField) -> None:
        """A year that an embargo can end in: there is no moment for the last one everywhere."""
        if field.data is not None and field.data.year not in YEARS:
            raise ValidationError(
                _("The end of an embargo is a day and a time, such as 2026-06-09 10:00.")
            )


class RestoreForm(FlaskForm):
    """Asks for an earlier text to be saved again."""

    edit = HiddenField(validators=[InputRequired(), Regexp(_NUMBER)])
    restore = SubmitField(_l("Save this text again"))


def _texts(**given: Any) -> Form:
    """A field for each language that a statement can be written in, named by its code."""
    fields = {
        code: TextAreaField(name, [Length(max=5_000)], render_kw={"lang": code, "dir": "auto"})
        for code, name in language_names().items()
    }
    return type("Texts", (Form,), fields)(**given)


class RecommendationForm(SeenForm):
    """A recommendation of this mission, or an earlier one with its follow-up."""

    code = StringField(
        _l("Number"),
        [
            DataRequired(),
            Regexp(f"^{CODE.pattern}$", message=_l("Letters, digits, - and ., such as R3")),
        ],
    )
    kind = SelectField(
        _l("Made by"),
        choices=[
            SelectChoice(NEW, _l("this mission")),
            SelectChoice(EARLIER, _l("an earlier mission")),
        ],
    )
    text = FormField(_texts, _l("What is recommended"), separator="_")
    addressee = StringField(
        _l("To whom"),
        [Length(max=200)],
        description=_l("The table groups recommendations by it."),
    )
    basis = StringField(_l("Legal basis"), [Length(max=500)])
    is_priority = BooleanField(_l("This is a priority"))
    origin = StringField(
        _l("Earlier mission and year"),
        [Length(max=200)],
        description=_l("Of an earlier recommendation only."),
    )
    status = SelectField(
        _l("What became of it"),
        choices=[
            SelectChoice("", _l("not looked at yet")),
            SelectChoice("implemented", _l("implemented")),
            SelectChoice("partly", _l("partly implemented")),
            SelectChoice("not", _l("not implemented")),
            SelectChoice("no_longer_applicable", _l("no longer applicable")),
            SelectChoice("too_early", _l("too early to say")),
        ],
        default="",
        description=_l("Of an earlier recommendation only."),
    )
    note = TextAreaField(_l("Note"), [Length(max=5_000)])
    submit = SubmitField(_l("Save recommendation"))

    @property
    def texts(self) -> dict[str, str]:
        """What is recommended, by language."""
        told = {code: " ".join((text or "").split()) for code, text in self.text.data.items()}
        return {code: text for code, text in told.items() if text}

    @property
    def wording(self) -> Wording:
        """The recommendation but for its number and place."""
        is_earlier = self.kind.data == EARLIER
        return Wording(
            kind=self.kind.data,
            texts=self.texts,
            addressee=self.addressee.data or "",
            basis=self.basis.data or "",
            is_priority=self.is_priority.data,
            origin=self.origin.data or "",
            status=self.status.data if is_earlier else "",
            note=self.note.data or "",
        )

    def show(self, texts: dict[str, str]) -> None:
        """Fill in what is recommended."""
        for field in self.text:
            field.data = texts.get(field.short_name, "")

    def validate(self, extra_validators: object = None) -> bool:
        """Besides the fields' own rules: it says something in one language at least."""
        is_right = super().validate(extra_validators)
        if not self.texts:
            message = _("Write what is recommended, in one language at least.")
            first = next(iter(self.text))
            first.errors = [*first.errors, message]
            return False
        return is_right


class CsvFileForm(FlaskForm):
    """A file of rows: recommendations, or sources."""

    file = FileField(
        _l("CSV file"), [FileRequired(_l("Choose a file."))], render_kw={"accept": ".csv"}
    )
    submit = SubmitField(_l("Import"))


class DeleteForm(FlaskForm):
    """Asks to delete."""

    delete = SubmitField(_l("Delete"))


class MoveForm(FlaskForm):
    """A button that moves a row."""
