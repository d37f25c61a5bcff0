"""The feed: the tables of exports as OData 4.0, for Excel, Power BI and R."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, abort, current_app, g, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from observer.access.guard import with_tokens
from observer.access.models import Person
from observer.access.permissions import needs
from observer.database import get_session
from observer.findings.exports.variables import UnexpectedAnswerError
from observer.findings.feed import tokens
from observer.findings.feed.calculated import look_anew
from observer.findings.feed.metadata import service_document, write_metadata
from observer.findings.feed.options import (
    SELECT,
    SKIPTOKEN,
    TOP,
    Asked,
    OptionError,
    UnsupportedOptionError,
    read_options,
    refuse_others,
)
from observer.findings.feed.pages import Page, count_rows, read_page, rows_of_page, skip_rows
from observer.findings.feed.positions import from_text, to_text
from observer.findings.feed.sets import Column, EntitySet, Feed, open_feed
from observer.findings.names import UnknownNameError
from observer.limits import feed_limit
from observer.missions.scope import current_scope

PREFIX = "/feed/v1"
JSON_TYPE = "application/json;odata.metadata=minimal;charset=utf-8"
VERSION = {"OData-Version": "4.0"}
READING: dict[str, Any] = {
    "methods": ["GET"],
    "strict_slashes": False,
    "provide_automatic_options": False,
}

blueprint = Blueprint("feed", __name__, url_prefix=PREFIX)


def _person_of_token(token: str) -> Person | None:
    g.feed_token = tokens.find_token(get_session(), token)
    return g.feed_token.person if g.feed_token else None


opened_by_token = with_tokens(_person_of_token)


@blueprint.before_request
def _note_use() -> None:
    if tokens.is_to_be_noted(g.feed_token):
        with current_app.extensions["observer.sessions"].begin() as writing:
            tokens.note_use(writing, g.feed_token.id)


@blueprint.route("/<mission>/", **READING)
@blueprint.route("/<mission>/rounds/<round_>/", **READING)
@needs("submission.export")
@opened_by_token
@feed_limit
def service(mission: str, round_: str = "") -> Response:
    """Which tables there are."""
    _take_no_options()
    feed = _feed(mission, round_)
    return _json(service_document(feed.sets.values(), _root(mission, round_) + "$metadata"))


@blueprint.route("/<mission>/$metadata", **READING)
@blueprint.route("/<mission>/rounds/<round_>/$metadata", **READING)
@needs("submission.export")
@opened_by_token
@feed_limit
def metadata(mission: str, round_: str = "") -> Response:
    """The columns of every table, with their types."""
    _take_no_options()
    feed = _feed(mission, round_)
    with force_locale(feed.checked.page_language):
        written = write_metadata(feed.describe(*feed.sets.values()))
    return Response(written, content_type="application/xml;charset=utf-8", headers=VERSION)


@blueprint.route("/<mission>/<name>", **READING)
@blueprint.route("/<mission>/rounds/<round_>/<name>", **READING)
@needs("submission.export")
@opened_by_token
@feed_limit
def table(mission: str, name: str, round_: str = "") -> Response:
    """Rows of a table, a page of them."""
    feed = _feed(mission, round_)
    try:
        asked = read_options(request.args)
        entity_set = feed.set_of(name)
        return _json(_rows(feed, entity_set, asked, _root(mission, round_)))
    except UnsupportedOptionError as error:
        abort(501, str(error))
    except OptionError as error:
        abort(400, str(error))
    except UnknownNameError as error:
        abort(404, str(error))
    except UnexpectedAnswerError as error:
        look_anew(get_session())
        abort(409, str(error))


def _rows(feed: Feed, entity_set: EntitySet, asked: Asked, root: str) -> dict[str, Any]:
    columns = feed.describe(entity_set)[0].columns
    context = f"{root}$metadata#{entity_set.name}"
    if asked.select is not None:
        columns = _chosen(columns, asked.select)
        context += f"({','.join(column.name for column in columns)})"
    answer: dict[str, Any] = {"@odata.context": context}
    if asked.count:
        answer["@odata.count"] = count_rows(feed, entity_set)
    size = rows_of_page(len(columns))
    page = _page(feed, entity_set, asked, size if asked.top is None else min(size, asked.top))
    answer["value"] = [{column.name: column.value(row) for column in columns} for row in page.rows]
    left = None if asked.top is None else asked.top - len(page.rows)
    if page.end is not None and left != 0:
        # What was counted and left out is so once, on the first page.
        given = replace(asked, top=left, after=to_text(page.end))
        answer["@odata.nextLink"] = f"{root}{quote(entity_set.name)}?{_query(given)}"
    return answer


def _page(feed: Feed, entity_set: EntitySet, asked: Asked, size: int) -> Page:
    after = from_text(asked.after, entity_set.layout) if asked.after else None
    if after is None and asked.skip:
        after = skip_rows(feed, entity_set, asked.skip)
        if after is None:
            return Page([], None)
    return read_page(feed, entity_set, after, size) if size else Page([], None)


def _chosen(columns: tuple[Column, ...], names: tuple[str, ...]) -> tuple[Column, ...]:
    there = {column.name for column in columns}
    for name in names:
        if name not in there:
            raise OptionError(
                _("There is no column “%(name)s”; $metadata has the names of all.", name=name)
            )
    return tuple(column for column in columns if column.name in names)


def _query(asked: Asked) -> str:
    options = {
        TOP: asked.top,
        SELECT: None if asked.select is None else ",".join(asked.select),
        SKIPTOKEN: asked.after,
    }
    given = {name: value for name, value in options.items() if value is not None}
    return urlencode(given, safe="$,")


def _feed(mission: str, round_: str) -> Feed:
    scope = current_scope()
    if scope.mission.code != mission:
        abort(404, _("You are in no mission “%(code)s”.", code=mission))
    rounds = (round_,) if round_ else ()
    try:
        return open_feed(get_session(), scope, rounds=rounds, links=request.url_root)
    except UnknownNameError as error:
        abort(404, str(error))


def _root(mission: str, round_: str) -> str:
    """The address of the service document, which all others begin with."""
    scope = {"round_": round_} if round_ else {}
    return url_for(".service", mission=mission, **scope, _external=True)


def _take_no_options() -> None:
    try:
        refuse_others(request.args, ())
    except UnsupportedOptionError as error:
        abort(501, str(error))


def _json(content: dict[str, Any], status: int = 200) -> Response:
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(written, status, content_type=JSON_TYPE, headers=VERSION)


def error_answer(status: int, detail: str) -> Response:
    """An error as OData's programs read it: one sentence on what is wrong and what would help."""
    code = HTTPStatus(status).phrase.replace(" ", "")
    return _json({"error": {"code": code, "message": detail}}, status)


def ask_for_token() -> Response:
    """What is answered to a program without a valid token."""
    answer = error_answer(
        401,
        _(
            "Send a valid token of yours as the password, with any user name. "
            "You can make one on the page of exports."
        ),
    )
    answer.headers["WWW-Authenticate"] = 'Basic realm="Observer feed", charset="UTF-8"'
    return answer
