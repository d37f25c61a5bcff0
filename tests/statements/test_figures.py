"""Figures in a text are the findings, in words that fit their base."""

import re

import pikepdf
import pytest

from observer.statements.notes import plain
from observer.statements.words import Words

# What is counted is tested on both engines with the findings; here it is printed.
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

MANY = [1] * 60
COUNTS = r"(\d+ of \d+|\d+ %)"
ROW = rf"(Lima|Américas|All regions) (\d+) {COUNTS} {COUNTS}"


def alternatives(pdf):
    """The pictures in the text that have an alternative text, without the mark at its head."""
    figures = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
    return [one for one in figures if str(one.Alt) != "Demonstration"]


def line(printed, call, *options, language="en"):
    """What stands on the page where a call stood in the text."""
    text = printed(f"Here: {{{{ {call} }}}} it was.\n", *options, language=language)
    return re.search(r"Here: (.*?) it was", " ".join(text.split()))[1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("share('opening', 'on_time', 'no')", "25 per cent"),
        ("share('opening', 'on_time', 'no', digits=1)", "25.0 per cent"),
        ("share('opening', 'on_time', ['no', 'yes'])", "100 per cent"),
        ("share('opening', 'on_time', 'no', '16')", "two of ten"),
        ("share('opening', 'sealed', 'no')", "none observed"),
        ("count('opening', 'on_time', 'no')", "10"),
        ("count('opening', 'on_time', 'no', words=true)", "ten"),
        ("count('opening', 'delay')", "10"),
        ("base('opening', 'on_time', 'no')", "10 of the 40 observations in polling stations"),
        ("coverage()", "4 of the 24 polling stations"),
        ("coverage(region='15')", "2 of the 12 polling stations"),
        ("number('opening', 'delay', 'median')", "4"),
        ("number('opening', 'delay', 'mean', digits=1)", "4.5"),
        ("source('turnout')", "72 %1"),
        ("share('opening', 'on_time', 'no', statuses=['received', 'verified'])", "27 per cent"),
        ("'many' if count('opening', 'on_time', 'no') > 9 else 'few'", "many"),
    ],
)
def test_a_call_gives_the_finding(station, printed, call, words):
    assert line(printed, call) == words


def test_what_is_counted_can_be_chosen_for_the_whole_statement(station, printed):
    options = ("--status", "received", "--status", "verified")
    assert line(printed, "count('opening', 'on_time', 'no')", *options) == "11"


def test_a_status_named_twice_counts_once(station, printed):
    twice = ("--status", "verified", "--status", "verified")
    call = "count('opening', 'on_time', 'no', statuses=['verified', 'verified'])"
    assert line(printed, call, *twice) == "10"


def test_a_table_has_a_percentage_where_the_base_allows_one(station, printed):
    page = printed("{{ table('opening', 'on_time', 'yes', 'no') }}\n")
    row = {words[0]: words[1:] for words in re.findall(ROW, " ".join(page.split()))}
    assert row["Lima"] == ("20", "14 of 20", "6 of 20")
    assert row["Américas"] == ("10", "8 of 10", "2 of 10")
    assert row["All regions"] == ("40", "75 %", "25 %")
    assert "Source: verified reports" in page
    assert "4 of 24 polling stations observed" in " ".join(page.split())


def test_charts_and_maps_say_in_words_what_they_show(station, render, tmp_path):
    text = (
        "{{ chart('opening', 'on_time', 'yes', top=2) }}\n\n{{ map('opening', 'on_time', 'no') }}\n"
    )
    done = render(text)
    assert done.exit_code == 0, done.output
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        chart, shown, _hours = [str(figure.Alt) for figure in alternatives(pdf)]
    assert chart == "Bar chart. on_time?: Yes (by region). Américas 8 of 10; Loreto 8 of 10."
    assert shown.startswith("Map. on_time?: No (by region).")
    assert "Lima 6 of 20" in shown


def test_a_spanish_statement_speaks_spanish(station, printed):
    assert line(printed, "share('opening', 'on_time', 'no')", language="es") == "25 por ciento"
    assert line(printed, "share('opening', 'on_time', 'no', digits=1)", language="es") == (
        "25,0 por ciento"
    )
    page = printed("# Uno\n\n{{ table('opening', 'on_time') }}\n", language="es")
    assert "Cuadro 1" in page
    assert "9 de junio de 2026" in page


def test_a_french_statement_speaks_french(station, printed):
    assert line(printed, "share('opening', 'on_time', 'no', digits=1)", language="fr") == (
        "25,0 pour cent"
    )
    assert plain(Words("fr", min_base=30).number(2400)) == "2\u00a0400"
    page = printed("# Un\n\n{{ table('opening', 'on_time') }}\n", language="fr")
    assert "Tableau 1" in page
    assert "9 juin 2026" in page
    assert "bureaux de vote observés : 4 sur 24" in " ".join(page.split())


def test_the_annex_lists_each_figure_with_its_base_and_with_all_reports(station, printed):
    page = printed("It was {{ share('opening', 'on_time', 'no') }}.\n")
    annex = " ".join(page[page.index("Annex: figures and their base") :].split())
    assert "25 per cent 10 of 40 4 of 24 11 of 41" in annex


def test_every_unknown_name_is_named_with_its_line_and_what_there_is(station, render):
    done = render(
        "Well.\n\n"
        "{{ share('openin', 'on_time', 'no') }}\n"
        "{{ share('opening', 'on_tim', 'no') }}\n"
        "{{ share('opening', 'on_time', 'nope') }}\n"
        "{{ share('opening', 'on_time', 'no', '99') }}\n"
        "{{ source('x') }}\n"
        "{{ shar('opening') }}\n"
        "{{ share('opening') }}\n"
        "{{ number('opening', 'comment') }}\n"
        "A mark without its note.[^gone]\n"
    )
    assert done.exit_code == 1
    for number, said in (
        (8, "opening"),
        (9, "on_time"),
        (10, "nope"),
        (11, "99"),
        (12, "turnout"),
        (13, "share"),
        (14, "share("),
        (15, "comment"),
        (16, "gone"),
    ):
        (found,) = re.findall(rf"^line {number}: (.*)$", done.stderr, re.MULTILINE)
        assert said in found


@pytest.mark.parametrize(
    ("hostile", "said"),
    [
        ("{{ ''.__class__.__mro__ }}", "line 6"),
        ("{{ share.__globals__ }}", "line 6"),
        ("{{ cycler }}", "line 6"),
        ("{% for a in range(10**9) %}x{% endfor %}", "line 6"),
        ("{% for a in [1] * 10**9 %}x{% endfor %}", "line 6"),
        (f"{{% for a in {MANY} %}}{{% for b in {MANY} %}}x{{% endfor %}}{{% endfor %}}", "line 6"),
        ("{% include '/etc/passwd' %}", "line 6"),
        ("{% macro x() %}{{ x() }}{% endmacro %}{{ x() }}", "line 6"),
        ("{{ 'x' * 10**10 }}", "line 6"),
        ("{{ share(", "line 6"),
        ("{% if %}", "line 6"),
    ],
)
def test_a_text_can_call_figures_and_nothing_else(station, render, hostile, said):
    done = render(f"{hostile}\n")
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert said in done.stderr


def test_html_and_addresses_are_words_or_nothing(station, printed):
    page = printed(
        "<script>alert(1)</script> <img src='http://127.0.0.1:9/x.png'>\n\n"
        "[a link](javascript:alert(1))\n\n"
        "[good](https://example.org/)\n"
    )
    assert "<script>alert(1)</script>" in page
    assert "good" in page


def test_a_picture_from_elsewhere_is_refused_with_what_to_do(station, render):
    done = render("![a picture](http://127.0.0.1:9/y.png)\n")
    assert done.exit_code == 1
    assert "line 6: Pictures cannot be loaded: use chart(…) or map(…)." in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "front matter"),
        (b"# No front matter\n", "front matter"),
        ("---\ntitle: x\n---\n".encode("utf-16"), "UTF-8"),
        (b"---\ntitle: [\n---\n", "YAML"),
        (b"---\n- a\n---\n", "title"),
        (b"---\nsubtitle: x\n---\n", "title is missing"),
        (b"---\ntitle: x\ndate: yesterday\nlanguage: en\n---\n", "2026-06-09"),
        (b"---\ntitle: x\ndate: 2026-06-09\nlanguage: tlh\n---\n", "tlh"),
        (b"---\ntitle: x\ndate: 2026-06-09\nlanguage: en\nround: third\n---\n", "runoff"),
        (b"---\ntitle: x\ndate: 2026-06-09\nlanguage: en\nmission: mars\n---\n", "mars"),
        (b"---\ntitle: x\ndate: 2026-06-09\nlanguage: en\nauthor: me\n---\n", "author"),
    ],
)
def test_a_file_that_is_no_statement_says_what_is_missing(station, render, content, said):
    done = render(content)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert said in done.stderr
