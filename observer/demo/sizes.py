"""How large a demonstration is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Size:
    """The counts of one demonstration; pairs are for the first round and the run-off."""

    name: str
    centres: int
    stations: int
    teams: int
    stations_per_team: tuple[int, int]
    voting_visits: tuple[int, int]
    """How often a station is visited while voting goes on."""
    evenness: float
    """Teams per area go by voters to this power: 1 is in proportion, less favours small regions."""
    stations_per_visit: int
    """How many stations of one centre a team observes at the most."""
    submissions: int
    incidents: int
    """Of the submissions."""

    @property
    def observers(self) -> int:
        """Teams are of two."""
        return 2 * self.teams


SIZES = {
    size.name: size
    for size in (
        Size(
            name="small",
            centres=400,
            stations=2_400,
            teams=30,
            stations_per_team=(7, 11),
            voting_visits=(1, 1),
            evenness=0.7,
            stations_per_visit=3,
            submissions=1_500,
            incidents=25,
        ),
        Size(
            name="mission",
            centres=1_600,
            stations=10_000,
            teams=400,
            stations_per_team=(7, 11),
            voting_visits=(1, 1),
            evenness=0.7,
            stations_per_visit=3,
            submissions=20_000,
            incidents=250,
        ),
        Size(
            name="national",
            centres=12_000,
            stations=100_000,
            teams=10_000,
            stations_per_team=(10, 10),
            voting_visits=(3, 4),
            evenness=1.0,
            stations_per_visit=100,
            submissions=1_000_000,
            incidents=5_000,
        ),
    )
}
