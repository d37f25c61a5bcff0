"""Calculations and conditions that depend on themselves are refused, at the cell."""

import pytest

from observer.badinput import BadFileError
from observer.checklists.xlsform import read_xlsform

HEAD = "| survey |\n| | type | name | label | calculation | relevant | trigger |\n"


def read(*rows):
    return read_xlsform((HEAD + "\n".join(rows)).encode(), "form.md")


@pytest.mark.parametrize(
    ("rows", "circle"),
    [
        (["| | calculate | a | | ${a} + 1 | | |"], "a → a"),
        (["| | calculate | a | | ${b} | | |", "| | calculate | b | | ${a} | | |"], "a → b → a"),
        (
            ["| | text | a | A | | ${b} = 'x' | |", "| | text | b | B | | ${a} = 'x' | |"],
            "a → b → a",
        ),
        (
            [
                "| | begin_group | g | G | | ${a} = 'x' | |",
                "| | text | a | A | | | |",
                "| | end_group | | | | | |",
            ],
            "g → a → g",
        ),
    ],
)
def test_a_circle_is_named(rows, circle):
    with pytest.raises(BadFileError) as refused:
        read(*rows)
    (problem,) = refused.value.problems
    assert f"it depends on itself ({circle}); break the circle" in str(problem)
    assert problem.sheet == "survey"


def test_what_is_kept_until_a_trigger_may_look_at_itself():
    read("| | integer | n | N | | | |", "| | calculate | a | | ${a} + 1 | | ${n} |")
    read("| | integer | n | N | | | |", "| | calculate | a | | ${n} + 1 | ${n} > 0 | |")


def test_groups_that_are_nested_too_deeply_are_refused():
    deep = [f"| | begin_group | g{number} | G | | | |" for number in range(400)]
    with pytest.raises(BadFileError, match="nested too deeply"):
        read(*deep, "| | text | a | A | | | |", *["| | end_group | | | | | |"] * 400)


def test_names_of_the_platform_itself_are_refused():
    with pytest.raises(BadFileError, match="observer_start is kept for the platform itself"):
        read("| | text | observer_start | When? | | | |")
