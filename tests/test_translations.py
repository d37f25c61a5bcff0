"""The pages in every language: nothing left out, nothing said past the translations."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.checkers import checkers
from babel.messages.pofile import read_po
from jinja2 import Environment

from observer import ROOT
from observer.language import LANGUAGES, PHONE_LANGUAGES

TRANSLATED = sorted(set(LANGUAGES) - {"en"})
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ON_THE_PHONE = sorted(set(PHONE_LANGUAGES) - set(LANGUAGES))
PHONE_PARTS = (
    "collect/_phone.html",
    "collect/_questions.html",
    "collect/form.html",
    "collect/texts.html",
)
UNTRANSLATED = {
    "Observer",
    "JSON",
    "CSV",
    "PDF",
    "PNG",
    "SVG",
    "HTML",
    "XLSX",
    "XLSForm",
    "Excel",
    "Power",
    "BI",
    "SHA",
    "km",
    "m",
}
"""Names and signs that are the same in every language."""
SPOKEN = ("alt", "aria-label", "aria-description", "placeholder", "title")
WORD = re.compile(r"[A-Za-z]{2,}")


def catalog(language: str) -> Catalog:
    path = ROOT / "observer" / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def template_catalog(tmp_path_factory) -> Catalog:
    """What the code and the templates say today."""
    path = tmp_path_factory.mktemp("translations") / "messages.pot"
    extract = ("extract", "-F", "pyproject.toml", "-o", str(path), ".")
    babel = str(Path(sys.executable).with_name("pybabel"))
    subprocess.run([babel, "--quiet", *extract], cwd=ROOT, check=True)
    with path.open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(template_catalog, language):
    translations = catalog(language)
    missing = []
    for message in template_catalog:
        translated = translations.get(message.id)
        texts = [translated.string] if translated else [""]
        if translated and isinstance(translated.string, tuple):
            texts = list(translated.string)
        if message.id and not (all(texts) and not translated.fuzzy):
            missing.append(message.id)
    assert missing == []


@pytest.mark.parametrize("language", ON_THE_PHONE)
def test_the_phone_says_every_sentence_in_its_further_languages(template_catalog, language):
    translations = catalog(language)
    missing = [
        message.id
        for message in template_catalog
        if any(path.endswith(PHONE_PARTS) for path, _line in message.locations)
        and not translations.get(message.id).string
    ]
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_plurals_and_what_is_filled_in(language):
    translations = catalog(language)
    for message in translations:
        for check in checkers:
            check(translations, message)
        if not message.pluralizable:
            filled_in = [re.findall(r"\{\w+\}|%\(\w+\)s", t) for t in (message.id, message.string)]
            assert sorted(filled_in[0]) == sorted(filled_in[1]), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalog_has_its_head_without_which_it_is_not_compiled(language):
    assert not catalog(language).fuzzy


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_translated_that_nobody_says(template_catalog, language):
    assert [m.id for m in catalog(language) if m.id and m.id not in template_catalog] == []


class _Spoken(HTMLParser):
    """Collects what a reader sees or hears of a template's own text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag, attrs):
        self._silent += tag in ("script", "style", "code", "pre")
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag):
        self._silent -= tag in ("script", "style", "code", "pre")

    def handle_data(self, data):
        if not self._silent:
            self.found.append(data)


def own_text(source: str) -> str:
    """A template without what Jinja puts into it, and without its names of CSS classes."""
    source = re.sub(r"\{% block \w+_class %\}.*?\{% endblock %\}", "", source)
    tokens = Environment(autoescape=True).lex(source)
    return "".join(value if kind == "data" else " " for _line, kind, value in tokens)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_speaks_past_the_translations(path):
    parser = _Spoken()
    parser.feed(own_text(path.read_text()))
    parser.close()
    words = {word for text in parser.found for word in WORD.findall(text)}
    assert words - UNTRANSLATED == set()


def test_no_page_flashes_or_refuses_in_english_alone():
    """A literal given to flash() or abort() would reach a person as it stands."""
    found = []
    for path in sorted((ROOT / "observer").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            said = {"flash": node.args[:1], "abort": node.args[1:]}.get(node.func.id, [])
            found += [
                f"{path.relative_to(ROOT)}:{node.lineno}"
                for text in said
                if isinstance(text, ast.Constant | ast.JoinedStr)
            ]
    assert found == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_page_is_in_the_language_the_browser_prefers(client, language):
    page = client.get("/sign-in", headers={"Accept-Language": language})
    assert f'<html lang="{language}"' in page.text
    assert f"<h1>{catalog(language).get('Sign in').string}</h1>" in page.text
