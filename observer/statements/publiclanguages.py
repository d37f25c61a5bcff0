"""The languages that everybody can read a statement in, and which of them was corrected last."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy.orm import Session

from observer.statements.languages import family
from observer.statements.models import Statement, StatementVersion
from observer.statements.versions import public_versions


def public_languages(session: Session, statement: Statement) -> list[list[StatementVersion]]:
    """The public versions of a statement in each of its languages that has one, newest first."""
    found = (public_versions(session, one) for one in family(session, statement))
    return [versions for versions in found if versions]


def later_corrections(
    shown: StatementVersion, languages: Sequence[Sequence[StatementVersion]]
) -> list[StatementVersion]:
    """The newest correction of each other language that came after a version.

    ``languages`` are those of ``public_languages``. A correction that only follows one of the
    version's own language is left out: had it come first there, this language has it already.
    """
    own = next(
        (versions for versions in languages if versions[0].statement_id == shown.statement_id), ()
    )
    corrected_here = [later.frozen_at for later, _earlier in pairwise(own)]
    found = []
    for versions in languages:
        if versions is own:
            continue
        for later, earlier in pairwise(versions):
            follows = any(earlier.frozen_at < at < later.frozen_at for at in corrected_here)
            if later.frozen_at > shown.frozen_at and not follows:
                found.append(later)
                break
    return found
