"""Answers are typed, relevant, complete and possible, or it is said why they are not."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observer.checklists.library import BUILTIN, builtin_definition
from observer.checklists.validation import check_answers
from observer.checklists.xlsform import read_xlsform

OPENING = builtin_definition("opening")
VOTING = builtin_definition("voting")
PARTY_AGENTS = builtin_definition("party_agents")
INCIDENT = builtin_definition("incident")
ODD = read_xlsform(
    b"""
| survey |
| | type | name | label | relevant | constraint | required | calculation |
| | text | data | Data | | | | |
| | text | errors | Errors | | | | |
| | text | validate | Validate | | | | |
| | text | _form | Form | | | | |
| | text | a-1.b | A | | | | |
| | acknowledge | agreed | Agreed? | | | | |
| | geopoint | here | Here | | | | |
| | decimal | share | Share | | . < 1 | | |
| | date | day | Day | | . <= today() | | |
| | begin_repeat | outer | Outer | | | | |
| | integer | n | N | | | ${data} = 'strict' | |
| | begin_repeat | inner | Inner | ${n} > 1 | | | |
| | integer | k | K | | . < ${n} | | |
| | end_repeat | | | | | | |
| | end_repeat | | | | | | |
| | calculate | total | | | | | if(count(${k}) > 0, sum(${k}), '') |
| settings |
| | form_id |
| | odd |
""",
    "odd.md",
)


def messages(checked):
    return {error["question"]: error["message"] for error in checked.errors}


def test_answers_that_are_right_come_back_typed():
    checked = check_answers(
        OPENING,
        {
            "station_opened": "yes",
            "opened_on_time": "no",
            "delay_minutes": "45",
            "delay_reasons": "staff_absent weather",
            "opening_time": "07:45:00",
            "overall": "good",
        },
    )
    assert checked.errors == []
    assert checked.answers == {
        "station_opened": "yes",
        "overall": "good",
        "opened_on_time": "no",
        "delay_minutes": 45,
        "delay_reasons": ["staff_absent", "weather"],
        "opening_time": "07:45",
    }


def test_irrelevant_answers_are_left_out_and_are_no_mistake():
    kept = {"station_opened": "no_left", "opened_on_time": "yes", "overall": "bad"}
    kept["overall_reason"] = "Nobody came."
    left_out = {"delay_minutes": 999, "staff_present": 3, "box_sealed": "perhaps"}
    checked = check_answers(OPENING, kept | left_out)
    assert checked.errors == []
    assert checked.answers == kept


@pytest.mark.parametrize(
    ("answers", "question"),
    [
        ({"overall": None}, "overall"),
        ({"opened_on_time": "perhaps"}, "opened_on_time"),
        ({"opened_on_time": "no", "delay_minutes": 721}, "delay_minutes"),
        ({"opened_on_time": "no", "delay_minutes": 4.5}, "delay_minutes"),
        ({"opened_on_time": "no", "delay_minutes": True}, "delay_minutes"),
        ({"opened_on_time": "no", "delay_reasons": ["weather", "luck"]}, "delay_reasons"),
        ({"staff_present": 3, "staff_women": 4}, "staff_women"),
        ({"opening_time": "25:00"}, "opening_time"),
        ({"overall": "bad"}, "overall_reason"),
        ({"overall": "bad", "overall_reason": "  \n"}, "overall_reason"),
        ({"photo": "../../etc/passwd"}, "photo"),
        ({"no_such_question": 1}, "no_such_question"),
        ({"staff": {"staff_present": 3}}, "staff"),
        ({"comment": {"a": 1}}, "comment"),
        ({"comment": 10**400}, "comment"),
    ],
)
def test_a_wrong_answer_is_named(answers, question):
    needed = {"station_opened": "yes", "opened_on_time": "yes", "overall": "good"}
    checked = check_answers(OPENING, needed | answers)
    assert [error["question"] for error in checked.errors] == [question]


def test_messages_are_in_the_language_of_the_reader():
    answers = {"staff_present": 3, "staff_women": 4, "opened_on_time": "no", "delay_minutes": "x"}
    said = messages(check_answers(OPENING, answers, "es"))
    assert said["staff_women"] == "Como máximo el número de miembros presentes."
    assert said["delay_minutes"] == "No es un valor entero válido."


def test_rows_of_a_repeat_are_checked_one_by_one():
    rows = [{"party": "party_a", "agents": 2, "women": 1}, {}, {"agents": 1, "women": 2}]
    present = {"agents_present": "yes", "overall": "good"}
    checked = check_answers(PARTY_AGENTS, present | {"parties": rows})
    assert checked.answers["parties"] == rows
    assert [error["question"] for error in checked.errors] == ["women"]
    assert check_answers(PARTY_AGENTS, {"agents_present": "no", "parties": rows}).answers == {
        "agents_present": "no"
    }
    too_many = check_answers(PARTY_AGENTS, present | {"parties": [{}] * 201})
    assert [error["question"] for error in too_many.errors] == ["parties"]


def test_repeats_in_repeats_and_names_that_forms_have_for_themselves():
    inner = [{"n": 5, "inner": [{"k": 2}, {"k": 7}]}, {"n": 1, "inner": [{"k": 0}]}, {}]
    answers = {"data": "strict", "errors": "e", "validate": "v", "_form": "f", "a-1.b": "a"}
    checked = check_answers(ODD, answers | {"outer": inner})
    assert checked.answers == answers | {
        "outer": [{"n": 5, "inner": [{"k": 2}, {"k": 7}]}, {"n": 1}, {}],
        "total": 9,
    }
    assert [error["question"] for error in checked.errors] == ["k", "n"]


def test_today_is_the_day_on_which_the_form_was_filled():
    at = datetime.fromisoformat("2026-06-07T23:30:00-05:00")
    assert check_answers(ODD, {"day": "2026-06-07"}, at=at).errors == []
    assert messages(check_answers(ODD, {"day": "2026-06-08"}, at=at)).keys() == {"day"}


def test_what_the_phone_calculated_counts_only_where_it_is_to_stay():
    form = read_xlsform(
        b"""
| survey |
| | type | name | label | calculation |
| | text | t | T | |
| | calculate | drawn | | once(random()) |
| | calculate | code | | once(uuid()) |
| | calculate | double | | ${drawn} * 2 |
""",
        "once.md",
    )
    given = {"drawn": 0.25, "code": "a-b", "double": 7}
    assert check_answers(form, given).answers == {"drawn": 0.25, "code": "a-b", "double": 0.5}
    assert check_answers(form, {"t": "x"}).answers == {"t": "x"}


def test_positions_and_acknowledgements():
    here = {"lat": -12.046, "lon": -77.043, "accuracy_m": 12}
    checked = check_answers(ODD, {"here": here, "agreed": True, "share": "0.5"})
    assert checked.answers == {"here": here, "agreed": "OK", "share": 0.5}
    assert check_answers(ODD, {"here": "-12.046 -77.043 0 12"}).answers == {"here": here}
    assert messages(check_answers(ODD, {"here": {"lat": 912, "lon": 0}})).keys() == {"here"}


def test_what_databases_cannot_store_is_taken_out_of_texts():
    assert check_answers(ODD, {"data": "a\0b\ud800c"}).answers == {"data": "ab?c"}


FORMS = [*map(builtin_definition, BUILTIN), ODD]
NAMES = sorted({question.name for form in FORMS for question in form.questions()})
NAMES += ["parties", "outer", "inner", "staff"]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["yes", "no", "07:12", "2026-06-07", "2026-06-07T07:12", "1 2 0 3", "OK"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=5)), inner, max_size=6),
    ),
    max_leaves=20,
)
ANSWERS = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=15)


@settings(deadline=None)
@given(st.sampled_from(FORMS), st.one_of(ANSWERS, JSON))
def test_whatever_json_comes_it_is_checked_and_what_is_kept_is_right(form, answers):
    checked = check_answers(form, answers)
    # What is kept can be stored, and sent again it is right (or wrong for the same reasons).
    kept = json.loads(json.dumps(checked.answers, allow_nan=False))
    json.dumps(checked.errors).encode()
    assert check_answers(form, kept).answers == kept
