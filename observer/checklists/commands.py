"""Commands: forms in, listed and out again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from observer.badinput import BadFileError, Problem
from observer.checklists.difference import differences
from observer.checklists.library import (
    all_versions,
    definition_of,
    form_version,
    newest_version,
    version_before,
)
from observer.checklists.operations import import_read, publish_version
from observer.checklists.sheets import CellProblem
from observer.checklists.spreadsheet import write_xlsform
from observer.checklists.xlsform import read_with_warnings
from observer.database import get_session
from observer.language import in_language
from observer.missions.commandline import MISSION
from observer.missions.scope import NoMissionError, whole_mission


@click.group()
def form() -> None:
    """Bring checklists in as XLSForms, list them, write them out again."""


@contextmanager
def _saying_what_is_wrong() -> Iterator[None]:
    try:
        yield
    except BadFileError as error:
        raise click.ClickException("\n".join([error.summary, *_lines(error.problems)])) from error
    except NoMissionError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error


def _lines(problems: Sequence[Problem]) -> Iterator[str]:
    """A table of what is wrong: sheet, row, column, and the reason with what to write instead."""
    cells = [
        (problem.sheet, problem.row, problem.column, problem.message)
        if isinstance(problem, CellProblem)
        else ("", "", "", str(problem))
        for problem in problems
    ]
    head = ("sheet", "row", "column", "what is wrong, and what to write")
    widths = [max(len(row[at]) for row in (head, *cells)) for at in range(3)]
    for row in (head, *cells):
        parts = (text.ljust(width) for text, width in zip(row, widths, strict=False))
        yield f"  {'  '.join((*parts, row[-1]))}"


@form.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--publish", is_flag=True, help="Give it to the phones at once.")
@click.option(
    "--with",
    "lists",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A list that the form names (CSV, XML, GeoJSON), or a picture; may be given again.",
)
@MISSION
@with_appcontext
def import_(file: Path, publish: bool, lists: tuple[Path, ...], mission: str | None) -> None:
    """Import an XLSForm: .xlsx, .csv or Markdown tables.

    A form that is there already gets a next version where the file says something else; a
    published version never changes.

    \b
    Example:
      observer form import opening.xlsx --publish
      observer form import visit.xlsx --with districts.csv
    """
    session = get_session()
    with _saying_what_is_wrong():
        chosen = whole_mission(session, mission).mission
        content = file.read_bytes()
        read = read_with_warnings(
            content, file.name, {each.name: each.read_bytes() for each in lists}
        )
        version = import_read(session, chosen, read, content, file.name, publish=publish)
    session.commit()
    for warning in read.warnings:
        click.echo(f"Note: {warning}")
    questions = sum(1 for _ in definition_of(version).questions())
    state = (
        "published"
        if version.published_at
        else f"a draft: observer form publish {version.form.code}"
    )
    click.echo(f"{version.form.code} version {version.number}: {questions} questions, {state}")
    before = version_before(session, version)
    if before is not None:
        for change in differences(definition_of(before), definition_of(version)):
            click.echo(f"  {change}")


@form.command()
@click.argument("code", metavar="ID")
@click.option("--version", "number", type=int, help="Which version; the newest one.")
@MISSION
@with_appcontext
def publish(code: str, number: int | None, mission: str | None) -> None:
    """Give a draft to the phones.

    \b
    Example:
      observer form publish opening
    """
    session = get_session()
    with _saying_what_is_wrong():
        chosen = whole_mission(session, mission).mission
        numbers = [v.number for v in all_versions(session, chosen) if v.form.code == code]
        number = max(numbers, default=0) if number is None else number
        version = form_version(session, chosen, code, number)
        if version is None:
            raise click.ClickException(
                f"There is no such version of a form {code!r}; observer form list shows all."
            )
        publish_version(session, version)
    session.commit()
    click.echo(f"{code} version {version.number}: published")


@form.command("list")
@MISSION
@with_appcontext
def list_(mission: str | None) -> None:
    """List the forms and their versions.

    \b
    Example:
      observer form list
    """
    session = get_session()
    with _saying_what_is_wrong():
        versions = all_versions(session, whole_mission(session, mission).mission)
    if not versions:
        click.echo("There is no form yet: bring one in with observer form import.")
    for version in versions:
        definition = definition_of(version)
        day = version.published_at
        state = f"published {day:%Y-%m-%d}" if day else "draft"
        title = in_language(definition.title, definition.languages[0])
        click.echo(
            f"{version.form.code} {version.number}  {title}  "
            f"({', '.join(definition.languages)}; {state})"
        )


@form.command()
@click.argument("code", metavar="ID")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--version", "number", type=int, help="Which version; the newest published one.")
@MISSION
@with_appcontext
def export(code: str, out: Path, number: int | None, mission: str | None) -> None:
    """Write a form as an .xlsx file that imports again to the same form.

    \b
    Example:
      observer form export opening opening.xlsx
    """
    session = get_session()
    with _saying_what_is_wrong():
        chosen = whole_mission(session, mission).mission
        version = (
            newest_version(session, chosen, code)
            if number is None
            else form_version(session, chosen, code, number)
        )
        if version is None:
            which = f"version {number}" if number is not None else "published version"
            raise click.ClickException(
                f"There is no {which} of a form {code!r}; observer form list shows what there is."
            )
        out.write_bytes(write_xlsform(definition_of(version)))
    click.echo(f"Wrote {code} version {version.number} to {out}")
