"""The reader's language: of the page, its numbers and its times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import flask_babel
from flask import Flask, has_request_context, request, session
from flask_babel import Babel, get_locale
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context

LANGUAGES = {"en": "English", "es": "Español", "fr": "Français"}
"""The languages the pages are written in."""
PHONE_LANGUAGES = LANGUAGES | {"ar": "العربية"}
"""Those of the application on the phone; what a catalogue does not say yet it says in English."""


def select_language() -> str:
    """The language chosen on this device, else the person's own, else what the browser prefers.

    Commands speak English.
    """
    if not has_request_context():
        return "en"
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return chosen
    if current_user and current_user.is_authenticated and current_user.language in LANGUAGES:
        return current_user.language
    return request.accept_languages.best_match(LANGUAGES) or "en"


def in_language(texts: dict[str, str], language: str | None = None) -> str:
    """The text in a language (the page's own by default), else in the one that comes first."""
    language = language or str(get_locale())
    return texts.get(language) or next(iter(texts.values()), "")


def ngettext(singular: str, plural: str, num: int, **variables: Any) -> str:
    """A sentence with a count in it, ``%(num)s``, written with the signs of the language."""
    said = flask_babel.get_domain().get_translations().ungettext(singular, plural, num)
    return said % ({"num": flask_babel.format_decimal(num)} | variables)


def _counting(translate: Callable[..., str]) -> Callable[..., str]:
    """What templates have for :func:`ngettext`."""

    @pass_context
    def with_signs(context: Context, singular: str, plural: str, num: int, **variables: Any) -> str:
        shown = {"num": flask_babel.format_decimal(num)} | variables
        return translate(context, singular, plural, num, **shown)

    return with_signs


def format_share(share: float | None, digits: int = 0) -> str:
    """A share as a percentage in the reader's language: 0.885 is ``88.5 %`` or ``88,5 %``."""
    if share is None:
        return "–"
    return flask_babel.format_percent(share, "#,##0%" if digits == 0 else f"#,##0.{'0' * digits}%")


def format_moment(moment: datetime | None, timezone: str, style: str = "d MMM HH:mm") -> str:
    """A moment on the clocks of a time zone, in the reader's language."""
    if moment is None:
        return "–"
    try:
        local = moment.astimezone(ZoneInfo(timezone))
    except OverflowError:
        # Somebody's answer at the very edge of the calendar, which has no such hour there.
        local = moment
    return flask_babel.format_datetime(local, style, rebase=False)


def format_day(day: date, style: str = "long") -> str:
    """A day in the reader's language."""
    return flask_babel.format_date(day, style, rebase=False)


def init_app(app: Flask) -> None:
    """Translate pages, and give templates the formats of the reader's language."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=select_language)
    formats: dict[str, Any] = {
        "share": format_share,
        "moment": format_moment,
        "day": format_day,
        "number": flask_babel.format_decimal,
        "in_language": in_language,
    }
    app.jinja_env.filters.update(formats)
    app.jinja_env.globals["ngettext"] = _counting(app.jinja_env.globals["ngettext"])
    app.context_processor(lambda: {"languages": LANGUAGES, "locale": str(get_locale())})
