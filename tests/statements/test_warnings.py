"""What writers are told to look at: words, bases and figures that disagree, numbers without."""

import re
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from observer import ROOT
from observer.checklists.library import import_builtin
from observer.cli import cli
from observer.collect.models import Status
from observer.missions.scope import Scope
from observer.statements.compose import compose
from observer.statements.drafts import Draft, split_front_matter
from observer.statements.models import Statement
from observer.statements.warnings import warnings_of
from tests.missions.builders import build_mission
from tests.statements import claimcases
from tests.statements.conftest import FRONT
from tests.statements.test_pages import SLUG, as_, fields, statement  # noqa: F401

LATE = "{{ share('opening', 'on_time', 'no') }}"
"""25 per cent: ten of forty."""
EARLY = "{{ share('opening', 'on_time', 'yes') }}"
"""75 per cent."""
PLACES = ("1501-01-1", "1502-01-1", "16-01-1", "91-01-1")
FIGURES = {
    "LATE": LATE,
    "EARLY": EARLY,
    "EACH": "{{ share('opening', 'sealed', 'yes') }}",
    "NONE": "{{ share('opening', 'sealed', 'no') }}",
    "MORE": "{{ compare('opening', 'on_time', 'no', 'first') }}",
    "LESS": "{{ compare('opening', 'on_time', 'yes', 'first') }}",
    "SMALL": "{{ compare('opening', 'on_time', 'no', 'first', '16') }}",
}
"""What stands in the sentences of ``claimcases`` for each of its figures."""
CALLS = (
    LATE,
    "{{ count('opening', 'on_time', 'no') }}",
    "{{ base('opening', 'on_time', 'no') }}",
    "{{ coverage() }}",
    "{{ number('opening', 'delay', 'mean', digits=2) }}",
    "{{ share('opening', 'on_time', 'no', '15', digits=1) }}",
    "{{ source('turnout') }}",
)


@pytest.fixture
def look(app, station, tmp_path):
    """What the command lists of a text: lines without their headings."""

    def run(text, *options, language="en"):
        file = tmp_path / "draft.md"
        file.write_text(FRONT.format(language=language) + text, encoding="utf-8")
        done = app.test_cli_runner().invoke(cli, ["statement", "warnings", str(file), *options])
        assert done.exit_code == 0, done.output
        return [line for line in done.output.splitlines() if line.startswith("line ")]

    return run


@pytest.fixture
def found_in(session, station):
    """The warnings of a text, composed here."""
    scope = Scope(station.built.mission)

    def run(text, language="en"):
        draft = Draft(
            title="A statement",
            dated=station.built.runoff.voting_day,
            language=language,
            round=station.built.runoff,
            text=text,
        )
        return warnings_of(compose(session, scope, draft, printed=False))

    return run


@pytest.mark.parametrize("language", ["en", "es", "fr", "ar"])
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_words_that_do_not_fit_the_figure_beside_them(found_in, station, language):
    station.submit({"sealed": "yes"}, status=Status.VERIFIED)
    for number in range(40):
        round_, place = station.built.first, PLACES[number % 4]
        station.submit({"on_time": "yes"}, place=place, status=Status.VERIFIED, round_=round_)
    misfit = [*claimcases.MISFIT[language], *claimcases.TURNED[language]]
    fitting = [*claimcases.FITTING[language], *claimcases.STEADY[language]]
    text = "\n\n".join([*misfit, *fitting])
    for name, call in FIGURES.items():
        text = text.replace(name, call)
    told = Counter(one.line for one in found_in(text, language) if one.kind == "words")
    lines = dict(zip(range(1, 2 * len(misfit + fitting), 2), misfit + fitting, strict=True))
    assert {lines[line]: count for line, count in told.items()} == dict.fromkeys(misfit, 1)


def test_a_word_for_a_change_is_held_against_what_chance_may_make(found_in, station):
    for number in range(10):
        round_, answer = station.built.first, "no" if number < 2 else "yes"
        station.submit({"on_time": answer}, status=Status.VERIFIED, round_=round_, place=PLACES[0])
    call = "{{ compare('opening', 'on_time', 'no', 'first', '1501') }}"
    said = found_in(f"It fell ({call}).\n\nIt rose ({call}).\n")
    assert [one.message for one in said if one.kind == "words"] == [
        "“fell” does not fit the comparison beside it: +10.0 percentage points.",
        "“rose” is said of +10.0 percentage points. With 10 and 10 answers a difference of up to "
        "37.7 points may be chance: say so, or leave the word out.",
    ]


@pytest.mark.parametrize(
    ("language", "text", "numbers"),
    [
        ("en", "Complaints: 312 were filed.", ["312"]),
        ("en", "Turnout was 4.5 per cent, of 2,400 voters.", ["4.5, 2,400"]),
        ("en", f"Voting began late in {LATE} of the 412 stations.", ["412"]),
        (
            "en",
            "Observers saw twenty-four polling stations and seven polling centres.",
            ["twenty-four polling stations, seven polling centres"],
        ),
        (
            "en",
            "About a third of the polling stations had steps.",
            ["a third of the polling stations"],
        ),
        ("en", "First. Then 31 of them.[^1] Last, 78.\n\n[^1]: Note of 99.", ["78"]),
        ("en", "In 2026 polling stations opened, 1990 per cent.", ["2026, 1990"]),
        ("en", "Under Article 12, 30 per cent is enough.", ["30"]),
        ("es", "Se presentaron 1.234 quejas y 4,5 por ciento.", ["1.234, 4,5"]),
        ("es", "Se observaron dos mesas.", ["dos mesas"]),
        ("fr", "Il y a eu 1 200 000 électeurs.", ["1 200 000"]),
        ("fr", "Le 7 juin, 25 % des listes.", ["25"]),
        ("ar", "وردت ٣١٢ شكوى.", ["٣١٢"]),
    ],
)
def test_numbers_that_nothing_backs(found_in, language, text, numbers):
    found = [one for one in found_in(text, language) if one.kind == "unbacked"]
    assert [one.message.split(" ha")[0] for one in found] == numbers


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "On 9 June 2026, June 9, 3 and 22 May, from 2 May to 4 June and 2026-06-09 at 8:30.",
        ),
        ("en", "Article 12, Articles 3 and 4, Law No. 28094, § 5, Regulation 17(2), Table 3."),
        ("en", "Within 24 hours, 30 days, two years, by 8 p.m., from 7.00 to 17.00."),
        ("en", "1. One\n2. Two\n\n## 3.1 A head\n\n| | a |\n|---|---|\n| 1 | x |\n| 2 | y |"),
        ("en", "Written as `12` and at <https://example.org/12>, [page 7](https://example.org)."),
        ("en", "There were 312.[^1] There were 312[^1].\n\n[^1]: Of 99."),
        ("en", "Call +51 1 234 5678 or (01) 234-5678. Turnout was {{ source('turnout') }} of 12."),
        ("en", "COVID-19, A4, G20, R3, station 1501-01-1, the 5th and the 24-hour limit."),
        ("en", "No. 7 is what the form's No. 12 is.\n\n    312 in code"),
        (
            "es",
            "El 9 de junio de 2026, del 12 al 15 de mayo, a las 8:30, artículo 12, Ley N.º 28094.",
        ),
        ("es", "En la mesa 1234, en 30 días, en la 2.ª vuelta, art. 5, incisos 3 y 4."),
        (
            "fr",
            "Le 9 juin 2026, l’article 12, la loi n° 28094, à 8h30 et 17 h 30, en 30 jours.",
        ),
        ("ar", "في 9 يونيو 2026، المادة 12، القانون رقم 28094، خلال 30 يوما."),
    ],
)
def test_numbers_that_are_no_claims(found_in, language, text):
    assert [one.message for one in found_in(text, language) if one.kind == "unbacked"] == []


def test_a_table_is_listed_once_and_its_source_may_lead_to_it(found_in):
    table = "| a | b |\n|---|---|\n| Lima | 12 |\n| Cusco | 7 % |\n"
    (found,) = found_in(f"Shares:\n\n{table}")
    assert found.message == "2 numbers of this table have neither figure nor source."
    assert found.line == 5
    assert found_in(f"Shares:[^1]\n\n{table}\n\n[^1]: Their report.") == []
    assert found_in(table.replace("12", "12[^1]") + "\n\n[^1]: Their report.") == []


def test_the_line_is_that_of_the_text_as_written(found_in):
    text = (
        "{# guidance\n#}\n\n{% if coverage() %}\nFirst\nline,\nthen 312 and "
        f"{LATE}.\n{{% endif %}}\n\n{{{{ table('opening', 'on_time') }}}}\n\nAfter it 78.\n"
    )
    lines = [one.line for one in found_in(text) if one.kind == "unbacked"]
    assert lines == [7, 12]


UNWRITTEN = """\
The mission concludes that …

XX observers and [name], on [date], said ___; lorem ipsum.

In Article XX it is “we … will”. “[the] law […] said”, as such…

> “…”

TBC, to be completed, and … per cent. A toDo list, C. XX.

##

## A

### B

## C

<!-- remark -->

Share('opening') and share('opening', 'on_time') but `coverage()`, voter(s) and f(x).

Open[^1 and note[^3], note[^4].[^5]

| a | … |
|---|---|
| 1 | [to be confirmed] |

[^3]:

[^4]: TODO

[^5]: Fine.

[^9]: Unused.

## Last
"""


def test_what_still_has_to_be_written_is_listed(found_in):
    listed = [one for one in found_in(UNWRITTEN) if one.kind == "unfinished"]
    something = "something still has to be written here."
    assert [(one.line, one.message) for one in listed] == [
        (1, f"“…”: {something}"),
        (3, f"“XX”, “[name]”, “[date]”, “___”, “lorem ipsum”: {something}"),
        (7, f"“…”: {something}"),
        (9, f"“TBC”, “to be completed”, “…”, “XX”: {something}"),
        (11, "This heading has no words."),
        (15, "Nothing stands under this heading."),
        (19, "A remark stands here as words: remarks go between {# and #}."),
        (21, "A call stands here as words: calls go between {{ and }}."),
        (23, "A footnote’s mark is not closed: write it as [^name]."),
        (25, f"“…”: {something}"),
        (27, f"“to be confirmed”: {something}"),
        (29, "The footnote [^3] has no words."),
        (31, f"“TODO”: {something}"),
        (35, "Nothing marks the footnote [^9]: it is not printed."),
        (37, "Nothing stands under this heading."),
    ]
    for language, word, sign in (
        ("es", "TODO: por completar [fecha]", "Por completar todo el siglo XX."),
        ("fr", "À compléter, [nom]", "Le [premier] tour."),
    ):
        texts = [one.message for one in found_in(f"{word}\n\n{sign}", language)]
        assert len(texts) == 1 + (language == "es"), texts


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_all_that_an_outline_leaves_open_is_listed(session):
    built = build_mission(session)
    import_builtin(session, built.mission)
    for outline in sorted((ROOT / "reports" / "outlines").glob("*.md")):
        front = split_front_matter(outline.read_bytes(), outline.name)
        draft = Draft(
            title="A statement",
            dated=built.runoff.voting_day,
            language=front.front["language"],
            round=built.runoff,
            text=front.text,
            first_line=front.first_line,
        )
        found = warnings_of(compose(session, Scope(built.mission), draft, printed=False))
        listed = {one.line for one in found if one.kind == "unfinished"}
        # Nothing was reported: there are also headings under which no figure is printed.
        assert listed >= _left_open(front.text, front.first_line), outline.name


def _left_open(text, first_line):
    """The lines of an outline with an ellipsis, and its headings with nothing but guidance."""
    bare = re.sub(r"\{#.*?#\}", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)
    lines = [(number, line) for number, line in enumerate(bare.split("\n"), first_line) if line]
    found = set()
    for (number, line), (_next, behind) in zip(lines, [*lines[1:], (0, "# ")], strict=True):
        marks = len(line) - len(line.lstrip("#"))
        is_empty = marks and behind.startswith("#") and len(behind.split()[0]) <= marks
        if is_empty or "…" in line:
            found.add(number)
    return found


def test_a_figure_on_few_answers_says_how_many(look):
    listed = look(
        "{{ share('opening', 'on_time', 'no', '15') }} late.\n\n"
        "{{ count('opening', 'on_time', 'no', '15') }} late, "
        "{{ share('opening', 'on_time', 'no') }} in all.\n\n"
        "{{ table('opening', 'on_time', 'no') }}\n\n"
        "{% if count('opening', 'on_time', 'no', '16') > 0 %}Some.{% endif %}\n\n"
        "{{ count('incident', 'gravity', 'critical') }} incidents.\n"
    )
    assert listed[0].startswith("line 6: It rests on 20 answers. “on_time? · No · Lima: 6 of 20”")
    assert listed[1].startswith("line 8: Only 20 answers: say so, or leave it out. “")
    assert "figures rest on fewer than 30 answers." in listed[2]
    assert len(listed) == 3


def test_verified_and_all_reports_that_differ(look, station):
    text = f"{LATE} late, {EARLY} not.\n\n{{{{ share('opening', 'on_time', 'no', '15') }}}}.\n"
    assert not [one for one in look(text) if "of all reports" in one]
    for _number in range(5):
        station.submit({"on_time": "no"})
    said = [one for one in look(text) if "of all reports" in one]
    assert said[0] == (
        "line 6: 25 % of what it counts (10 of 40), 35 % of all reports received and verified "
        "(16 of 46). “on_time? · No: 25 per cent”"
    )
    assert [one.partition(":")[0] for one in said] == ["line 6", "line 6", "line 8"]
    all_counted = LATE.replace("'no'", "'no', statuses=['received', 'verified']")
    assert not [one for one in look(all_counted) if "of all reports" in one]


def test_the_editor_lists_what_moved_since_the_last_version(app, session, station, as_):  # noqa: F811
    editor = as_("editor")
    page = editor.get(f"/statements/{SLUG}")
    assert "To look at" not in page.text
    run = app.test_cli_runner().invoke(cli, ["statement", "freeze", SLUG])
    assert run.exit_code == 0, run.output
    for _number in range(4):
        station.submit({"on_time": "no"}, status=Status.VERIFIED)
    session.close()
    page = editor.get(f"/statements/{SLUG}").text
    assert "Moved since the last version" in page
    assert "In version 1 it was 25 per cent." in page
    done = app.test_cli_runner().invoke(cli, ["statement", "warnings", SLUG])
    assert "line 1: In version 1 it was 25 per cent. “on_time? · No: 32 per cent”" in done.output


def test_the_preview_lists_them_in_the_language_of_the_page(as_):  # noqa: F811
    editor = as_("editor")
    token = fields(editor.get(f"/statements/{SLUG}"))
    editor.post("/language", data={"language": "es"} | token)
    text = f"Late in most polling stations ({LATE}).\n\nOf <b>312</b>.\n"
    answer = editor.post(f"/statements/{SLUG}/preview", data={"text": text} | token).json
    assert "Para revisar" in answer["checks"]
    assert "312 no tiene ni cifra ni fuente." in answer["checks"]
    assert 'data-line="3"' in answer["checks"]
    assert '<q lang="en" dir="auto">Of &lt;b&gt;312&lt;/b&gt;.</q>' in answer["checks"]
    nothing = editor.post(f"/statements/{SLUG}/preview", data={"text": "Fine."} | token).json
    assert "to-look-at" not in nothing["checks"]


def test_whoever_freezes_sees_how_many_there_are_and_can_freeze(session, as_):  # noqa: F811
    session.execute(update(Statement).values(text="There were 312.\n\nAnd 78.\n"))
    session.commit()
    editor = as_("editor")
    page = editor.get(f"/statements/{SLUG}/freeze")
    assert "Numbers in the text that nothing backs: 2" in page.text
    assert f'href="/statements/{SLUG}#checks"' in page.text
    assert as_("analyst").get(f"/statements/{SLUG}/freeze").status_code == 403
    done = editor.post(f"/statements/{SLUG}/freeze", data=fields(page), follow_redirects=True)
    assert "Version 1 is frozen." in done.text


def test_strict_fails_and_a_text_with_problems_is_told_of_them(app, statement, tmp_path):  # noqa: F811
    run = app.test_cli_runner()
    clean = run.invoke(cli, ["statement", "warnings", SLUG, "--strict"])
    assert (clean.exit_code, clean.output) == (0, "")
    file = tmp_path / "draft.md"
    file.write_text(FRONT.format(language="en") + "There were 312.\n")
    listed = run.invoke(cli, ["statement", "warnings", str(file), "--strict"])
    assert listed.exit_code == 1
    assert "line 6: 312 has neither figure nor source. “There were 312.”" in listed.stdout
    assert "Error: " in listed.stderr
    file.write_text(FRONT.format(language="en") + "{{ nothing() }} of 312.\n")
    listed = run.invoke(cli, ["statement", "warnings", str(file)])
    assert listed.exit_code == 1
    assert "line 6: There is no figure" in listed.stderr


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(CALLS),
            st.sampled_from(
                ["Late in ", "- ", "> ", "| ", "**", "## ", "Most, ", "\n\n", "(", "\n\n1. "]
            ),
            st.sampled_from([" ", "**", ".\n", "\n\n", "), ", " of them.\n\n", "; "]),
        ),
        max_size=8,
    )
)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_a_number_that_a_call_gave_is_never_listed(found_in, pieces):
    text = "".join(f"{before}{call}{after}" for call, before, after in pieces)
    assert [one for one in found_in(text) if one.kind == "unbacked"] == []


@pytest.mark.parametrize(
    "text",
    [
        "12 " * 50_000,
        "x" * 400_000,
        "1" * 400_000,
        "1," * 200_000 + "x",
        "In most polling stations " * 10_000 + LATE,
        f"{LATE} " * 150 + "most polling stations " * 10_000,
        "There were 312. " * 10_000,
        "There were 312.\n" * 10_000,
        "[" * 5_000 + "12",
        "*12 " * 5_000,
        ">" * 3_000 + " 12",
        "(((" * 10_000 + "12",
        "| 1 | 12 |\n|---|---|\n" + "| 3 | 4 |\n" * 2_900,
        "May 3 and " * 20_000,
        "+1" + " 1" * 50_000,
        "a-" * 100_000 + "two polling stations",
        "\ue0081\ue009 12 \ue00a \ue00b \ue00c {{ coverage() }}",
        "Art. " * 50_000 + "12",
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_texts_that_mean_harm_are_looked_over_quickly(session, station, text):
    draft = Draft(
        title="A statement",
        dated=station.built.runoff.voting_day,
        language="en",
        round=station.built.runoff,
        text=text,
    )
    composed = compose(session, Scope(station.built.mission), draft, printed=False)
    began = time.process_time()
    warnings_of(composed)
    assert time.process_time() - began < 3


def test_letters_that_no_font_has_are_named_with_their_line(look):
    text = "Ąžuolas – “Śląsk”, 10\u202f%, fi\u00adne.\n\nThe भाजपा and 民主 parties.\n"
    (told,) = [line for line in look(text) if "fonts do not have" in line]
    assert told.startswith("line 8: ")
    assert told.endswith("“भजपा民主”") or set(told[told.index("“") :]) >= set("भ民主")
    assert not [line for line in look("حزب العدالة\n", language="ar") if "fonts do not" in line]
    assert [line for line in look("حزب العدالة\n") if "fonts do not have" in line]
