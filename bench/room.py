"""How long a report takes from being stored to standing on an open mission room.

Measured is what the server does for one open page: the question whether anything changed, and the
room's parts after one more submission. In a small mission and in a larger one it should cost the
same; what a browser adds is at most a second of waiting, as pages ask each second.

``python bench/room.py small mission national`` measures other sizes, SQLite alone with --sqlite;
``python bench/room.py 1000 1000000`` so many submissions of one mission, on PostgreSQL.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from bench.findings import SIZE, change_one, database, with_submissions
from observer.access.models import Person
from observer.collect.intake import receipt_code
from observer.collect.models import Submission
from observer.database import make_sessions, now
from observer.settings import Settings
from observer.web import create_app
from tests.postgresql import postgresql_server

TIMES = 15
PART = {"X-Part": "live"}


def main() -> None:
    """Measure and print."""
    sizes = [one for one in sys.argv[1:] if not one.startswith("--")] or ["small", "mission"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        engines = ["sqlite"]
        server = ""
        if "--sqlite" not in sys.argv:
            server = stack.enter_context(postgresql_server())
            engines.append("postgresql")
        counted = all(one.isdecimal() for one in sizes)
        if counted:
            engines.remove("sqlite")
            database("postgresql", SIZE, folder, server).dispose()
        for engine_name in engines:
            measured = [
                _measure(
                    with_submissions(server, int(one))
                    if counted
                    else database(engine_name, one, folder, server),
                    one,
                )
                for one in sizes
            ]
            for name in measured[0]:
                first, *others = (one[name] for one in measured)
                ratios = ", ".join(f"{other / first:.2f}" for other in others)
                print(f"{engine_name}: {name}, {' and '.join(sizes[1:])} over {sizes[0]}: {ratios}")


def _measure(engine: Engine, size: str) -> dict[str, float]:
    client = _analyst(create_app(Settings(secret_key="-" * 40), engine), engine)
    with make_sessions(engine)() as session:
        count = session.scalar(select(func.count()).select_from(Submission))
    started = time.perf_counter()
    assert client.get("/room", headers=PART).status_code == 200
    first = time.perf_counter() - started
    stamp = client.get("/api/v1/changes").headers["ETag"]
    measured = {
        "nothing changed": _median(lambda: _ask(client, stamp, 304), lambda: None),
        "from stored to shown": _median(lambda: _show(client, stamp), lambda: _arrive(engine)),
    }
    print(f"{engine.dialect.name}, {count:,} submissions ({size}): first {first * 1e3:.0f} ms")
    for name, seconds in measured.items():
        print(f"  {name}: {seconds * 1e3:.1f} ms")
    engine.dispose()
    return measured


def _analyst(app: Flask, engine: Engine) -> FlaskClient:
    client = app.test_client()
    with make_sessions(engine)() as session, client.session_transaction() as cookie:
        analyst = session.scalars(select(Person.id).where(Person.role == "analyst")).first()
        cookie["_user_id"] = str(analyst)
    return client


def _ask(client: FlaskClient, stamp: str, status: int) -> None:
    assert client.get("/api/v1/changes", headers={"If-None-Match": stamp}).status_code == status


def _show(client: FlaskClient, stamp: str) -> None:
    _ask(client, stamp, 200)
    assert _newest in client.get("/room", headers=PART).text


_newest = ""


def _arrive(engine: Engine) -> None:
    """Let the newest submission arrive once more, at this moment."""
    global _newest  # noqa: PLW0603
    _newest = receipt_code(change_one(make_sessions(engine), received_at=now()))


def _median(measured, before) -> float:
    times = []
    for _ in range(TIMES):
        before()
        started = time.perf_counter()
        measured()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()
