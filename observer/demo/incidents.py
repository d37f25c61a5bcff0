"""The invented incidents of ``incidents.yaml``: what happened, where and in which round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from observer.review.casemodels import State

_AREAS = {
    "lima": ("15", "07"),
    "amazon": ("16", "25"),
    "andes": ("03", "05", "08", "09", "21"),
    "coast": ("02", "11", "13", "14", "20", "24"),
    "abroad": ("91", "92"),
}
"""Regions in which a story can be set."""

ROUNDS = ("first", "runoff")


@dataclass(frozen=True, kw_only=True)
class Handling:
    """What the mission made of an incident: the state it came to, and what was written."""

    state: State
    title: str = ""
    notes: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Incident:
    """One incident; ``hour`` is when it happens on voting day, ``round`` 0 or 1."""

    types: tuple[str, ...]
    gravity: str
    round: int
    regions: tuple[str, ...]
    hour: int
    where: str
    text: str
    how_known: str = "seen"
    voting_affected: str = "no"
    response: str = "adequate"
    urgent: bool = False
    people_hurt: int = 0
    follows: bool = False
    """Whether it tells of the same event, and from the same place, as the one before it."""
    handled: Handling | None = None


def _incident(
    *,
    types: list[str],
    round: str,
    at: int,
    area: str,
    handled: dict[str, Any] | None = None,
    **more: Any,
) -> Incident:
    return Incident(
        types=tuple(types),
        round=ROUNDS.index(round),
        hour=at,
        regions=_AREAS[area],
        handled=_handling(**handled) if handled else None,
        **more,
    )


def _handling(*, state: str, notes: Sequence[str] = (), **more: Any) -> Handling:
    return Handling(state=State(state), notes=tuple(notes), **more)


INCIDENTS: tuple[Incident, ...] = tuple(
    _incident(**story)
    for story in yaml.safe_load(
        Path(__file__).with_name("incidents.yaml").read_text(encoding="utf-8")
    )
)
