"""Forms and their versions, and the commands that bring them in and out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from observer.checklists.definition import UNASKED, FormDefinition, Question, Section
from observer.checklists.library import (
    BUILTIN,
    builtin_definition,
    definition_of,
    form_version,
    import_builtin,
    newest_definition,
    published_forms,
)
from observer.checklists.operations import import_form
from observer.checklists.spreadsheet import write_xlsform
from observer.checklists.validation import check_answers
from observer.checklists.xlsform import read_xlsform
from observer.cli import cli
from observer.missions.models import Mission
from observer.missions.operations import add_mission

SMALL = """
| survey |
| | type | name | label |
| | text | what | {label} |
| settings |
| | form_id | form_title |
| | small | Small |
"""


def run(app, arguments):
    return app.test_cli_runner().invoke(cli, arguments)


def small(label="What?"):
    return SMALL.format(label=label).encode()


def test_an_edit_makes_the_next_version_and_the_same_again_makes_none(session):
    mission = add_mission(session, code="m", name="M")
    first = import_form(session, mission, small(), "small.md", publish=True)
    published_at = first.published_at
    again = import_form(session, mission, small() + b"\n", "other name.md", publish=True)
    assert (again.id, again.number, again.published_at) == (first.id, 1, published_at)
    draft = import_form(session, mission, small("What happened?"), "small.md", publish=False)
    session.commit()
    session.expire_all()
    assert (draft.number, draft.published_at) == (2, None)
    assert [(v.form.code, v.number) for v in published_forms(session, mission)] == [("small", 1)]
    assert newest_definition(session, mission, "small").question("what").label == {"en": "What?"}
    import_form(session, mission, small("What happened?"), "small.md", publish=True)
    assert [v.number for v in published_forms(session, mission)] == [2]
    kept = form_version(session, mission, "small", 1)
    assert definition_of(kept).question("what").label == {"en": "What?"}
    assert kept.source == small()


def test_forms_belong_to_their_mission(session):
    one = add_mission(session, code="one", name="One")
    two = add_mission(session, code="two", name="Two")
    import_builtin(session, one)
    assert [version.form.code for version in published_forms(session, one)] == list(BUILTIN)
    assert published_forms(session, two) == []
    assert form_version(session, two, "opening", 1) is None


def test_languages_keep_their_order_in_the_database(session):
    mission = add_mission(session, code="m", name="M")
    content = small().replace(b"| label |", b"| label::Spanish (es) |").replace(
        b"| small | Small |", b"| small | Small | Spanish (es) |"
    ).replace(b"form_title |", b"form_title | default_language |").replace(
        b"label::Spanish (es) |", b"label::Spanish (es) | label::English (en) |"
    ).replace(b"What? |", b"Que? | What? |")  # fmt: skip
    version = import_form(session, mission, content, "small.md", publish=True)
    session.commit()
    session.expire_all()
    definition = definition_of(version)
    assert definition.languages == ("es", "en")
    assert next(iter(definition.question("what").label)) == "es"


def test_the_commands_bring_forms_in_list_them_and_write_them_out(app, session, tmp_path):
    add_mission(session, code="m", name="M")
    session.commit()
    assert "no form yet" in run(app, ["form", "list"]).output
    file = tmp_path / "small.md"
    file.write_bytes(small())
    done = run(app, ["form", "import", str(file), "--publish"])
    assert (done.exit_code, done.output) == (0, "small version 1: 1 questions, published\n")
    assert "small 1  Small  (en; published" in run(app, ["form", "list"]).output
    out = tmp_path / "small.xlsx"
    assert run(app, ["form", "export", "small", str(out)]).exit_code == 0
    again = run(app, ["form", "import", str(out)])
    assert again.output.startswith("small version 1:")


def test_the_commands_say_in_words_what_is_wrong(app, session, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_bytes(small().decode().encode("utf-16"))
    without_mission = run(app, ["form", "import", str(bad)])
    assert without_mission.exit_code == 1
    add_mission(session, code="m", name="M")
    session.commit()
    for arguments, said in [
        (["form", "import", str(bad)], "UTF-16"),
        (["form", "import", str(tmp_path / "nothing.md")], "No such file"),
        (["form", "export", "small", str(tmp_path / "x.xlsx")], "no published version"),
        (["form", "import", str(bad), "--mission", "q"], "no mission 'q'"),
    ]:
        done = run(app, arguments)
        assert done.exit_code == 1, done.output
        assert said in done.output
        assert done.output.startswith("Error: ")
    assert "no form yet" in run(app, ["form", "list"]).output


def test_the_import_says_what_it_left_out_and_takes_lists_along(app, session, tmp_path):
    add_mission(session, code="m", name="M")
    session.commit()
    form, spots = tmp_path / "visit.md", tmp_path / "spots.csv"
    form.write_text(
        "| survey |\n| | type | name | label | image |\n| | audit | audit | | |\n"
        "| | select_one_from_file spots.csv | where | Where | a.png |\n"
    )
    spots.write_text("name;label\n1;One\n2;Two\n")
    alone = run(app, ["form", "import", str(form)])
    assert alone.exit_code == 1
    assert "sheet   row  column  what is wrong, and what to write" in alone.output
    assert "survey  3    type    the list spots.csv is missing" in alone.output
    assert "--with spots.csv" in alone.output
    done = run(app, ["form", "import", str(form), "--with", str(spots), "--publish"])
    assert done.exit_code == 0, done.output
    assert "Note: sheet survey, row 2, column type: audit is not recorded" in done.output
    assert "Note: sheet survey, row 3, column media::image: a.png is not shown" in done.output
    where = newest_definition(session, session.scalars(select(Mission)).one(), "visit")
    assert [choice.label for choice in where.question("where").choices] == [
        {"en": "One"},
        {"en": "Two"},
    ]


def parts(children) -> Iterator[Question | Section]:
    for child in children:
        yield child
        if isinstance(child, Section):
            yield from parts(child.children)


@pytest.fixture(params=BUILTIN)
def built_in(request) -> FormDefinition:
    return builtin_definition(request.param)


def test_a_built_in_form_goes_out_and_in_again(built_in):
    assert read_xlsform(write_xlsform(built_in), f"{built_in.code}.xlsx") == built_in
    assert FormDefinition.from_json(json.loads(json.dumps(built_in.to_json()))) == built_in


def test_a_built_in_form_has_every_text_in_each_of_its_languages(built_in):
    # Incidents come from everywhere: their form is the sample of one from right to left.
    languages = ["en", "es", "fr", *(["ar"] if built_in.code == "incident" else [])]
    assert list(built_in.languages) == list(built_in.title) == languages
    for part in parts(built_in.children):
        texts = [part.label] if part.label else []
        if isinstance(part, Question):
            texts += [text for text in (part.hint, part.required_message) if text]
            texts += [choice.label for choice in part.choices]
            texts += [part.constraint_message] if part.constraint else []
            texts += [part.required_message] if part.required else []
        assert all(list(text) == languages for text in texts), part.name
        if isinstance(part, Question) and part.type != "note":
            assert list(part.short_label) == languages, part.name
            assert max(map(len, part.short_label.values())) <= 40, part.name


def test_a_built_in_form_is_short_and_says_what_is_a_problem(built_in):
    asked = [question for question in built_in.questions() if question.type not in UNASKED]
    assert 15 <= len(asked) <= 45
    assert {"comment", "photo"} <= {question.name for question in asked}
    assert sum(question.required == "true()" and not question.relevant for question in asked) >= 2
    assert any(question.relevant for question in asked)
    assert any(question.constraint for question in asked)
    assert any(question.problems for question in built_in.questions())
    names = Counter(part.name for part in parts(built_in.children))
    assert set(names.values()) == {1}


FIGURES = {
    "register_voters": 300,
    "received": 300,
    "unused": 79,
    "spoiled": 1,
    "signatures": 220,
    "ballots_in_box": 220,
    "valid": 200,
    "blank": 12,
    "invalid": 8,
    "votes_by_candidate": [
        {"candidate": "candidate_a", "votes": 120},
        {"candidate": "candidate_b", "votes": 80},
    ],
}


@pytest.mark.parametrize(
    ("figures", "wrong"),
    [
        ({}, set()),
        ({"unused": 80}, {"check_received"}),
        ({"signatures": 219}, {"check_signatures"}),
        ({"register_voters": 219}, {"check_register"}),
        ({"blank": 11}, {"check_box"}),
        ({"blank": 10, "challenged": 2}, set()),
        ({"votes_by_candidate": [{"candidate": "candidate_a", "votes": 199}]}, {"check_valid"}),
    ],
)
def test_figures_of_a_count_that_do_not_add_up_are_problems_and_never_refused(figures, wrong):
    counting = builtin_definition("counting")
    needed = {"box_opened_intact": "yes", "overall": "good"}
    checked = check_answers(counting, FIGURES | figures | needed)
    assert checked.errors == []
    checks = {name: answer for name, answer in checked.answers.items() if name[:6] == "check_"}
    assert len(checks) == 5
    assert {name for name, answer in checks.items() if answer == "no"} == wrong
    assert all("no" in counting.question(name).problems for name in checks)


def test_figures_that_are_not_known_are_not_checked():
    checked = check_answers(builtin_definition("counting"), {"received": 300, "valid": 200})
    assert not [name for name in checked.answers if name.startswith("check_")]
