"""What the answers of all forms have in common: a visit, and how its answers are drawn."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

Answers = dict[str, Any]

_WHY_BAD = (
    "Varios problemas a la vez y poco orden en la mesa.",
    "Staff were not sure of the procedures and worked slowly.",
    "Demoras largas; muchos electores se retiraron de la cola.",
)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A station at the moment of a visit."""

    round: str
    region: str
    registered_voters: int
    delay: int
    """Minutes the station opened late."""
    number: int
    """Which visit of the day it is; for incidents, which one of the story."""
    midnight: datetime
    minute: float
    """When the visit began, in minutes of the day."""


class Usual:
    """Questions whose answers are drawn each for itself, with the weight of every answer."""

    def __init__(self, **questions: dict[str, float]) -> None:
        self._questions = [
            (name, list(weights), list(accumulate(weights.values())))
            for name, weights in questions.items()
        ]

    def draw(self, draw: random.Random) -> Answers:
        """An answer to each."""
        return {
            name: draw.choices(names, cum_weights=weights)[0]
            for name, names, weights in self._questions
        }


def yes(problem: float, not_observed: float = 0.02) -> dict[str, float]:
    """Nearly always yes; no is a problem."""
    return {"yes": 1 - problem - not_observed, "no": problem, "not_observed": not_observed}


def no(problem: float, not_observed: float = 0.02) -> dict[str, float]:
    """Nearly always no; yes is a problem."""
    return {"no": 1 - problem - not_observed, "yes": problem, "not_observed": not_observed}


def some_of(draw: random.Random, most: int, *names: str) -> list[str]:
    """From one to so many of the names, in their order."""
    chosen = draw.sample(names, draw.randint(1, most))
    return [name for name in names if name in chosen]


def assess(problems: int, draw: random.Random) -> Answers:
    """The overall assessment, worse the more was wrong."""
    chance = draw.random()
    if problems >= 3:
        overall = "good" if chance < 0.4 else "bad" if chance < 0.9 else "very_bad"
    elif problems:
        overall = "very_good" if chance < 0.1 else "good" if chance < 0.96 else "bad"
    else:
        overall = "very_good" if chance < 0.5 else "good"
    answers: Answers = {"overall": overall}
    if overall in ("bad", "very_bad"):
        answers["overall_reason"] = draw.choice(_WHY_BAD)
    return answers
