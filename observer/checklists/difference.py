"""What one version of a form says differently from another, and what that does to findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from observer.checklists.definition import FormDefinition, Question, Section, Texts
from observer.checklists.tree import Part, walk
from observer.language import in_language


@dataclass(frozen=True)
class Change:
    """One difference: whose it is, what it is, and what it does to analysis that is running."""

    name: str
    what: str
    effect: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what} {self.effect}"


def differences(before: FormDefinition, after: FormDefinition) -> list[Change]:
    """Every change from one version to a later one, in the order of the later form."""
    old, new = _parts(before), _parts(after)
    changes: list[Change] = []
    for name, part in new.items():
        earlier = old.get(name)
        if earlier is None:
            if isinstance(part, Question):
                changes.append(_added(part))
        elif isinstance(part, Question) and isinstance(earlier, Question):
            changes.extend(_question(earlier, part))
        elif isinstance(part, Section) and isinstance(earlier, Section):
            changes.extend(_conditions(earlier, part, ("relevant",)))
    changes.extend(
        _removed(part)
        for name, part in old.items()
        if isinstance(part, Question) and not isinstance(new.get(name), Question)
    )
    return changes


def _parts(definition: FormDefinition) -> dict[str, Part]:
    return {found.part.name: found.part for found in walk(definition)}


def _added(question: Question) -> Change:
    return Change(
        question.name,
        _("Question added: “%(label)s”.", label=in_language(question.label) or question.name),
        _("Submissions made before have no answer to it."),
    )


def _removed(question: Question) -> Change:
    return Change(
        question.name,
        _("Question removed: “%(label)s”.", label=in_language(question.label) or question.name),
        _("Its answers stay stored, but findings follow the newest version and show it no more."),
    )


def _question(before: Question, after: Question) -> Iterator[Change]:
    name = after.name
    if before.type != after.type:
        yield Change(
            name,
            _("Type changed from %(old)s to %(new)s.", old=before.type, new=after.type),
            _("Answers given before are counted apart from the new ones, in findings too."),
        )
    if before.label != after.label:
        yield Change(
            name,
            _words(before.label, after.label),
            _(
                "Its answers are counted together with those given before. "
                "Give it another name if it asks something else now."
            ),
        )
    yield from _choices(before, after)
    yield from _conditions(before, after, ("relevant", "required", "constraint", "calculation"))
    if before.problems != after.problems:
        yield Change(
            name,
            _("Other answers are marked as problems."),
            _("Findings mark problems by the newest version, in earlier submissions too."),
        )


def _choices(before: Question, after: Question) -> Iterator[Change]:
    old = {choice.name: choice.label for choice in before.choices}
    new = {choice.name: choice.label for choice in after.choices}
    for choice in [name for name in new if name not in old]:
        yield Change(
            after.name,
            _("Choice added: “%(label)s”.", label=in_language(new[choice]) or choice),
            _("Observers could not choose it before: compare its share with care."),
        )
    for choice in [name for name in old if name not in new]:
        yield Change(
            after.name,
            _("Choice dropped: “%(label)s”.", label=in_language(old[choice]) or choice),
            _("Submissions that have it keep it; answers given before are counted apart."),
        )
    for choice, label in new.items():
        if old.get(choice, label) != label:
            yield Change(
                after.name,
                f"{choice}: " + _words(old[choice], label),
                _("Answers given before are shown under the new label."),
            )


def _conditions(
    before: Question | Section, after: Question | Section, columns: tuple[str, ...]
) -> Iterator[Change]:
    for column in columns:
        old, new = getattr(before, column), getattr(after, column)
        if old != new:
            yield Change(
                after.name,
                _(
                    "%(column)s changed from %(old)s to %(new)s.",
                    column=column,
                    old=old or _("nothing"),
                    new=new or _("nothing"),
                ),
                _("It holds for submissions of this version; earlier ones are not judged again."),
            )


def _words(before: Texts, after: Texts) -> str:
    """Which words changed, in the first language in which they did."""
    for language in dict.fromkeys([*after, *before]):
        old, new = before.get(language, ""), after.get(language, "")
        if old != new:
            return _(
                "Label (%(language)s) changed from “%(old)s” to “%(new)s”.",
                language=language,
                old=old,
                new=new,
            )
    return _("Label changed.")
