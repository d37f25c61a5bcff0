"""The files in ``reports/`` by which a mission's papers speak: house style and languages."""

import shutil
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer.statements import housestyle, phrases, yamlfile
from observer.statements.housestyle import ALL, NONE, house_style
from observer.statements.phrases import language_names, language_of
from observer.statements.yamlfile import ReportFileError


@pytest.fixture
def reports(tmp_path, monkeypatch):
    """A copy of ``reports/``, whose files can be broken."""
    folder = tmp_path / "reports"
    shutil.copytree(phrases.WORDS, folder / "words")
    shutil.copy(housestyle.HOUSE_STYLE, folder)
    monkeypatch.setattr(yamlfile, "ROOT", tmp_path)
    monkeypatch.setattr(housestyle, "HOUSE_STYLE", folder / "house-style.yaml")
    monkeypatch.setattr(phrases, "WORDS", folder / "words")
    return folder


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_every_share_has_one_word(share):
    k, n = share
    style = house_style()
    word = style.quantity(k, n)
    assert (word == NONE) == (k == 0)
    assert (word == ALL) == (k == n)
    if word not in (NONE, ALL):
        words = list(style.quantities)
        below = [0, *style.quantities.values()]
        place = words.index(word)
        assert below[place] <= Fraction(100 * k, n) < below[place + 1]


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_named_fraction_is_near(share):
    style, (k, n) = house_style(), share
    named = style.fraction(k, n)
    if named is not None:
        assert abs(named - Fraction(k, n)) * 100 <= style.fractions_within
        assert k not in (0, n)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("spelled_to: 12", "spelled_to: 40", "line 5: this must be a number from 0 to 12"),
        ("half_up\n", "up\n", "line 8: this must be half_up or half_even"),
        ("half_up\n", "[up]\n", "line 8: this must be half_up or half_even"),
        ("a_few: 15", "a_few: 4", "line 14: this must be more than that of hardly_any"),
        ("a_few: 15", "loads: 15", "line 14: there is no word “loads”; there is hardly_any"),
        ("nearly_all: 100", "nearly_all: 99", "line 20: the last word must hold for everything"),
        ("[1/10,", "[1/0,", "line 23: this must be a list of shares"),
        ("within: 2", "within: two", "line 24: this must be a number from 0 to 100"),
        ("quantities:", "quantities: [", "house-style.yaml, line "),
    ],
)
def test_a_broken_house_style_names_its_line(reports, before, after, says):
    path = reports / "house-style.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(ReportFileError, match=r"^reports/house-style\.yaml") as error:
        house_style()
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("direction: ltr", "direction: up", "direction must be ltr or rtl"),
        ("locale: fr", "locale: zz_ZZ", "“zz_ZZ” is no locale"),
        ("[aucun, un,", "[aucun, 1,", "must be a list of words"),
        (
            '  per_cent: "{share}',
            '  per_sent: "{share}',
            "there is no “per_cent”: “{share} per cent”",
        ),
        ('"{share} pour cent"', '"{part} pour cent"', "nothing is filled in for {part}"),
        ('"{share} pour cent"', '"{share pour cent"', "this must be a text in quotes"),
        ('"{share} pour cent"', '"{share.x} pour cent"', "this must be a text in quotes"),
        ("  most: {alone", "  many: {alone", "there is no word for “most”"),
        ('"la plupart des {places}"', '"la plupart des {place}"', "line 24: this must be such as"),
        ("[aucun, aucune]", "[aucun, aucune, nul]", "line 17: this must be such as"),
        ("  1/5: {alone", "  1/0: {alone", "line 29: “1/0” is no share such as 1/5"),
        ("{0: aucune, 1: une}", "[aucune, une]", "this must be lines such as 1: une"),
        ("feminine: [station", "feminine: [stetion", "there is no phrase “stetion_reports”"),
        ("plupart: [more_than_half, nearly_all]", "plupart: [all, some]", "two shares in per cent"),
        ("    un tiers: [30, 37]", "    un tiers: [37, 30]", "two shares in per cent"),
        ("    un tiers: [30, 37]", "    un tiers: [30, 137]", "two shares in per cent"),
        ("    un tiers: [30, 37]", "    no: [30, 37]", "this must be a word in quotes"),
        ("  joins: [et]", "  joins: et", "must be a list of words"),
        ("  joins: [et]", "  joined: [et]", "there is no “joined”; there is words, often, counted"),
    ],
)
def test_a_broken_language_names_its_line(reports, before, after, says):
    path = reports / "words" / "fr.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(ReportFileError, match=r"^reports/words/fr\.yaml, line \d+: ") as error:
        language_of("fr")
    assert says in str(error.value)


def test_a_fault_among_words_for_how_many_is_told_at_their_own_line(reports):
    path = reports / "words" / "en.yaml"
    # A phrase has the same name, further up.
    text = path.read_text(encoding="utf-8").replace("    none: none\n", "    none: one\n")
    path.write_text(text, encoding="utf-8")
    number = text.split("\n").index("    none: one") + 1
    with pytest.raises(ReportFileError, match=f"line {number}: this must be two shares"):
        language_of("en")
    path.write_text(text.split("claims:")[0], encoding="utf-8")
    assert list(language_of("en").claims.found_in("in most polling stations")) == []


def test_a_mission_adds_a_language_with_a_file(reports):
    text = (reports / "words" / "es.yaml").read_text(encoding="utf-8")
    new = reports / "words" / "ca.yaml"
    new.write_text(
        text.replace("name: Español", "name: Català").replace("locale: es", "locale: ca")
    )
    assert language_names()["ca"] == "Català"
    assert language_of("ca").locale == "ca"
