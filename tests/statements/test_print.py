"""What is printed, in every theme: structure, notes, archive copy, languages, broken themes."""

import csv
import io
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import page
import pikepdf
import pytest

from observer.statements import themes, yamlfile
from observer.statements.shaping import shaped
from observer.statements.themes import PAPERS, theme_names
from tests.statements.conftest import in_words
from tests.statements.test_pdf import elements

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

PUBLISHED = Path(__file__).with_name("published.md")
FIGURES = """
### Figures

Late: {{ share('opening', 'on_time', 'no') }}.

{{ chart('opening', 'on_time', 'no') }}

{{ map('opening', 'on_time', 'no') }}

{{ table('opening', 'on_time', 'yes', 'no') }}

## Next steps
"""
LOGO = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><text y='9'>OWNMARK</text></svg>"
SIZES = {"a4": (595, 842), "letter": (612, 792)}


def words_of(text):
    """Words as both the Markdown and the pages have them: without marks, hyphens, line ends."""
    plain = re.sub(r"\[\^\w+\]:?|[*_#>|]|:?---+:?", " ", text)
    return re.findall(r"\w+", plain.replace("\u00ad", ""))


def hyphenated(word, text):
    """Whether a word stands in a text in two parts, at the end of a line and in the next one."""
    parts = [(word[:at], word[at:]) for at in range(2, len(word) - 1)]
    return any(f"{begins}-\n" in text and re.search(rf"\b{ends}", text) for begins, ends in parts)


@pytest.mark.parametrize("theme", theme_names())
def test_a_published_statement_is_whole_and_accessible(station, render, tmp_path, theme):
    text = PUBLISHED.read_text().replace("## Next steps\n", FIGURES)
    for paper in PAPERS:
        done = render(text.encode(), "--theme", theme, "--paper", paper)
        assert done.exit_code == 0, done.output
        path = tmp_path / "out.pdf"
        report = page.validate_pdf(str(path), profile="ua1")
        assert report.is_compliant, [failure.message for failure in report.failures]
        _, text_only, notes = re.split(r"^(?=\*Port)|^(?=\[\^venice\]:)", text, flags=re.MULTILINE)
        pages = in_words(path).split("\f")
        everything = "\f".join(pages)
        missing = set(words_of(text_only)) - set(words_of(everything)) - set(words_of(FIGURES))
        assert not [word for word in missing if not hyphenated(word, everything)]
        heads = re.findall(r"^##+ (.+)$", text_only, re.MULTILINE)
        places = [everything.index(f"\n{head}\n") for head in heads]
        assert places == sorted(places)
        numbered = re.findall(r"^\[\^(\w+)\]: (.{30})", notes, re.MULTILINE)
        order = list(dict.fromkeys(re.findall(r"\[\^(\w+)\](?!:)", text_only)))
        with pikepdf.open(path) as pdf:
            box = [round(float(side)) for side in pdf.pages[0].MediaBox[2:]]
            assert tuple(box) == SIZES[paper]
            check_structure(pdf, notes=len(order))
        for label, begins in numbered:
            number = order.index(label) + 1
            (noted,) = [n for n, one in enumerate(pages) if f"{number} {begins}" in flat(one)]
            assert marks_of(pages[noted], number), (label, noted)


def flat(text):
    return " ".join(text.split())


def marks_of(text, number):
    """Whether a page has the mark of a note, behind a word or a full stop."""
    return re.search(rf"[\w.,:)]\ufeff?\s?{number}(?!\d)", text)


def check_structure(pdf, *, notes):
    assert str(pdf.Root.Lang) == "en"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert pdf.open_metadata()["pdfuaid:part"] == "1"
    assert pdf.Root.Outlines.Count != 0
    tree = pdf.Root.StructTreeRoot
    levels = [int(str(heading.S)[2:]) for heading in elements(tree, r"/H\d")]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(str(figure.Alt) for figure in elements(tree, "/Figure"))
    heads = list(elements(tree, "/TH"))
    assert heads
    assert all(head.A.Scope in ("/Row", "/Column") for head in heads)
    assert len(list(elements(tree, "/Note"))) >= notes
    fonts = [one for one in pdf.objects if is_font_descriptor(one)]
    assert fonts
    assert all(any(key in one for key in ("/FontFile2", "/FontFile3")) for one in fonts)


def is_font_descriptor(one):
    return isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"


def test_the_archive_copy_has_the_data_of_all_that_is_shown(station, render, tmp_path):
    text = FIGURES.replace("## Next steps", "| a | b |\n|---|---|\n| =1+1 | ü[^n] |\n\n[^n]: Note.")
    done = render(text, "--archive")
    assert done.exit_code == 0, done.output
    content = (tmp_path / "out.pdf").read_bytes()
    report = page.validate_pdf_bytes(content, profile="3a")
    assert report.is_compliant, [failure.message for failure in report.failures]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        listed = [str(one.UF) for one in pdf.Root.AF]
        assert all(one.AFRelationship == "/Data" for one in pdf.Root.AF)
        rows = {name: rows_of(pdf.attachments[name].get_file().read_bytes()) for name in listed}
    assert sorted(rows) == [
        "coverage.csv",
        "figure-1.csv",
        "figure-2.csv",
        "figures.csv",
        "table-1.csv",
        "table-in-text-1.csv",
        "times.csv",
    ]
    (late,) = rows["figures.csv"]
    assert (late["as_printed"], late["k"], late["n"]) == ("25 per cent", "10", "40")
    assert {row["answer_label"] for row in rows["figure-1.csv"]} == {"No"}
    assert rows["table-in-text-1.csv"] == [{"a": "=1+1", "b": "ü"}]
    assert sum(int(row["reports"]) for row in rows["times.csv"]) == 40
    assert rows["coverage.csv"][-1]["reports"] == "40"
    render(text, "--archive")
    assert (tmp_path / "out.pdf").read_bytes() == content


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture
def broken_theme(tmp_path, monkeypatch):
    """A copy of all themes, of which ``mission`` can be broken."""
    folder = tmp_path / "reports" / "themes"
    shutil.copytree(themes.THEMES, folder)
    monkeypatch.setattr(themes, "THEMES", folder)
    monkeypatch.setattr(yamlfile, "ROOT", tmp_path)
    return folder / "mission"


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (("statement.html", "{% if contents %}", "{% if contents }"), "statement.html, line 23: "),
        (("statement.html", "{{ draft.kind }}", "{{ draft.knid }}"), "statement.html, line 6: "),
        (
            ("statement.html", "_annexes.html", "_nothing.html"),
            "line 29: there is no _nothing.html",
        ),
        (("statement.html", "_annexes.html", "statement.html"), "maximum recursion depth exceeded"),
        (("statement.css", "faces-source.css", "gone.css"), "line 2: there is no file gone.css"),
        (
            ("theme.yaml", 'bar: "#174a5b"', 'bar: "blue"'),
            "theme.yaml, line 15: “blue” is no colour",
        ),
        (("theme.yaml", "[a4, letter]", "[a4, a5]"), "theme.yaml, line 3: there is no “a5”"),
        (("theme.yaml", "papers: [a4, letter]", "papers: [a4"), "theme.yaml, line "),
    ],
)
def test_a_broken_theme_names_its_file_and_line(station, render, broken_theme, broken, says):
    file, was, becomes = broken
    path = broken_theme / file
    content = path.read_text()
    assert was in content
    path.write_text(content.replace(was, becomes, 1))
    done = render("Text.\n")
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert f"reports/themes/mission/{file}" in done.stderr
    assert says in done.stderr
    assert done.stderr.count("\n") == 2


def test_a_mission_prints_its_own_mark(app, station, render, tmp_path):
    settings = app.extensions["observer.settings"]
    logo = tmp_path / "logo.svg"
    logo.write_text(LOGO)
    assert "OWNMARK" not in in_words_of(render, tmp_path)
    object.__setattr__(settings, "logo", logo)
    assert "OWNMARK" in in_words_of(render, tmp_path)


def in_words_of(render, tmp_path):
    done = render("Text.\n")
    assert done.exit_code == 0, done.output
    return in_words(tmp_path / "out.pdf")


def test_arabic_words_are_joined_in_pictures_and_read_from_the_right(station, render, tmp_path):
    svg = "<svg><text x='1'>3 من 5 &amp; باب</text><text x='2'>Loreto</text></svg>"
    # Joined forms, in the order in which they stand from the left.
    assert "ﺏﺎﺑ &amp; 5 ﻦﻣ 3" in shaped(svg.encode()).decode()
    assert b"<text x='2'>Loreto</text>" in shaped(svg.encode())
    done = render("## باب\n\nنص.\n\n{{ chart('opening', 'on_time', 'no') }}\n", language="ar")
    assert done.exit_code == 0, done.output
    content = (tmp_path / "out.pdf").read_bytes()
    assert page.validate_pdf_bytes(content, profile="ua1").is_compliant
    listed = subprocess.run(
        ["pdffonts", tmp_path / "out.pdf"], check=True, capture_output=True, text=True
    )
    assert "Amiri" in listed.stdout
    assert "DejaVu" not in listed.stdout
