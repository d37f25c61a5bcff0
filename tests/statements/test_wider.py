"""Estimates and comparisons in a statement: printed, recorded, and counted anew."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select, text, update

from observer.collect.models import Status, Submission
from observer.statements.models import Statement, StatementVersion
from observer.statements.words import Words
from tests.missions.builders import sign_in
from tests.statements.test_pages import SLUG, statement  # noqa: F401
from tests.statements.test_versions import run  # noqa: F401

PLACES = ("1501-01-1", "1502-01-1", "16-01-1", "91-01-1")
COMPARE = "compare('opening', 'on_time', 'no', 'first')"
ESTIMATE = "estimate('opening', 'on_time', 'no')"


@pytest.fixture
def first_round(station):
    """The places of the run-off in the first round: four of forty late; and one other place."""
    for number in range(40):
        answer = {"on_time": "no" if number < 4 else "yes"}
        at = {"place": PLACES[number % 4], "round_": station.built.first}
        station.submit(answer, status=Status.VERIFIED, **at)
    elsewhere = {"place": "16-02-1", "round_": station.built.first}
    station.submit({"on_time": "no"}, status=Status.VERIFIED, **elsewhere)
    return station


@pytest.fixture
def sampled(station, session):
    """The four places observed are a sample of the 24; one of them opened late at last."""
    for code in PLACES:
        station.built.places[code].weight = 6
    session.commit()
    station.submit({"on_time": "no"}, place=PLACES[0], status=Status.VERIFIED)
    return station


@pytest.fixture
def from_four_on(app):
    """Percentages from a base of four on; the mission of the tests is a small one."""
    settings = app.extensions["observer.settings"]
    app.extensions["observer.settings"] = replace(settings, min_base=4)


@pytest.mark.parametrize(
    ("language", "call", "words"),
    [
        ("en", COMPARE, "25 per cent (First round: 10 per cent; 15 percentage points more)"),
        ("es", COMPARE, "25 por ciento (First round: 10 por ciento; 15 puntos porcentuales más)"),
        (
            "fr",
            COMPARE,
            "25 pour cent (First round : 10 pour cent ; 15 points de pourcentage de plus)",
        ),
        ("en", COMPARE.replace(")", ", region='16')"), "two of ten (First round: one of ten)"),
    ],
)
def test_a_comparison_in_a_sentence(first_round, printed, language, call, words):
    page = " ".join(printed(f"It was {{{{ {call} }}}}.\n", language=language).split())
    assert f"It was {words}." in page


def test_the_annex_gives_both_rounds(first_round, printed):
    page = printed(f"It was {{{{ {COMPARE} }}}}.\n")
    annex = " ".join(page[page.index("Annex: figures and their base") :].split())
    assert "over the same places; First round: 4 of 40" in annex
    assert "10 of 40 4 of 24 11 of 41" in annex
    assert "not drawn as a sample" in annex


def test_an_estimate_in_a_sentence_and_in_the_annex(sampled, from_four_on, printed):
    page = printed(f"It was {{{{ {ESTIMATE} }}}}.\n")
    whole = " ".join(page.split())
    found = re.search(r"It was 25.0 per cent \(between ([\d.]+) and ([\d.]+) per cent\)\.", whole)
    lower, upper = map(float, found.groups())
    assert 0 < lower < 25 < upper < 100
    annex = whole[whole.index("Annex: figures and their base") :]
    assert f"from {lower} to {upper} per cent with 95 per cent confidence" in annex
    assert "1 of 4 4 of 4" in annex
    assert "drawn as a sample; “observed”" in annex
    assert "not drawn as a sample" not in annex


def test_a_text_without_estimates_does_not_deny_the_sample(sampled, from_four_on, printed):
    whole = " ".join(printed("It was {{ share('opening', 'on_time', 'no') }}.\n").split())
    assert "Nothing here is estimated for all places" in whole
    assert "not drawn as a sample" not in whole


def test_what_cannot_be_estimated_or_compared_says_so_with_its_line(first_round, session, render):
    calls = [
        ESTIMATE,
        "estimate('opening', 'on_time', 'late')",
        "compare('opening', 'on_time', 'no', 'third')",
        "compare('opening', 'on_time', 'no', 'runoff')",
        "compare('incident', 'gravity', 'minor', 'first')",
        "compare('opening', 'on_time', 'no')",
    ]
    done = render("".join(f"{{{{ {call} }}}}\n" for call in calls))
    assert done.exit_code == 1
    said = dict(re.findall(r"^line (\d+): (.*)$", done.stderr, re.MULTILINE))
    first = min(map(int, said))
    for number, words in enumerate(
        (
            "the places were not drawn as a sample",
            "late",
            "there is first",
            "there is first",
            "not filled for places",
            "compare(",
        )
    ):
        assert words.casefold() in said[str(first + number)].casefold()
    for code in PLACES:
        first_round.built.places[code].weight = 6
    session.commit()
    done = render(f"{{{{ {ESTIMATE} }}}}\n")
    assert "it needs answers from 30 places of the sample; there are 4" in done.stderr


@pytest.mark.usefixtures("first_round", "from_four_on", "statement")
def test_both_are_recorded_and_counted_anew_whatever_comes_later(app, session, sampled, run):  # noqa: F811
    calls = f"It was {{{{ {COMPARE} }}}}, and {{{{ {ESTIMATE} }}}}.\n"
    session.execute(update(Statement).values(text=calls))
    session.commit()
    done = run("freeze", SLUG)
    assert done.exit_code == 0, done.output
    comparison, estimate = session.scalars(select(StatementVersion)).one().figures
    session.rollback()
    assert comparison["query"] == COMPARE
    (base,) = comparison["findings"]
    names = ("k", "n", "other_round", "other_k", "other_n", "places_observed", "places_total")
    assert [base[name] for name in names] == [11, 41, "first", 4, 40, 4, 24]
    assert base["difference"] == pytest.approx(100 * (11 / 41 - 4 / 40))
    (base,) = estimate["findings"]
    names = ("k", "n", "share", "interval", "places_observed", "places_total")
    assert [base[name] for name in names] == [1, 4, 0.25, "Korn-Graubard", 4, 4]
    # Later reports of either round, and another sample, change nothing of what was frozen.
    for round_ in sampled.built.rounds.values():
        sampled.submit({"on_time": "no"}, round_=round_, status=Status.VERIFIED)
    session.execute(text("UPDATE place SET weight = NULL"))
    session.commit()
    proven = run("verify", f"{SLUG}/1")
    assert proven.exit_code == 0, proven.output
    assert "all 2 figures are the same" in proven.output
    submissions = session.query(Submission).filter(Submission.status != "rejected").count()
    session.rollback()
    assert f"all {submissions - 2} submissions are still what they were" in proven.output
    client = app.test_client()
    sign_in(client, "editor")
    page = " ".join(
        re.sub(r"<[^>]+>", " ", client.get(f"/statements/{SLUG}/versions/1").text).split()
    )
    assert "11 of 41 4 of 24" in page
    assert "1 of 4 4 of 4" in page


@pytest.mark.parametrize(
    ("language", "margin", "more", "little"),
    [
        (
            "en",
            "13.2 per cent (± 3.7 percentage points)",
            "1 percentage point less",
            "less than 1 percentage point more",
        ),
        (
            "es",
            "13,2 por ciento (± 3,7 puntos porcentuales)",
            "1 punto porcentual menos",
            "menos de 1 punto porcentual más",
        ),
        (
            "fr",
            "13,2 pour cent (± 3,7 points de pourcentage)",
            "1 point de pourcentage de moins",
            "moins de 1 point de pourcentage de plus",
        ),
    ],
)
def test_margins_and_differences_in_words(language, margin, more, little):
    words = Words(language, min_base=30)
    assert words.estimate(0.132, 0.095, 0.169, 1) == margin
    assert words.difference(-1.2) == more
    assert words.difference(0.3) == little
