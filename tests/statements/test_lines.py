"""A preview that knows which line of the text each of its blocks comes from."""

import re

from observer.statements.markdown import render_markdown
from observer.statements.template import calls_in, evaluate

TABLE = "\n\n\ue0000\ue001\n\n"
"""What a table leaves in a text: more lines than its call has."""

TEXT = """\
# Late: {{ one() }}

{% for region in ['15', '16'] %}- In {{ region }}.
{% endfor %}
{% if one() %}
Said.
{% else %}Not said.
{% endif %}

{{ table() }}

After {{ one(
) }} lines.

| a | b |
|---|---|
| 1 | {{ one() }} |
[^1]

[^1]: Noted.
"""


def test_each_block_names_the_line_it_was_written_in():
    calls = {"one": lambda: "1", "table": lambda: TABLE}
    evaluated = evaluate(TEXT, calls, first_line=11)
    assert len(evaluated.lines) == len(evaluated.text.split("\n"))
    html = render_markdown(
        evaluated.text, {0: "<p>Here</p>"}, printed=False, lines=evaluated.lines
    ).html
    for line, words in (
        (11, "Late: 1"),
        (13, "In 15"),
        (13, "In 16"),
        (16, "Said"),
        (20, "<p>Here</p>"),
        (22, "After 1 lines"),
        (27, "<td>1</td>"),
        (30, "Noted"),
    ):
        assert f'data-line="{line}"' in tag_before(html, words), words
    assert "data-line" not in render_markdown(evaluated.text, {}, printed=True).html


def tag_before(html, words):
    """The last tag that names a line before some words."""
    return re.findall(r"<\w+[^>]*data-line[^>]*>", html[: html.index(words)])[-1]


def test_the_calls_of_a_text_are_read_without_counting_anything():
    text = (
        "{{ share( 'a',\n ['b', 'c'], region=\"15\") }}\n{% if count('x', 'y') > 1 %}1{% endif %}"
    )
    share, count = calls_in(text)
    assert share.written == "share('a', ['b', 'c'], region='15')"
    assert (count.line, count.written, count.is_complete) == (3, "count('x', 'y')", True)
    (in_loop,) = calls_in("{% for r in ['15'] %}{{ coverage(region=r) }}{% endfor %}")
    assert not in_loop.is_complete
    assert calls_in("{{ broken(") == calls_in("{{ x.y() }}") == []
