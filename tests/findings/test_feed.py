"""The feed, as Excel, Power BI and R read it."""

import csv
import re
import zipfile
from base64 import b64encode, urlsafe_b64encode
from datetime import datetime, timedelta

import pytest
from defusedxml import ElementTree
from sqlalchemy import select, update

from observer.access.audit import newest_entries
from observer.access.models import Person, Role
from observer.access.permissions import PERMISSIONS
from observer.checklists.definition import Section
from observer.collect.models import Status
from observer.database import make_sessions, now
from observer.findings import feedviews
from observer.findings.exports.order import Layout, Order
from observer.findings.exports.plain import guarded
from observer.findings.exports.writing import write_export
from observer.findings.feed import pages, tokens
from observer.findings.models import FeedToken
from observer.missions.models import Membership, Region
from observer.missions.scope import Scope
from observer.settings import Settings
from observer.web import create_app
from tests.findings.builders import NOON, question
from tests.missions.builders import sign_in, token_headers

ROOT = "/feed/v1/demo/"
BEFORE_ALL_TIME = urlsafe_b64encode(
    b'["0001-01-01T00:00:00+14:00", "00000000-0000-4000-8000-000000000000", 1]'
).decode()
CSDL = "{http://docs.oasis-open.org/odata/ns/edm}"
FITS = {
    "Edm.String": lambda value: isinstance(value, str),
    "Edm.Int64": lambda value: type(value) is int and abs(value) < 2**63,
    "Edm.Byte": lambda value: type(value) is int and 0 <= value <= 255,
    "Edm.Double": lambda value: type(value) in (int, float),
    "Edm.DateTimeOffset": lambda value: datetime.fromisoformat(value).tzinfo is not None,
}


@pytest.fixture
def filled(station):
    """Reports of two forms, two versions and both rounds; two came at the same moment."""
    parties = [{"obstructed": "yes", "agents": 2}, {"obstructed": "not_observed"}, {"agents": 1}]
    station.submit({"on_time": "no", "sealed": "yes", "delay": -5, "comment": "=1+1"})
    station.submit({"on_time": "yes", "reasons": ["staff", "power"], "parties": parties})
    station.submit({"parties": parties[1:]}, place="1502-01-2")
    seals = Section(name="seals", label={}, repeated=True, children=(question("broken", "text"),))
    station.publish_next(
        "opening",
        question("on_time", "select_one", "yes", "late"),
        question("delay", "decimal"),
        question("total-1", "calculate"),
        question("where", "geopoint"),
        Section(name="boxes", label={}, repeated=True, children=(question("size", "text"), seals)),
    )
    broken = [{"broken": "1"}, {"broken": "2"}]
    boxes = [{"size": "L", "seals": broken}, {"size": "M", "seals": broken[:1]}]
    station.submit({"boxes": boxes})
    station.submit({"boxes": [{"size": "S", "seals": [{"broken": "3"}]}]}, place="16-01-1")
    where = {"lat": -12.5, "lon": -77, "accuracy_m": 5}
    station.submit({"on_time": "late", "delay": 1.5, "total-1": 3, "where": where}, place="16-01-1")
    for number, place in enumerate(("1502-01-1", "1502-01-2", "91-01-1"), start=1):
        more = {"received_at": NOON + timedelta(hours=number)}
        station.submit({"delay": number, "total-1": 0.5}, place=place, **more)
    station.submit({"on_time": "no"}, place="91-01-1", status=Status.REJECTED)
    station.submit({"on_time": "yes"}, round_=station.built.first, status=Status.VERIFIED)
    station.submit({"type": ["threat"]}, form="incident", place=None)
    station.submit({"type": ["violence"]}, form="incident", place="1502-01-1")
    return station


@pytest.fixture
def make_token(engine):
    """Gives somebody of a role a token; the header with it."""

    def make(role, days=30):
        with make_sessions(engine).begin() as session:
            person = session.scalars(select(Person).where(Person.role == role)).one()
            token, _made = tokens.make_token(session, person, "Excel", days)
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest.fixture
def get(client, filled, make_token):
    """Asks for an address of the feed, as the analyst's program."""
    header = make_token("analyst")
    return lambda address, headers=header, **query: client.get(
        address if address.startswith("http") else ROOT + address,
        query_string=query or None,
        headers=headers,
    )


@pytest.fixture
def all_rows(get):
    """The rows of all pages, and how many pages there were."""

    def read(address, **query):
        answer, rows, number = get(address, **query).json, [], 1
        rows += answer["value"]
        while link := answer.get("@odata.nextLink"):
            answer, number = get(link).json, number + 1
            rows += answer["value"]
        return rows, number

    return read


@pytest.fixture
def exported(app, engine, built, tmp_path):
    """The rows of an export as CSV, by the table's name."""

    def read(layout, **order):
        path = tmp_path / f"{layout}.csv.zip"
        scope = Scope(built.mission)
        with app.app_context():
            links = "http://localhost/"
            write_export(engine, scope, Order(layout=layout, links=links, **order), path)
        tables = {}
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if not name.endswith("-dictionary.csv"):
                    text = archive.read(name).decode("utf-8-sig")
                    tables[name.removesuffix(".csv")] = list(csv.reader(text.splitlines()))
        return tables

    return read


def as_csv(value):
    return guarded(value) if isinstance(value, str) else "" if value is None else str(value)


def declared(metadata):
    """The types of each entity set's properties, and its key."""
    root = ElementTree.fromstring(metadata)
    types = {t.get("Name"): t for t in root.iter(f"{CSDL}EntityType")}
    found = {}
    for entity_set in root.iter(f"{CSDL}EntitySet"):
        entity = types[entity_set.get("EntityType").removeprefix("observer.")]
        properties = {p.get("Name"): p.get("Type") for p in entity.iter(f"{CSDL}Property")}
        key = [each.get("Name") for each in entity.iter(f"{CSDL}PropertyRef")]
        found[entity_set.get("Name")] = properties, key
    return found


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_all_pages_together_are_the_rows_of_the_export(
    filled, exported, all_rows, monkeypatch, size
):
    monkeypatch.setattr(pages, "rows_of_page", lambda _columns: size)
    monkeypatch.setattr(feedviews, "rows_of_page", lambda _columns: size)
    seen = 0
    for layout in Layout:
        for name, (heads, *expected) in exported(layout).items():
            rows, number = all_rows(name.replace(".", "_"))
            assert [[as_csv(v) for v in row.values()] for row in rows] == expected, name
            assert number == max(1, -(-len(expected) // size)), name
            plain = [re.sub(r"\W", "_", head) for head in heads]
            assert all(list(row) == plain for row in rows)
            seen += len(rows)
    assert seen > 12
    _heads, *expected = exported(Layout.SUBMISSIONS, rounds=("first",))["opening"]
    rows, _number = all_rows("rounds/first/opening")
    assert [[as_csv(v) for v in row.values()] for row in rows] == expected


def test_every_column_is_declared_with_a_type_that_its_values_fit(get, all_rows):
    answer = get("$metadata")
    assert answer.content_type.startswith("application/xml")
    service = get("").json
    assert service["@odata.context"] == "http://localhost/feed/v1/demo/$metadata"
    sets = declared(answer.data)
    assert [each["url"] for each in service["value"]] == list(sets)
    for name, (properties, key) in sets.items():
        rows, _number = all_rows(name)
        assert rows, name
        keys = [tuple(row[each] for each in key) for row in rows]
        assert None not in sum(keys, ())
        assert len(set(keys)) == len(keys)
        for row in rows:
            assert list(row) == list(properties)
            for column, value in row.items():
                assert value is None or FITS[properties[column]](value), (column, value)
    opening, _key = sets["opening"]
    kinds = [opening[each] for each in ("received_utc", "reasons_staff", "flags", "delay")]
    assert kinds == ["Edm.DateTimeOffset", "Edm.Byte", "Edm.Int64", "Edm.Double"]
    assert opening["total_1"] == "Edm.Double"


def test_what_comes_while_pages_are_read_moves_no_row(filled, get, all_rows, monkeypatch):
    monkeypatch.setattr(feedviews, "rows_of_page", lambda _columns: 2)
    for name in ("opening", "opening_parties", "stations"):
        expected, _number = all_rows(name)
        answer = get(name).json
        rows = answer["value"]
        # Before what was given already, where counting rows would give the last ones twice.
        parties, early = [{"agents": 7}, {"agents": 8}], NOON - timedelta(days=1)
        filled.submit({"delay": 9, "parties": parties}, place="1501-01", received_at=early)
        while link := answer.get("@odata.nextLink"):
            answer = get(link).json
            rows += answer["value"]
        assert rows == expected, name
        assert all_rows(name)[0] != expected


def test_rows_and_columns_can_be_chosen(get, all_rows, monkeypatch):
    everything, _number = all_rows("opening_parties")
    monkeypatch.setattr(feedviews, "rows_of_page", lambda _columns: 2)
    for name in ("opening", "opening_parties", "opening_seals", "stations", "incident"):
        expected, _number = all_rows(name)
        assert get(name, **{"$count": "true"}).json["@odata.count"] == len(expected)
        for skip, top in ((0, 3), (1, 1), (2, 2), (1, 99), (99, 2), (0, 0)):
            rows, _number = all_rows(name, **{"$skip": skip, "$top": top})
            assert rows == expected[skip : skip + top], (name, skip, top)
    answer = get("opening_parties", **{"$select": "agents, submission_id"}).json
    assert answer["@odata.context"].endswith("$metadata#opening_parties(submission_id,agents)")
    rows, _number = all_rows("opening_parties", **{"$select": "agents"})
    assert rows == [{"agents": row["agents"]} for row in everything]
    assert "@odata.count" not in answer


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("opening?$filter=delay eq 1", 501, "The feed takes $top, $skip, $select, $count"),
        ("opening?$orderby=delay", 501, "$orderby is not supported"),
        ("$metadata?$format=json", 501, "$format is not supported"),
        ("opening?$top=-1", 400, "$top is a whole number"),
        ("opening?$top=1&$top=2", 400, "$top is given more than once"),
        ("opening?$count=yes", 400, "$count is true or false"),
        ("opening?$select=on_time,x", 400, "There is no column “x”"),
        ("opening?$skiptoken=x", 400, "$skiptoken is none of ours"),
        (f"opening?$skiptoken={BEFORE_ALL_TIME}", 400, "$skiptoken is none of ours"),
        ("stations?$skiptoken=WyJhXHUwMDAwIl0", 400, "$skiptoken is none of ours"),
        ("closing", 404, "There is no table “closing”; there is opening, incident"),
        ("rounds/third/", 404, "There is no round “third”"),
        ("opening/more/of/it", 404, ""),
        ("http://localhost/feed/v1/other/", 404, "You are in no mission “other”"),
    ],
)
def test_what_is_wrong_is_said_as_odata_has_it(get, address, status, said):
    answer = get(address)
    assert answer.status_code == status
    assert answer.headers["OData-Version"] == "4.0"
    assert answer.content_type.startswith("application/json")
    assert said in answer.json["error"]["message"]
    assert answer.json["error"]["code"]


def test_it_is_only_read(client, filled, make_token):
    header = make_token("analyst")
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = client.open(ROOT + "opening", method=method, headers=header)
        assert (answer.status_code, answer.headers["OData-Version"]) == (405, "4.0")
    head = client.head(ROOT + "opening", headers=header)
    assert (head.status_code, head.data) == (200, b"")


def test_a_token_alone_opens_it_and_nothing_else(app, client, filled, make_token):
    header = make_token("analyst")
    token = header["Authorization"].removeprefix("Bearer ")

    def basic(name, password):
        given = b64encode(f"{name}:{password}".encode()).decode()
        return {"Authorization": f"Basic {given}"}

    for name in ("", "anybody", "analyst@example.org"):
        assert client.get(ROOT, headers=basic(name, token)).status_code == 200
    signed_in = app.test_client()
    sign_in(signed_in, "analyst")
    assert signed_in.get("/exports").status_code == 200
    others = [
        {},
        basic("analyst@example.org", "correct horse battery"),
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic x"},
        token_headers(app.test_client(), "analyst"),
    ]
    for wrong in others:
        for asking in (client, signed_in):
            answer = asking.get(ROOT + "opening", headers=wrong)
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")
            assert "valid token" in answer.json["error"]["message"]
    assert client.get("/api/v1/me", headers=header).status_code == 401


def test_a_token_gives_what_its_person_may_see_now(client, filled, make_token, engine, monkeypatch):
    header = make_token("coordinator")
    assert client.get(ROOT + "opening", headers=header).status_code == 403
    allowed = PERMISSIONS["submission.export"] | {Role.COORDINATOR}
    monkeypatch.setitem(PERMISSIONS, "submission.export", allowed)

    def places(name):
        rows = client.get(ROOT + name, headers=header).json["value"]
        return {row["place_code"] for row in rows}

    assert places("opening") == {"1501-01-1", "1502-01-1", "1502-01-2"}
    assert places("stations") == places("opening")
    with make_sessions(engine).begin() as session:
        membership = session.scalars(
            select(Membership).join(Membership.person).where(Person.role == "coordinator")
        ).one()
        membership.regions = [session.get(Region, filled.built.regions["16"].id)]
    assert places("opening") == {"16-01-1"}
    count = client.get(ROOT + "opening?$count=true&$top=0", headers=header).json["@odata.count"]
    assert count == 2

    for changed in (
        update(Person).where(Person.role == "coordinator").values(active=False),
        update(FeedToken).values(expires_at=now()),
        update(FeedToken).values(revoked_at=now()),
    ):
        with engine.begin() as connection:
            connection.execute(update(Person).values(active=True))
            later = now() + timedelta(days=1)
            connection.execute(update(FeedToken).values(expires_at=later, revoked_at=None))
        assert client.get(ROOT, headers=header).status_code == 200
        with engine.begin() as connection:
            connection.execute(changed)
        assert client.get(ROOT, headers=header).status_code == 401


def test_its_use_is_written_down_once_a_minute(get, engine):
    def used():
        with engine.connect() as connection:
            return connection.scalar(select(FeedToken.last_used_at))

    get("opening")
    first = used()
    assert now() - first < timedelta(minutes=1)
    get("opening")
    assert used() == first
    with engine.begin() as connection:
        connection.execute(update(FeedToken).values(last_used_at=first - timedelta(minutes=2)))
    get("opening")
    assert used() > first


def test_it_is_asked_only_so_often(engine, settings, filled, make_token):
    few = Settings(**vars(settings) | {"feed_rate": "2 per minute"})
    client, header = create_app(few, engine).test_client(), make_token("analyst")
    answers = [client.get(ROOT, headers=header) for _again in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json["error"]["code"] == "TooManyRequests"
    assert int(answers[2].headers["Retry-After"]) > 0


def test_an_answer_that_contradicts_its_column_is_named(filled, get):
    assert get("opening").status_code == 200
    wrong = filled.submit({"delay": "two", "total-1": "unknown"})
    answer = get("opening")
    assert answer.status_code == 409
    assert str(wrong.id) in answer.json["error"]["message"]
    filled.revise(wrong, {"total-1": "unknown"}, "1501-01-1")
    # Calculations that are not all numbers are texts from now on.
    texts = [row["total_1"] for row in get("opening").json["value"] if row["total_1"]]
    assert sorted(texts) == ["0.5", "0.5", "0.5", "3", "unknown"]
    assert declared(get("$metadata").data)["opening"][0]["total_1"] == "Edm.String"


def test_a_person_makes_and_ends_tokens_on_the_page(app, filled, engine):
    client = app.test_client()
    sign_in(client, "analyst")
    page = client.get("/exports").text
    assert "No program of yours reads a feed yet." in page
    csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
    given = {"name": "Power <BI>", "days": "10", "csrf_token": csrf}
    assert client.post("/exports/tokens", data=given | {"csrf_token": ""}).status_code == 400
    wrong = client.post("/exports/tokens", data=given | {"name": " ", "days": "999"})
    assert wrong.status_code == 422
    assert "Write for which program it is" in wrong.text
    assert "Write a whole number from 1 to 365." in wrong.text

    made = client.post("/exports/tokens", data=given)
    assert made.headers["Cache-Control"] == "no-store"
    token = re.search(r'id="feed-token" value="([^"]+)"', made.text)[1]
    address = re.search(r'id="feed-address" value="([^"]+)"', made.text)[1]
    header = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get(address, headers=header).status_code == 200
    page = client.get("/exports").text
    assert token not in page
    assert "Power &lt;BI&gt;" in page

    end = re.search(r"/exports/tokens/\d+/end", page)[0]
    other = app.test_client()
    sign_in(other, "editor")
    assert "Power &lt;BI&gt;" not in other.get("/exports").text
    assert other.get(end).status_code == 404
    assert "can refresh no more" in client.get(end).text
    assert client.post(end).status_code == 400
    done = client.post(end, data={"csrf_token": csrf}, follow_redirects=True)
    assert "The token has been ended." in done.text
    assert end not in done.text
    assert app.test_client().get(address, headers=header).status_code == 401
    with make_sessions(engine)() as session:
        ended, begun = newest_entries(session, limit=2)
        assert (ended.action, begun.action) == ("feed_token.end", "feed_token.make")
        assert begun.details["name"] == "Power <BI>"
        assert begun.person.role == "analyst"
        assert token not in str(begun.details)
