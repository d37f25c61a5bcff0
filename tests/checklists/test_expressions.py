"""Phone and server make the same of a form's expressions."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from observer.checklists.definition import Question, Section, Table
from observer.checklists.evaluation import Clock
from observer.checklists.expressions import parse
from observer.checklists.grammar import FUNCTIONS
from observer.checklists.library import BUILTIN, builtin_definition
from observer.checklists.logic import FormLogic, compiled_form, names_of
from observer.checklists.patterns import PatternError, portable
from observer.checklists.standing import ExpressionError, Place
from observer.checklists.validation import check_answers
from observer.checklists.xlsform import read_xlsform
from tests.checklists.browser import SETTLE, phone

TABLE = json.loads(Path(__file__).with_name("expression_cases.json").read_text())
CLOCK = Clock("2026-06-07", "2026-06-07T07:30:00-05:00")
FORM = read_xlsform(
    b"""
| survey |
| | type | name | label | relevant | calculation |
| | text | t | T | | |
| | text | u | U | | |
| | integer | n | N | | |
| | integer | m | M | | |
| | decimal | d | D | | |
| | select_one s | s | S | | |
| | select_multiple many | many | M | | |
| | date | day | D | | |
| | dateTime | moment | M | | |
| | time | hour | H | | |
| | geopoint | here | H | | |
| | calculate | in_form | | | '' |
| | begin_repeat | people | P | not(${m} = 99) | |
| | text | who | W | | |
| | integer | age | A | ${who} != 'child' | |
| | geopoint | spot | S | | |
| | begin_repeat | pets | P | | |
| | text | kind | K | | |
| | end_repeat | | | | |
| | calculate | in_row | | | '' |
| | end_repeat | | | | |
| choices |
| | list_name | name | label |
| | s | yes | Yes |
| | s | no | No |
| | many | a | Apple |
| | many | b | Berry |
| settings |
| | form_id |
| | cases |
""",
    "cases.md",
)
PLACES = Table(
    name="places",
    columns=("code", "label", "region", "voters"),
    rows=(
        ("a", "Ancón", "north", "120"),
        ("b", "Barranco", "south", "80"),
        ("Hello", "Huaral", "north", "5"),
        ("07", "Surco", "south", ""),
    ),
)
FORM = replace(FORM, tables=(PLACES,))
SETTLE_ALL = f"(all) => all.map((sent) => ({SETTLE})(sent).calculated)"
NAMES = names_of(FORM)
IN_FORM, IN_ROW = Place((), "in_form"), Place(("people",), "in_row")


def _with(calculations, children=FORM.children):
    """The questions, with other calculations."""
    return tuple(
        replace(child, children=_with(calculations, child.children))
        if isinstance(child, Section)
        else replace(child, calculation=calculations.get(child.name, child.calculation))
        for child in children
    )


def _form(case):
    place = "in_row" if "row" in case else "in_form"
    return replace(FORM, children=_with({place: case["expression"]}))


def _answers(case):
    return case.get("answers", TABLE["answers"])


def _field(case):
    return f"people:{case['row']}:in_row" if "row" in case else "in_form"


def _calculated_here(form, answers):
    """What the server calculates, by the names that the phone has for it."""
    row = FormLogic(form).settle(answers, CLOCK)
    found = {"in_form": row.values["in_form"]}
    if "people" in row.relevant:
        found |= {
            f"people:{at}:in_row": inner.values["in_row"]
            for at, inner in enumerate(row.rows["people"])
        }
    return found


def _calculated_there(page, forms_and_answers):
    clock = {"today": CLOCK.today, "now": CLOCK.now}
    sent = [[compiled_form(form), answers, clock] for form, answers in forms_and_answers]
    # A large number comes from the browser as an integer with other digits than the float has.
    return [
        {name: float(value) if type(value) is int else value for name, value in found.items()}
        for found in page.evaluate(SETTLE_ALL, sent)
    ]


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["expression"])
def test_an_expression_on_the_server(case):
    assert _calculated_here(_form(case), _answers(case))[_field(case)] == case["value"]


def test_the_same_expressions_on_the_phone(browser):
    cases = TABLE["cases"]
    with phone(browser) as page:
        values = _calculated_there(page, [(_form(case), _answers(case)) for case in cases])
    wrong = [
        (case["expression"], there, case["value"])
        for case, there in zip(cases, values, strict=True)
        if there[_field(case)] != case["value"]
    ]
    assert not wrong
    assert len(cases) > 250


def _listed(words):
    return st.sampled_from(words.split())


def _split(texts, sign):
    return st.sampled_from(texts.split(sign))


TEXTS = _split(
    "|a|a b|yes|no|Hello|ñ😀o|2026-06-07|2026-06-07T06:30:00-05:00|07:12|1,5|-3|0.1|1 1 0 0"
    "|0 0;0 1;1 1|%Y-%m-%d %a|  x |true",
    "|",
)
NUMBERS = _listed("0 1 2 3 7 20611 1000000 999999999 0.1 0.5 1.005 2.675 1000000000000000")
PATTERNS = _listed(r"[a-z]+ .* \d+ \p{L}* (a|b)+ [^b]* \S{2,} \bno\b")
ONE = _split(
    "${t}|${u}|${n}|${m}|${d}|${s}|${many}|${day}|${moment}|${hour}|${here}|${who}|${age}|${kind}"
    "|../n|/data/people/age|today()|now()|pi()|true()|false()|${people}[2]/who"
    "|indexed-repeat(${age}, ${people}, 2)",
    "|",
)
SEVERAL = _split(
    "${who};${age};${kind};${people};${age} | ${n};${people}[age > 20]/who;${age}[. > ${n}];"
    "${spot};/data/people[position() < last()]/age",
    ";",
)
ONE_OF = _listed(
    """abs acos asin atan boolean boolean-from-string ceiling cos count-selected date date-time
    decimal-date-time decimal-time exp exp10 floor int log log10 normalize-space not number round
    sin sqrt string string-length tan coalesce concat once"""
)
TWO_OF = _listed(
    """atan2 coalesce concat contains ends-with join max min pow round selected selected-at
    starts-with substr substring substring-after substring-before distance format-date
    format-date-time geofence"""
)
THREE_OF = _listed("if substr substring translate checklist coalesce concat max min join")
SIGNS = "and or = != < <= > >= + - * div mod"


def _larger(inner):
    return st.one_of(
        st.tuples(ONE_OF, inner).map("{0[0]}({0[1]})".format),
        st.tuples(TWO_OF, inner, inner).map("{0[0]}({0[1]}, {0[2]})".format),
        st.tuples(THREE_OF, inner, inner, inner).map("{0[0]}({0[1]}, {0[2]}, {0[3]})".format),
        st.tuples(inner, _listed(SIGNS), inner).map("({0[0]} {0[1]} {0[2]})".format),
        st.tuples(inner, PATTERNS).map("regex({0[0]}, '{0[1]}')".format),
        st.tuples(inner, st.sampled_from(["s", "many"])).map(
            "jr:choice-name({0[0]}, '${{{0[1]}}}')".format
        ),
        inner.map("-{}".format),
    )


AGGREGATES = st.tuples(
    st.sampled_from(
        ["count", "count-non-empty", "sum", "max", "min", "concat", "distance", "area"]
    ),
    SEVERAL,
).map("{0[0]}({0[1]})".format)
EXPRESSIONS = st.recursive(
    st.one_of(ONE, NUMBERS, TEXTS.map("'{}'".format), AGGREGATES), _larger, max_leaves=8
)
WRITTEN = st.text("abc é😀1.-:%", max_size=6)
PERSON = st.fixed_dictionaries(
    {},
    optional={
        "who": st.one_of(WRITTEN, st.just("child")),
        "age": st.integers(-5, 200),
        "spot": st.just({"lat": 1.5, "lon": -2, "accuracy_m": 3}),
        "pets": st.lists(st.fixed_dictionaries({"kind": WRITTEN}), max_size=2),
    },
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "t": st.one_of(WRITTEN, TEXTS),
        "n": st.integers(-999999999, 999999999),
        "m": st.sampled_from([0, 5, 99]),
        "d": st.floats(-1e9, 1e9),
        "s": st.sampled_from(["yes", "no"]),
        "many": st.lists(st.sampled_from(["a", "b"]), min_size=1, unique=True),
        "day": st.dates().map(str),
        "moment": st.datetimes(timezones=st.timezones()).map(datetime.isoformat),
        "hour": st.times().map(lambda time: time.isoformat("minutes")),
        "here": st.tuples(st.floats(-90, 90), st.floats(-180, 180)).map(
            lambda at: {"lat": at[0], "lon": at[1], "accuracy_m": 5}
        ),
        "people": st.lists(PERSON, max_size=3),
        "in_form": st.just("kept"),
    },
)


def test_phone_and_server_agree_on_random_expressions(browser):
    with phone(browser) as page:
        # Made smaller one by one, a failing batch would keep the browser for minutes.
        @settings(deadline=None, max_examples=40, phases=(Phase.explicit, Phase.generate))
        @given(st.lists(st.tuples(EXPRESSIONS, EXPRESSIONS, ANSWERS), min_size=20, max_size=40))
        def agree(several):
            several = [
                (replace(FORM, children=_with({"in_form": one, "in_row": other})), answers)
                for one, other, answers in several
            ]
            there = _calculated_there(page, several)
            here = [_calculated_here(form, answers) for form, answers in several]
            wrong = [
                ([form.question(name).calculation for name in ("in_form", "in_row")], answers, a, b)
                for (form, answers), a, b in zip(several, here, there, strict=True)
                if a != b
            ]
            assert not wrong

        agree()


PIECES = st.lists(
    st.one_of(
        st.text(max_size=5),
        st.sampled_from(
            [*FUNCTIONS, *SIGNS.split(), "(", ")", "[", "]", "/", "//", "..", ".", "@", "*"]
        ),
        st.sampled_from(["${n}", "${age}", "${people}", "${", "'", ",", "$", "|", " ", "{", "1"]),
    ),
    max_size=12,
).map("".join)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=40), PIECES), st.sampled_from([IN_FORM, IN_ROW]))
def test_whatever_is_written_is_understood_or_refused_with_a_sentence(text, place):
    try:
        parse(text, place, NAMES)
    except ExpressionError as error:
        assert 10 < len(str(error).splitlines()[0]) < 3000


MATCH_ALL = """([patterns, texts]) => patterns.map((pattern) => {
  const found = new RegExp(`^(?:${pattern})$`, "u");
  return texts.map((text) => found.test(text));
})"""
SUBJECTS = ["", "a", "b", "0", "ab", "a1", "aa", "a-b", "a b", "0,1", "é", "ñ", "_", "[", "]", "^"]
SUBJECTS += [" ", "\n", "ab\n", "\u00a0", "\u2028", "\x0b", "😀", "٣", "(a)", "\\", "{}", "\x00"]


def _portable(pattern):
    try:
        return portable(pattern)
    except PatternError as error:
        assert "pattern" in str(error)
        return None


def test_a_pattern_finds_the_same_everywhere_or_is_refused(browser):
    with phone(browser) as page:

        @settings(deadline=None, max_examples=20, phases=(Phase.explicit, Phase.generate))
        @given(st.randoms(use_true_random=False), st.lists(st.text(max_size=20), max_size=20))
        def agree(chance, odd):
            signs = "ab01\\\\[](){}*+?|^$.-,&dDwWsSbBpPLu<=!:é_ \n"
            odd += ["".join(chance.choices(signs, k=chance.randint(1, 9))) for _ in range(300)]
            patterns = [made for pattern in odd if (made := _portable(pattern)) is not None]
            here = [
                [re.fullmatch(pattern, text, re.ASCII) is not None for text in SUBJECTS]
                for pattern in patterns
            ]
            there = page.evaluate(MATCH_ALL, [patterns, SUBJECTS])
            different = [
                p for p, one, other in zip(patterns, here, there, strict=True) if one != other
            ]
            assert not different

        agree()


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
