"""A form's questions as a phone shows them, with nothing in them about who fills it or where."""

from __future__ import annotations

import re
from typing import Any

from flask import render_template
from flask_babel import force_locale

from observer.checklists.definition import FormDefinition
from observer.checklists.fields import form_class
from observer.checklists.logic import compiled_form
from observer.collect.steps import steps_of
from observer.language import in_language

URGENT_FORM = "incident"
"""The form whose reports may have to be seen at once."""
_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")


def form_page(
    definition: FormDefinition, version: int, language: str, *, bare: bool = False
) -> dict[str, Any]:
    """A version's questions as HTML and its logic, in one of the pages' languages.

    ``bare`` leaves out what a phone asks and says around the questions: where, and the summary.
    """
    with force_locale(language):
        html = render_template(
            "collect/form.html",
            definition=definition,
            form=form_class(definition, language)(),
            steps=steps_of(definition),
            bare=bare,
            may_be_urgent=definition.code == URGENT_FORM,
        )
        return {
            "code": definition.code,
            "version": version,
            "title": in_language(definition.title, language),
            "place": definition.place,
            "language": language,
            # The lines of the templates would be a third of what a phone has to fetch.
            "html": _BETWEEN_TAGS.sub("><", html).strip(),
            "logic": compiled_form(definition, language),
        }
