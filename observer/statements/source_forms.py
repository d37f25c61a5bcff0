"""The form of a source."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField, SubmitField, URLField
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from observer.statements.notes import is_link
from observer.statements.sources import CODE, LONGEST, Told
from observer.statements.unseen import SeenForm


class SourceForm(SeenForm):
    """Somebody else's figure."""

    code = StringField(
        _l("Short name"),
        [
            DataRequired(),
            Regexp(
                rf"{CODE.pattern}\Z",
                message=_l("Small letters, digits and -; not “new” or “import”"),
            ),
        ],
    )
    figure = StringField(
        _l("Figure, as it is printed"), [DataRequired(), Length(max=LONGEST["figure"])]
    )
    body = StringField(_l("Who published it"), [DataRequired(), Length(max=LONGEST["body"])])
    title = StringField(_l("Where: the title"), [DataRequired(), Length(max=LONGEST["title"])])
    published_on = DateField(_l("Published on"), [Optional()])
    url = URLField(_l("Link"), [Optional(), Length(max=LONGEST["url"])])
    accessed_on = DateField(_l("Read on"), [Optional()])
    submit = SubmitField(_l("Save source"))

    def validate_url(self, field: URLField) -> None:
        """A link can be printed as one, and followed."""
        if not is_link(field.data):
            raise ValidationError(_("This is no link such as https://example.org."))

    @property
    def told(self) -> Told:
        """What is told of the source."""
        return Told(
            body=self.body.data,
            title=self.title.data,
            figure=self.figure.data,
            published_on=self.published_on.data,
            url=self.url.data or "",
            accessed_on=self.accessed_on.data,
        )
