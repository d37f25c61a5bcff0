"""Edits of a form: what comes of them, what is refused, and where it is said to be wrong."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observer.checklists.definition import Choice, Question, Section
from observer.checklists.editing import (
    EditError,
    add_part,
    alike,
    change_choices,
    change_part,
    checked,
    free_name,
    orphaned,
    remove_part,
)
from observer.checklists.library import builtin_definition
from observer.checklists.tree import Spot, move, part_named, put, relocate, walk
from observer.checklists.validation import check_answers
from observer.checklists.xlsform import read_xlsform
from tests.collect.builders import OPENING

FORM = read_xlsform(OPENING.encode(), "opening.md")
LATE = part_named(FORM, "delay_minutes")
ON_TIME = part_named(FORM, "opened_on_time")
NEW = Question(name="why", type="text", label={"en": "Why?"}, relevant="${delay_minutes} > 60")


def names(definition):
    return [(found.part.name, *found.sections) for found in walk(definition)]


def faults(edit, *args, **more):
    with pytest.raises(EditError) as refused:
        checked(edit(*args, **more))
    return refused.value.faults


def test_what_was_edited_is_what_comes_in_again():
    label = {"en": "How many minutes late?", "es": "¿Cuántos minutos tarde?"}
    form = change_part(FORM, "delay_minutes", replace(LATE, label=label))
    form = add_part(form, NEW, Spot(after="delay_minutes"))
    choices = (*ON_TIME.choices, Choice(name="never", label={"en": "Never", "es": "Nunca"}))
    form = change_choices(form, ["opened_on_time"], choices)
    read = checked(form)
    assert read.definition == form == read_xlsform(read.source, "opening.xlsx")
    assert names(form)[2:4] == [("delay_minutes", "doors"), ("why", "doors")]


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"relevant": "${nobody} = 1"}, "relevant", "nobody"),
        ({"relevant": "${opened_on_time"}, "relevant", "end with '}'"),
        ({"constraint": ". <= ("}, "constraint", "cannot be read"),
        ({"required": "foo(1)"}, "required", "foo"),
        ({"name": "no name"}, "name", "letter"),
        ({"name": "comment"}, "name", "another question"),
        ({"type": "calculate"}, "calculation", "calculation"),
        ({"type": "select_one"}, "choices", "choices"),
        ({"parameters": {"start": "1", "end": "x"}}, "parameters", "number"),
    ],
)
def test_what_is_wrong_is_told_of_the_part_and_its_column(changes, column, said):
    new = replace(LATE, **changes)
    [fault] = faults(change_part, FORM, "delay_minutes", new)
    assert (fault.name, fault.column) == (new.name, column)
    assert said in fault.message


def test_a_wrong_text_is_told_of_its_language_and_a_wrong_choice_of_its_row():
    new = replace(LATE, label={"en": "Late", "es": "Tarde, ${nadie}"})
    [fault] = faults(change_part, FORM, "delay_minutes", new)
    assert (fault.name, fault.column, fault.language) == ("delay_minutes", "label", "es")
    blank = replace(ON_TIME, choices=(*ON_TIME.choices, Choice(name="", label={"en": "?"})))
    [fault] = faults(change_part, FORM, "opened_on_time", blank)
    assert (fault.name, fault.column, fault.choice) == ("opened_on_time", "choices", 2)
    twice = replace(ON_TIME, choices=(*ON_TIME.choices, ON_TIME.choices[0]))
    [fault] = faults(change_part, FORM, "opened_on_time", twice)
    assert (fault.name, fault.choice) == ("opened_on_time", 2)


def test_what_is_used_is_not_removed_and_who_uses_it_is_said():
    [fault] = faults(remove_part, FORM, "opened_on_time")
    assert "delay_minutes (relevant)" in fault.message
    # With the one that uses it, it can go.
    assert names(checked(remove_part(FORM, "doors")).definition)[0] == ("rest",)


def test_a_name_is_changed_wherever_it_is_used():
    noted = replace(LATE, label={"en": "Opened: ${opened_on_time}. Minutes late"})
    form = change_part(FORM, "delay_minutes", noted)
    form = change_part(form, "opened_on_time", replace(ON_TIME, name="punctual"))
    late = part_named(checked(form).definition, "delay_minutes")
    assert late.relevant == "${punctual}='no'"
    assert late.label["en"] == "Opened: ${punctual}. Minutes late"


def test_a_name_in_a_path_is_not_changed_behind_its_back():
    form = change_part(FORM, "delay_minutes", replace(LATE, relevant="../opened_on_time = 'no'"))
    [fault] = faults(change_part, form, "opened_on_time", replace(ON_TIME, name="punctual"))
    assert fault.column == "name"
    assert "delay_minutes (relevant)" in fault.message


def test_choices_are_changed_in_all_questions_that_offer_the_same():
    form = builtin_definition("opening")
    others = [question.name for question in alike(form, "materials_complete")]
    assert "ballots_counted" in others
    assert "opened_on_time" not in others
    yes_no = part_named(form, "materials_complete").choices[:2]
    changed = checked(change_choices(form, ["materials_complete", *others], yes_no)).definition
    assert all(part_named(changed, name).choices == yes_no for name in others)
    assert part_named(changed, "ballots_counted").problems == {"no": "minor"}
    # A mark goes with its choice.
    changed = checked(change_choices(form, ["ballots_counted"], yes_no[:1])).definition
    assert part_named(changed, "ballots_counted").problems == {}


def test_conditions_that_speak_of_a_choice_that_is_gone_are_found():
    after = change_choices(FORM, ["opened_on_time"], ON_TIME.choices[:1])
    [(choice, use)] = orphaned(FORM, after, "opened_on_time")
    assert (choice, use.name, use.column) == ("no", "delay_minutes", "relevant")


def test_names_are_made_of_labels():
    assert free_name({"es": "¿Cuántos votos?"}, [], "question") == "cuantos_votos"
    assert free_name({"en": "Votes"}, ["votes", "votes_2"], "question") == "votes_3"
    assert free_name({"en": "2 agents"}, [], "question") == "question_2_agents"
    assert free_name({"ar": "كم"}, [], "question") == "question"


def test_a_part_goes_to_any_place_but_into_itself():
    form = relocate(FORM, "comment", Spot(into="doors"))
    assert names(form)[3] == ("comment", "doors")
    assert relocate(FORM, "doors", Spot(into="doors")) == FORM
    assert names(relocate(FORM, "doors", Spot()))[-1] == ("delay_minutes", "doors")


@st.composite
def trees(draw):
    """Forms of questions, groups and groups in groups."""
    count = draw(st.integers(2, 8))
    form = replace(FORM, children=(Question(name="q", type="text", label={"en": "Q"}),))
    sections = [""]
    for number in range(count):
        into = Spot(into=draw(st.sampled_from(sections)))
        if draw(st.booleans()):
            form = put(form, Section(name=f"s{number}", label={"en": "S"}, children=()), into)
            sections.append(f"s{number}")
        else:
            form = put(form, Question(name=f"q{number}", type="text", label={"en": "Q"}), into)
    return form


@given(trees(), st.data())
def test_up_and_then_down_is_where_it_was(form, data):
    name = data.draw(st.sampled_from([found.part.name for found in walk(form)]))
    there = move(form, name, up=True)
    assert sorted(n[0] for n in names(there)) == sorted(n[0] for n in names(form))
    if there != form:
        assert move(there, name, up=False) == form


WORDS = st.sampled_from(
    ["Late?", " = 1", "a${delay_minutes}b", "${comment}", "“¿Sí?”", "<b>", "x\ny", "'", "#1"]
)
EXPRESSIONS = st.sampled_from(
    ["", "${opened_on_time} = 'yes'", "${delay_minutes} > 5 and ${comment} != ''", ". != 'x'",
     "true()", "selected(${opened_on_time}, 'no')", "${new} = 2", "../comment = ''", "1 +"]
)  # fmt: skip
NAMES = st.sampled_from(["opened_on_time", "delay_minutes", "comment", "doors", "rest", "new"])
CHOICES = st.lists(
    st.builds(
        Choice,
        name=st.sampled_from(["yes", "no", "a-b", "1", "other"]),
        label=st.fixed_dictionaries({"en": WORDS, "es": WORDS}),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
TYPES = st.sampled_from(["text", "integer", "select_one", "select_multiple", "note", "calculate"])


@st.composite
def edits(draw):
    name, kind = draw(NAMES), draw(st.sampled_from(["texts", "choices", "add", "remove", "move"]))
    label, expression, choices = draw(WORDS), draw(EXPRESSIONS), draw(CHOICES)
    new_name, type_, up = draw(NAMES), draw(TYPES), draw(st.booleans())

    def texts(form):
        part = part_named(form, name)
        changes = {"label": {"en": label, "es": label}, "relevant": expression, "name": new_name}
        if isinstance(part, Question):
            changes |= {"hint": {"es": label}, "default": label, "constraint": expression}
        return change_part(form, name, replace(part, **changes))

    def add(form):
        listed = type_.startswith("select")
        new = Question(
            name=new_name,
            type=type_,
            label={"en": label},
            relevant=expression,
            calculation=expression if type_ == "calculate" else "",
            choices=choices if listed else (),
            problems={choices[0].name: "grave"} if listed else {},
        )
        return add_part(form, new, Spot(after=name))

    return {
        "texts": texts,
        "choices": lambda form: change_choices(form, [name], choices),
        "add": add,
        "remove": lambda form: remove_part(form, name),
        "move": lambda form: move(form, name, up=up),
    }[kind]


@settings(deadline=None, max_examples=60)
@given(st.lists(edits(), min_size=1, max_size=6))
def test_any_edits_give_a_form_that_comes_in_again_or_are_refused(steps):
    form = FORM
    for step in steps:
        try:
            read = checked(step(form))
        except KeyError:  # The part of that name is gone already.
            continue
        except EditError as error:
            assert error.faults
            continue
        form = read.definition
        assert checked(form).definition == form
        assert read_xlsform(read.source, "opening.xlsx") == form
        check_answers(form, {"opened_on_time": "no", "delay_minutes": 5, "new": "yes"})
