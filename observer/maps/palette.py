"""The colours and the face of what is drawn: of the pages, or of a theme that is printed."""

from __future__ import annotations

from dataclasses import dataclass

CLASSES = 5
"""So many classes a map has at the most, each with a colour."""


@dataclass(frozen=True, kw_only=True)
class Palette:
    """What a chart or a map is drawn with. Colours are written as ``#174a5b``."""

    ink: str
    """Of words and figures."""
    bar: str
    rule: str
    """Of the line that bars begin at."""
    outline: str
    """Of regions."""
    classes: tuple[str, ...]
    """Of the classes of a map, from light to dark: told apart in grey."""
    faces: tuple[str, ...]
    """Fonts, in the order in which they are tried."""

    @property
    def font_family(self) -> str:
        """The faces as style sheets have them; WeasyPrint wants no spaces between them."""
        return ",".join([*(f"'{face}'" for face in self.faces), "sans-serif"])

    def spread(self, count: int) -> tuple[str, ...]:
        """The colours of so many classes, from the lightest on to the darkest."""
        if count <= 2:
            return ((), self.classes[2:3], self.classes[1::2])[count]
        last = len(self.classes) - 1
        return tuple(self.classes[round(number * last / (count - 1))] for number in range(count))


HOUSE = Palette(
    ink="#1d2b33",
    bar="#174a5b",
    rule="#c9d1cd",
    outline="#51626a",
    # One hue from light to dark: told apart by whoever sees no colours, and printed in grey.
    classes=("#c9e2e6", "#98c4cd", "#5f9eac", "#2f7286", "#0e3b4a"),
    faces=("Source Sans 3",),
)
"""What the pages are drawn with."""
