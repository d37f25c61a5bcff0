"""The PDF: tagged, whole, with every note on the page of its mark, and the same bytes again."""

import re
import subprocess
from itertools import pairwise

import pikepdf
import pytest

from observer.statements.charts import draw_bars
from observer.statements.operations import OUTLINES
from tests.statements.conftest import in_words

# What is counted is tested on both engines with the findings; here it is printed.
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

TEXT = (
    "## Executive summary\n\nLate: {{ share('opening', 'on_time', 'no') }}.[^one]\n\n"
    "## Opening\n\n### By region\n\n"
    "{{ chart('opening', 'on_time', 'no') }}\n\n"
    "{{ map('opening', 'on_time', 'no') }}\n\n"
    "{{ table('opening', 'on_time', 'yes', 'no') }}\n\n"
    "## About the mission\n\nInvented. Turnout: {{ source('turnout') }}.\n\n"
    "[^one]: A note.\n"
)


@pytest.fixture
def pdf(render, tmp_path):
    def make(text):
        done = render(text)
        assert done.exit_code == 0, done.output
        return tmp_path / "out.pdf"

    return make


def elements(node, kind):
    """Every element of a kind below a node of the structure tree, in order."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            if re.fullmatch(kind, str(kid.get("/S", ""))):
                yield kid
            yield from elements(kid, kind)


def test_it_is_tagged_with_title_language_headings_in_order_and_alternative_texts(station, pdf):
    path = pdf(TEXT)
    told = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Tagged: +yes", told)
    assert re.search(r"Title: +A statement", told)
    with pikepdf.open(path) as opened:
        assert str(opened.Root.Lang) == "en"
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        tree = opened.Root.StructTreeRoot
        levels = [int(str(heading.S)[2:]) for heading in elements(tree, r"/H\d")]
        assert levels[0] == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
        figures = list(elements(tree, "/Figure"))
        assert len(figures) == 4
        assert all(str(figure.Alt) for figure in figures)
        assert [len(list(elements(tree, kind))) > 0 for kind in ("/Table", "/TH", "/TD")]
        table = next(elements(tree, "/Table"))
        assert list(elements(table, "/Caption"))


def test_all_its_fonts_are_in_it(station, pdf):
    listed = subprocess.run(
        ["pdffonts", pdf(TEXT)], check=True, capture_output=True, text=True
    ).stdout.splitlines()[2:]
    assert listed
    for font in listed:
        embedded, subset = font.split()[-5:-3]
        assert (embedded, subset) == ("yes", "yes"), font


def test_the_same_text_over_the_same_reports_is_the_same_file(station, pdf):
    first = pdf(TEXT).read_bytes()
    # Charts are kept once drawn; another process has to draw them again.
    draw_bars.cache_clear()
    assert pdf(TEXT).read_bytes() == first


def test_notes_stand_on_the_page_of_their_mark(station, pdf):
    paragraphs = "\n\n".join(
        f"Sentence{n} {'word ' * 90}mark{n}.[^n{n}] {'more ' * 30}" for n in range(24)
    )
    notes = "\n".join(f"[^n{n}]: Footnote{n} {'small ' * 12}" for n in range(24))
    pages = in_words(pdf(f"{paragraphs}\n\n{notes}\n")).split("\f")
    for n in range(24):
        (marked,) = [at for at, page in enumerate(pages) if re.search(rf"\bmark{n}\.", page)]
        (noted,) = [at for at, page in enumerate(pages) if re.search(rf"\bFootnote{n}\b", page)]
        assert marked == noted, n


def test_hundreds_of_notes_are_all_printed_with_their_marks(station, pdf):
    marks = "\n\n".join(f"A sentence with mark{n}.[^n{n}]" for n in range(200))
    notes = "\n".join(f"[^n{n}]: Footnote{n}" for n in range(200))
    for page in in_words(pdf(f"{marks}\n\n{notes}\n")).split("\f"):
        marked = re.findall(r"\bmark(\d+)\.", page)
        assert marked == re.findall(r"\bFootnote(\d+)\b", page)


@pytest.mark.parametrize("after", ["Behind it. " * 60, "## Another section\n\nIts text."])
def test_a_picture_without_room_leaves_no_page_half_empty(station, pdf, after):
    before = "\n\n".join(f"Paragraph{n}. {'word ' * 110}" for n in range(3))
    picture = "{{ map('opening', 'on_time', 'no') }}"
    path = pdf(f"## A section\n\n{before}\n\n{picture}\n\n{after}\n")
    first, *others = in_words(path).split("\f")
    if "Behind it." in after:
        # The text behind it goes where it found no room.
        assert "Behind it." in first
        assert "Figure 1." in others[0]
    else:
        # No text of its section is behind it: it goes up, and what was before it to the next page.
        assert "Figure 1." in first
        assert "Paragraph0" in first
        assert "Paragraph2" in others[0]


def test_a_table_longer_than_pages_repeats_its_head_and_loses_nothing(station, pdf):
    rows = "\n".join(f"| row{n} | {n} |" for n in range(300))
    pages = in_words(pdf(f"| Firsthead | Second |\n|---|---|\n{rows}\n")).split("\f")
    words = " ".join(pages).split()
    assert [word for word in words if word.startswith("row")] == [f"row{n}" for n in range(300)]
    for page in pages:
        assert ("Firsthead" in page) == bool(re.search(r"\brow\d+\b", page))


@pytest.mark.parametrize("outline", sorted(OUTLINES.glob("*.md")), ids=lambda path: path.stem)
def test_an_outline_names_only_what_the_built_in_forms_have(demo_statement, outline):
    assert demo_statement(outline).startswith(b"%PDF")
