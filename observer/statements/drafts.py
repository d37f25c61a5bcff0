"""A statement to be rendered: from its row, or from a Markdown file with front matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml
from sqlalchemy.orm import Session

from observer.badinput import BadFileError, Problem
from observer.missions.models import Round
from observer.missions.rounds import current_round, round_of_code
from observer.missions.scope import NoMissionError, Scope, whole_mission
from observer.statements.models import Statement
from observer.statements.paperkinds import KINDS, STATEMENT
from observer.statements.phrases import language_names
from observer.statements.themes import DEFAULT_PAPER, DEFAULT_THEME, PAPERS, theme_names

FENCE = "---"
NEEDED = ("title", "date", "language")
KNOWN = (
    *("title", "subtitle", "date", "language", "mission", "round", "theme", "paper", "kind"),
    *("statement", "edit", "figures"),
)
"""What front matter may say. The last ones are of a text that left: whose it is, and which one."""
FILLED = "filled"
"""What front matter says of ``figures`` that stand in the text instead of their calls."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A statement's text and what stands around it."""

    title: str
    subtitle: str = ""
    dated: date
    language: str
    round: Round
    text: str
    kind: str = STATEMENT
    first_line: int = 1
    """Where the text begins in its file, so that problems name the file's lines."""
    theme: str = DEFAULT_THEME
    paper: str = DEFAULT_PAPER
    version: int = 0
    """The number of the version that it is frozen as; 0 before."""
    note: str = ""
    """What was corrected since the version before."""
    slug: str = ""
    """Of the stored statement, and the number of its saved text; nothing for one in a file."""
    edit: int | None = None


def draft_of(statement: Statement) -> Draft:
    """The draft that is stored."""
    return Draft(
        title=statement.title,
        subtitle=statement.subtitle,
        dated=statement.dated,
        language=statement.language,
        round=statement.round,
        text=statement.text,
        theme=statement.theme,
        paper=statement.paper,
        kind=statement.kind,
        slug=statement.slug,
        edit=statement.edit,
    )


@dataclass(frozen=True)
class Outline:
    """A text with its front matter, before it belongs to a mission."""

    front: dict[str, Any]
    text: str
    first_line: int


def split_front_matter(content: bytes, name: str) -> Outline:
    """Read a file's front matter and text. Raises BadFileError with every problem."""
    try:
        # Not splitlines(): a form feed or a Unicode line separator ends no line in an editor.
        lines = content.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise BadFileError(name, [Problem("", "This is not a text in UTF-8.")]) from error
    if not lines or lines[0].strip() != FENCE or FENCE not in map(str.strip, lines[1:]):
        example = "---, title: …, date: 2026-06-09, language: en, mission: …, ---"
        raise BadFileError(
            name, [Problem("line 1", f"The file must begin with its front matter: {example}")]
        )
    end = next(number for number, line in enumerate(lines[1:], 1) if line.strip() == FENCE)
    try:
        front = yaml.safe_load("\n".join(lines[1:end])) or {}
    except ValueError as error:
        message = f"This has a date that cannot be: {error}; write it as 2026-06-09."
        raise BadFileError(name, [Problem("front matter", message)]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 2}" if mark else "front matter"
        message = f"The front matter is no YAML: {getattr(error, 'problem', None) or error}"
        raise BadFileError(name, [Problem(where, message)]) from error
    except RecursionError as error:
        message = "The front matter has too many lists or brackets in each other."
        raise BadFileError(name, [Problem("front matter", message)]) from error
    if not isinstance(front, dict):
        message = "The front matter must be lines such as title: …"
        raise BadFileError(name, [Problem("line 2", message)])
    text = "\n".join(lines[end + 1 :]).rstrip("\n") + "\n"
    return Outline(front, text, end + 2)


def read_draft(
    session: Session, content: bytes, name: str, mission_code: str | None = None
) -> tuple[Scope, Draft]:
    """The draft in a file, and the mission it is of.

    Raises BadFileError with every problem of its front matter.
    """
    outline = split_front_matter(content, name)
    front, problems = outline.front, []
    where = "front matter"
    nested = [key for key, value in front.items() if isinstance(value, list | dict)]
    if nested:
        # Nothing else is said of them: YAML can nest more than could ever be printed.
        raise BadFileError(
            name, [Problem(where, f"{key!s:.40} must be one value.") for key in nested]
        )
    for key in NEEDED:
        if not front.get(key):
            problems.append(Problem(where, f"{key} is missing."))
    for key in front:
        if key not in KNOWN:
            problems.append(Problem(where, f"There is no {key}; there is {', '.join(KNOWN)}."))
    for key in ("title", "subtitle"):
        if not isinstance(front.get(key, ""), str):
            problems.append(Problem(where, f"{key} must be a text; put it in quotes."))
    dated = front.get("date")
    if dated and not is_day(dated):
        problems.append(Problem(where, f"date is {dated!r}; write it as 2026-06-09."))
    language = front.get("language")
    if language and language not in language_names():
        there_is = ", ".join(language_names())
        problems.append(
            Problem(where, f"A statement cannot be in language {language!r}; there is {there_is}.")
        )
    for key, there_is in (
        ("theme", theme_names()),
        ("paper", [*PAPERS]),
        ("kind", [*KINDS]),
    ):
        if front.get(key) is not None and front[key] not in there_is:
            message = f"There is no {key} {front[key]!r}; there is {', '.join(there_is)}."
            problems.append(Problem(where, message))
    scope, round_ = _mission_and_round(session, front, mission_code, problems)
    if problems or scope is None or round_ is None or dated is None or language is None:
        raise BadFileError(name, problems)
    return scope, Draft(
        title=front["title"],
        subtitle=front.get("subtitle") or "",
        dated=dated,
        language=language,
        round=round_,
        text=outline.text,
        kind=front.get("kind") or STATEMENT,
        first_line=outline.first_line,
        theme=front.get("theme") or DEFAULT_THEME,
        paper=front.get("paper") or DEFAULT_PAPER,
    )


def is_day(value: object) -> bool:
    """Whether YAML read this as a day."""
    return isinstance(value, date) and not isinstance(value, datetime)


def _code(front: dict[str, Any], key: str) -> str | None:
    """A code as it is written; YAML reads ``2026`` as a number."""
    value = front.get(key)
    return None if value is None else str(value)


def _mission_and_round(
    session: Session, front: dict[str, Any], mission_code: str | None, problems: list[Problem]
) -> tuple[Scope | None, Round | None]:
    try:
        scope = whole_mission(session, mission_code or _code(front, "mission"))
    except NoMissionError as error:
        problems.append(Problem("mission", str(error)))
        return None, None
    code = _code(front, "round")
    found = round_of_code(scope.mission, code) if code else current_round(scope.mission)
    if found is None:
        codes = ", ".join(round_.code for round_ in scope.mission.rounds) or "none"
        problems.append(Problem("round", f"There is no round {code!r}; there is {codes}."))
    return scope, found
