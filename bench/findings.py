"""How long a figure takes after one more submission, in a small mission and in a larger one.

The first look reads every submission; the ones after it should cost the same whatever the size.
Times are medians; what counts is their ratio within one run.
"""

from __future__ import annotations

import secrets
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from observer.collect.changes import next_change
from observer.collect.models import Submission
from observer.database import make_engine, make_sessions
from observer.demo.building import build
from observer.findings.findings import findings, one_finding
from observer.migrating import migrate
from observer.missions.rounds import round_of_code
from observer.missions.scope import whole_mission
from tests.postgresql import postgresql_server

SIZES = ("small", "mission")
LOOKS = 15


def main() -> None:
    """Measure on both engines and print."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgresql_server())
        for engine_name in ("sqlite", "postgresql"):
            measured = [
                _measure(database(engine_name, size, folder, server), size) for size in SIZES
            ]
            small, large = (one["figure after one more"] for one in measured)
            print(f"{engine_name}: after one more, large over small: {large / small:.2f}")


def database(engine_name: str, size: str, folder: Path, server: str) -> Engine:
    """A demonstration of a size, built into a new database."""
    if engine_name == "sqlite":
        address = f"sqlite:///{folder / size}.sqlite"
    else:
        url = make_url(server)
        admin = create_engine(
            url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {size}"))
        admin.dispose()
        address = url.set(database=size).render_as_string(hide_password=False)
    engine = make_engine(address)
    migrate(engine)
    with make_sessions(engine)() as session, tempfile.TemporaryDirectory() as media:
        build(session, size=size, password=secrets.token_hex(), media=Path(media), bulk=True)
    return engine


def _measure(engine: Engine, size: str) -> dict[str, float]:
    sessions = make_sessions(engine)
    with _looking(sessions) as (session, scope, round_):
        count = session.scalar(select(func.count()).select_from(Submission))
        started = time.perf_counter()
        one_finding(session, scope, round_, "opening", "opened_on_time", "no")
        first = time.perf_counter() - started

    def figure() -> None:
        with _looking(sessions) as (session, scope, round_):
            one_finding(session, scope, round_, "opening", "opened_on_time", "no")

    def everything() -> None:
        with _looking(sessions) as (session, scope, round_):
            findings(session, scope, round_)

    measured = {
        "figure after one more": _median(figure, lambda: change_one(sessions)),
        "all questions, all regions": _median(everything, lambda: None),
    }
    print(f"{engine.dialect.name}, {count:,} submissions ({size}): first look {first * 1e3:.0f} ms")
    for name, seconds in measured.items():
        print(f"  {name}: {seconds * 1e3:.1f} ms")
    engine.dispose()
    return measured


@contextmanager
def _looking(sessions: Callable[[], Session]) -> Iterator[tuple]:
    with sessions() as session:
        scope = whole_mission(session)
        yield session, scope, round_of_code(scope.mission, "runoff")


def change_one(sessions: Callable[[], Session], **values: object) -> uuid.UUID:
    """Change the submission that changed last once more; gives its id."""
    with sessions() as session:
        newest = session.scalar(select(Submission).order_by(Submission.change.desc()).limit(1))
        change = next_change(session, newest.mission_id)
        session.execute(
            update(Submission).where(Submission.id == newest.id).values(change=change, **values)
        )
        session.commit()
        return newest.id


def _median(measured: Callable[[], None], before: Callable[[], None]) -> float:
    times = []
    for _ in range(LOOKS):
        before()
        started = time.perf_counter()
        measured()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()
