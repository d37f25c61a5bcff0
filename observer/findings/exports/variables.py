"""The variables of an export: what each is called, what it means and how it is read of a report.

The answers of all versions that ask a question alike stand in one variable, as they are counted
together (see ``findings.versions``); what an older version asked otherwise stands in a variable of
its own, named with that version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from observer.checklists.definition import FILES, FormDefinition, Question, Section, Texts
from observer.checklists.values import to_string, value_of
from observer.findings.classes import LEFT_OUT
from observer.findings.versions import Asked

SEVERAL = ("select_multiple", "rank")
"""Types of question whose answer is a list of choices."""


class Kind(StrEnum):
    """What a variable's values are."""

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    """Names of choices with spaces between them."""
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLAG = "flag"
    """1 or 0."""
    MOMENT = "moment"
    """A moment, in UTC."""
    LOCAL = "local"
    """A moment on the mission's clocks, without a zone."""


NUMERIC = (Kind.INTEGER, Kind.DECIMAL, Kind.FLAG)


class UnexpectedAnswerError(ValueError):
    """A stored answer is not of its question's type; the message is a sentence."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One column of an export."""

    name: str
    label: str
    kind: Kind
    read: Callable[[Any], Any]
    """The value of a row; None where there is none."""
    type: str = ""
    """The type of the question as an XLSForm has it; empty for what is no answer."""
    question: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    """The label of each choice, by its name."""
    versions: tuple[int, ...] = ()
    """The versions of the form whose answers stand in it."""
    base: str = ""
    """Which rows have a value."""

    @property
    def has_missing(self) -> tuple[str, ...]:
        """The choices that say that there is no answer, which is not the same as none given."""
        return tuple(name for name in LEFT_OUT if name in self.choices)


@dataclass(frozen=True)
class VersionedForm:
    """The versions of a form that answers are exported of, by number, the newest first."""

    code: str
    newest: FormDefinition
    versions: Mapping[int, FormDefinition]


@dataclass
class _Merged:
    """A question as versions that ask it alike have it, and where it is asked."""

    name: str
    asked: Asked
    where: tuple[str, ...]
    """The conditions under which it is asked."""
    offered: dict[int, set[str]] = field(default_factory=dict)
    """The choices of each version, by its number."""


def _placed(
    children: Iterable[Question | Section], repeat: str, where: tuple[str, ...]
) -> Iterator[tuple[str, Question, tuple[str, ...]]]:
    """Every question with the innermost repeat it is in, empty for none, and its conditions."""
    for child in children:
        conditions = (*where, child.relevant) if child.relevant else where
        if isinstance(child, Question):
            yield repeat, child, conditions
        else:
            inner = child.name if child.repeated else repeat
            yield from _placed(child.children, inner, conditions)


def _merged(form: VersionedForm, repeat: str) -> list[_Merged]:
    """The questions of all versions in a repeat, or outside of all, the newest version's first."""
    merged: list[_Merged] = []
    for number, definition in form.versions.items():
        for inside, question, where in _placed(definition.children, "", ()):
            if inside != repeat or question.type == "note":
                continue
            asked = Asked(question, bool(repeat))
            named = [m for m in merged if m.asked.question.name == question.name]
            one = next((m for m in named if asked.agrees(m.asked)), None)
            if one is None:
                name = f"{question.name}.v{number}" if named else question.name
                one = _Merged(name, asked, where)
                merged.append(one)
            one.offered[number] = {choice.name for choice in question.choices}
    return merged


def repeats_of(form: VersionedForm) -> dict[str, tuple[str, ...]]:
    """The path of names that leads to each repeat of any version, by the repeat's own name."""
    found: dict[str, tuple[str, ...]] = {}
    for definition in form.versions.values():
        for path in _repeats(definition.children, ()):
            found.setdefault(path[-1], path)
    return found


def _repeats(
    children: Iterable[Question | Section], path: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    for child in children:
        if isinstance(child, Section):
            inner = (*path, child.name) if child.repeated else path
            if child.repeated:
                yield inner
            yield from _repeats(child.children, inner)


def asked_variables(
    form: VersionedForm,
    *,
    repeat: str = "",
    language: str,
    numeric: frozenset[str] = frozenset(),
    link: Callable[[Any, str], str] | None = None,
) -> list[Variable]:
    """The variables of a form's questions: of those in a repeat, or of those outside of all.

    ``numeric`` names the calculations whose results are all numbers. ``link`` gives the address of
    a file by its row and its hash.
    """
    variables: list[Variable] = []
    for merged in _merged(form, repeat):
        variables += _variables(merged, language, numeric, link)
    if not repeat:
        variables += [_count_of(name, form) for name, p in repeats_of(form).items() if len(p) == 1]
    return variables


def _count_of(repeat: str, form: VersionedForm) -> Variable:
    def read(row: Any) -> int:
        return len(row.answers.get(repeat) or ())

    return Variable(
        name=f"{repeat}/count",
        label=_("How often: %(what)s", what=repeat),
        kind=Kind.INTEGER,
        read=read,
        type="repeat",
        question=repeat,
        versions=tuple(sorted(form.versions)),
    )


def _variables(
    merged: _Merged,
    language: str,
    numeric: frozenset[str],
    link: Callable[[Any, str], str] | None,
) -> Iterator[Variable]:
    question = merged.asked.question
    numbers = frozenset(merged.offered)
    name = question.name

    def given(row: Any) -> Any:
        value = row.answers.get(name) if row.version in numbers else None
        return None if value in ("", []) else value

    main = Variable(
        name=merged.name,
        label=_text(question.table_label, language) or name,
        kind=_kind(question, numeric),
        read=given,
        type=question.type,
        question=name,
        choices={c.name: _text(question.choice_label(c.name), language) for c in question.choices},
        versions=tuple(sorted(numbers)),
        base=_base(merged),
    )
    match question.type:
        case "geopoint":
            for part, label in (("lat", _("latitude")), ("lon", _("longitude"))):
                yield _part_of(main, given, part, label)
            yield _part_of(main, given, "accuracy_m", _("accuracy in metres"))
        case "select_multiple":
            yield replace(main, read=_as_words(given))
            yield from _one_per_choice(main, merged, given)
        case "rank":
            yield replace(main, read=_as_words(given))
        case "integer" | "decimal":
            yield replace(main, read=_as_number(given, name))
        case "calculate" if main.kind is Kind.DECIMAL:
            yield replace(main, read=_as_number(given, name))
        case _:
            yield replace(main, read=_as_text(given))
            if link is not None and question.type in FILES:
                yield _link_of(main, given, link)


def _kind(question: Question, numeric: frozenset[str]) -> Kind:
    if question.type == "select_one" and question.choices:
        return Kind.CHOICE
    if question.type in SEVERAL:
        return Kind.CHOICES
    if question.type == "integer":
        return Kind.INTEGER
    if question.type == "decimal" or (question.type == "calculate" and question.name in numeric):
        return Kind.DECIMAL
    return Kind.TEXT


def _base(merged: _Merged) -> str:
    if not merged.where:
        return _("asked in every report")
    return _("asked where %(condition)s", condition=" and ".join(merged.where))


def _as_text(given: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(row: Any) -> Any:
        value = given(row)
        return value if value is None or isinstance(value, str) else to_string(value_of(value))

    return read


def _as_words(given: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(row: Any) -> Any:
        value = given(row)
        return None if value is None else " ".join(chosen(value))

    return read


def _as_number(given: Callable[[Any], Any], question: str) -> Callable[[Any], Any]:
    def read(row: Any) -> Any:
        value = given(row)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        raise UnexpectedAnswerError(
            _(
                "Submission %(id)s: the answer to %(question)s is “%(value)s”, which is no number.",
                id=row.id,
                question=question,
                value=value,
            )
        )

    return read


def _part_of(main: Variable, given: Callable[[Any], Any], part: str, label: str) -> Variable:
    def read(row: Any) -> Any:
        value = given(row)
        return None if value is None else value.get(part)

    return replace(
        main,
        name=f"{main.name}/{part}",
        label=_("%(subject)s: %(what)s", subject=main.label, what=label),
        kind=Kind.DECIMAL,
        read=read,
    )


def _link_of(
    main: Variable, given: Callable[[Any], Any], link: Callable[[Any, str], str]
) -> Variable:
    def read(row: Any) -> Any:
        value = given(row)
        return None if value is None else link(row, value)

    label = _("%(subject)s: %(what)s", subject=main.label, what=_("address"))
    return replace(main, name=f"{main.name}/link", label=label, read=read)


def _one_per_choice(
    main: Variable, merged: _Merged, given: Callable[[Any], Any]
) -> Iterator[Variable]:
    """1 and 0 among those who answered and were offered the choice: the mean is the share.

    Who could not observe has neither 1 nor 0 in the other choices, as in findings.
    """
    for choice, label in main.choices.items():
        offering = frozenset(n for n, names in merged.offered.items() if choice in names)
        yield replace(
            main,
            name=f"{main.name}/{choice}",
            label=_("%(subject)s: %(what)s", subject=main.label, what=label),
            kind=Kind.FLAG,
            read=_chose(choice, offering, given),
            choices={},
            versions=tuple(sorted(offering)),
            base=_("among those who answered and could observe it")
            if choice not in LEFT_OUT
            else _("among those who answered"),
        )


def _chose(
    choice: str, offering: frozenset[int], given: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    def read(row: Any) -> int | None:
        value = given(row)
        if value is None or row.version not in offering:
            return None
        names = chosen(value)
        if choice in names:
            return 1
        if choice not in LEFT_OUT and all(name in LEFT_OUT for name in names):
            return None
        return 0

    return read


def chosen(value: Any) -> Sequence[str]:
    """The names of the choices in a stored answer."""
    return [str(name) for name in value] if isinstance(value, list) else [str(value)]


def _text(texts: Texts, language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")


def in_labels(variable: Variable) -> Variable:
    """The same variable with labels of choices instead of names, and its label as its name."""
    labels, read = variable.choices, variable.read
    if not labels:
        return variable

    def labelled(row: Any) -> Any:
        value = read(row)
        if value is None:
            return None
        names = value.split() if variable.kind is Kind.CHOICES else [value]
        return ", ".join(labels.get(name, name) for name in names)

    return replace(variable, kind=Kind.TEXT, read=labelled)


def distinctly_named(variables: Iterable[Variable]) -> list[Variable]:
    """The variables with no name twice, whether or not small and capital letters are told apart."""
    taken: set[str] = set()
    distinct = []
    for variable in variables:
        name, number = variable.name, 2
        while name.lower() in taken:
            name, number = f"{variable.name}_{number}", number + 1
        taken.add(name.lower())
        distinct.append(replace(variable, name=name))
    return distinct
