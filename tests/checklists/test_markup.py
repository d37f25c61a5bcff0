"""Marks in the texts of forms: shown, or left out, and never more than that."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer.checklists.markup import plain, shown

LINK = 'target="_blank" rel="noopener noreferrer"'
TEXTS = {
    "**Who** is there?": ("<strong>Who</strong> is there?", "Who is there?"),
    "Is _this_ *it*, __really__?": (
        "Is <em>this</em> <em>it</em>, <strong>really</strong>?",
        "Is this it, really?",
    ),
    "**All of *this***": ("<strong>All of <em>this</em></strong>", "All of this"),
    "One\n two<br/>three": ("One<br>two<br>three", "One two three"),
    "See [the law](https://example.org/a?b=1&c=2)": (
        f'See <a href="https://example.org/a?b=1&amp;c=2" {LINK}>the law</a>',
        "See the law",
    ),
    '<a href="https://example.org">Law</a>': (
        f'<a href="https://example.org" {LINK}>Law</a>',
        "Law",
    ),
    "[x](javascript:alert(1))": ("[x](javascript:alert(1))",) * 2,
    '<a href="javascript:alert(1)">Law</a>': ("Law", "Law"),
    '<b onclick="x">A</b> <i>b</i> <u>c</u>': ("<strong>A</strong> <em>b</em> c", "A b c"),
    '<span style="color:red">Stop</span>': ("Stop", "Stop"),
    '<span style="display: none">row 1</span>Total': ("Total", "Total"),
    "## Part two\nAsk": ("<strong>Part two</strong><br>Ask", "Part two Ask"),
    "<b>never closed": ("never closed", "never closed"),
    "# of people": ("# of people",) * 2,
    "2 * 3 * 4 = ${a_b} ${c_d}": ("2 * 3 * 4 = ${a_b} ${c_d}",) * 2,
    "Name: ______": ("Name: ______",) * 2,
    "x < y and z > 1": ("x &lt; y and z &gt; 1", "x < y and z > 1"),
    "Is it <amount>?": ("Is it &lt;amount&gt;?", "Is it <amount>?"),
    "<script>alert(1)</script>": (
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<script>alert(1)</script>",
    ),
}
ALLOWED = re.compile(
    r"</?(?:strong|em)>|<br>|</a>"
    r"|<a href=\"https?://[^\s\"'<>]+\" target=\"_blank\" rel=\"noopener noreferrer\">"
)
PIECES = (
    "**|*|_|__|<b>|</b>|<a href='https://x.org\"'>|</a>|<br>|\n|## |<script>|[|](https://x.org/|)|<i"
    '|>|&|"|${a}|word| |<u>|<a href=javascript:x>|</i>|<i>|](javascript:x)|\0'
)


@pytest.mark.parametrize("text", TEXTS)
def test_marks_are_shown_and_left_out(text):
    assert (str(shown(text)), plain(text)) == TEXTS[text]


@given(st.lists(st.sampled_from(PIECES.split("|")), max_size=30).map("".join))
def test_nothing_but_the_allowed_tags_comes_of_any_text(text):
    html = str(shown(text))
    assert not re.search(r"[<>]", ALLOWED.sub("", html))
    opened: list[str] = []
    for closing, name in re.findall(r"<(/?)(strong|em|a)\b", html):
        if closing:
            assert opened.pop() == name
        else:
            opened.append(name)
    assert not opened
