"""Forms in the manner of other tools' public ones come in, go out, are drawn and filled alike."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

import pytest
from flask import get_template_attribute

from observer.checklists.definition import FILES, Question, Section
from observer.checklists.fields import form_class
from observer.checklists.logic import compiled_form
from observer.checklists.spreadsheet import write_xlsform
from observer.checklists.validation import check_answers
from observer.checklists.wording import Wording
from observer.checklists.xlsform import read_with_warnings, read_xlsform
from tests.checklists.browser import SETTLE, phone

FOLDER = Path(__file__).with_name("forms")
BESIDE = {file.name: file.read_bytes() for file in FOLDER.glob("*.csv")}
FORMS = {file.stem: file.read_bytes() for file in sorted(FOLDER.glob("*.md"))}
CLOCK = {"today": "2026-06-07", "now": "2026-06-07T07:30:00-05:00"}
PLAIN = {
    "text": ["seen", "a b", "x"],
    "hidden": ["kept"],
    "time": ["07:12"],
    "date": ["2026-06-07", "2030-01-01"],
    "dateTime": ["2026-06-07T07:12:00-05:00", "2030-06-07T07:12:00-05:00"],
    "acknowledge": ["OK"],
    "geopoint": [{"lat": -12.5, "lon": 77.25, "accuracy_m": 12}],
    "geotrace": ["-12.1 77.2 0 5; -12.2 77.3 0 6"],
    "geoshape": ["-12.1 77.2 0 5; -12.2 77.3 0 6"],
} | {kind: ["0" * 64] for kind in FILES}


def read(name):
    return read_with_warnings(FORMS[name], f"{name}.md", BESIDE).definition


def random_answer(question: Question, chance: random.Random):
    names = [choice.name for choice in question.choices]
    if question.type == "select_one":
        return chance.choice(names)
    if question.type == "select_multiple":
        return list(dict.fromkeys(chance.choices(names, k=2)))
    if question.type == "rank":
        return chance.sample(list(dict.fromkeys(names)), len(set(names)))
    if question.parameters:
        start, step = (float(question.parameters[name]) for name in ("start", "step"))
        end = float(question.parameters["end"])
        number = start + chance.randint(0, 2) * (step if end > start else -step)
        return int(number) if question.type == "integer" else number
    if question.type in ("integer", "decimal"):
        return chance.choice([0, 1, 2, 3, 19, 130, -1])
    return chance.choice(PLAIN.get(question.type, [None]))


def random_answers(children, chance):
    answers = {}
    for child in children:
        if isinstance(child, Section) and child.repeated:
            rows = range(chance.randint(0, 4))
            answers[child.name] = [random_answers(child.children, chance) for _ in rows]
        elif isinstance(child, Section):
            answers |= random_answers(child.children, chance)
        elif chance.random() < 0.8:
            answers[child.name] = random_answer(child, chance)
    return {name: answer for name, answer in answers.items() if answer not in (None, [])}


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("name", FORMS)
def test_a_form_goes_out_and_in_again_and_is_drawn(app, name):
    definition = read(name)
    again = read_xlsform(write_xlsform(definition), f"{name}.xlsx")
    assert again == definition
    with app.test_request_context():
        for language in ("en", "es"):
            form = form_class(definition, language)()
            drawn = get_template_attribute("collect/_questions.html", "questions")
            page = str(drawn(definition.children, form))
            for question in definition.questions():
                assert f'{question.name}"' in page


@pytest.mark.parametrize("name", FORMS)
def test_phone_and_server_make_the_same_of_random_answers(browser, name):
    chance = random.Random(name)  # noqa: S311
    definition = read(name)
    compiled, wording = compiled_form(definition), Wording(definition)
    at = datetime.fromisoformat(CLOCK["now"])
    with phone(browser) as page:
        for _ in range(40):
            answers = random_answers(definition.children, chance)
            here = check_answers(definition, answers, at=at)
            there = page.evaluate(SETTLE, [compiled, answers, CLOCK])
            assert there["answers"] == here.answers
            assert [
                # The page puts answers into messages where the words of choices are at hand.
                {
                    "question": wrong["question"],
                    "message": wording.filled(wrong["message"], here.answers),
                }
                for wrong in there["invalid"]
            ] == here.errors
