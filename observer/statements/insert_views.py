"""What the editor's panel shows: figures that were looked for, and evidence to cite."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from observer.access.permissions import needs
from observer.database import get_session
from observer.missions.scope import current_scope
from observer.review.forms import STATUSES
from observer.review.queries import regions_to_choose
from observer.settings import current_settings
from observer.statements import evidence as found_evidence
from observer.statements.compose import COUNTED
from observer.statements.editing import statement_of
from observer.statements.evidence import EvidenceFilters, evidence, topics_of
from observer.statements.facts import Facts
from observer.statements.kinds import EXAMPLES, KINDS
from observer.statements.models import Statement
from observer.statements.searching import search, used_most
from observer.statements.words import Words

blueprint = Blueprint("statement_insert", __name__)


def _words(statement: Statement) -> Words:
    return Words(statement.language, current_settings().min_base)


@blueprint.route("/statements/<slug>/figures")
@needs("statement.view")
def figures(slug: str) -> str:
    """The figures that a query speaks of; without one, the kinds there are and those in use."""
    statement, query = statement_of(slug), request.args.get("q", "").strip()
    facts = Facts(get_session(), current_scope(), statement.round, statement.language, COUNTED)
    words = _words(statement)
    found = search(facts, words, query) if query else used_most(facts, words, statement.text)
    return render_template(
        "statements/_figures.html",
        statement=statement,
        query=query,
        found=found,
        kinds=[KINDS[name] for name in EXAMPLES],
    )


@blueprint.route("/statements/<slug>/evidence")
@needs("statement.view")
def evidence_to_cite(slug: str) -> str:
    """What observers reported in words, as far as the reader may see it."""
    session, scope, statement = get_session(), current_scope(), statement_of(slug)
    asked = {name: request.args.get(name, "") for name in ("text", "kind", "topic", "region")}
    words = _words(statement)
    everything = evidence(session, scope, statement.round, EvidenceFilters(), words)
    filters = EvidenceFilters(**asked)
    found = (
        evidence(session, scope, statement.round, filters, words)
        if any(asked.values())
        else (everything)
    )
    return render_template(
        "statements/_evidence.html",
        statement=statement,
        asked=filters,
        found=found[: found_evidence.MOST],
        count=len(found),
        is_empty=not everything,
        kinds=dict(sorted({one.kind: one.form for one in everything}.items())),
        topics=topics_of(everything),
        regions=regions_to_choose(session, scope),
        status_names=STATUSES,
    )
