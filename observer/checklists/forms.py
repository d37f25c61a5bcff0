"""Forms of the data manager's pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import HiddenField, SubmitField
from wtforms.validators import InputRequired


class ImportForm(FlaskForm):
    """A file that defines a form."""

    file = FileField(
        _l("XLSForm"),
        [FileRequired(_l("Choose a file."))],
        description=_l("A workbook (.xlsx, .xls), a .csv or Markdown tables (.md)."),
        render_kw={"accept": ".xlsx,.xls,.csv,.md"},
    )
    lists = MultipleFileField(
        _l("Lists and pictures that it names"),
        description=_l(
            "Files of choices and tables (.csv, .xml, .geojson) and pictures of labels "
            "(.jpg, .png, .webp), as many as it names."
        ),
        render_kw={"accept": ".csv,.xml,.geojson,image/*"},
    )
    submit = SubmitField(_l("Import as a draft"))


class StampedForm(FlaskForm):
    """A button that acts on a version as it was seen: publish, discard, move, remove, undo."""

    stamp = HiddenField(validators=[InputRequired()])
