"""Which answers are problems, and how grave: the column ``finding::problem`` of a survey."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from observer.checklists.definition import Gravity

_MARKS: dict[Gravity, str] = {"minor": "!", "grave": "!!"}
_MARK = re.compile(r"(?P<answer>[^!\s,]+)(?P<marks>!{1,2})")


def problems_of(
    finding: Any, choices: set[str], refuse: Callable[[str, str], None]
) -> dict[str, Gravity]:
    """The marked answers of a question; ``refuse(column, message)`` is told what is wrong.

    ``finding`` is what the columns that begin with ``finding`` hold; ``choices`` the names of the
    question's choices, none where it has no list.
    """
    if finding is None:
        return {}
    if not isinstance(finding, dict) or set(finding) != {"problem"}:
        refuse("finding", "unknown column; the one there is is finding::problem")
        return {}
    problems: dict[str, Gravity] = {}
    for word in str(finding["problem"]).replace(",", " ").split():
        found = _MARK.fullmatch(word)
        if found is None:
            refuse(
                "finding::problem",
                f"{word!r} cannot be read; write answers with their marks, "
                "as in: no! or no_waited! no_left!!",
            )
        elif choices and found["answer"] not in choices:
            refuse(
                "finding::problem",
                f"{found['answer']!r} is no answer to this question; "
                f"its answers are {', '.join(sorted(choices))}",
            )
        else:
            problems[found["answer"]] = "minor" if found["marks"] == "!" else "grave"
    return problems


def written_problems(problems: dict[str, Gravity]) -> str:
    """The marked answers as the column has them: ``no_waited! no_left!!``."""
    return " ".join(answer + _MARKS[gravity] for answer, gravity in problems.items())
