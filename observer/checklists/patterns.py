"""Regular expressions, brought into the words that Python and browsers read alike.

Forms bring them as Java has them, for ODK. What only Java reads is refused with what to write
instead.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

LONGEST = 2000
MOST_TIMES = 1000
"""Repetitions that a number in braces may ask for."""

_SPACE = "\\t\\n\\x0b\\f\\r "
_CLASSES = {"d": "0-9", "w": "0-9A-Z_a-z", "s": _SPACE}
_OTHERS = {
    "D": "\\x00-/:-\U0010ffff",
    "W": "\\x00-/:-@\\[-\\^`{-\U0010ffff",
    "S": "\\x00-\\x08\\x0e-\\x1f!-\U0010ffff",
}
_ASCII = {
    "Alpha": "A-Za-z",
    "Digit": "0-9",
    "Alnum": "0-9A-Za-z",
    "Upper": "A-Z",
    "Lower": "a-z",
    "Punct": "!-/:-@\\[-`{-~",
    "Space": _SPACE,
}
_LETTERS = {"t": "\\t", "n": "\\n", "r": "\\r", "f": "\\f"}
_START, _END = r"(?<![\s\S])", r"(?![\s\S])"
_UNTAKEN = {"^": _START, "$": _END, "|": "|"}
_ESCAPED_ANCHORS = {"A": _START, "z": _END, "Z": _END, "b": r"\b", "B": r"(?!\b)"}
# Not \B: Python does not find it in an empty text.
_TAKEN = {".": "[^\\n\\r\u0085\u2028\u2029]"}
"""A point is any letter but the end of a line, of which Java knows several."""
_GROUP = re.compile(r"\((?:\?(?::|=|!|<=|<!))?(?!\?)")
_TIMES = re.compile(r"(?:[*+?]|\{([0-9]{1,4})(,?)([0-9]{0,4})\})\??(?![*+?{])")
_NOT = re.compile(r"\^")
_CODE = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})")
_CATEGORY = re.compile(r"([pP])(?:\{(?:Is)?(\w+)\}|([LMNPSZC]))")


class PatternError(ValueError):
    """A pattern cannot be used; the message says what to write instead."""


def portable(pattern: str) -> str:
    """The pattern in words that mean the same in Python and, with the flag u, in a browser.

    Raises PatternError.
    """
    if len(pattern) > LONGEST:
        raise PatternError(f"the pattern is too long; at most {LONGEST} characters, please")
    written = _Writer(pattern).written()
    try:
        re.compile(written)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"the pattern {pattern!r} cannot be read ({error})") from error
    return written


class _Writer:
    """Goes through a pattern once, from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.groups: list[bool] = []
        """The open groups: whether each only looks, and takes nothing."""

    def written(self) -> str:
        parts = []
        while self.at < len(self.pattern):
            written, takes = self._next()
            parts.append(written)
            found = self._take(_TIMES)
            if found is None:
                continue
            if not takes:
                raise self._wrong(f"{found[0]} follows what cannot be repeated; leave it out")
            if found[1] and max(int(found[1]), int(found[3] or 0)) > MOST_TIMES:
                raise self._wrong(f"at most {MOST_TIMES} times, please")
            parts.append(found[0])
        return "".join(parts)

    def _next(self) -> tuple[str, bool]:
        """What comes next, and whether it takes letters and so can be repeated."""
        if found := self._take(_GROUP):
            looks = found[0] not in ("(", "(?:")
            self.groups.append(looks)
            # Nothing asks for what a group has caught.
            return found[0] if looks else "(?:", False
        letter = self._letter()
        if letter == "[":
            return self._class(), True
        if letter == "\\":
            return self._escaped()
        if letter in "*+?{(":
            raise self._wrong(
                f"{letter} cannot stand there; write \\{letter} for the sign itself, "
                "and no ++, (?i) or (?<name>…)"
            )
        if letter == ")":
            return letter, not (self.groups and self.groups.pop())
        return _UNTAKEN.get(letter) or _TAKEN.get(letter) or _sign(letter), letter not in _UNTAKEN

    def _escaped(self) -> tuple[str, bool]:
        for written in (self._code(), self._category()):
            if written:
                return written, True
        letter = self._letter()
        if letter in _ESCAPED_ANCHORS:
            return _ESCAPED_ANCHORS[letter], False
        if letter in _CLASSES:
            return f"[{_CLASSES[letter]}]", True
        if letter in _OTHERS:
            return f"[^{_CLASSES[letter.lower()]}]", True
        return self._sign_of(letter), True

    def _sign_of(self, letter: str, *, in_class: bool = False) -> str:
        """What a letter or sign behind a backslash stands for."""
        if letter in _LETTERS:
            return _LETTERS[letter]
        if letter.isascii() and letter.isalnum():
            raise self._wrong(f"\\{letter} is not supported; write what it stands for")
        return _sign(letter, in_class=in_class)

    def _class(self) -> str:
        negated = "^" if self._take(_NOT) else ""
        parts: list[str] = []
        first = True
        while first or not self._ahead("]"):
            single, written = self._member()
            first = False
            if single and self._ahead("-") and not self._ahead("-]"):
                self._letter()
                end_single, end = self._member()
                if not end_single:
                    raise self._wrong("a range ends with a letter; write \\- for the sign itself")
                written = f"{written}-{end}"
            parts.append(written)
        self._letter()
        return f"[{negated}{''.join(parts)}]"

    def _member(self) -> tuple[bool, str]:
        """One letter of a class, or several; whether it is one that a range can begin with."""
        if self._ahead("[") or self._ahead("&&"):
            raise self._wrong("classes in classes are not supported; write \\[ for the sign itself")
        letter = self._letter()
        if letter != "\\":
            return True, _sign(letter, in_class=True)
        if written := self._code():
            return True, written
        if written := self._category(in_class=True):
            return False, written
        letter = self._letter()
        if several := _CLASSES.get(letter) or _OTHERS.get(letter):
            return False, several
        return True, self._sign_of(letter, in_class=True)

    def _code(self) -> str:
        found = self._take(_CODE)
        return _sign(chr(int(found[1] or found[2], 16)), in_class=True) if found else ""

    def _category(self, *, in_class: bool = False) -> str:
        found = self._take(_CATEGORY)
        if not found:
            return ""
        ranges = _ASCII.get(found[2] or "") or _ranges(found[2] or found[3])
        if not ranges:
            raise self._wrong(f"\\{found[0]} is not supported; write \\p{{L}} for any letter")
        if found[1] == "p":
            return ranges if in_class else f"[{ranges}]"
        if in_class:
            raise self._wrong("\\P in brackets is not supported; write the letters themselves")
        return f"[^{ranges}]"

    def _take(self, what: re.Pattern[str]) -> re.Match[str] | None:
        found = what.match(self.pattern, self.at)
        if found:
            self.at = found.end()
        return found

    def _ahead(self, what: str) -> bool:
        return self.pattern.startswith(what, self.at)

    def _letter(self) -> str:
        if self.at >= len(self.pattern):
            raise self._wrong("something is missing at its end")
        self.at += 1
        return self.pattern[self.at - 1]

    def _wrong(self, message: str) -> PatternError:
        return PatternError(f"the pattern {self.pattern!r} cannot be used: {message}")


def _sign(letter: str, *, in_class: bool = False) -> str:
    """A letter or sign that stands for itself."""
    return f"\\{letter}" if letter in ("\\^$.*+?()[]{}|/" + ("-" if in_class else "")) else letter


@cache
def _ranges(category: str) -> str:
    """The letters of a Unicode category such as ``L`` or ``Lu``, as ranges; empty for no such."""
    ranges: list[str] = []
    start = None
    for code in range(sys.maxunicode + 2):
        letter = chr(code) if code <= sys.maxunicode else ""
        # Half of a pair is no letter, and no text can be sent with one.
        within = bool(letter) and not 0xD800 <= code < 0xE000
        within = within and unicodedata.category(letter).startswith(category)
        if within and start is None:
            start = letter
        elif not within and start is not None:
            ranges.append(f"{_sign(start, in_class=True)}-{_sign(chr(code - 1), in_class=True)}")
            start = None
    return "".join(ranges)
