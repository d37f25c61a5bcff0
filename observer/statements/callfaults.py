"""What is wrong with the calls of a text that Jinja cannot read, in the reader's language.

Jinja says it in English, and of what is not closed only where the text ends. Here a text is read
once more, as far as its first fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import gettext as _

MOST_SHOWN = 60
"""So many characters of a call are shown."""
EXAMPLE = "{{ share('opening', 'opened_on_time', 'no') }}"

_BEGINS = re.compile(r"\{\{|\{%|\{#")
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_PARTS = re.compile(
    r"""(?P<space>\s+)
    |(?P<begin>\{\{|\{%|\{\#)
    |(?P<end>[-+]?\}\}|[-+]?%\})
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<quote>['"])
    |(?P<typed>[‘’‚“”„«»´`])
    |(?P<open>[(\[{])
    |(?P<close>[)\]}])
    |(?P<value>\d+(?:\.\d+)?|[^\W\d]\w*)
    |(?P<equals>=(?!=))
    |(?P<sign>[=!<>]=|[,.!<>:+*/|~%-])
    |(?P<unknown>.)""",
    re.VERBOSE | re.DOTALL,
)
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_VALUES = {"string", "value"}
_TOO_LONG = re.compile(r"[}%]\}|\n")
"""In what stands between two quotation marks: it goes on to the first one of another call."""
_BETWEEN = frozenset({"and", "or", "not", "in", "is", "if", "else", "elif", "for", "recursive"})
"""Words between which and a value no comma is needed."""
_TAGS = ("if", "elif", "else", "endif", "for", "endfor")
_CLOSES = {"endif": "if", "endfor": "for"}


@dataclass(frozen=True)
class Fault:
    """What is wrong, and in which line of the text."""

    line: int
    message: str


def first_fault(text: str, line: int) -> Fault:
    """What is wrong in a text that cannot be read; ``line`` is where Jinja stopped."""
    place = 0
    opened: list[tuple[str, int]] = []
    while begin := _BEGINS.search(text, place):
        if begin[0] == "{#":
            end = text.find("#}", begin.end())
            if end < 0:
                return _at(text, begin.start(), _("This remark is not closed: end it with #}."))
            place = end + 2
            continue
        found = _Call(text, begin).read()
        if isinstance(found, Fault):
            return found
        if begin[0] == "{%" and (fault := _in_order(text, begin, found, opened)):
            return fault
        place = found
    if opened:
        return _unclosed(text, opened[-1])
    message = _(
        "This call cannot be read. Look at its brackets, commas and quotation marks; such a call "
        "is %(example)s.",
        example=EXAMPLE,
    )
    return Fault(line, message)


def _at(text: str, place: int, message: str) -> Fault:
    return Fault(text.count("\n", 0, place) + 1, message)


def _unclosed(text: str, opened: tuple[str, int]) -> Fault:
    tag, start = opened
    message = _(
        "What begins here with “%(tag)s” is not closed: end it with %(end)s.",
        tag=tag,
        end=f"{{% end{tag} %}}",
    )
    return _at(text, start, message)


class _Call:
    """One call of a text, read part by part."""

    def __init__(self, text: str, begin: re.Match[str]) -> None:
        self.text, self.begin = text, begin
        self.ends = _ENDS[begin[0]]
        self.brackets = ""
        self.before, self.touching = "", ""
        """The kinds of the parts before: of the last one that says something, and of any."""

    def read(self) -> Fault | int:
        """Its first fault, or the place behind it."""
        for part in _PARTS.finditer(self.text, self.begin.end()):
            kind, sign = str(part.lastgroup), part[0]
            if kind == "begin" or (kind == "end" and not sign.endswith(self.ends)):
                break
            if kind == "end":
                missing = self.brackets and self._missing(part.start())
                return missing or part.end()
            if (
                fault := self._sign(part, kind)
                or self._bracket(part, kind)
                or self._gap(part, kind)
            ):
                return fault
            self.touching = kind
            if kind != "space":
                self.before = "" if sign in _BETWEEN else kind
        return self._open_ended(self.begin.start())

    def _sign(self, part: re.Match[str], kind: str) -> Fault | None:
        """What is wrong with a sign by itself."""
        sign, call = part[0], self._shown
        if kind == "quote" or (kind == "string" and _TOO_LONG.search(sign)):
            return self._unquoted(part.start())
        if kind == "typed":
            message = _(
                "Write straight quotation marks ' or \" instead of %(sign)s in %(call)s.",
                sign=sign,
                call=call,
            )
        elif kind == "unknown":
            message = _("The sign %(sign)s cannot stand in a call: %(call)s.", sign=sign, call=call)
        elif kind == "equals" and self.ends == "%}" and not self.brackets:
            message = _("Write == to compare, in %(call)s.", call=call)
        else:
            return None
        return _at(self.text, part.start(), message)

    def _bracket(self, part: re.Match[str], kind: str) -> Fault | None:
        """Take note of a bracket, or say what is wrong with it."""
        if kind == "open":
            self.brackets += part[0]
        if kind != "close":
            return None
        if self.brackets and _PAIRS[self.brackets[-1]] == part[0]:
            self.brackets = self.brackets[:-1]
            return None
        if self.brackets:
            return self._missing(part.start())
        if part[0] == "}":
            # One brace instead of two.
            return self._open_ended(part.start())
        message = _(
            "The bracket %(bracket)s closes nothing in %(call)s.",
            bracket=part[0],
            call=self._shown,
        )
        return _at(self.text, part.start(), message)

    def _gap(self, part: re.Match[str], kind: str) -> Fault | None:
        """What is missing between a word and the one before."""
        if kind not in _VALUES or part[0] in _BETWEEN:
            return None
        if {kind, self.touching} == _VALUES:
            # Nothing between them: it's, or 'opening, 'no'.
            return self._unquoted(part.start())
        if not self.brackets or self.before not in (*_VALUES, "close"):
            return None
        message = _(
            "A comma is missing before %(what)s in %(call)s.",
            what=part[0][:MOST_SHOWN],
            call=self._shown,
        )
        return _at(self.text, part.start(), message)

    @property
    def _shown(self) -> str:
        """The call as it was written, to its end or that of its line."""
        start = self.begin.start()
        line, _newline, _rest = self.text[start : start + MOST_SHOWN].partition("\n")
        end = line.find(self.ends)
        return line[: end + len(self.ends)] if end >= 0 else f"{line.rstrip()} …"

    def _missing(self, place: int) -> Fault:
        bracket = _PAIRS[self.brackets[-1]]
        message = _(
            "The bracket %(bracket)s is missing in %(call)s.", bracket=bracket, call=self._shown
        )
        return _at(self.text, place, message)

    def _unquoted(self, place: int) -> Fault:
        message = _(
            "A quotation mark is missing in %(call)s: each word stands between two, as in 'no'.",
            call=self._shown,
        )
        return _at(self.text, place, message)

    def _open_ended(self, place: int) -> Fault:
        message = _(
            "This call is not closed: end it with %(end)s, as in %(example)s.",
            end=self.ends,
            example=EXAMPLE if self.ends == "}}" else "{% endif %}",
        )
        return _at(self.text, place, message)


def _in_order(
    text: str, begin: re.Match[str], end: int, opened: list[tuple[str, int]]
) -> Fault | None:
    """Whether an ``if`` or ``for`` is known, and closes what is open."""
    words = text[begin.end() : end - 2].strip("-+ \n\t").split()
    tag = words[0] if words else ""
    if tag not in _TAGS:
        message = _(
            "There is no “%(tag)s” here; there is %(tags)s.", tag=tag, tags=", ".join(_TAGS)
        )
        return _at(text, begin.start(), message)
    if tag in ("if", "for"):
        opened.append((tag, begin.start()))
        return None
    needed = _CLOSES.get(tag, "if")
    if tag == "else" and opened:
        return None
    if opened and opened[-1][0] != needed and tag in _CLOSES:
        return _unclosed(text, opened[-1])
    if not opened or opened[-1][0] != needed:
        message = _(
            "“%(tag)s” closes nothing: no “%(needed)s” is open here.", tag=tag, needed=needed
        )
        return _at(text, begin.start(), message)
    if tag in _CLOSES:
        opened.pop()
    return None
