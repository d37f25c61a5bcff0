"""Reading what people bring: Word files of other programs, Markdown, and files that mean harm."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from observer.badinput import BadFileError
from observer.statements import wordfile
from observer.statements.pieces import mark_pieces
from observer.statements.takenin import take_in
from observer.statements.wordcalls import NAMESPACE
from observer.statements.wordin import read_word
from tests.statements.wordfiles import NS, as_python_docx_writes, as_word_writes, paragraph, run


@pytest.fixture
def page():
    """A request in which sentences have a language."""
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def test_what_another_program_wrote_is_kept(page):
    taken = read_word(as_python_docx_writes(), "a.docx")
    assert taken.title == "A statement"
    assert taken.text == (
        "## Openings\n\nVoting **began** late in *many* places; 5 \\* 3 \\< {\\{ 20 }} & "
        "{\\% if %} {\\# no #}. Struck.\n\n- One\n  - Within one\n- Two\n\n### Counting\n\n"
        "1. First\n2. Second\n\n| Region | Share |\n| --- | --- |\n| Lima \\| Callao | 7 % |\n"
        "| All |  |\n"
    )
    assert mark_pieces(taken.text).pieces == ()
    assert any("Merged cells" in note for note in taken.notes)
    assert any("strikethrough" in note for note in taken.notes)


def test_what_word_wrote_is_accepted_and_what_cannot_be_taken_is_told_with_its_place(page):
    note = '<w:footnote w:id="2">' + paragraph(run(" Law 26859.")) + "</w:footnote>"
    comment = '<w:comment w:id="5" w:author="Ana">' + paragraph(run("Sure? #}")) + "</w:comment>"
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK '
        '"https://example.org/a(b)" </w:instrText></w:r><w:r><w:fldChar '
        'w:fldCharType="separate"/></w:r>' + run("the law") + "<w:r><w:fldChar "
        'w:fldCharType="end"/></w:r>'
    )
    body = (
        paragraph(run("Legal framework"), style="Own")
        + paragraph(
            run("The "),
            f'<w:ins w:id="1" w:author="B">{run("new ")}</w:ins>',
            '<w:del w:id="2" w:author="B"><w:r><w:delText>old </w:delText></w:r></w:del>',
            field,
            '<w:r><w:footnoteReference w:id="2"/></w:r>',
            '<w:r><w:commentReference w:id="5"/></w:r>' * 2,
            run(" 1. is # fine", "<w:u w:val='single'/>"),
        )
        + paragraph(run("# no heading"))
        + paragraph(run("1. no list"), run("<br/>line", ""))[:None]
        + "<w:p><w:r><w:object/></w:r></w:p>"
    ).replace("<br/>line", "two")
    taken = read_word(as_word_writes(body, footnotes=note, comments=comment), "w.docx")
    assert taken.text == (
        "## Legal framework\n\nThe new [the law](<https://example.org/a(b)>)[^1]"
        "{# Ana: Sure? # } #} 1. is # fine\n\n\\# no heading\n\n1\\. no listtwo\n\n"
        "[^1]: Law 26859.\n"
    )
    told = "\n".join(taken.notes)
    assert "paragraph 2, under “Legal framework”: Tracked insertion accepted: “new”." in told
    assert "Tracked deletion accepted: “old”." in told
    assert "A comment by Ana" in told
    assert "An embedded object" in told
    assert "underlining" in told


def test_markdown_comes_with_or_without_front_matter(page):
    bare = take_in(b"\xef\xbb\xbf## Head\r\n\r\nText.\r\n", "a.md")
    assert (bare.text, bare.title, bare.notes) == ("## Head\n\nText.\n", "", [])
    full = take_in(b"---\ntitle: T\ndate: soon\nlanguage: xx\ncolour: red\n---\nText.\n", "b.md")
    assert (full.text, full.title, full.language) == ("Text.\n", "T", "")
    assert len(full.notes) == 3
    assert full.with_notes().startswith("{#⇩ Imported from b.md.")


IN_DRAWING = (
    '<w:p><w:r><w:drawing xmlns:d="urn:d"><d:txbx><w:txbxContent>{}</w:txbxContent></d:txbx>'
    "</w:drawing></w:r>{}</w:p>"
)
ROW = "<w:tr><w:trPr>{}</w:trPr><w:tc>{}</w:tc></w:tr>"


@pytest.mark.parametrize(
    ("body", "text", "told"),
    [
        (
            IN_DRAWING.format(paragraph(run("In a box")), run("Around")),
            "Around\n\nIn a box\n",
            "A text box was taken as paragraphs",
        ),
        (paragraph(run("A")) + '<w:altChunk r:id="r9"/>', "A\n", "A document within the document"),
        (paragraph(run("a "), run("b", "<w:vanish/>")), "a b\n", "Hidden text was taken too"),
        (
            paragraph(run("a"), '<w:r><w:sym w:font="Odd" w:char="F0FC"/></w:r>'),
            "a\n",
            "A sign of the font Odd was left out: F0FC.",
        ),
        (
            f"<w:p><w:r><w:ruby><w:rt>{run('up')}</w:rt><w:rubyBase>{run('base')}</w:rubyBase>"
            "</w:ruby></w:r></w:p>",
            "base\n",
            "Small text above words",
        ),
        (
            "<w:tbl>"
            + ROW.format("", paragraph(run("head")))
            + ROW.format('<w:del w:id="1"/>', paragraph(run("gone")))
            + "</w:tbl>",
            "| head |\n| --- |\n",
            "Tracked deletion accepted: “gone”.",
        ),
        (paragraph(run("law", "<w:smallCaps/>")), "law\n", "letters shown as capitals"),
        # Each of these took minutes, or the time of the square of its length.
        (paragraph(run("a" + " " * 200_000 + "b")), "a" + " " * 200_000 + "b\n", ""),
        (
            paragraph(run("!" * 200_000, "<w:b/>"), run("b" + "#" * 200_000 + "c")),
            "!" * 200_000 + "b" + "#" * 200_000 + "c\n",
            "",
        ),
        (paragraph(run("over\n  lines")), "over   lines\n", ""),
        (
            "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='-5'/></w:tcPr>"
            + f"{paragraph(run('a'))}</w:tc><w:tc>{paragraph(run('b'))}</w:tc></w:tr></w:tbl>",
            "| a | b |\n| --- | --- |\n",
            "",
        ),
        (f'<w:p><w:fldSimple w:instr="REF a">{run("see 3")}</w:fldSimple></w:p>', "see 3\n", ""),
        (f'<w:p><w:bdo w:val="rtl">{run("other way")}</w:bdo></w:p>', "other way\n", ""),
    ],
)
def test_nothing_is_passed_over_in_silence(page, body, text, told):
    taken = read_word(as_word_writes(body), "x.docx")
    assert taken.text == text
    assert told in "\n".join(taken.notes)
    assert bool(taken.notes) == bool(told)


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 30_000_000)
    return out.getvalue()


def packed(way):
    """A small file that unpacks to much, in a way that no Word file is packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as archive:
        archive.writestr("word/document.xml", b" " * 90_000_000)
    return out.getvalue()


def with_macros():
    out = io.BytesIO(as_python_docx_writes())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    return out.getvalue()


def repeated():
    """A file in which a long live piece stands often."""
    control = (
        '<w:sdt><w:sdtPr><w:tag w:val="observer:1"/></w:sdtPr><w:sdtContent>'
        f"{run('7')}</w:sdtContent></w:sdt>"
    )
    out = io.BytesIO(as_word_writes(paragraph(control * 1_000)))
    source = f"<source>{'x' * 10_000}</source><shown>7</shown>"
    with zipfile.ZipFile(out, "a") as archive:
        part = f'<statement xmlns="{NAMESPACE}"><piece number="1">{source}</piece></statement>'
        archive.writestr("customXml/item1.xml", part)
    return out.getvalue()


def rootless():
    """A file whose document is something that is left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:altChunk {NS}/>")
    return out.getvalue()


def lying():
    """A file that says its part is small."""
    content = bytearray(bomb())
    for signature, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.index(signature) + place
        content[at : at + 4] = struct.pack("<I", 10)
    return bytes(content)


NUMBERED = '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:p>'
LEVEL = '<w:lvlOverride w:ilvl="x"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (bomb, "unpacks to more text"),
        (lying, "no Word file|damaged|more text"),
        (lambda: packed(zipfile.ZIP_BZIP2), "no Word file"),
        (lambda: as_word_writes("<w:p/>" * 1_000_000), "more text than"),
        (lambda: as_word_writes(NUMBERED, numbering='<w:num w:numId="1">' + LEVEL), "damaged"),
        (with_macros, "holds macros"),
        (rootless, "damaged"),
        (repeated, "500000 characters"),
        (lambda: as_word_writes(paragraph(run("&b;")), prolog=ENTITIES), "XML entities|damaged"),
        (lambda: as_word_writes("<w:p>" * 3), "damaged"),
        (
            lambda: as_word_writes("<w:sdt><w:sdtContent>" * 400 + "</w:sdtContent></w:sdt>" * 400),
            "damaged",
        ),
        (lambda: as_python_docx_writes()[:3000], "no Word file"),
        (lambda: b"PK\x03\x04" + b"\0" * 50, "no Word file"),
        (lambda: b"PK" + b"\0" * (wordfile.MOST_BYTES + 1), "larger than"),
        (lambda: b"\x89PNG\r\n\0\0", "neither Markdown nor"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_hostile_file_is_one_clear_sentence(page, make, said):
    with pytest.raises(BadFileError, match=said):
        take_in(make(), "x.docx" if make()[:2] == b"PK" else "x.md")


def test_what_libreoffice_wrote_is_as_it_left(page):
    """The file was exported here, then opened and saved by LibreOffice 7.4."""
    left = Path(__file__).with_name("libreoffice.md").read_text()
    taken = take_in(Path(__file__).with_name("libreoffice.docx").read_bytes(), "libreoffice.docx")
    assert taken.text == left
    assert (taken.notes, taken.theme, taken.paper, taken.edit) == ([], "mission", "a4", 1)
