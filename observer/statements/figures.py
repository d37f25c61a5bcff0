"""The figures a statement can call: each a finding in words, kept with its base.

Whatever is called is kept in ``used``, for the annex and for whoever checks the statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from observer.findings.findings import Finding
from observer.statements.facts import Facts
from observer.statements.models import Source
from observer.statements.notes import label_of, plain
from observer.statements.template import FigureError, unknown_name
from observer.statements.words import Words

NUMBERS = ("median", "mean", "minimum", "maximum", "sum", "n")
MOST_DIGITS = 2


@dataclass(frozen=True)
class FigureUse:
    """A figure as a statement uses it."""

    name: str
    """The call: ``share``, ``table``."""
    query: str
    """The call with what it was called with."""
    line: int
    text: str
    """As it is printed; of a table, chart or map its number."""
    label: str
    """What it says: question and answer, and the region where there is one."""
    findings: tuple[Any, ...]
    """Findings, coverages, or figures of incidents."""
    number: int = 0
    """Of a table, chart or map, once the whole text has been read."""
    in_words: bool = False
    """Whether it is told by a word or a fraction of the house style."""


class Count(int):
    """A number to print as the language has it, and to compare in an ``if``."""

    text: str

    def __str__(self) -> str:
        return self.text


class Figures:
    """The calls that stand inside a sentence, over one round of a mission, in one language.

    Parameters of the calls are not typed: what a writer gives is checked and explained.
    """

    def __init__(self, facts: Facts, words: Words) -> None:
        self.facts = facts
        self.words = words
        self.used: list[FigureUse] = []
        self.cited: list[Source] = []
        self.lists_sources = False
        """Whether the text lists the sources it cites itself."""
        self.line = 1
        self._query = ""

    def begin_call(self, line: int, query: str) -> None:
        """Take note of the call that comes next."""
        self.line, self._query = line, query

    def calls(self) -> dict[str, Callable[..., object]]:
        """The calls by the names they have in a text."""
        names = "share quantity one_in count base coverage number source"
        return {name: getattr(self, name) for name in names.split()}

    def share(
        self,
        form: Any,
        question: Any,
        answer: Any,
        region: Any = None,
        digits: Any = 0,
        *,
        words: Any = False,
        statuses: Any = None,
    ) -> str:
        """``9 per cent``; where the base is small ``three of twelve``.

        With ``words`` it is the word for the share by itself: ``a few``.
        """
        found = self.facts.one(form, question, answer, region, statuses)
        if not words:
            text = self.words.share(found.k, found.n, digits_of(digits))
            return plain(self._note("share", text, found))
        text = self.words.quantity_alone(found.k, found.n, self._places(form, found))
        return self._word("share", text, found)

    def quantity(
        self, form: Any, question: Any, answer: Any, region: Any = None, *, statuses: Any = None
    ) -> str:
        """``a few of the polling stations observed``; three of the twelve where the base is small.

        The house style sets which word stands for which shares.
        """
        found = self.facts.one(form, question, answer, region, statuses)
        text = self.words.quantity(found.k, found.n, self._places(form, found))
        return self._word("quantity", text, found)

    def one_in(
        self,
        form: Any,
        question: Any,
        answer: Any,
        region: Any = None,
        places: Any = False,
        *,
        statuses: Any = None,
    ) -> str:
        """``one in five`` where the share is near to such a fraction, else as ``share`` has it.

        With ``places`` it says of what: ``one in five of the polling stations observed``.
        """
        found = self.facts.one(form, question, answer, region, statuses)
        told = self.words.one_in if places else self.words.one_in_alone
        text = told(found.k, found.n, self._places(form, found))
        is_word = self.words.style.fraction(found.k, found.n) is not None
        return self._word("one_in", text, found, is_word=is_word)

    def count(
        self,
        form: Any,
        question: Any,
        answer: Any = None,
        region: Any = None,
        words: Any = False,
        *,
        statuses: Any = None,
    ) -> Count:
        """How many gave this answer; to a question without choices, how many answered."""
        found = self.facts.one(form, question, answer, region, statuses)
        number = Count(found.k)
        text = self.words.in_words(found.k) if words else self.words.number(found.k)
        number.text = plain(self._note("count", text, found))
        return number

    def base(
        self, form: Any, question: Any, answer: Any, region: Any = None, *, statuses: Any = None
    ) -> str:
        """``37 of the 412 polling stations observed``."""
        found = self.facts.one(form, question, answer, region, statuses)
        text = self.words.base(found.k, found.n, self._places(form, found))
        return plain(self._note("base", text, found))

    def coverage(self, form: Any = None, region: Any = None, *, statuses: Any = None) -> str:
        """``412 of the 2,400 polling stations (17 per cent)``."""
        level = 0 if region is None else self.facts.region(region).level
        place = "any" if form is None else self.facts.definition(form).place
        found = self.facts.coverage(form, level, region, statuses)[0]
        text = self.words.base(
            found.observed,
            found.total,
            place,
            "coverage" if found.total >= self.words.min_base else "coverage_few",
            share=self.words.share(found.observed, found.total),
        )
        label = [self.words.phrase("observed")]
        label += [self.facts.form_label(form)] if form else []
        label += [self.facts.region(region).name] if region else []
        self.keep("coverage", text, " · ".join(label), (found,))
        return plain(text)

    def number(
        self,
        form: Any,
        question: Any,
        what: Any = "median",
        region: Any = None,
        digits: Any = 0,
        *,
        statuses: Any = None,
    ) -> str:
        """The median (or mean, minimum, maximum, sum) of the numbers given as answers."""
        if what not in NUMBERS:
            raise FigureError(unknown_name(what, NUMBERS, _("number")))
        summary = self.facts.numbers(form, question, region, statuses)
        found = self.facts.one(form, question, None, region, statuses)
        value = getattr(summary, what)
        if summary.n == 0 or value is None:
            text = self.words.phrase("none")
        else:
            text = self.words.number(value, digits_of(digits))
        return plain(self._note("number", text, found))

    def source(self, code: Any) -> str:
        """Somebody else's figure, with the footnote that says whose."""
        source = self.facts.source(code)
        if source not in self.cited:
            self.cited.append(source)
        return f"{plain(source.figure)}[^{label_of(source)}]"

    def _places(self, form: Any, found: Finding) -> str:
        """The name of the phrase for what is counted: places, or reports where there are more."""
        if found.n > found.places_observed:
            kind = "reports"
        else:
            kind = "observed" if found.n == found.places_observed else "partly"
        return f"{self.facts.definition(form).place}_{kind}"

    def _word(self, name: str, text: str, found: Finding, *, is_word: bool = True) -> str:
        """Keep a share that is told by a word, unless its base is too small for one."""
        self._note(name, text, found, in_words=is_word and self.words.is_enough(found.n))
        return plain(text)

    def _note(self, name: str, text: str, found: Finding, *, in_words: bool = False) -> str:
        label = [self.facts.question_label(found.form, found.question)]
        if found.answer is not None:
            label.append(self.facts.answer_label(found.form, found.question, found.answer))
        if found.region is not None:
            label.append(self.facts.region(found.region).name)
        self.keep(name, text, " · ".join(label), (found,), in_words=in_words)
        return text

    def keep(
        self,
        name: str,
        text: str,
        label: str,
        findings: tuple[Any, ...],
        *,
        in_words: bool = False,
    ) -> None:
        """Keep a figure that was called."""
        use = FigureUse(name, self._query, self.line, text, label, findings, in_words=in_words)
        self.used.append(use)


def digits_of(digits: Any) -> int:
    """How many digits after the point a writer wants. Raises FigureError for too many."""
    if isinstance(digits, bool) or digits not in range(MOST_DIGITS + 1):
        raise FigureError(_("digits must be 0, 1 or 2."))
    return int(digits)
