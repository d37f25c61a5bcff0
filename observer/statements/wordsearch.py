"""Comparing words: without accents and case, by their beginnings, with an eye for slips."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import lru_cache

MOST_TERMS = 8
_WORD = re.compile(r"[^\W_]+")
_UNSAID_IN = {
    "en": "a an and are at by did do does for from how in is it of on or the to was were what who",
    "es": "con cual como de del el en es la las lo los o para por que se su un una y",
    "fr": "au aux ce des du est et la le les leur ou par pour qu que quel quelle sur un une",
}
_UNSAID = frozenset(word for words in _UNSAID_IN.values() for word in words.split())
"""Words that say nothing of what is looked for."""
_SHORTEST_STEM = 3
"""Letters a word must have besides as many as its ending has."""
_LONGEST_ENDING = 2
_EXACT, _INFLECTED = 1.0, 0.8
_LEAST_BEGINNING = 0.5
"""What one letter of a long word counts; the more of a word is given, the nearer to the whole."""
_NEAREST_SLIP = 0.8
_ALIKE = (
    "delay late retraso demora tardanza atraso tarde retard tard",
    "assessment evaluation rating valoracion evaluacion calificacion appreciation",
    "missing lacking faltante falta manquant manque",
)
"""Words that mean the same, for those who say it otherwise than the forms."""
_MEANT_ALIKE = 0.8


@lru_cache(maxsize=50_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text without accents and case: ``¿Retrasó?`` is ``retraso``."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return tuple(_WORD.findall(bare))


def terms_of(query: str) -> tuple[str, ...]:
    """The words of a query that say something, each once; all of them where none does."""
    words = tuple(dict.fromkeys(words_of(query[:400])))
    return (tuple(word for word in words if word not in _UNSAID) or words)[:MOST_TERMS]


def likeness(term: str, word: str) -> float:
    """How well a term stands for a word, from 0 to 1: as its beginning, or with another ending."""
    if term == word:
        return _EXACT
    if word.startswith(term):
        return _LEAST_BEGINNING + (1 - _LEAST_BEGINNING) * 0.9 * len(term) / len(word)
    ending = len(term) - len(word)
    inflected = 0 < ending <= min(_LONGEST_ENDING, len(word) - _SHORTEST_STEM)
    return _INFLECTED if inflected and term.startswith(word) else 0.0


class WordIndex:
    """Things by the words that speak of them, each word with a weight from 0 to 1."""

    def __init__(self, things: Iterable[Mapping[str, float]]) -> None:
        self._of_word: dict[str, dict[int, float]] = {}
        self.size = 0
        for number, words in enumerate(things):
            self.size = number + 1
            for word, weight in words.items():
                self._of_word.setdefault(word, {})[number] = weight
        self._sorted = sorted(self._of_word)

    def find(self, term: str) -> dict[int, float]:
        """The things that a term speaks of, by number, with how well it does."""
        found: dict[int, float] = {}
        for word in self._near(term):
            like = likeness(term, word)
            for number, weight in self._of_word[word].items():
                found[number] = max(found.get(number, 0.0), like * weight)
        return found

    def telling(self, found: Mapping[int, float]) -> float:
        """How much a term says that speaks of these things: the fewer they are, the more."""
        return math.log(1 + self.size / (1 + len(found)))

    def alike(self, term: str) -> dict[int, float]:
        """As :meth:`find`, for other words that mean the same as a term."""
        found: dict[int, float] = {}
        for group in map(str.split, _ALIKE):
            for word in group if term in group else ():
                for number, like in self.find(word).items():
                    found[number] = max(found.get(number, 0.0), _MEANT_ALIKE * like)
        return found

    def slips(self, term: str) -> dict[int, float]:
        """As :meth:`find`, for a term with a letter wrong."""
        found: dict[int, float] = {}
        for word in difflib.get_close_matches(term, self._sorted, n=4, cutoff=_NEAREST_SLIP):
            like = difflib.SequenceMatcher(a=term, b=word).ratio() ** 2
            for number, weight in self._of_word[word].items():
                found[number] = max(found.get(number, 0.0), like * weight)
        return found

    def _near(self, term: str) -> Iterable[str]:
        for cut in range(_LONGEST_ENDING, 0, -1):
            stem = term[:-cut]
            if stem in self._of_word:
                yield stem
        for place in range(bisect_left(self._sorted, term), len(self._sorted)):
            word = self._sorted[place]
            if not word.startswith(term):
                return
            yield word
