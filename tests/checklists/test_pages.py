"""The data manager's pages of forms."""

import re
from io import BytesIO

import pytest

from observer.access.models import Role
from observer.checklists.library import all_versions
from observer.checklists.xlsform import read_xlsform
from tests.collect.builders import OPENING, build_collecting
from tests.missions.builders import mission_in, sign_in

LOOKED_UP = """
| survey |
| | type | name | label | calculation |
| | audit | audit | | |
| | text | code | Code | |
| | calculate | district | | pulldata('districts', 'label', 'code', ${code}) |
| settings |
| | form_id |
| | looked_up |
"""


def cells_of(page):
    """The cells of each row of the tables on a page."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)
    return [row for row in (re.findall(r"<td[^>]*>(.*?)</td>", each) for each in rows) if row]


@pytest.fixture
def built(begin, session):
    begin(build_collecting)
    return mission_in(session)


def upload(client, text, name="opening.md"):
    return post(client, "/forms/import", file=(BytesIO(text.encode()), name))


def post(client, address, **data):
    page = client.get(address.rpartition("/")[0])
    return send(client, page, address, **data)


def send(client, page, address, **data):
    """Send what stands hidden on a page, and data."""
    hidden = dict(re.findall(r'name="(csrf_token|stamp)"[^>]*value="([^"]+)"', page.text))
    return client.post(address, data=hidden | data, follow_redirects=True)


def test_a_good_file_becomes_a_draft_that_is_compared_previewed_and_published(app, session, built):
    client = app.test_client()
    sign_in(client, Role.ADMIN)
    page = upload(client, OPENING.replace("Minutes late", "Delay in minutes"))
    assert "changed from “Minutes late” to “Delay in minutes”" in page.text
    preview = client.get("/forms/opening/2/preview")
    assert "Delay in minutes" in preview.text
    assert "/api/v1/submissions" not in preview.text
    assert all_versions(session, built.mission)[-1].published_at is None
    session.rollback()  # ends the read, which would hold up the next write
    seen = client.get("/forms/opening/2")
    page = send(client, seen, "/forms/opening/2/publish")
    assert "Published" in page.text
    assert send(client, seen, "/forms/opening/2/discard").status_code == 409
    book = client.get("/forms/opening/2.xlsx").data
    again = read_xlsform(book, "opening.xlsx")
    assert again.question("delay_minutes").label["en"] == "Delay in minutes"


def test_a_bad_file_is_answered_with_every_place_and_changes_nothing(app, session, built):
    client = app.test_client()
    sign_in(client, Role.ADMIN)
    page = upload(client, OPENING.replace("integer", "nothing").replace("<= 720", "<= ("))
    assert page.status_code == 422
    assert cells_of(page)[0][:3] == ["survey", "4", "type"]
    assert len(all_versions(session, built.mission)) == 1


def test_a_form_comes_with_its_lists_and_what_it_is_without_stays_with_it(app, session, built):
    client = app.test_client()
    sign_in(client, Role.ADMIN)
    alone = upload(client, LOOKED_UP, "looked_up.md")
    assert cells_of(alone)[0][:3] == ["survey", "4", "calculation"]
    assert "--with districts.csv" in cells_of(alone)[0][3]
    form = BytesIO(LOOKED_UP.encode()), "looked_up.md"
    districts = BytesIO(b"code,label\n7,Ancash\n"), "districts.csv"
    post(client, "/forms/import", file=form, lists=[districts])
    later = client.get("/forms/looked_up/1")
    assert cells_of(later)[0][:3] == ["survey", "2", "type"]
    assert "audit is not recorded" in cells_of(later)[0][3]
    assert "Ancash" in client.get("/forms/looked_up/1/preview").text


def test_a_draft_can_be_discarded(app, session, built):
    client = app.test_client()
    sign_in(client, Role.ADMIN)
    upload(client, OPENING.replace("Minutes late", "Delay"))
    assert "discarded" in post(client, "/forms/opening/2/discard").text
    assert [version.number for version in all_versions(session, built.mission)] == [1]


def test_analysts_look_and_change_nothing(app, built):
    client = app.test_client()
    sign_in(client, Role.ANALYST)
    assert "Import a form" not in client.get("/forms").text
    assert client.get("/forms/opening/1").status_code == 200
    assert client.get("/forms/import").status_code == 403
