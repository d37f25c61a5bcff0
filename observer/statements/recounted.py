"""The figures of a text counted once more with other reports, many in one go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from observer.collect.models import Status
from observer.findings.findings import Finding
from observer.statements.facts import TOGETHER, Facts, added_up
from observer.statements.wider import counted_again

Key = tuple[str, str, str | None, str | None]
"""Form, question, answer and region."""


class Recount:
    """Findings with other reports counted; what is asked for together is counted together."""

    def __init__(self, facts: Facts, statuses: Sequence[Status]) -> None:
        self._facts, self._statuses = facts, statuses
        self._found: dict[Key, Finding] = {}

    def prepare(self, found: Iterable[Any]) -> None:
        """Count what is needed for these: of the whole in one go, of regions by their level."""
        findings = [one for one in found if isinstance(one, Finding)]
        forms = {one.form for one in findings if one.region is None}
        if forms:
            self._keep(form=forms.pop() if len(forms) == 1 else None, level=0)
        asked = {
            (one.form, one.question, self._facts.region(one.region).level)
            for one in findings
            if one.region is not None
        }
        for form, question, level in sorted(asked):
            self._keep(form=form, question=question, level=level)

    def again(self, found: Any) -> Any:
        """A figure's base with the other reports counted; None where that says nothing."""
        if not isinstance(found, Finding):
            return counted_again(self._facts, found, self._statuses)
        names = [None] if found.answer is None else found.answer.split(TOGETHER)
        keys = [(found.form, found.question, name, found.region) for name in names]
        if not all(key in self._found for key in keys):
            return counted_again(self._facts, found, self._statuses)
        return added_up([self._found[key] for key in keys])

    def _keep(self, **which: Any) -> None:
        for one in self._facts.every(self._statuses, **which):
            self._found[one.form, one.question, one.answer, one.region] = one
