"""The mission's probability sample: which places were drawn, out of how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer.findings.estimates import DesignError
from observer.missions.models import Mission, Place, PlaceKind


class NoSampleError(DesignError):
    """The places were not drawn as a probability sample."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The places were not drawn as a sample (none has a weight): the figures describe "
                "the places observed and no others."
            )
        )


@dataclass(frozen=True)
class Drawn:
    """The places that were drawn, an array each, and how many primary units there are."""

    ids: np.ndarray
    strata: np.ndarray
    weights: np.ndarray
    units: np.ndarray
    population: Mapping[str, float]
    """How many primary units each stratum has."""
    clustered: bool


def drawn_places(session: Session, mission: Mission, kind: PlaceKind) -> Drawn:
    """The mission's sample of stations, or of centres. Raises NoSampleError where there is none."""
    own = (Place.mission_id == mission.id, Place.kind == kind)
    rows = session.execute(
        select(Place.id, Place.stratum, Place.weight, func.coalesce(Place.centre_id, Place.id))
        .where(*own, Place.weight.is_not(None))
        .order_by(Place.id)
    ).all()
    if not rows:
        raise NoSampleError
    ids, strata, weights, centres = (np.array(column) for column in zip(*rows, strict=True))
    clustered = kind is PlaceKind.STATION and len(set(centres.tolist())) < len(ids)
    counts = session.execute(
        select(Place.stratum, func.count()).where(*own).group_by(Place.stratum)
    )
    population: dict[str, float] = dict(counts.all())
    for stratum in set(strata.tolist()):
        here = strata == stratum
        drawn = int(here.sum())
        # A list in which only the drawn places have a stratum tells its size by their weights.
        if population[stratum] == drawn:
            population[stratum] = max(drawn, round(float(weights[here].sum())))
        if clustered:
            # So many centres as there would be at the stations' sampling fraction: right where
            # all stations of drawn centres are observed, and on the safe side where some are, or
            # where the stations themselves were drawn and several happen to lie in one centre.
            there_are = population[stratum] * len(set(centres[here].tolist()))
            population[stratum] = there_are / drawn
    units = centres if clustered else ids
    return Drawn(ids, strata.astype(object), weights.astype(float), units, population, clustered)
