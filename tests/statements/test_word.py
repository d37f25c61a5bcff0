"""Texts from Word and back: what is kept, what is told, and that figures stay live."""

import html
import io
import re
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree
from sqlalchemy import update

from observer.statements import wordfile
from observer.statements.models import Statement
from tests.statements.test_pages import SLUG, as_, fields, save, saved_text, statement  # noqa: F401
from tests.statements.wordfiles import as_libreoffice_saves, as_python_docx_writes

# What is stored is tested on both engines with the pages; here it is the files.
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

TEXT = """{# What was missing, and where? #}

## Openings

Late in **{{ share('opening', 'on_time', 'no') }}** of {{ base('opening', 'on_time', 'no') }}.[^a]

- One
    1. Within {{ count('opening', 'on_time', 'no', words=true) }}
- Two

| Region | Share |
|---|--:|
| Lima | {{ share('opening', 'on_time', 'no', '15') }} |

{{ table('opening', 'on_time', caption='Openings') }}

{{ chart('opening', 'on_time', 'no') }}

{% if count('opening', 'on_time', 'no') > 100 %}
Many.
{% endif %}

Begins here.{% if count('opening', 'on_time', 'no') > 0 %} Goes on.

{{ table('opening', 'on_time', 'no') }}
{% endif %}

Turnout was {{ source('turnout') }}.

[^a]: A *note* on {{ coverage() }}.
"""


@pytest.fixture
def editor(session, as_):  # noqa: F811
    session.execute(update(Statement).values(text=TEXT))
    session.commit()
    return as_("editor")


def word_of(client):
    answer = client.get(f"/statements/{SLUG}.docx")
    assert answer.status_code == 200, answer.location
    return answer.data


def replace(client, content, name="back.docx"):
    """Imports a file instead of the text; gives the text that is there then."""
    form = client.get(f"/statements/{SLUG}/import")
    data = fields(form) | {"file": (io.BytesIO(content), name)}
    return client.post(f"/statements/{SLUG}/import", data=data, follow_redirects=True)


def edited(content, change):
    document = docx.Document(io.BytesIO(content))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def same(text):
    """A text without what is written otherwise and means the same."""
    text = re.sub(r"\[\^(a|1)\]", "[^n]", text).replace("    1.", "  1.").replace("|---|--:|", "")
    text = text.replace("| --- | ---: |", "")
    return [line for line in text.split("\n") if line.strip()]


def test_a_text_comes_back_with_its_figures_live(session, editor):
    content = word_of(editor)
    document = docx.Document(io.BytesIO(content))
    names = [(p.style.name, p.text) for p in document.paragraphs]
    assert ("Title", "A statement") in names
    assert ("Heading 1", "Openings") in names
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    whole = parts["word/document.xml"].decode()
    assert "25 per cent" in whole
    assert "w:tblHeader" in whole
    assert 'descr="Bar chart.' in whole
    assert b'w:lang w:val="en-GB"' in parts["word/styles.xml"]
    assert b"A " in parts["word/footnotes.xml"]
    assert parts["word/media/image1.png"].startswith(b"\x89PNG")
    page = replace(editor, content)
    assert "everything was taken as it was" in page.text
    assert same(saved_text(session)) == same(TEXT)
    assert "25 per cent" in page.text


def test_a_sentence_may_change_around_a_figure_and_a_changed_figure_is_told(session, editor):
    def change(document):
        late = next(p for p in document.paragraphs if p.text.startswith("Late in"))
        late.runs[0].text = "Voting began late in "
        controls = [*document.element.body.iter(qn("w:sdt"))]
        by_text = {wordfile.shown_in(control): control for control in controls}
        by_text["25 per cent"].find(f".//{qn('w:t')}").text = "24 per cent"
        text = controls[1].find(f".//{qn('w:t')}")
        text.text = f"about {text.text}"
        turnout = next(c for c in controls if wordfile.shown_in(c) == "72 %")
        turnout.getparent().remove(turnout)

    page = replace(editor, edited(word_of(editor), change))
    assert "3 notes" in page.text
    text = saved_text(session)
    assert "Voting began late in **{{ share('opening', 'on_time', 'no') }}" in text
    assert "{# Changed in Word to: 24 per cent #}" in text
    assert "of about {{ base('opening', 'on_time', 'no') }}.[^a]" in text
    assert "No longer in the text: {{ source('turnout') }}" in text
    assert "came to “25 per cent” and was changed to “24 per cent”" in text
    again = docx.Document(io.BytesIO(word_of(editor)))
    assert not any("Imported from" in comment.text for comment in again.comments)


def test_what_libreoffice_saves_is_live_and_what_was_changed_in_it_is_told(session, editor):
    content = as_libreoffice_saves(word_of(editor))
    assert "everything was taken as it was" in replace(editor, content).text
    assert same(saved_text(session)) == same(TEXT)

    def change(document):
        by_text = {text.text: text for text in document.element.body.iter(qn("w:t"))}
        by_text["25 per cent"].text = "24 per cent"
        by_text["Late in "].text = "It was late in "
        by_text["14 of 20"].text = "15 of 20"

    page = replace(editor, edited(as_libreoffice_saves(word_of(editor)), change))
    assert "2 notes" in page.text
    text = saved_text(session)
    assert "It was late in **{{ share('opening', 'on_time', 'no') }} {# Changed in Word" in text
    assert "caption='Openings') }} {# Changed in Word to: Table 1. Openings" in text


def test_a_figure_in_which_changes_are_tracked_is_told_and_stays_live(session, editor):
    def change(document):
        controls = document.element.body.iter(qn("w:sdt"))
        control = next(one for one in controls if wordfile.shown_in(one) == "25 per cent")
        run = control.find(f".//{qn('w:r')}")
        new = etree.fromstring(etree.tostring(run))
        new.find(qn("w:t")).text = "26 per cent"
        run.find(qn("w:t")).tag = qn("w:delText")
        for each, name in ((new, "w:ins"), (run, "w:del")):
            tracked = etree.Element(qn(name), {qn("w:id"): "77", qn("w:author"): "B"})
            run.addnext(tracked) if each is new else run.addprevious(tracked)
            tracked.append(each)

    page = replace(editor, edited(word_of(editor), change))
    assert "3 notes" in page.text
    text = saved_text(session)
    assert "{{ share('opening', 'on_time', 'no') }} {# Changed in Word to: 26 per cent #}" in text
    assert "Tracked deletion accepted: “25 per cent”" in text
    assert re.search("[\ue000-\uf8ff]", text) is None


TWO = """## Voting

- One
    * Within
      it
- Two[^n]

| a |
|---|
| b |

## Counting

Orderly.

In {{ count('opening', 'on_time', 'no') }} places.

[^n]: Why.
"""


def test_what_one_wrote_in_word_and_another_on_the_page_is_put_together(session, as_):  # noqa: F811
    first, second = as_("editor"), as_("editor")
    save(first, first.get(f"/statements/{SLUG}"), TWO)
    word, markdown = word_of(first), first.get(f"/statements/{SLUG}.md").text
    mine = edited(word, lambda document: retype(document, "Orderly.", "Orderly, and slow."))
    theirs = TWO.replace("Why.", "Because.").replace("- Two", "- Two, three")
    save(second, second.get(f"/statements/{SLUG}"), theirs)
    page = replace(first, mine)
    assert "everything was taken as it was" in page.text
    both = theirs.replace("Orderly.", "Orderly, and slow.")
    assert saved_text(session) == both

    later = markdown.replace("Orderly", "In order")
    page = replace(second, later.encode(), "later.md")
    assert page.status_code == 409
    assert saved_text(session) == both
    assert "## Counting\n\nIn order." in page.text
    against = re.search(r'name="against"[^>]*value="(\d+)"', page.text)[1]
    text = html.unescape(
        re.search(r'id="statement-text"[^>]*>\n?(.*?)</textarea>', page.text, re.DOTALL)[1]
    )
    settled = {
        "settled:counting": "## Counting\n\nIn order, and slow.\n\nEverywhere.",
        "against": against,
    }
    assert save(second, page, text, **settled).status_code == 302
    assert saved_text(session) == re.sub(
        "Orderly.*?places", "In order, and slow.\n\nEverywhere", theirs, flags=re.DOTALL
    )


def retype(document, old, new):
    next(p for p in document.paragraphs if p.text == old).runs[0].text = new


WITHIN = """## Invited

The mission was invited by 21 countries.[^inv]
It follows the law.[^law]

[^inv]: Letter of *invitation* of
    9 March.

    With a second paragraph.

[^never]: Marked nowhere.

## Law

Under the law,[^law] and the same letter.[^inv]

[^law]: Electoral law,
article 3.

### Later

Nothing else.[^end]

## Last

All is said.

[^end]: The end.
"""


@pytest.mark.parametrize("old", ["The mission was", "Under the law", "Nothing else", "All is said"])
def test_no_footnote_is_lost_wherever_it_is_defined(session, as_, old):  # noqa: F811
    editor = as_("editor")
    save(editor, editor.get(f"/statements/{SLUG}"), WITHIN)
    word, markdown = word_of(editor), editor.get(f"/statements/{SLUG}.md").text

    def change(document):
        runs = (run for paragraph in document.paragraphs for run in paragraph.runs)
        run = next(run for run in runs if old in run.text)
        run.text = run.text.replace(old, f"So {old}")

    page = replace(editor, edited(word, change))
    assert "everything was taken as it was" in page.text
    text = saved_text(session)
    assert f"So {old}" in text
    assert definitions(text) == definitions(WITHIN)
    # Each is where it was: in its section, or at the end of the text.
    assert [section_of(text, label) for label in ("inv", "law", "end")] == [
        section_of(WITHIN, label) for label in ("inv", "law", "end")
    ]
    assert "[^" not in shown_words(editor)

    # What the text marks is kept too where whoever edits Markdown has lost it.
    without = re.sub(r"\[\^inv\]: .*?\n(?=\[)", "", markdown, flags=re.DOTALL)
    assert "[^inv]:" not in without
    save(editor, editor.get(f"/statements/{SLUG}"), text.replace("All is", "All was"))
    replace(editor, without.encode(), "without.md")
    text = saved_text(session)
    assert definitions(text) == definitions(WITHIN)
    assert "[^" not in shown_words(editor)


def definitions(text):
    return sorted(re.findall(r"^\[\^(\w+)\]:", text, re.MULTILINE))


def section_of(text, label):
    return re.findall(r"^## (.*)", text.partition(f"[^{label}]: ")[0], re.MULTILINE)[-1]


def shown_words(client):
    """What the page shows of the text, without what it says of it."""
    page = client.get(f"/statements/{SLUG}").text
    return re.sub(r"<[^>]*>", "", page[page.index('id="preview"') : page.index('id="view-checks"')])


def test_text_goes_out_as_markdown_with_calls_or_figures(editor):
    calls = editor.get(f"/statements/{SLUG}.md").text
    assert calls.startswith("---\ntitle: A statement\n")
    assert calls.endswith(TEXT.removeprefix("\n"))
    filled = editor.get(f"/statements/{SLUG}.md?figures=filled").text
    assert "Late in **25 per cent** of 10 of the 40 " in filled
    assert "| All regions | 40 | 75 % | 25 % |" in filled
    assert "Bar chart" in filled
    assert "{{" not in filled
    told = replace(editor, filled.encode(), "filled.md").text
    assert "The file left with its figures filled in: they are live no more." in told


def test_others_import_nothing_and_a_file_that_is_none_changes_nothing(session, as_, editor):  # noqa: F811
    analyst = as_("analyst")
    assert analyst.get(f"/statements/{SLUG}.docx").status_code == 200
    assert analyst.get("/statements/import").status_code == 403
    assert analyst.post(f"/statements/{SLUG}/import").status_code == 403
    page = replace(editor, b"\xd0\xcf\x11\xe0 old", "old.doc")
    assert page.status_code == 422
    assert "Save it as .docx" in page.text
    form = editor.get("/statements/import")
    data = {"dated": "2026-06-09", "round": "runoff", "language": "en", "title": ""}
    file = (io.BytesIO(as_python_docx_writes()), "a.docx")
    answer = editor.post("/statements/import", data=data | fields(form) | {"file": file})
    assert answer.location == "/statements/a-statement-2"
    assert "Openings" in editor.get(answer.location).text
    assert saved_text_of(session, "a-statement") == TEXT


def saved_text_of(session, slug):
    session.expire_all()
    text = session.query(Statement.text).filter(Statement.slug == slug).scalar()
    session.rollback()
    return text
