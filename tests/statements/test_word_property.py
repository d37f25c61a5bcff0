"""Whatever is written in Markdown comes back from Word as what reads the same."""

import io
import re
from datetime import date
from types import SimpleNamespace

import docx
import pytest
from docx.oxml.ns import qn
from flask import Flask
from flask_babel import Babel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from observer.statements.inlinetext import Segment, as_line
from observer.statements.markdown import render_markdown
from observer.statements.pieces import Piece
from observer.statements.wordcalls import content_control
from observer.statements.wordin import read_word
from observer.statements.wordout import word_of
from observer.statements.words import Words

SIGNS = "abcé _*`[]<>&{}#%|\\!-+1.)(:~=^\"'"
AMOUNT = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def written(text):
    return as_line([Segment(" ".join(text.split()))])[0]


PLAIN = st.lists(st.text(SIGNS, min_size=1, max_size=8), min_size=1, max_size=4).map(
    lambda words: "w " + " ".join(words)
)
INLINE = st.one_of(
    PLAIN.map(written),
    PLAIN.map(lambda text: f"so **bold {written(text)} x** end"),
    st.just("x *it*, **b *i* b** [ln](<https://a.b/c(d)>) `co de`"),
    st.just("ref[^n] x"),
)
HEADING = st.tuples(st.integers(2, 5), PLAIN.map(written)).map(
    lambda given: f"{'#' * given[0]} {given[1]}"
)
LEAF = st.tuples(st.booleans(), st.lists(st.tuples(INLINE, st.none()), min_size=1, max_size=3))
LIST = st.recursive(
    LEAF,
    lambda inner: st.tuples(
        st.booleans(),
        st.lists(st.tuples(INLINE, st.one_of(st.none(), inner)), min_size=1, max_size=3),
    ),
    max_leaves=4,
)
CELL = PLAIN.map(lambda text: written(text.replace("|", " ")).replace("\\\\|", ""))
TABLE = st.lists(st.tuples(CELL, CELL), min_size=1, max_size=3).map(
    lambda rows: "| a | b |\n|---|--:|\n" + "\n".join(f"| {a} | {b} |" for a, b in rows)
)
QUOTE = st.lists(INLINE, min_size=1, max_size=2).map(
    lambda texts: "\n>\n".join(f"> {text}" for text in texts)
)


def as_list(given, indent=""):
    is_ordered, items = given
    lines = []
    for number, (text, inner) in enumerate(items, 3):
        marker = f"{number}." if is_ordered else "-"
        lines.append(f"{indent}{marker} {text}")
        if inner:
            lines.append(as_list(inner, indent + " " * (len(marker) + 1)))
    return "\n".join(lines)


TEXT = st.lists(
    st.one_of(INLINE, HEADING, LIST.map(as_list), TABLE, QUOTE, st.just("* * *")),
    min_size=1,
    max_size=6,
).map(lambda blocks: "\n\n".join(blocks) + "\n\n[^n]: A *note* with words.\n")


def shown(text):
    """The HTML of a text, without what says the same in another way."""
    html = render_markdown(text, {}, printed=False).html
    html = re.sub(r"</(ul|ol)>\s*<\1( start=\"\d+\")?>", "", html)
    html = re.sub(r"</blockquote>\s*<blockquote>|</?p>|</?strong></?strong>", "", html)
    html = re.sub(r"\[\d+(:\d+)?\]", "[n]", html)
    html = re.sub(r' (id|href)="#?fn[^"]*"|<a class="footnote-backref">[^<]*</a>', "", html)
    return re.sub(
        r"\s+", " ", re.sub(r"\s*(</?(li|ul|ol|blockquote)[^>]*>)\s*", r"\1", html)
    ).strip()


@pytest.fixture(scope="module", autouse=True)
def languages():
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


@AMOUNT
@given(TEXT)
def test_a_text_comes_back_from_word(text):
    taken = read_word(as_word(text), "x.docx")
    assert shown(taken.text) == shown(text), taken.text
    assert not re.search(r"\{[{%#]", taken.text)


def as_word(text, language="en", pieces=()):
    """The Word file of a text, with the words of a language around it."""
    draft = SimpleNamespace(
        title="T",
        subtitle="",
        dated=date(2026, 1, 1),
        language="en",
        kind="statement",
        theme="mission",
        paper="a4",
        slug="",
        edit=None,
        round=SimpleNamespace(name="R", code="r"),
    )
    html = render_markdown(text, {}, printed=False).html
    composed = SimpleNamespace(
        words=Words(language, 30), pieces=pieces, pictures={}, html=html, note_labels=()
    )
    scope = SimpleNamespace(mission=SimpleNamespace(name="M"))
    return word_of(scope, draft, composed)


def test_a_text_that_runs_from_the_right_is_written_so():
    text = "## الافتتاح\n\nفي **25** مكتبا\n\n| a | b |\n|---|--:|\n| c | 1 |\n"
    content = as_word(text, "ar")
    document = docx.Document(io.BytesIO(content))
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert next(defaults.iter(qn("w:bidi")), None) is not None
    (table,) = document.tables
    assert table._tbl.tblPr.find(qn("w:bidiVisual")) is not None
    runs = {run.text: run._r.rPr for p in document.paragraphs for run in p.runs}
    assert runs["الافتتاح"].find(qn("w:rtl")) is not None
    assert runs["25"].find(qn("w:rtl")) is None
    assert runs["25"].find(qn("w:bCs")) is not None
    assert read_word(content, "x.docx").text == text.replace("|---|--:|", "| --- | ---: |")
    marked = "\ue0020\ue003\n\nالجدول **1**\n\n\ue0040\ue005\n"
    content = as_word(marked, "ar", (Piece(0, 0, "{{ table('a') }}"),))
    # LibreOffice would write the words in the control once for each script.
    assert next(docx.Document(io.BytesIO(content)).element.iter(qn("w:sdt")), None) is None
    assert read_word(content, "x.docx").text == "{{ table('a') }}\n"
    # Nor are controls around parts of a table what its bookmarks are around.
    document = docx.Document(io.BytesIO(content))
    run = next(run for p in document.paragraphs for run in p.runs if run.text == "1")
    control, inside = content_control(0, "", block=False)
    run._r.addprevious(control)
    inside.append(run._r)
    out = io.BytesIO()
    document.save(out)
    assert read_word(out.getvalue(), "x.docx").text == "{{ table('a') }}\n"
    left = docx.Document(io.BytesIO(as_word("Words.\n")))
    assert next(left.styles.element.iter(qn("w:bidi")), None) is None
