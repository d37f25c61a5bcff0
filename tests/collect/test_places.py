"""Questions that are answered with one of the mission's polling stations, out of however many."""

import csv
import uuid

import pytest

from observer.checklists.definition import FormDefinition
from observer.checklists.operations import import_form
from observer.checklists.spreadsheet import write_xlsform
from observer.checklists.xlsform import read_xlsform
from observer.collect.models import Submission
from tests.collect.builders import build_collecting, payload
from tests.collect.openrosa_client import NAMES, OpenRosaClient, fill
from tests.missions.builders import token_headers

SENT_ON = """
| survey | | | |
| | type | name | label |
| | select_one_from_file places.csv | sent_to | Where were voters sent? |
| | begin_repeat | others | Others |
| | select_one_from_file places.csv | also | And where else? |
| | end_repeat | | |
| settings | |
| | form_id | place |
| | sent_on | station |
"""


@pytest.fixture
def built(session):
    built = build_collecting(session)
    import_form(session, built.mission, SENT_ON.encode(), "sent_on.md", publish=True)
    session.commit()
    return built


@pytest.fixture
def headers(client, built):
    return token_headers(client, "observer")


def test_the_form_has_no_station_in_it_and_goes_out_and_in_again():
    definition = read_xlsform(SENT_ON.encode(), "sent_on.md")
    assert [question.choices for question in definition.questions()] == [(), ()]
    assert read_xlsform(write_xlsform(definition), "sent_on.xlsx") == definition
    assert FormDefinition.from_json(definition.to_json()) == definition


def test_stations_are_found_by_code_and_by_words_of_their_names(client, headers, session, built):
    def found(text):
        answer = client.get("/api/v1/places", query_string={"search": text}, headers=headers)
        return [place["code"] for place in answer.json]

    assert found("1501-01") == ["1501-01-1", "1501-01-2", "1501-01-3"]
    assert found("loreto 16-02") == ["16-02-1", "16-02-2", "16-02-3"]
    assert found("3 LIMA west") == ["1501-01-3", "1501-02-3"]
    assert found("nowhere") == found("100%") == found("_") == []
    assert len(found("school")) == 20
    built.memberships["observer"].regions = [built.regions["15"]]
    session.commit()
    assert found("loreto") == []
    assert found("1502-01-1") == ["1502-01-1"]


def test_an_answer_is_a_station_of_the_mission_or_the_submission_is_held(client, headers, session):
    right = {"sent_to": "16-01-1", "others": [{"also": "91-01-1"}]}
    sent = payload(form="sent_on", answers=right)
    assert client.post("/api/v1/submissions", json=sent, headers=headers).status_code == 201
    wrong = payload(form="sent_on", answers=right | {"others": [{"also": "99-99-9"}]})
    answer = client.post("/api/v1/submissions", json=wrong, headers=headers)
    assert answer.status_code == 202
    assert answer.json["errors"] == [
        {"question": "also", "message": "There is no place “99-99-9” here."}
    ]
    session.rollback()
    (revision,) = session.get(Submission, uuid.UUID(wrong["id"])).revisions
    assert revision.answers["others"] == [{"also": "99-99-9"}]


def test_openrosa_clients_get_the_list_of_stations(client, built, session):
    collect = OpenRosaClient(client)
    files = {
        file.findtext("manifest:filename", "", NAMES): file.findtext(
            "manifest:downloadUrl", "", NAMES
        )
        for file in collect.xml(collect.forms()["sent_on"]["manifestUrl"])
    }
    assert [*files] == ["rounds.csv", "assigned.csv", "places.csv"]
    stations = [*csv.DictReader(collect.open(files["places.csv"]).text.splitlines())]
    assert len(stations) == 24
    assert stations[0] == {"name": "1501-01-1", "label": "Station 1 · 1501-01-1"}
    instance = collect.empty("sent_on")
    submission_id = fill(instance, {"sent_to": "16-01-1", "others": [{"also": "91-01-1"}]})
    assert collect.send(instance).status_code == 201
    session.rollback()
    (revision,) = session.get(Submission, submission_id).revisions
    assert revision.answers == {"sent_to": "16-01-1", "others": [{"also": "91-01-1"}]}
