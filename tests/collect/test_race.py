"""Two requests with one id at the same moment: one of them counts, and nothing is lost."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from observer.collect import intake
from observer.collect.models import Revision, Submission
from tests.collect.builders import build_collecting, payload
from tests.missions.builders import token_headers

URL = "/api/v1/submissions"
AT_ONCE = 6


@pytest.fixture
def headers(client, session):
    build_collecting(session)
    session.close()
    return token_headers(client, "observer")


def post_at_once(app, headers, submissions):
    barrier = Barrier(len(submissions))

    def post(sent):
        client = app.test_client()
        barrier.wait()
        return client.post(URL, json=sent, headers=headers).status_code

    with ThreadPoolExecutor(len(submissions)) as pool:
        return sorted(pool.map(post, submissions))


def test_the_same_content_is_stored_once(app, headers, session):
    sent = payload()
    codes = post_at_once(app, headers, [sent] * AT_ONCE)
    assert codes == [200] * (AT_ONCE - 1) + [201]
    assert len(session.scalars(select(Revision)).all()) == 1


def test_of_different_contents_one_counts_and_all_are_kept(app, headers, session):
    sent = payload()
    different = [
        sent | {"answers": {"opened_on_time": "no", "delay_minutes": minutes}}
        for minutes in range(AT_ONCE)
    ]
    codes = post_at_once(app, headers, different)
    assert codes == [201] + [202] * (AT_ONCE - 1)
    revisions = session.scalars(select(Revision)).all()
    assert sorted(revision.conflicting for revision in revisions) == [False] + [True] * (
        AT_ONCE - 1
    )
    assert session.get(Submission, uuid.UUID(sent["id"])).status == "held"


def test_the_tables_decide_where_nobody_waits_for_anybody(app, headers, session, monkeypatch):
    # Without the mission's row to wait at, two look, find nothing and both write.
    numbers = iter(range(1, 100))
    meet = Barrier(2)

    def no_waiting(_session, _mission_id):
        number = next(numbers)
        if number <= 2 and session.bind.dialect.name == "postgresql":
            meet.wait(timeout=10)
        return number

    monkeypatch.setattr(intake, "next_change", no_waiting)
    sent = payload()
    other = sent | {"answers": {"opened_on_time": "yes"}}
    assert post_at_once(app, headers, [sent, other]) == [201, 202]
    counted = session.scalars(select(Revision).where(Revision.conflicting.is_(False))).all()
    assert len(counted) == 1
