"""Words and fractions for shares, by the house style, in every language of statements."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer.statements import speech
from observer.statements.housestyle import ALL, NONE, house_style
from observer.statements.phrases import language_names, language_of
from observer.statements.speech import files_of, kept_speech
from observer.statements.words import Words
from observer.statements.yamlfile import ReportFileError
from tests.statements.test_housestyle import reports  # noqa: F401

MIN_BASE = 30
PLACES = ("station_observed", "centre_partly", "any_reports")
shares = st.integers(0, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def name_of(words, text, places):
    """The name of the word that a text is made of; none where it is no word."""
    its = language_of(words.language)
    feminine = places in its.feminine
    named = words.phrase(places)
    patterns = {
        name: word.of.of(feminine=feminine).format(places=named)
        for name, word in its.quantities.items()
    }
    return next((name for name, pattern in patterns.items() if pattern == text), None)


@given(shares, st.sampled_from(sorted(language_names())), st.sampled_from(PLACES))
def test_a_word_agrees_with_its_share_and_few_are_counted(share, language, places):
    (k, n), words = share, Words(language, MIN_BASE)
    name = name_of(words, words.quantity(k, n, places), places)
    if n < MIN_BASE:
        assert name is None
        assert words.quantity_alone(k, n, places) == words.k_of_n(k, n)
        return
    limits = {NONE: (0, 0), ALL: (100, 100)}
    least = 0
    for each, below in house_style().quantities.items():
        limits[each] = (least, below)
        least = below
    lower, upper = limits[name]
    exact = Fraction(100 * k, n)
    assert lower <= exact <= upper
    assert (exact == upper) == (name in (NONE, ALL))
    assert (exact == 0) == (name == NONE)
    alone = language_of(language).quantities[name].alone
    assert words.quantity_alone(k, n, places) in (alone.masculine, alone.feminine)


@given(shares, st.sampled_from(sorted(language_names())), st.sampled_from(PLACES))
def test_a_fraction_is_near_its_share_and_few_are_counted(share, language, places):
    (k, n), words = share, Words(language, MIN_BASE)
    alone = words.one_in_alone(k, n, places)
    if n < MIN_BASE:
        assert alone == words.k_of_n(k, n)
        assert words.one_in(k, n, places) == words.quantity(k, n, places)
        return
    names = {word.alone.masculine: one for one, word in language_of(language).fractions.items()}
    if alone in names:
        assert abs(names[alone] - Fraction(k, n)) * 100 <= house_style().fractions_within
    else:
        assert house_style().fraction(k, n) is None
        assert words.share(k, n) in alone
    assert words.phrase(places) in words.one_in(k, n, places)


@pytest.mark.parametrize(
    ("language", "none", "everything", "only", "incidents"),
    [
        (
            "en",
            "none of the 250 polling stations",
            "all 250 polling stations",
            "the only polling station",
            ["none, as no incident was reported", "2 of the 5 incidents reported"],
        ),
        (
            "es",
            "ninguna de las 250 mesas",
            "la totalidad de las 250 mesas",
            "la única mesa",
            ["ninguno, pues no se informó de incidentes", "2 de los 5 incidentes informados"],
        ),
        (
            "fr",
            "aucun des 250 bureaux de vote",
            "la totalité des 250 bureaux de vote",
            "le seul bureau de vote",
            ["aucun, car aucun incident n’a été signalé", "2 des 5 incidents signalés"],
        ),
    ],
)
def test_nothing_everything_and_one_are_put_as_a_person_would(
    language, none, everything, only, incidents
):
    words = Words(language, MIN_BASE)
    told = [words.base(k, n, "station") for k, n in ((0, 250), (250, 250), (1, 1))]
    assert told == [none, everything, only]
    assert [words.incident_base(k, n) for k, n in ((0, 0), (2, 5))] == incidents
    assert " 0 " not in f" {words.base(0, 1, 'station')} "
    # In a table it is counts.
    assert re.fullmatch(r"1 \w+ 1", words.short_share(1, 1))


def test_one_observation_in_french_is_feminine():
    words = Words("fr", MIN_BASE)
    assert words.quantity(1, 12, "station_reports") == (
        "une des douze observations en bureau de vote"
    )
    assert words.quantity(1, 12, "station_observed") == "un des douze bureaux de vote observés"
    assert words.quantity(0, 12, "station_reports") == (
        "aucune des douze observations en bureau de vote"
    )
    assert words.quantity(3, 40, "station_reports").startswith("quelques-unes des observations")


def test_what_a_later_release_adds_is_taken_from_its_files(reports):  # noqa: F811
    files = files_of("es")
    path = reports / "words" / "es.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("una de cada cinco", "un quinto de"))
    words, style = files[speech.WORDS], files[speech.STYLE]
    share_of = '  share_of: "{share} de las {places}"\n'
    for old, new in ((share_of, ""), ("  1/10: {", "  1/7: {"), ("feminine: [", "unknown: [")):
        assert old in words
        words = words.replace(old, new)
    style = style.replace("verified_differs: 5\n", "").replace("within: 2", "within: 1")
    spoken = Words("es", 30, kept_speech("es", {speech.STYLE: style, speech.WORDS: words}))
    assert spoken.one_in(43, 100, "station_observed") == "el 43 por ciento de las mesas observadas"
    assert spoken.one_in(20, 100, "station_observed") == "una de cada cinco mesas observadas"
    assert spoken.one_in(22, 100, "station_observed").startswith("el 22 por ciento")
    assert spoken.one_in_alone(10, 100, "station_observed") == "la décima parte"
    with pytest.raises(ReportFileError, match="house-style"):
        kept_speech("es", files | {speech.STYLE: "rounding: [\n"})
