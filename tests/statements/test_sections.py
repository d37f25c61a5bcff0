"""Sections of a text, and merging two texts section by section: nothing is ever lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observer import ROOT
from observer.statements.definitions import lift
from observer.statements.merging import merge
from observer.statements.sections import NOTES, START, fingerprints, join, renamed, split

OUTLINES = [*(ROOT / "reports" / "outlines").glob("*.md"), ROOT / "observer/demo/statement.md"]

TRICKY = """Before.

## One {# not printed #}

```
## in a fence
[^x]: in a fence
```

{# ## in a comment
## and another
#}

{{ share('opening',
## 'x') }}

## One
### Smaller
##No heading
    ## code

## Числа ##

[^1]: A note
    that goes on.

[^2]: {# hidden
[^3]: not a note #} Another.
"""

LINES = st.sampled_from(
    ["## A", "## B", "## C", "### a", "```", "{#", "#}", "[^1]: one", "[^2]: two", "", "    in"]
    + [f"word {number}" for number in range(8)]
)
TEXTS = st.lists(LINES, max_size=14).map("\n".join)


def changed(draw_from, text):
    """A text with some lines taken out and some put in."""
    lines = text.split("\n")
    for _ in range(draw_from.draw(st.integers(0, 4))):
        place = draw_from.draw(st.integers(0, len(lines)))
        if draw_from.draw(st.booleans()):
            lines.insert(place, draw_from.draw(LINES | st.integers(0, 99).map("new {}".format)))
        else:
            del lines[place : place + draw_from.draw(st.integers(1, 5))]
    return "\n".join(lines)


def test_headings_are_found_where_markdown_has_them():
    sections = split(TRICKY)
    keys = [section.key for section in sections]
    assert keys == [START, "one-not-printed", "one", "числа", NOTES]
    assert [section.first_line for section in sections] == [1, 3, 17, 22, 24]
    assert (sections[2].heading, sections[2].last_line) == ("One", 20)
    assert join(sections) == TRICKY
    assert split("") == []


@settings(deadline=None)
@given(TEXTS)
def test_sections_joined_are_the_text(text):
    assert join(split(text)) == text


@pytest.mark.parametrize("path", OUTLINES, ids=lambda path: path.name)
def test_outlines_have_their_sections(path):
    text = path.read_text().partition("\n---\n")[2]
    sections = split(text)
    assert join(sections) == text
    # A press release has few of them: each heading of the outline is one, however many there are.
    headings = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert headings
    assert [section.heading for section in sections if section.heading] == headings


def test_a_section_says_the_notes_that_it_marks_too():
    before = fingerprints(split("## A\n\nx.[^1]\n\n## B\n\ny\n\n[^1]: Why.\n"))
    after = fingerprints(split("## A\n\nx.[^1]\n\n\n## B\n\ny\n\n[^1]: Other.\n"))
    assert before["a"] != after["a"]
    assert before["b"] == after["b"]


def test_a_renamed_section_is_known_by_its_place_and_its_text():
    before = split("## A\n\none two three four\n\n## B\n\nsomething\n\n## C\n\nlast\n")
    assert renamed(
        before,
        split("## A\n\none two three four\n\n## New\n\nsomething\n\n## C\n\nlast\n"),
    ) == {"b": "new"}
    assert renamed(before, split("## A\n\nx\n\n## New\n\nquite another\n\n## C\n\nlast\n")) == {}
    assert renamed(before, split("## New\n\nsomething\n\n## A\n\nx\n\n## C\n\nlast\n")) == {}


BASE = "## A\n\nIn a.\n\n## B\n\nIn b.\n\n[^1]: One.\n[^2]: Two.\n"


def test_what_one_side_changed_is_taken_from_it():
    mine = BASE.replace("In a.", "My a.").replace("[^2]", "[^m]: Mine.\n[^2]")
    theirs = BASE.replace("## B\n", "## Bee\n").replace("In b.", "In b.\n\n## C\n\nNew.")
    merged = merge(BASE, mine, theirs)
    assert merged.text() == (
        "## A\n\nMy a.\n\n## Bee\n\nIn b.\n\n## C\n\nNew.\n\n[^1]: One.\n[^m]: Mine.\n[^2]: Two.\n"
    )


def test_what_both_changed_or_one_removed_is_settled_by_a_person():
    mine = BASE.replace("In a.", "My a.").replace("## B\n\nIn b.\n\n", "")
    theirs = BASE.replace("In a.", "Their a.").replace("In b.", "Their b.").replace("Two", "Too")
    merged = merge(BASE, mine, theirs)
    assert [(c.key, c.mine, c.theirs) for c in merged.conflicts] == [
        ("a", "## A\n\nMy a.", "## A\n\nTheir a."),
        ("b", "", "## B\n\nTheir b."),
    ]
    with pytest.raises(ValueError, match="not settled"):
        merged.text()
    settled = merged.settled({"a": "## A\n\nOur a.", "b": ""})
    assert settled.text() == "## A\n\nOur a.\n\n[^1]: One.\n[^2]: Too.\n"


def test_two_new_footnotes_of_one_name_are_two():
    mine = BASE.replace("In a.", "My a.[^3]") + "[^3]: Mine.\n"
    theirs = BASE.replace("In b.", "Their b.[^3]") + "[^3]: Theirs.\n"
    assert merge(BASE, mine, theirs).text() == (
        "## A\n\nMy a.[^4]\n\n## B\n\nTheir b.[^3]\n\n"
        "[^1]: One.\n[^2]: Two.\n[^4]: Mine.\n[^3]: Theirs.\n"
    )


NOTED = """## A

In a.[^a]

[^a]: Note a,
of two lines.

    And a paragraph.

Behind it.

## B

In b.[^b] As in a.[^a]

{% if x %}
[^c]: Within {% endif %}

## C

```
[^code]: not one
```

In c.[^c][^e]

[^b]: Note b.
[^e]: Note {{ share('a',
'b') }} {# and
more #} goes on.
{% if y %}Not its own.{% endif %}

## D

Last.

[^d]: Note d.
"""


def at_the_end(text):
    """A text as it is read from a Word file: its definitions stand at the end."""
    lifted = lift(text)
    notes = "".join(note.text.rstrip("\n") + "\n" for note in lifted.definitions.values())
    return "".join(prose.text for prose in lifted.sections).rstrip("\n") + "\n\n" + notes


def test_definitions_are_found_wherever_they_stand():
    lifted = lift(NOTED)
    assert {key: note.home for key, note in lifted.definitions.items()} == {
        **{"a": "a", "b": "c", "e": "c", "d": NOTES}
    }
    assert lifted.definitions["a"].text.endswith("of two lines.\n\n    And a paragraph.\n")
    assert lifted.definitions["e"].text.endswith("goes on.\n")
    assert lifted.sections[0].text == "## A\n\nIn a.[^a]\n\nBehind it.\n\n"
    # A condition that begins elsewhere is not torn apart.
    assert "[^c]: Within {% endif %}" in lifted.sections[1].text
    assert "{% if y %}" in lifted.sections[2].text


@pytest.mark.parametrize("word", ["In a", "Behind", "In b", "In c", "Last"])
def test_what_was_changed_where_definitions_have_no_place_keeps_them_in_theirs(word):
    """So a text comes back from Word: its definitions left from their sections."""
    left = at_the_end(NOTED)
    merged = merge(left, left.replace(word, f"So {word}"), NOTED).text()
    assert lift(merged).definitions == lift(NOTED).definitions
    assert at_the_end(merged) == at_the_end(NOTED).replace(word, f"So {word}")


def test_a_definition_that_one_side_moved_is_there_once():
    base = "## A\n\nIn a.[^n]\n\n[^n]: Why.\n\n## B\n\nIn b.\n\n## C\n\nIn c.[^n]\n"
    moved = "## A\n\nIn a.[^n]\n\n## B\n\nIn b.\n\n## C\n\nIn c.[^n]\n\n[^n]: Why.\n"
    for was, now in ((base, moved), (moved, base)):
        for word in ("In a.", "In b.", "In c."):
            other = was.replace(word, f"So {word}")
            expected = now.replace(word, f"So {word}")
            assert merge(was, now, other).text() == expected
            assert merge(was, other, now).text() == expected
        changed_too = was.replace("Why.", "Because.")
        assert merge(was, now, changed_too).text() == now.replace("Why.", "Because.")


def test_a_definition_that_is_marked_is_not_lost_with_its_section():
    base = "## A\n\nIn a.[^n]\n\n[^n]: As[^o].\n\n[^o]: O.\n\n## B\n\nIn b.[^n]\n\n## C\n\nc\n"
    without = "## B\n\nIn b.[^n]\n\n## C\n\nc\n"
    theirs = base.replace("\nc\n", "\nso c\n")
    for mine in (without, without.replace("[^n]", "[^n] x")):
        merged = merge(base, mine, theirs).text()
        assert merged == mine.replace("\nc\n", "\nso c\n") + "\n[^n]: As[^o].\n[^o]: O.\n"
    assert merge(base, without.replace("[^n]", ""), theirs).text() == (
        "## B\n\nIn b.\n\n## C\n\nso c\n"
    )


BLOCKS = st.sampled_from(
    [
        *("## A", "## B", "### C", "Words[^a] of.", "Words.[^b]", "- Item.[^c]", "> Quoted.[^a]"),
        *("Other words.", "```\ncode\n```", "{{ base('x') }}[^d]", "{# Guide. #}"),
    ]
)


@settings(deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=10), st.data())
def test_one_word_changed_in_word_changes_no_definition(blocks, data):
    for label in "abcd":
        note = data.draw(st.sampled_from([".", ",\nlazy.", ".\n\n    More.", "[^a]."]))
        place = data.draw(st.integers(0, len(blocks)))
        blocks.insert(place, f"[^{label}]: Note {label}{note}")
    saved = "\n\n".join(blocks) + "\n"
    left = at_the_end(saved)
    words = [found.start() for found in re.finditer("Words|Other|Item|Quoted", left)]
    place = data.draw(st.sampled_from([*words, 0]))
    edited = left[:place] + ("Now " if words else "Now\n\n") + left[place:]
    merged = merge(left, edited, saved)
    merged = merged.settled({conflict.key: conflict.mine for conflict in merged.conflicts}).text()
    found, was = lift(merged).definitions, lift(saved).definitions
    assert {key: note.text.strip() for key, note in found.items()} == {
        key: note.text.strip() for key, note in was.items()
    }


def lines_of(merged):
    """The lines of both sides, whatever they call their footnotes."""
    texts = [
        part if isinstance(part, str) else f"{part.mine}\n{part.theirs}" for part in merged.parts
    ]
    return {line for text in texts for line in unnamed(text).split("\n")}


def unnamed(text):
    return re.sub(r"\[\^\w+\]", "[^]", text)


@settings(deadline=None)
@given(TEXTS, st.data())
def test_no_line_that_a_side_added_is_missing_from_the_merge(base, data):
    mine, theirs = changed(data, base), changed(data, base)
    merged = merge(base, mine, theirs)
    was, here, there = (set(unnamed(text).split("\n")) for text in (base, mine, theirs))
    for side in (here, there):
        assert side - was - lines_of(merged) <= {""}
    if not merged.conflicts:
        assert lines_of(merged) - {""} <= {*here, *there}
        written = set(unnamed(merged.text()).split("\n"))
        assert written - {""} == lines_of(merged) - {""}


@settings(deadline=None)
@given(TEXTS, st.data())
def test_a_text_that_one_side_left_alone_becomes_the_other_side_s(base, data):
    other = changed(data, base)
    assert merge(base, base, other).text() == other
    assert merge(base, other, base).text() == other
    assert merge(base, other, other).text() == other


@pytest.mark.parametrize(
    "part", ["{#", "{{ {% ", "[^", "## a\n", "[^1]: x\n", "## x # # ", "~~~\n"]
)
def test_no_text_takes_long_to_split_and_merge(part):
    text = part * (400_000 // len(part))
    sections = split(text)
    assert join(sections) == text
    fingerprints(sections)
    assert lines_of(merge(text, text + "mine", "theirs\n" + text)) >= {"theirs"}
