"""What a map page was asked to show, as it stands in its address."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from observer.maps.choropleth import RegionFigure, Subject


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The choices of a map; the fields are the names in its address."""

    round: str
    form: str | None = None
    question: str | None = None
    answer: str | None = None
    level: int = 1
    within: str | None = None
    """The code of the region whose parts are shown; None for the whole."""
    centres: bool = False
    incidents: bool = False
    day: bool = False
    """Whether the figures can be followed through the voting day."""

    @property
    def subject(self) -> Subject:
        """What is counted."""
        return Subject(form=self.form, question=self.question, answer=self.answer)

    def query(self, **other: Any) -> dict[str, Any]:
        """The query of its address, or with other choices of that of another map."""
        chosen = asdict(self) | other
        return {
            name: 1 if value is True else value
            for name, value in chosen.items()
            if value not in (None, False, "")
        }

    def below(self, figure: RegionFigure) -> dict[str, Any] | None:
        """The query of the map of what lies below a region; None where nothing does."""
        if not figure.divided:
            return None
        return self.query(within=figure.code, level=figure.level + 1)
