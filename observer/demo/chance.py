"""Where chance comes from: streams of numbers that are the same for the same seed."""

from __future__ import annotations

import random


def stream(seed: int, what: str) -> random.Random:
    """A stream of its own for each thing that is invented, so that one does not move another."""
    return random.Random(f"{what} {seed}")  # noqa: S311
