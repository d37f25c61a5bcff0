"""What the pages share on which a CSV file of sources or recommendations is imported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import flash, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from observer.badinput import BadFileError
from observer.database import get_session
from observer.missions.models import Mission
from observer.missions.scope import current_scope
from observer.statements.bringing import Brought, from_upload
from observer.statements.forms import CsvFileForm

Importer = Callable[[Session, Mission, Path], Brought]
Page = Callable[[CsvFileForm, BadFileError | None], str]
"""The page with its form, and what was wrong with the file that was sent."""


def import_csv(importer: Importer, page: Page) -> BaseResponse | tuple[str, int]:
    """Import the file that was sent, and go back to the page; it says what is wrong otherwise."""
    form = CsvFileForm()
    if not form.validate_on_submit():
        return page(form, None), 422
    session, mission = get_session(), current_scope().mission
    try:
        brought = from_upload(form.file.data, lambda path: importer(session, mission, path))
    except BadFileError as error:
        session.rollback()
        return page(form, error), 422
    session.commit()
    flash(brought.said, "success")
    return redirect(url_for(".index"))
