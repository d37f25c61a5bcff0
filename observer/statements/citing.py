"""Which texts cite a source: statements as they are written now, and frozen versions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from jinja2 import nodes
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.missions.models import Mission
from observer.statements.models import Statement, StatementVersion
from observer.statements.template import parsed

CALL = "source"
_QUOTED = re.compile(r"""(["'])(.*?)\1""")


@dataclass(frozen=True)
class Text:
    """A text that cites a source: a statement's own, or that of one of its versions."""

    slug: str
    title: str
    version: int | None = None


@dataclass
class Citing:
    """The texts that cite one source."""

    statements: list[Text] = field(default_factory=list)
    versions: list[Text] = field(default_factory=list)


def codes_cited(text: str) -> set[str]:
    """The sources that a text calls.

    Where it cannot be told, in a loop or in a text that cannot be read, whatever stands in quotes.
    """
    if CALL not in text:
        return set()
    tree = parsed(text)
    if tree is None:
        return {quoted for _sign, quoted in _QUOTED.findall(text)}
    calls = [
        call
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == CALL
    ]
    given = [[*call.args, *(keyword.value for keyword in call.kwargs)][:1] for call in calls]
    if all(one and isinstance(one[0], nodes.Const) for one in given):
        return {str(one[0].value) for one in given}
    return {const.value for const in tree.find_all(nodes.Const) if isinstance(const.value, str)}


def who_cites(session: Session, mission: Mission, codes: Iterable[str]) -> dict[str, Citing]:
    """For each of these sources of a mission the texts that cite it, by title and number."""
    citing = {code: Citing() for code in codes}
    written = select(Statement.slug, Statement.title, Statement.text).where(
        Statement.mission_id == mission.id
    )
    for slug, title, text in session.execute(written.order_by(Statement.title, Statement.slug)):
        for code in citing.keys() & codes_cited(text):
            citing[code].statements.append(Text(slug, title))
    frozen = (
        select(
            Statement.slug, StatementVersion.title, StatementVersion.number, StatementVersion.text
        )
        .join(Statement)
        .where(Statement.mission_id == mission.id)
        .order_by(StatementVersion.title, Statement.slug, StatementVersion.number)
    )
    for slug, title, number, text in session.execute(frozen):
        for code in citing.keys() & codes_cited(text):
            citing[code].versions.append(Text(slug, title, number))
    return citing
