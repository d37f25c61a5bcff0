"""How long figures take after one more submission, and all of them, beside DuckDB.

One mission's places, with 1,000, 100,000 and 1,000,000 submissions on PostgreSQL. The first look
reads every submission; the ones after it should cost the same whatever the number. DuckDB is given
the same answers as tables in its memory and counts them by every region and answer. Times are
medians; what counts is their ratios within one run.

``python bench/findings.py 1000 100000`` measures other numbers.
"""

from __future__ import annotations

import resource
import secrets
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from threading import enumerate as enumerate_threads

import duckdb
import pandas as pd
from sqlalchemy import Connection, Engine, create_engine, func, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from observer.checklists.definition import Question
from observer.collect.changes import next_change
from observer.collect.models import Revision, Submission
from observer.database import make_engine, make_sessions
from observer.demo.building import build
from observer.findings.findings import Finding, findings, one_finding
from observer.findings.frame import KEEPER, answers, forget, keep_in
from observer.findings.selection import COUNTED, definitions, questions
from observer.migrating import migrate
from observer.missions.models import Region
from observer.missions.rounds import round_of_code
from observer.missions.scope import whole_mission
from tests.postgresql import postgresql_server

COUNTS = (1_000, 100_000, 1_000_000)
SIZE = "mission"
LOOKS = 15
ROUND = "runoff"
WHOLE = 0
"""In the place of a region's key."""

AFTER_ONE = "a figure after one more"
AT_REST = "all questions, all regions"
AFTER_ONE_ALL = "all of them after one more"
DUCKDB = "all of them by DuckDB"


def main() -> None:
    """Measure and print."""
    counts = [int(given) for given in sys.argv[1:]] or list(COUNTS)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgresql_server())
        database("postgresql", SIZE, folder, server).dispose()
        measured = [_measure(with_submissions(server, count), folder) for count in counts]
    for name in (AFTER_ONE, AFTER_ONE_ALL, AT_REST):
        ratios = ", ".join(f"{one[name] / measured[0][name]:.2f}" for one in measured[1:])
        print(f"{name}, over that of {counts[0]:,}: {ratios}")
    ratios = ", ".join(f"{one[AT_REST] / one[DUCKDB]:.2f}" for one in measured)
    print(f"{AT_REST}, over DuckDB: {ratios}")


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


def with_submissions(server: str, count: int) -> Engine:
    """A copy of the demonstration with some of its submissions, or with each of them many times."""
    url = make_url(server)
    admin = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    name = f"with_{count}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {SIZE}"))
    admin.dispose()
    engine = make_engine(url.set(database=name).render_as_string(hide_password=False))
    with engine.begin() as connection:
        # What reviewers have made of submissions is no part of what is measured.
        connection.execute(text("SET session_replication_role = replica"))
        have = connection.scalar(select(func.count()).select_from(Submission))
        if count > have:
            _multiply(connection, -(-count // have))
        connection.execute(
            text(
                "DELETE FROM submission WHERE id IN "
                "(SELECT id FROM submission ORDER BY md5(id::text) OFFSET :count)"
            ),
            {"count": count},
        )
        connection.execute(
            text(
                "DELETE FROM revision WHERE NOT EXISTS "
                "(SELECT 1 FROM submission WHERE submission.id = submission_id)"
            )
        )
        connection.execute(
            text("UPDATE mission SET changes = (SELECT max(change) FROM submission)")
        )
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return engine


def _multiply(connection: Connection, times: int) -> None:
    """Have each submission so many times over, under other ids and with later changes."""
    own = {"submission.id", "submission.change", "revision.submission_id", "revision.id"}
    another = "md5({}::text || n)::uuid"
    for table, values in (
        (Submission.__table__, {"id": another.format("id"), "change": "change + n * most"}),
        (Revision.__table__, {"submission_id": another.format("submission_id")}),
    ):
        columns = [column.name for column in table.c if f"{table.name}.{column.name}" not in own]
        connection.execute(
            text(
                f"INSERT INTO {table.name} ({', '.join([*values, *columns])}) "  # noqa: S608
                f"SELECT {', '.join([*values.values(), *columns])} FROM {table.name}, "
                "generate_series(1, :more) AS n, (SELECT changes AS most FROM mission) AS before"
            ),
            {"more": times - 1},
        )


def _measure(engine: Engine, folder: Path) -> dict[str, float]:
    sessions = make_sessions(engine)
    keep_in(engine, folder / str(engine.url.database))
    with _looking(sessions) as (session, scope, round_):
        count = session.scalar(select(func.count()).select_from(Submission))
        started = time.perf_counter()
        one_finding(session, scope, round_, "opening", "opened_on_time", "no")
        first = time.perf_counter() - started
    print(
        f"{count:,} submissions: first look {first:.1f} s, then the process has had "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB at the most"
    )

    def figure() -> None:
        with _looking(sessions) as (session, scope, round_):
            one_finding(session, scope, round_, "opening", "opened_on_time", "no")

    def everything() -> list[Finding]:
        with _looking(sessions) as (session, scope, round_):
            return findings(session, scope, round_)

    def one_more() -> None:
        change_one(sessions)

    if KEEPER in _running():
        _running()[KEEPER].join()
        forget(engine)
        started = time.perf_counter()
        figure()
        print(f"  first look of the next process: {time.perf_counter() - started:.1f} s")
    measured = {
        AFTER_ONE: _median(figure, one_more),
        AFTER_ONE_ALL: _median(everything, one_more),
        AT_REST: _median(everything, lambda: None),
        DUCKDB: _duckdb(sessions, everything()),
    }
    for name, seconds in measured.items():
        print(f"  {name}: {seconds * 1e3:.1f} ms")
    engine.dispose()
    return measured


def _running() -> dict[str, Thread]:
    return {thread.name: thread for thread in enumerate_threads()}


def _duckdb(sessions: Callable[[], Session], ours: list[Finding]) -> float:
    """How long DuckDB takes over the questions with one choice, once it has the answers.

    It must count what we count: each of their answers as often, the whole mission over.
    """
    with _looking(sessions) as (session, scope, round_), duckdb.connect() as duck:
        duck.register("parts", _parts(session))
        duck.execute("CREATE TABLE up AS SELECT * FROM parts")
        counted = {}
        for definition, asked in questions(definitions(session, scope.mission, None), None):
            frame = answers(session, scope.mission, definition.code)
            frame = frame[
                (frame["round_id"] == round_.id) & frame["status"].isin(map(str, COUNTED))
            ]
            names = [one.name for one in asked if one.name in frame and _is_plain(one, frame)]
            if frame.empty or not names:
                continue
            given = frame[["region_id", *names]].astype(dict.fromkeys(names, object))
            duck.register("given", given.reset_index(drop=True))
            duck.execute(f"CREATE TABLE {definition.code} AS SELECT * FROM given")  # noqa: S608
            quoted = ", ".join(f'"{name}"' for name in names)
            counted[definition.code] = (
                "SELECT above, question, answer, count(*) FROM "  # noqa: S608
                f"(UNPIVOT {definition.code} ON {quoted} INTO NAME question VALUE answer) "
                "JOIN up USING (region_id) GROUP BY ALL"
            )

        def count_all() -> None:
            for query in counted.values():
                duck.execute(query).fetchall()

        took = _median(count_all, lambda: None)
        whole = {
            (form, question, answer): count
            for form, query in counted.items()
            for above, question, answer, count in duck.execute(query).fetchall()
            if above == WHOLE
        }
    k = {(one.form, one.question, one.answer): one.k for one in ours if one.level == 0}
    # "Not observed" is no answer of ours.
    wrong = {name: count for name, count in whole.items() if name in k and count != k[name]}
    assert not wrong, wrong
    return took


def _is_plain(question: Question, frame: pd.DataFrame) -> bool:
    """Whether it has one answer in a submission: not several choices, not items of a repeat."""
    if question.type != "select_one":
        return False
    return all(isinstance(value, str) for value in frame[question.name].cat.categories)


def _parts(session: Session) -> pd.DataFrame:
    """Each region with all that it lies in, and the whole."""
    above = dict(session.execute(select(Region.id, Region.parent_id)).all())
    rows = []
    for region in above:
        rows.append((region, WHOLE))
        at: int | None = region
        while at is not None:
            rows.append((region, at))
            at = above[at]
    return pd.DataFrame(rows, columns=["region_id", "above"])


@contextmanager
def _looking(sessions: Callable[[], Session]) -> Iterator[tuple]:
    with sessions() as session:
        scope = whole_mission(session)
        yield session, scope, round_of_code(scope.mission, ROUND)


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
