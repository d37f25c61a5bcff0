"""Figures with the boundaries of their regions, for maps and exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

import geopandas
import pandas as pd
from sqlalchemy.orm import Session

from observer.collect.models import Status
from observer.findings.coverage import Coverage, coverage
from observer.findings.findings import COUNTED, Finding, findings
from observer.missions.models import Mission, Round
from observer.missions.regions import regions_frame
from observer.missions.scope import Scope

FINDING_COLUMNS = ("k", "n", "share", "places_observed", "places_total")
COVERAGE_COLUMNS = ("observed", "total", "share")


def findings_frame(  # noqa: PLR0917
    session: Session,
    scope: Scope,
    round_: Round,
    form: str,
    question: str,
    answer: str | None,
    level: int,
    *,
    statuses: Iterable[Status] = COUNTED,
) -> geopandas.GeoDataFrame:
    """A finding in every region of a level, with its boundary (None abroad).

    Raises UnknownNameError for a form, question or answer that there is not.
    """
    found = findings(
        session,
        scope,
        round_,
        form=form,
        question=question,
        answer=answer,
        level=level,
        statuses=statuses,
    )
    return _with_boundaries(session, scope.mission, found, FINDING_COLUMNS)


def coverage_frame(
    session: Session,
    scope: Scope,
    round_: Round,
    level: int,
    *,
    form: str | None = None,
    statuses: Iterable[Status] = COUNTED,
) -> geopandas.GeoDataFrame:
    """The coverage of every region of a level, with its boundary (None abroad)."""
    found = coverage(session, scope, round_, form=form, level=level, statuses=statuses)
    return _with_boundaries(session, scope.mission, found, COVERAGE_COLUMNS)


def _with_boundaries(
    session: Session, mission: Mission, found: Sequence[Finding | Coverage], columns: Sequence[str]
) -> geopandas.GeoDataFrame:
    figures = pd.DataFrame(map(asdict, found), columns=["region", *columns])
    regions = regions_frame(session, mission)[["code", "name", "abroad", "geometry"]]
    return regions.merge(figures, left_on="code", right_on="region").drop(columns="region")
