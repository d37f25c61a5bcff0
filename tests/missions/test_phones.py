"""The admin's page of phones: what is used by whom, and ending the use of one that is lost."""

import re
import uuid
from datetime import UTC, date, datetime

import pytest

from observer.access.models import Phone, Role
from observer.access.phones import is_ended
from observer.missions import phones
from observer.missions.operations import add_mission, add_round
from observer.missions.people import add_person
from tests.missions.builders import build_mission, sign_in

ANDROID = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"
SAMSUNG = "Mozilla/5.0 (Linux; Android 13) SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/5"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Mobile/15E148 Safari/604.1"


@pytest.fixture
def built(session):
    return build_mission(session)


@pytest.fixture
def phone(session, built):
    """Makes a phone of the observer, or of somebody else; gives its id."""

    def make(person=built.people["observer"], name=ANDROID, hour=6):
        moment = datetime(2026, 6, 7, hour, tzinfo=UTC)
        made = Phone(id=uuid.uuid4(), person_id=person.id, name=name, recovery=b"")
        made.created_at = made.last_seen_at = moment
        session.add(made)
        session.commit()
        phone_id = made.id
        session.close()
        return phone_id

    return make


@pytest.fixture
def admin(client, built):
    sign_in(client, "admin")
    return client


def rows(client, **query):
    """The words of each row of the table."""
    page = client.get("/mission/phones", query_string=query).text
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.sub(r"<[^>]+>|\s+", " ", row) for row in body.split("</tr>")[:-1]]


def press(client, page, action):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)[1]
    return client.post(action, data={"csrf_token": token}, follow_redirects=True).text


def test_each_phone_is_shown_with_its_person_and_when_it_was_heard_of(admin, phone):
    assert "No phone has been used yet" in admin.get("/mission/phones").text
    for name, hour in ((ANDROID, 6), (IPHONE, 7), (SAMSUNG, 8), ("<b>A script</b>", 9)):
        phone(name=name, hour=hour)
    listed = rows(admin)
    browsers = ("&lt;b&gt;A script", "Samsung Internet 23, Android", "Safari 17, iPhone")
    for row, browser in zip(listed, (*browsers, "Chrome 141, Android"), strict=True):
        assert browser in row
        assert "Observer Demo" in row
        assert "in use" in row
    assert "7 Jun 01:00" in listed[3]


def test_a_lost_phone_is_ended_after_asking_and_restored_until_it_has_been_told(
    admin, phone, session
):
    phone_id = phone()
    end, restore = (f"/mission/phones/{phone_id}/{step}" for step in ("end", "restore"))
    assert "What has not been sent is then lost" in admin.get(end).text
    assert "in use" in rows(admin)[0]
    assert "has been ended" in press(admin, end, end)
    assert "not heard of since" in rows(admin)[0]
    assert "can be used again" in press(admin, "/mission/phones", restore)
    assert "in use" in rows(admin)[0]
    press(admin, end, end)
    assert is_ended(session, phone_id) is True
    session.commit()
    session.close()
    assert "told to wipe itself" in rows(admin)[0]
    assert "has wiped itself already" in press(admin, end, restore)
    assert "told to wipe itself" in rows(admin)[0]


def test_the_phones_of_a_person_are_found_by_name_or_email(admin, phone, built, monkeypatch):
    phone()
    phone(built.people["coordinator"], hour=7)
    monkeypatch.setattr(phones, "MOST_SHOWN", 1)
    assert "Coordinator Demo" in rows(admin)[0]
    assert "1 heard of last are shown" in admin.get("/mission/phones").text
    for whose in ("observer demo", "OBSERVER@"):
        (row,) = rows(admin, whose=whose)
        assert "Observer Demo" in row
    assert rows(admin, whose="%") == []
    assert "Nobody of this name" in admin.get("/mission/phones?whose=%25").text


def test_another_missions_phones_are_not_there(admin, phone, session):
    elsewhere = add_mission(session, code="other", name="Other")
    add_round(session, elsewhere, code="theirs", name="Theirs", voting_day=date(2026, 6, 7))
    stranger = add_person(
        session, elsewhere, email="x@example.org", name="Stranger", role=Role.OBSERVER
    )
    session.commit()
    phone_id = phone(stranger)
    assert rows(admin) == []
    assert admin.get(f"/mission/phones/{phone_id}/end").status_code == 404
