"""What is wrong with a file that somebody brought: all of it at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where (``line 3, column lat``) and what would be right."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class BadFileError(ValueError):
    """A file cannot be imported; nothing of it was. ``problems`` holds every reason."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems
        super().__init__("\n".join([self.summary, *(f"  {problem}" for problem in problems)]))

    @property
    def summary(self) -> str:
        """One line for the head of the list."""
        count = len(self.problems)
        return f"{self.name}: {count} {'problem' if count == 1 else 'problems'}, nothing imported"
