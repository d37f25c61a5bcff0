"""Field reporting for election observation missions.

One direction, front to back: access, missions, checklists, collect, review, findings,
maps, statements. A room imports only rooms before it; ``web`` and ``cli`` put them together.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: templates/, static/ and reports/ lie here, beside the package."""
