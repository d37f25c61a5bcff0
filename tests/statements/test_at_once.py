"""Several people do the same at the same moment: each is answered, and nothing is lost."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from observer.statements.models import Source, Statement, StatementVersion
from tests.statements.test_pages import SLUG, as_, fields, statement  # noqa: F401

# On SQLite they come one after the other anyway.
pytestmark = pytest.mark.parametrize("databases", ["postgresql"], indirect=True, scope="session")

SOURCES = b"code,body,title,figure,published_on,url,accessed_on\nrolls,B,T,7,,,\n"


@pytest.fixture
def at_once(as_):  # noqa: F811
    """Two editors send something to an address together: the addresses that they end at."""

    def send(address, *, page=f"/statements/{SLUG}", **given):
        editors = [as_("editor") for _number in range(2)]
        tokens = [fields(editor.get(page)) for editor in editors]
        ready = Barrier(len(editors))

        def one(number):
            data = tokens[number] | {
                name: (io.BytesIO(value), "a.csv") if isinstance(value, bytes) else value
                for name, value in given.items()
            }
            ready.wait()
            answer = editors[number].post(address, data=data)
            return answer.headers.get("Location", answer.status_code)

        with ThreadPoolExecutor() as threads:
            return sorted(map(str, threads.map(one, range(len(editors)))))

    return send


def all_of(session, column):
    found = session.scalars(select(column).order_by(column)).all()
    session.rollback()
    return found


def test_two_freeze_one_text(session, at_once):
    """Whoever comes second is led to the version that there is."""
    freeze = f"/statements/{SLUG}/freeze"
    versions = f"/statements/{SLUG}/versions"
    assert at_once(freeze, page=freeze) == [versions, f"{versions}/1"]
    assert all_of(session, StatementVersion.number) == [1]


def test_two_begin_what_is_to_have_one_address(session, at_once):
    told = {"title": "Late", "dated": "2026-06-09", "round": "runoff", "kind": "statement"}
    look = {"language": "en", "theme": "mission", "paper": "a4"}
    answers = at_once("/statements/new", **told, **look)
    assert answers == ["/statements/late", "/statements/late-2"]
    answers = at_once(f"/statements/{SLUG}/languages", language="es", title="Una declaración")
    assert answers == [f"/statements/{SLUG}-es", "422"]
    assert all_of(session, Statement.slug) == [SLUG, f"{SLUG}-es", "late", "late-2"]
    told = {"code": "one", "body": "B", "title": "T", "figure": "1"}
    assert at_once("/statements/sources/", **told) == ["/statements/sources/#source-one", "422"]
    assert at_once("/statements/sources/import", file=SOURCES) == ["/statements/sources/"] * 2
    assert at_once("/statements/sources/one/delete") == ["/statements/sources/", "404"]
    assert all_of(session, Source.code) == ["rolls", "turnout"]
    told = {"code": "R1", "kind": "new", "text_en": "Open on time."}
    answers = at_once("/statements/recommendations/new", **told)
    assert answers == ["/statements/recommendations", "422"]
