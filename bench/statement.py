"""What a statement of twenty pages costs beside WeasyPrint alone, and how much memory it takes.

Text, six charts, four maps and eight tables over the demonstration mission. The whole is counting,
drawing, laying out and writing; WeasyPrint alone reads the very same HTML, lays it out and writes
it as PDF/UA, too.
"""

from __future__ import annotations

import argparse
import resource
import secrets
import tempfile
import time
from datetime import date
from pathlib import Path

from observer.database import make_engine, make_sessions
from observer.demo.building import build
from observer.migrating import migrate
from observer.missions.rounds import current_round
from observer.missions.scope import whole_mission
from observer.settings import Settings
from observer.statements.charts import draw_bars, draw_columns
from observer.statements.compose import compose
from observer.statements.documents import document_of
from observer.statements.drafts import Draft, split_front_matter
from observer.statements.pages import PROFILE, VARIANT
from observer.statements.pdf import pages_of, render_pdf
from observer.web import create_app

TEXT = Path(__file__).parent.parent / "tests" / "statements" / "published.md"
CHARTS = [
    "chart('opening', 'opened_on_time', 'no', top=12)",
    "chart('voting', 'overall')",
    "chart('voting', 'secrecy_kept')",
    "chart('voting', 'procedures_followed')",
    "chart('opening', 'materials_complete', 'yes')",
    "chart('voting', 'accessible')",
]
MAPS = [
    "map()",
    "map('opening', 'opened_on_time', 'no')",
    "map('voting', 'procedures_followed', 'all')",
    "map('voting', 'secrecy_kept', 'always')",
]
TABLES = [
    "table('voting', 'overall')",
    "table('opening', 'opened_on_time')",
    "table('voting', 'secrecy_kept')",
    "table('voting', 'procedures_followed', level=0)",
    "table('voting', 'accessible', level=0)",
    "table('opening', 'materials_complete', level=0)",
    "table('voting', 'id_checked', level=0)",
    "table('voting', 'overall', level=0)",
]
GOAL = 1.25


def main() -> None:
    """Build a mission, and print its statement again and again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), secret_key="0" * 40)
        engine = make_engine(settings.database_url)
        migrate(engine)
        app = create_app(settings, engine)
        with make_sessions(engine)() as session, app.app_context():
            build(session, password=secrets.token_hex(), media=settings.media)
            session.commit()
            print(_measure(session, given.runs))


def _text() -> str:
    """The published statement with a figure behind every other paragraph."""
    paragraphs = split_front_matter(TEXT.read_bytes(), TEXT.name).text.split("\n\n")
    figures = [*CHARTS, *MAPS, *TABLES]
    step = (len(paragraphs) - 10) // len(figures)
    for number, figure in reversed(list(enumerate(figures, 1))):
        paragraphs.insert(4 + number * step, f"{{{{ {figure} }}}}")
    return "\n\n".join(paragraphs)


def _measure(session, runs: int) -> str:
    scope = whole_mission(session)
    draft = Draft(
        title="A statement",
        dated=date(2026, 6, 9),
        language="en",
        round=current_round(scope.mission),
        text=_text(),
    )
    before = _peak_mb()
    first, content = _timed(lambda: render_pdf(session, scope, draft))
    composed = compose(session, scope, draft, printed=True)
    assert not composed.problems, composed.problems
    pages = pages_of(document_of(scope, draft, composed))
    whole, alone = [], []
    for _run in range(runs):
        draw_bars.cache_clear()
        draw_columns.cache_clear()
        whole.append(_timed(lambda: render_pdf(session, scope, draft))[0])
        alone.append(_timed(lambda: _alone(pages))[0])
    # The least of each: whatever else the machine does can only make a run longer.
    ratio = min(whole) / min(alone)
    return (
        f"{len(pages.document.pages)} pages, {len(content):,} bytes; first {first:.2f} s, "
        f"then whole {min(whole):.2f} s, WeasyPrint alone "
        f"{min(alone):.2f} s: {ratio:.2f} (the goal is {GOAL}); "
        f"peak memory {_peak_mb():.0f} MB, {before:.0f} MB before"
    )


def _alone(pages) -> bytes:
    """What WeasyPrint itself does for these pages: the same PDF but for what we add to its tags."""
    laid_out = pages.parse().render(pdf_variant=VARIANT)
    return laid_out.write_pdf(pdf_variant=VARIANT, output_intent=PROFILE)


def _timed(work):
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
