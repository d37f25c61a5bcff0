"""Texts that mean harm or were made by mistake: shown as words, or refused in one clear line."""

import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pikepdf
import pypdfium2
import pytest
from sqlalchemy import update

from observer.statements.models import Source
from observer.statements.pdf import lay_out
from observer.statements.yamlfile import ReportFileError, YamlFile
from tests.statements.conftest import in_words

# The commands behave alike on both engines; what is stored is tested with the pages.
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

HEAD = "---\ntitle: A statement\n{more}date: 2026-06-09\nlanguage: en\n---\nText.\n"


@pytest.fixture
def listener():
    """A web server nobody should visit: its address, and who did."""
    visits = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            visits.append(self.path)
            self.send_error(404)

        def log_message(self, *given):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", visits
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_is_fetched_and_no_link_runs(station, render, tmp_path, listener):
    address, visits = listener
    done = render(
        f"<img src='{address}/image'> <script src='{address}/script'></script>\n\n"
        f"<link rel=stylesheet href='{address}/sheet'> <iframe src='file:///etc/passwd'></iframe>\n\n"
        f"[run](javascript:alert(1)) [data](data:text/html,x) <file:///etc/passwd>\n\n"
        f"[away]({address}/page)\n"
    )
    assert done.exit_code == 0, done.output
    assert visits == []
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        actions = [note.A for page in pdf.pages for note in page.get("/Annots", ()) if "/A" in note]
    assert [str(action.get("/URI", action.S)) for action in actions] == [f"{address}/page"]
    assert "root:" not in in_words(tmp_path / "out.pdf")


def test_not_even_a_document_with_html_fetches(station, listener):
    address, visits = listener
    html = (
        "<html lang=en><title>x</title><h1>x</h1>"
        f"<link rel=stylesheet href={address}/sheet><img alt=x src={address}/image>"
        "<object data=file:///etc/passwd></object>"
    )
    assert lay_out(html, {}).startswith(b"%PDF")
    assert visits == []


def test_what_others_wrote_is_shown_as_they_wrote_it(session, station, printed):
    figure = "<b>7</b> *of* {{ coverage() }}"
    session.execute(update(Source).values(figure=figure, title="[^1] | `x` <script>"))
    session.commit()
    page = " ".join(printed("Here {{ source('turnout') }}.\n").split())
    assert f"Here {figure}1." in page
    assert "Electoral Authority, [^1] | `x` <script>" in page


@pytest.mark.parametrize(
    "text",
    [
        ">" * 3000 + " deep",
        "[" * 5000,
        "*a " * 5000,
        "x" * 5000,
        "A\0B \ufffe \ue0000\ue001",
        "###### Six\n\n# One\n\n#\n\n#### Four[^1]\n\n[^1]: - a\n    - b",
        "- {{ map() }}\n\n| {{ map() }} | b |\n|---|---|\n| 1 | 2 |",
        "",
    ],
    ids=["quotes", "brackets", "stars", "word", "signs", "headings", "maps", "nothing"],
)
def test_odd_texts_are_printed(station, render, text):
    done = render(f"{text}\n")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    "call",
    [
        "(" * 3000 + "1" + ")" * 3000,
        "share('opening', 'on_time', 'no', digits=9)",
        "share('opening', 'on_time', [])",
        "share('opening', 'on_time', [['no']])",
        "share('opening', 'delay', [])",
        "share('opening', 'reasons', ['staff', 'power'])",
        "share('opening', 'on_time', 'no', statuses='held')",
        "coverage(region=['15'])",
        "table('opening', 'on_time', level='a')",
        "chart('opening', 'on_time', 'no', top=0)",
        "map('opening', 'on_time')",
        "share('opening', 'on_time', 'no', digits=1e400)",
        "number('opening', 'delay', 'mode')",
    ],
)
def test_a_call_with_the_wrong_values_is_one_line(station, render, call):
    done = render(f"{{{{ {call} }}}}\n")
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert re.fullmatch(r"Error: .* cannot be rendered:\nline 6: .+\n", done.stderr)


def test_a_note_in_a_note_is_refused_because_it_would_not_be_printed(station, render):
    done = render("Word.[^1]\n\n[^1]: First.\n    More.[^2]\n\n[^2]: Second.\n")
    assert done.exit_code == 1
    assert "line 9: A footnote cannot have a footnote: [^2]." in done.stderr


def test_more_footnotes_and_rows_than_can_be_printed_are_counted_and_refused(station, render):
    marks = " ".join(f"w[^{n}]" for n in range(10_000))
    notes = "\n".join(f"[^{n}]: Note" for n in range(10_000))
    rows = "\n".join(f"| {n} | b |" for n in range(4_000))
    done = render(f"{marks}\n\n| a | b |\n|---|---|\n{rows}\n\n{notes}\n")
    assert done.exit_code == 1
    assert "may have 2000 footnotes; this one has 10000." in done.stderr
    assert "may have 3000 rows; these have 4001." in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("|a" * 50 + "|\n" + "|-" * 50 + "|\n|1|\n", "40 columns; one here has 50."),
        ("[a] " * 2_001 + "\n\n[a]: http://x.example/", "2000 links; this one has 2001."),
        ("[a] " * 200 + f"\n\n[a]: /{'y' * 2_999}", "500000 characters; these have 600000."),
        ("# a\n\n" * 1_001, "1000 headings; this one has 1001."),
        ("**" * 200 + "a" + "**" * 200, "50 deep in other emphasis; here it is 200 deep."),
        ("{{ incident_table() }}\n\n" * 1_501, "may have 3000 rows; these have"),
        ("w[^a] " * 1_500 + f"\n\n[^a]: {'word ' * 400}", "as often as it is cited"),
    ],
    ids=["columns", "links", "addresses", "headings", "emphasis", "called", "notes"],
)
def test_more_than_can_be_laid_out_is_refused_in_one_sentence(station, render, text, said):
    done = render(f"{text}\n")
    assert isinstance(done.exception, SystemExit)
    assert said in done.stderr


def test_tabs_in_code_fill_no_log(station, render, capfd):
    done = render("\t" * 300 + "x\n\n```\na\tb\n```\n")
    assert done.exit_code == 0, done.output
    assert "CRITICAL" not in capfd.readouterr().err


def test_a_table_of_many_columns_is_whole_on_its_page(station, render, tmp_path):
    def table(columns):
        head = "|".join(f"Registered {n}" for n in range(columns))
        row = "|".join(f"{n}123456" for n in range(columns))
        return f"|{head}|\n{'|-' * columns}|\n|{row}|\n|{row}|\n"

    long = "http://example.org/" + "a" * 90
    text = "Antidisestablishmentarianism"
    words = f"|{'|'.join([text, 'b', 'c'])}|\n|-|-|-|\n|{text}|{'few ' * 40}|{'more ' * 60}|\n"
    address = f"|a|b|c|\n|-|-|-|\n|{text}|{long}|{long}|\n"
    tables = [*map(table, (9, 14, 20, 40)), words, address]
    for theme in ("mission", "charter"):
        done = render("\n\n".join(tables) + "\n", "--theme", theme)
        assert done.exit_code == 0, done.output
        assert in_words(tmp_path / "out.pdf").count(text) >= 2
        pdf = pypdfium2.PdfDocument(tmp_path / "out.pdf")
        for page in pdf:
            words = page.get_textpage()
            for number in range(words.count_chars()):
                left, _bottom, right, _top = words.get_charbox(number)
                assert left >= 50 or left == right
                assert right <= page.get_width() - 50
        pdf.close()


def test_lines_are_counted_as_an_editor_counts_them(station, render):
    done = render("A\fform feed,\u2028a separator,\u0085a next line.\n\n{{ nothing() }}\n")
    assert re.findall(r"^line (\d+):", done.stderr, re.MULTILINE) == ["8"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("round: 3\n", "There is no round '3'; there is first, runoff."),
        ("mission: 2026\n", "There is no mission '2026'; there is demo."),
        ("round: [a]\n", "round must be one value."),
        (f"subtitle: {'[' * 3000}\n", "too many lists or brackets in each other."),
        ("subtitle: 2026-13-45\n", "a date that cannot be"),
        # Nested so, nine to the tenth values: nobody must begin to print them.
        (
            "a0: &a0 [x]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 11))
            + "mission: *a10\n",
            "mission must be one value.",
        ),
    ],
    ids=["round", "mission", "list", "brackets", "date", "bomb"],
)
def test_odd_values_of_the_front_matter_are_named(station, render, more, said):
    done = render(HEAD.format(more=more).encode())
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert said in done.stderr
    assert len(done.stderr) < 2000


@pytest.mark.parametrize("text", ["a: " + "[" * 3000, "a: 2026-13-45"], ids=["brackets", "date"])
def test_a_yaml_file_that_cannot_be_read_is_named(station, tmp_path, app, text):
    with app.test_request_context(), pytest.raises(ReportFileError, match=r"own\.yaml: "):
        YamlFile(tmp_path / "own.yaml", ReportFileError, text=text)
