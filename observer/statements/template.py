"""The figure calls inside a statement's text, evaluated in Jinja's sandbox.

A statement may call figures, choose with ``if`` and repeat with ``for``; it can do nothing else.
What is wrong is collected with its line, and the rest of the text is still evaluated.
"""

from __future__ import annotations

import difflib
import inspect
import math
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _
from jinja2 import TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from observer.statements.callfaults import first_fault
from observer.statements.filled import Filled, Fills

MOST_TEXT = 500_000
MOST_OUTPUT = 2_000_000
MOST_STEPS = 2_000
MOST_CALLS = 2_000
MOST_NAMES = 24

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.Name,
    nodes.Call,
    nodes.Keyword,
    nodes.List,
    nodes.Tuple,
    nodes.For,
    nodes.If,
    nodes.Concat,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
_CALL, _STEPS, _AT = "_call", "_steps", "_at"
_FILE = "<template>"


class FigureError(ValueError):
    """A figure cannot be given; the message says why and what there is instead."""


class _TooMuchError(Exception):
    pass


@dataclass(frozen=True, order=True)
class TextProblem:
    """What is wrong in a statement's text, and in which line."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class StatementError(ValueError):
    """A statement cannot be rendered; ``problems`` holds every reason."""

    def __init__(self, problems: Iterable[TextProblem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Evaluated:
    """The text with its figures in place, and what is wrong with it."""

    text: str
    problems: list[TextProblem]
    lines: list[int] = field(default_factory=list)
    """Of each line of the text, the line of the text as written that it comes from."""
    filled: tuple[Filled, ...] = ()
    """The figures in it, by their places."""


@dataclass(frozen=True)
class CallInText:
    """A figure call as it stands in a text, before anything is counted."""

    line: int
    name: str
    given: tuple[Any, ...]
    named: dict[str, Any]
    is_complete: bool
    """Whether it can be called by itself; not where it uses a loop's name."""

    @property
    def written(self) -> str:
        """The call as it would be written."""
        return written(self.name, self.given, self.named)


class _Environment(ImmutableSandboxedEnvironment):
    """Without filters, tests, globals and attributes."""

    def __init__(self) -> None:
        super().__init__(keep_trailing_newline=True, optimized=False)
        self.filters = {}
        self.tests = {}
        self.globals = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return False


class _Lines:
    """Finds out of which line of the text as written each line of its evaluated text comes."""

    def __init__(self) -> None:
        self.found = [1]
        self._has_words = False
        self._line = 1
        self._is_text = False

    def at(self, line: int, is_text: bool, part: object) -> object:
        """Take note of where the next part stands, and whether it is text or a figure."""
        self._line, self._is_text = line, is_text
        return part

    def add(self, part: str) -> None:
        """Count the lines of the part that was noted."""
        for number, piece in enumerate(part.split("\n")):
            # The lines that a figure brings along are those of its call.
            line = self._line + number * self._is_text
            if number:
                self.found.append(line)
                self._has_words = False
            elif not self._has_words:
                self.found[-1] = line
            self._has_words = self._has_words or bool(piece.strip())


class _Run:
    """One evaluation of one text, with what it has used up."""

    def __init__(
        self, calls: Mapping[str, Callable[..., object]], begin_call: Callable[[int, str], None]
    ) -> None:
        self._calls = calls
        self._begin_call = begin_call
        self._made = 0
        self._stepped = 0
        self.problems: list[TextProblem] = []
        self.lines = _Lines()
        self.fills = Fills()

    def at(self, line: int, is_text: bool, part: object) -> object:
        """Take note of the part that is put out next."""
        self.fills.at(part)
        return self.lines.at(line, is_text, part)

    def add(self, part: str) -> None:
        """The part that was noted is put out."""
        self.fills.add(part)
        self.lines.add(part)

    def call(self, line: int, name: str, /, *given: Any, **named: Any) -> object:
        if name not in self._calls:
            return ""
        self._made += 1
        if self._made > MOST_CALLS:
            raise _TooMuchError(_("A statement may have %(most)s figures.", most=MOST_CALLS))
        function = self._calls[name]
        signature = inspect.signature(function)
        try:
            signature.bind(*given, **named)
        except TypeError as error:
            problem = _("%(call)s: %(error)s", call=f"{name}{_shape(signature)}", error=error)
            self.problems.append(TextProblem(line, problem))
            return ""
        query = written(name, given, named)
        self._begin_call(line, query)
        try:
            result = function(*given, **named)
        except FigureError as error:
            self.problems.append(TextProblem(line, str(error)))
            return ""
        self.fills.called(line, query, result)
        return result

    def steps(self, items: Iterable[object]) -> Iterator[object]:
        for item in items:
            self._stepped += 1
            if self._stepped > MOST_STEPS:
                raise _TooMuchError(
                    _("The loops of a statement may take %(most)s steps.", most=MOST_STEPS)
                )
            yield item


def written(name: str, given: Iterable[Any], named: Mapping[str, Any]) -> str:
    """A call as it would be written."""
    parts = [*map(repr, given), *(f"{key}={value!r}" for key, value in named.items())]
    return f"{name}({', '.join(parts)})"


def _shape(signature: inspect.Signature) -> str:
    bare = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in signature.parameters.values()
    ]
    return str(inspect.Signature(bare))


def evaluate(
    text: str,
    calls: Mapping[str, Callable[..., object]],
    *,
    first_line: int = 1,
    begin_call: Callable[[int, str], None] = lambda line, query: None,
) -> Evaluated:
    """Put the figures into a text. ``begin_call`` is told each call and its line."""
    run = _Run(calls, lambda line, query: begin_call(line + first_line - 1, query))
    output = ""
    if len(text) > MOST_TEXT:
        message = _("A statement may have %(most)s characters.", most=MOST_TEXT)
        return Evaluated("", [TextProblem(first_line, message)])
    try:
        output = _generate(text, run, calls)
    except TemplateSyntaxError as error:
        fault = first_fault(text, error.lineno)
        run.problems.append(TextProblem(fault.line, fault.message))
    except _TooMuchError as error:
        run.problems.append(TextProblem(_line_of(error), str(error)))
    except (TemplateError, TypeError) as error:
        message = _("This cannot be evaluated: %(error)s", error=error)
        run.problems.append(TextProblem(_line_of(error), message))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        # From the compiler: brackets in brackets in brackets, or a number of a million digits.
        run.problems.append(TextProblem(1, _("The figure calls of this text are too involved.")))
    shifted = [TextProblem(p.line + first_line - 1, p.message) for p in run.problems]
    lines = [line + first_line - 1 for line in run.lines.found]
    if not output:
        return Evaluated("", shifted)
    filled = [replace(one, line=one.line + first_line - 1) for one in run.fills.found]
    return Evaluated(output, shifted, lines, tuple(filled))


def parsed(text: str) -> nodes.Template | None:
    """What Jinja makes of a text, before anything is counted; None where it cannot be read."""
    try:
        return _Environment().parse(text)
    except (TemplateSyntaxError, RecursionError):
        return None


def called_in(text: str) -> set[str]:
    """The names of the figures that a text calls; none where it cannot be read."""
    tree = parsed(text)
    if tree is None:
        return set()
    called = (call.node for call in tree.find_all(nodes.Call))
    return {node.name for node in called if isinstance(node, nodes.Name)}


def calls_in(text: str) -> list[CallInText]:
    """The figure calls of a text in their order; none where it cannot be read."""
    tree = parsed(text)
    if tree is None or _forbidden(tree):
        return []
    found = []
    for call in tree.find_all(nodes.Call):
        values = [*call.args, *(keyword.value for keyword in call.kwargs)]
        plain = all(_is_plain(value) for value in values)
        found.append(
            CallInText(
                call.lineno,
                call.node.name,
                tuple(_value(value) for value in call.args),
                {keyword.key: _value(keyword.value) for keyword in call.kwargs},
                plain,
            )
        )
    return found


def _is_plain(value: nodes.Node) -> bool:
    """Whether an argument is a word, a number, or a list of them."""
    if isinstance(value, nodes.List | nodes.Tuple):
        return all(map(_is_plain, value.items))
    return isinstance(value, nodes.Const)


def _value(value: nodes.Node) -> Any:
    """What an argument is; a name that stands for something else is known by its name alone."""
    if isinstance(value, nodes.List | nodes.Tuple):
        return [_value(item) for item in value.items]
    if isinstance(value, nodes.Const):
        return value.value
    return f"<{getattr(value, 'name', type(value).__name__.lower())}>"


def _generate(text: str, run: _Run, calls: Mapping[str, Callable[..., object]]) -> str:
    environment = _Environment()
    tree = environment.parse(text)
    forbidden = _forbidden(tree)
    if forbidden:
        # Before anything else: the compiler computes constants, however large they grow.
        run.problems += forbidden
        return ""
    run.problems += _unknown(tree, calls)
    for call in list(tree.find_all(nodes.Call)):
        line = call.lineno
        call.args[:0] = [nodes.Const(value, lineno=line) for value in (line, call.node.name)]
        call.node = nodes.Name(_CALL, "load", lineno=line)
    for loop in list(tree.find_all(nodes.For)):
        steps = nodes.Name(_STEPS, "load", lineno=loop.lineno)
        loop.iter = nodes.Call(steps, [loop.iter], [], None, None, lineno=loop.lineno)
    for output in list(tree.find_all(nodes.Output)):
        output.nodes = [_placed(part) for part in output.nodes]
    given = {_CALL: run.call, _STEPS: run.steps, _AT: run.at}
    template = environment.from_string(tree, given)
    parts, size = [], 0
    # Jinja gives what each part of an output comes to on its own, right after calling it.
    for part in template.generate():
        parts.append(part)
        run.add(part)
        size += len(part)
        if size > MOST_OUTPUT:
            raise _TooMuchError(
                _("A statement may have %(most)s characters with its figures.", most=MOST_OUTPUT)
            )
    return "".join(parts)


def _placed(part: nodes.Expr) -> nodes.Expr:
    """A part of the output that says where it stands when it is put out."""
    line, is_text = part.lineno, isinstance(part, nodes.TemplateData)
    shown = nodes.Const(part.data, lineno=line) if is_text else part
    given = [nodes.Const(line, lineno=line), nodes.Const(is_text, lineno=line), shown]
    at = nodes.Name(_AT, "load", lineno=line)
    return nodes.Call(at, given, [], None, None, lineno=line)


def _forbidden(tree: nodes.Template) -> list[TextProblem]:
    """Everything in the tree that a statement may not do."""
    problems = []
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            message = _(
                "“%(what)s” cannot be used in a statement: call figures, or use if and for.",
                what=type(node).__name__.lower(),
            )
            problems.append(TextProblem(node.lineno, message))
        elif isinstance(node, nodes.Call):
            names = [keyword.key for keyword in node.kwargs]
            if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
                message = _("Call figures by their name, and write out what they are called with.")
                problems.append(TextProblem(node.lineno, message))
            elif len(set(names)) < len(names):
                problems.append(TextProblem(node.lineno, _("A name is given twice in one call.")))
        elif isinstance(node, nodes.Const) and node.value in (math.inf, -math.inf):
            problems.append(TextProblem(node.lineno, _("This number is too large.")))
    return problems


def _unknown(tree: nodes.Template, calls: Mapping[str, Any]) -> list[TextProblem]:
    """Every name in the tree that stands for nothing."""
    names = list(tree.find_all(nodes.Name))
    known = {name.name for name in names if name.ctx != "load"} | set(calls)
    called = {id(call.node) for call in tree.find_all(nodes.Call)}
    problems = []
    for name in names:
        if name.name not in (calls if id(name) in called else known):
            problems.append(TextProblem(name.lineno, unknown_name(name.name, calls)))
        elif id(name) not in called and name.name in calls:
            message = _("Write %(name)s(…) to call this figure.", name=name.name)
            problems.append(TextProblem(name.lineno, message))
    return problems


def unknown_name(name: object, there_is: Iterable[str], what: str = "") -> str:
    """The sentence for an unknown name, with what there is instead, the nearest first."""
    names = list(there_is)
    near = difflib.get_close_matches(str(name), names, n=3, cutoff=0.5)
    listed = near + [other for other in names if other not in near]
    more = ", …" if len(listed) > MOST_NAMES else ""
    return _(
        "There is no %(what)s “%(name)s”; there is %(names)s.",
        what=what or _("figure"),
        name=name,
        names=", ".join(listed[:MOST_NAMES]) + more,
    )


def _line_of(error: BaseException) -> int:
    """The line of the template in which an error was raised; Jinja puts it in the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == _FILE and frame.lineno]
    return lines[-1] if lines else 1
