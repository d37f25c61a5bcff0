"""A text that somebody brings, Markdown or Word, for a new statement or instead of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.badinput import BadFileError, Problem
from observer.missions.models import Round
from observer.statements.drafts import FILLED, KNOWN, is_day, split_front_matter
from observer.statements.models import Statement
from observer.statements.operations import create_statement
from observer.statements.paperkinds import KINDS, STATEMENT
from observer.statements.phrases import language_names
from observer.statements.template import MOST_TEXT
from observer.statements.themes import DEFAULT_PAPER, DEFAULT_THEME, PAPERS, usable_themes
from observer.statements.wordin import read_word
from observer.statements.wordout import IMPORT_NOTES

LONGEST_TITLE = 200
LONGEST_SUBTITLE = 300
MOST_NOTED = 200
MOST_DIGITS = 10


@dataclass(frozen=True)
class TakenText:
    """A text from a file, what the file says of it, and notes on what was changed in it."""

    name: str
    text: str
    title: str = ""
    subtitle: str = ""
    dated: date | None = None
    language: str = ""
    round: str = ""
    kind: str = ""
    theme: str = ""
    paper: str = ""
    statement: str = ""
    """The short name of the statement that the file was made from, and the number of its text."""
    edit: int | None = None
    is_word: bool = False
    notes: list[str] = field(default_factory=list)

    def with_notes(self) -> str:
        """The text, with the notes before it as guidance that is never printed."""
        if not self.notes:
            return self.text
        told = self.notes[:MOST_NOTED]
        if len(self.notes) > MOST_NOTED:
            told = [*told, _("… and %(count)s more", count=len(self.notes) - MOST_NOTED)]
        lines = "\n".join(f"   - {note}" for note in told).replace("#}", "# }")
        head = _("Imported from %(name)s. Not taken as it was:", name=self.name)
        return f"{IMPORT_NOTES} {head.replace('#}', '# }')}\n{lines} #}}\n\n{self.text}"


def take_in(content: bytes, name: str) -> TakenText:
    """The text in a file. Raises BadFileError with everything that is wrong."""
    name = PurePath(name.replace("\\", "/")).name
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or name.lower().endswith((".docx", ".doc")):
        return _from_word(content, name)
    return _from_markdown(content, name)


def _from_word(content: bytes, name: str) -> TakenText:
    taken = read_word(content, name)
    facts, notes = _known(taken.facts)
    return TakenText(
        name=name,
        text=taken.text,
        title=taken.title[:LONGEST_TITLE],
        subtitle=taken.subtitle[:LONGEST_SUBTITLE],
        dated=_day(facts.get("date", "")),
        round=facts.get("round", ""),
        kind=facts.get("kind", ""),
        theme=facts.get("theme", ""),
        paper=facts.get("paper", ""),
        language=taken.language if taken.language in language_names() else "",
        statement=facts.get("slug", ""),
        edit=_number(facts.get("edit", "")),
        is_word=True,
        notes=[*taken.notes, *notes],
    )


def _known(facts: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What a file says of its statement, without what there is not here, and notes on that."""
    kept, notes = dict(facts), []
    for key, there_is in (
        ("language", language_names()),
        ("kind", KINDS),
        ("theme", [theme.name for theme in usable_themes()]),
        ("paper", PAPERS),
    ):
        value = kept.get(key, "")
        if value and value not in there_is:
            message = _(
                "The file has %(key)s: %(value)s; there is %(names)s. The usual one was taken."
            )
            values = {"key": key, "value": f"{value:.40}", "names": ", ".join(there_is)}
            notes.append(message % values)
            kept[key] = ""
    return kept, notes


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < MOST_DIGITS else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _from_markdown(content: bytes, name: str) -> TakenText:
    if b"\0" in content:
        message = _("This is neither Markdown nor a Word file (.docx).")
        raise BadFileError(name, [Problem("", message)])
    if not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"---\n") and not (
        content.removeprefix(b"\xef\xbb\xbf").startswith(b"---\r\n")
    ):
        content = b"---\n---\n" + content.removeprefix(b"\xef\xbb\xbf")
    outline = split_front_matter(content, name)
    if len(outline.text) > MOST_TEXT:
        message = _("A statement may have %(most)s characters.", most=MOST_TEXT)
        raise BadFileError(name, [Problem("", message)])
    front, notes = outline.front, []
    dated = front.get("date")
    if dated is not None and not is_day(dated):
        notes.append(_("The date in the front matter is no day such as 2026-06-09."))
        dated = None
    for key in front:
        if key not in KNOWN:
            notes.append(_("Front matter that has no place here: %(key)s", key=f"{key!s:.40}"))
    known, unknown = _known({k: "" if front.get(k) is None else str(front[k]) for k in KNOWN})
    notes += unknown
    if known["figures"] == FILLED:
        notes.append(_("The file left with its figures filled in: they are live no more."))
    return TakenText(
        name=name,
        text=outline.text.lstrip("\n"),
        title=known["title"][:LONGEST_TITLE],
        subtitle=known["subtitle"][:LONGEST_SUBTITLE],
        dated=dated,
        language=known["language"],
        round=known["round"],
        kind=known["kind"],
        theme=known["theme"],
        paper=known["paper"],
        statement=known["statement"],
        edit=_number(known["edit"]),
        notes=notes,
    )


def begin_from(
    session: Session,
    round_: Round,
    taken: TakenText,
    *,
    dated: date,
    language: str,
    title: str = "",
    by: Person | None = None,
) -> Statement:
    """Begin a statement with a text that was taken in; what its file says goes before."""
    return create_statement(
        session,
        round_,
        title=title or taken.title or PurePath(taken.name).stem[:LONGEST_TITLE],
        subtitle=taken.subtitle,
        dated=taken.dated or dated,
        language=taken.language or language,
        kind=taken.kind or STATEMENT,
        theme=taken.theme or DEFAULT_THEME,
        paper=taken.paper or DEFAULT_PAPER,
        text=taken.with_notes(),
        by=by,
    )
