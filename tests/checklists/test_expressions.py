"""Phone and server make the same of a form's expressions."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from observer.checklists.definition import Question, Section
from observer.checklists.evaluation import Clock
from observer.checklists.library import BUILTIN, builtin_definition
from observer.checklists.logic import FormLogic, compiled_form
from observer.checklists.validation import check_answers
from observer.checklists.xlsform import read_xlsform
from tests.checklists.browser import SETTLE, phone

TABLE = json.loads(Path(__file__).with_name("expression_cases.json").read_text())
CLOCK = Clock("2026-06-07", "2026-06-07T07:30:00-05:00")
FORM = """
| survey |
| | type | name | label | calculation |
| | text | t | T | |
| | text | u | U | |
| | integer | n | N | |
| | integer | m | M | |
| | decimal | d | D | |
| | select_one s | s | S | |
| | select_multiple many | many | M | |
| | date | day | D | |
| | dateTime | moment | M | |
| | time | hour | H | |
| | begin_repeat | people | P | |
| | text | who | W | |
| | integer | age | A | |
| | calculate | in_row | | {in_row} |
| | end_repeat | | | |
| | calculate | in_form | | {in_form} |
| choices |
| | list_name | name | label |
| | s | yes | Yes |
| | s | no | No |
| | many | a | A |
| | many | b | B |
| settings |
| | form_id |
| | cases |
"""


def _form(case):
    cells = {"in_row": "''", "in_form": "''"}
    cells["in_row" if "row" in case else "in_form"] = case["expression"].replace("|", r"\|")
    return read_xlsform(FORM.format(**cells).encode(), "cases.md")


def _answers(case):
    return case.get("answers", TABLE["answers"])


def _field(case):
    return f"people:{case['row']}:in_row" if "row" in case else "in_form"


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["expression"])
def test_an_expression_on_the_server(case):
    row = FormLogic(_form(case)).settle(_answers(case), CLOCK)
    if "row" in case:
        value = row.rows["people"][case["row"]].values["in_row"]
    else:
        value = row.values["in_form"]
    assert value == case["value"]


def test_the_same_expressions_on_the_phone(browser):
    clock = {"today": CLOCK.today, "now": CLOCK.now}
    wrong = []
    with phone(browser) as page:
        for case in TABLE["cases"]:
            sent = [compiled_form(_form(case)), _answers(case), clock]
            value = page.evaluate(SETTLE, sent)["calculated"][_field(case)]
            if value != case["value"]:
                wrong.append((case["expression"], value, case["value"]))
    assert not wrong
    assert len(TABLE["cases"]) > 100


def _random_answer(question: Question, chance: random.Random):
    names = [choice.name for choice in question.choices]
    if question.type == "select_one":
        return chance.choice(names)
    if question.type == "select_multiple":
        return chance.sample(names, chance.randint(1, len(names)))
    if question.type == "integer":
        return chance.choice([0, 1, 3, 7, 99, 100, 720, 721, -1])
    plain = {"text": "seen", "time": "07:12", "dateTime": "2026-06-07T07:12:00-05:00"}
    plain |= {"date": "2026-06-07", "decimal": chance.choice([0.5, -2.25])}
    return plain.get(question.type, "0" * 64 if question.type == "image" else None)


def _random_answers(children, chance):
    answers = {}
    for child in children:
        if isinstance(child, Section) and child.repeated:
            rows = range(chance.randint(0, 3))
            answers[child.name] = [_random_answers(child.children, chance) for _ in rows]
        elif isinstance(child, Section):
            answers |= _random_answers(child.children, chance)
        elif chance.random() < 0.7:
            answers[child.name] = _random_answer(child, chance)
    return {name: answer for name, answer in answers.items() if answer not in (None, [])}


def test_phone_and_server_agree_on_random_answers_to_the_built_in_forms(browser):
    chance = random.Random(2026)  # noqa: S311
    with phone(browser) as page:
        for code in BUILTIN:
            definition = builtin_definition(code)
            compiled = compiled_form(definition)
            for _ in range(60):
                answers = _random_answers(definition.children, chance)
                here = check_answers(definition, answers)
                there = page.evaluate(SETTLE, [compiled, answers, {"today": "", "now": ""}])
                assert there["answers"] == here.answers
                assert [
                    {"question": wrong["question"], "message": wrong["message"]}
                    for wrong in there["invalid"]
                ] == here.errors
