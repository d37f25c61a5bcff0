"""The kinds of papers that are written as statements are, and what each begins with."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

STATEMENT, PRESS_RELEASE = "statement", "press_release"
REGIONAL_ANNEX, FINAL_REPORT = "regional_annex", "final_report"
KINDS = {
    STATEMENT: _l("Statement"),
    PRESS_RELEASE: _l("Press release"),
    REGIONAL_ANNEX: _l("Regional annex"),
    FINAL_REPORT: _l("Final report"),
}
"""The kinds by the names they are stored under."""
OUTLINES = {
    STATEMENT: "preliminary-statement",
    PRESS_RELEASE: "press-release",
    REGIONAL_ANNEX: "regional-annex",
    FINAL_REPORT: "final-report",
}
"""The outline of each kind; other languages than English have their code behind it."""
WITHOUT_ANNEXES = (PRESS_RELEASE,)
MOST_PAGES = {PRESS_RELEASE: 1}
"""How many pages a paper of a kind may have."""


def outline_of(kind: str, language: str) -> str:
    """The name of the outline that a paper begins with."""
    return OUTLINES[kind] + ("" if language == "en" else f"-{language}") + ".md"
