"""Missions, rounds, regions, places, teams and assignments; hands on the places."""

# Whoever changes places or regions, however they came to it, raises the number that tells so.
from observer.missions import groundchanges  # noqa: F401
