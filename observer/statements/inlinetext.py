"""Words with bold, italic, code and links, written as Markdown that reads as just these words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from observer.statements.markdown import reader

_SIGNS = re.compile(
    r"[\\`*\[<]"  # what begins something anywhere
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore that is not within a word
    r"|&(?=#|\w+;)"
    r"|(?<=\{)[{%#]"  # the second sign of a call, so that there is none
)
_AT_START = re.compile(r"^([^\S\n]*)(?:([#>+=~|-]|:(?=-))|(\d+)([.)]))", re.MULTILINE)
_CLOSING = re.compile(r"(?<!#)#+\s*$")
_LINE_END = re.compile(r"(?<![^\S\u00a0\u202f\n])[^\S\u00a0\u202f\n]*\n[^\S\u00a0\u202f\n]*")
_ENDS = re.compile(r"[^\w\s\\\ue011\])]")
"""Punctuation, but for what ends a link, a footnote's mark or a live piece."""
_MARK = re.compile("\ue010\\d+\ue011")
_reader = reader()


@dataclass(frozen=True)
class Segment:
    """Some words of one kind."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""
    is_raw: bool = False
    """Markdown already: the mark of a footnote or of a live piece."""


def escape(text: str) -> str:
    """Words as Markdown within a line; what would be a call of ours is none."""
    return _SIGNS.sub(lambda found: f"\\{found[0]}", text)


def as_line(segments: Sequence[Segment], *, is_heading: bool = False) -> tuple[str, bool]:
    """Segments as the Markdown of a paragraph, and whether bold and italic could be kept."""
    segments = _joined(segments)
    expected = _words("".join(segment.text for segment in segments))
    for kept in (segments, [replace(segment, bold=False, italic=False) for segment in segments]):
        line = _guard(_bold(kept).strip())
        if is_heading:
            line = _CLOSING.sub(lambda found: f"\\{found[0]}", line.replace("\\\n", " "))
        if _reads_as(line, expected):
            return line, kept is segments
    return _guard(escape(expected)), False


def _joined(segments: Iterable[Segment]) -> list[Segment]:
    """Segments of one kind side by side as one; white space is of no kind of its own."""
    joined: list[tuple[Segment, list[str]]] = []
    for segment in segments:
        if not segment.text:
            continue
        first = joined[-1][0] if joined else None
        is_space = not segment.text.strip() and not segment.is_raw
        like = first and replace(first, text="") == replace(segment, text="")
        if first and (like or (is_space and not first.is_raw and first.link == segment.link)):
            joined[-1][1].append(segment.text)
        else:
            joined.append((segment, [segment.text]))
    return [replace(first, text="".join(texts)) for first, texts in joined]


def _bold(segments: Sequence[Segment]) -> str:
    return _wrapped(segments, "bold", "**")


def _wrapped(segments: Sequence[Segment], name: str, sign: str) -> str:
    groups = [
        (wanted, list(each)) for wanted, each in groupby(segments, key=lambda s: getattr(s, name))
    ]
    parts: list[str] = []
    for number, (wanted, each) in enumerate(groups):
        inner = _wrapped(each, "italic", "*") if name == "bold" else _linked(each)
        if not wanted:
            parts.append(inner)
            continue
        before, words, after = _edges(inner)
        follows = groups[number + 1][1][0].text[:1] if number + 1 < len(groups) else ""
        if not after and follows.isalnum():
            words, after = _punctuation_out(words)
        parts.append(f"{before}{sign}{words}{sign}{after}" if words else before + after)
    return "".join(parts)


def _edges(text: str) -> tuple[str, str, str]:
    """The white space before some words, the words, and that behind them."""
    rest = text.lstrip()
    words = rest.rstrip()
    return text[: len(text) - len(rest)], words, rest[len(words) :]


def _punctuation_out(words: str) -> tuple[str, str]:
    """Words without the punctuation at their end: no sign closes between it and a letter."""
    end = len(words)
    while end and _ENDS.match(words, end - 1):
        end -= 2 if words[max(0, end - 2) : end - 1] == "\\" else 1
    return words[:end], words[end:]


def _linked(segments: Sequence[Segment]) -> str:
    parts = []
    for link, each in groupby(segments, key=lambda s: s.link):
        group = list(each)
        inner = "".join(_plain(segment) for segment in group)
        if not link:
            parts.append(inner)
        elif "".join(s.text for s in group) == link and re.fullmatch(r"https?://[^\s<>{}]+", link):
            parts.append(f"<{link}>")
        else:
            before, words, after = _edges(inner)
            parts.append(f"{before}[{words.replace(']', chr(92) + ']')}](<{link}>){after}")
    return "".join(parts)


def _plain(segment: Segment) -> str:
    if segment.is_raw:
        return segment.text
    if segment.code and "`" not in segment.text and not re.search(r"\{[{%#]|\n", segment.text):
        return f"`{segment.text}`"
    pieces = _MARK.split(segment.text)
    marks = _MARK.findall(segment.text)
    parts = [escape(piece) for piece in pieces]
    whole = parts[0] + "".join(mark + part for mark, part in zip(marks, parts[1:], strict=True))
    return _LINE_END.sub("\\\\\n", whole)


def _guard(line: str) -> str:
    """Keep the beginning of each line from being a list, a heading or a rule."""

    def guarded(found: re.Match[str]) -> str:
        space, sign, digits, dot = found.groups()
        return f"{space}\\{sign}" if sign else f"{space}{digits}\\{dot}"

    return _AT_START.sub(guarded, line)


def _words(text: str) -> str:
    return " ".join(text.split())


def _reads_as(line: str, expected: str) -> bool:
    tokens = _reader.parse(line)
    if not tokens:
        return not expected
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return False
    shown = []
    for token in tokens[1].children or ():
        if token.type in ("text", "code_inline"):
            shown.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            shown.append(" ")
        elif token.type == "image":
            return False
    return _words("".join(shown)) == expected
