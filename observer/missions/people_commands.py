"""Commands that add people to a mission."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
from flask.cli import with_appcontext

from observer.access.models import Role
from observer.access.signin import hash_password
from observer.database import get_session
from observer.language import LANGUAGES
from observer.missions.commandline import (
    FILE,
    MISSION,
    import_file,
    on_terminal,
    saying_what_is_wrong,
)
from observer.missions.people import add_person, people_without_password, random_password
from observer.missions.peoplefile import import_people
from observer.missions.scope import whole_mission

LEAST_PASSWORD = 12


@click.group()
def person() -> None:
    """Add or import people."""


@person.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--team", default="", help="The code of the team.")
@click.option("--region", "regions", multiple=True, metavar="CODE", help="May be repeated.")
@click.option("--phone", default="")
@click.option("--language", default="en", show_default=True, type=click.Choice(list(LANGUAGES)))
@click.option("--ask-password", is_flag=True, help="Ask for the password; else a random one.")
@MISSION
@with_appcontext
def person_add(mission: str | None, ask_password: bool, **values: Any) -> None:
    """Add a person; a random password is printed once, or asked for with --ask-password.

    \b
    Example:
      observer person add --email ana@example.org --name "Ana Quispe" --role admin
      observer person add --email luis@example.org --name "Luis" --role coordinator --region 15
    """
    # Asked before anything is read: who is asked may take their time.
    password = _ask_password() if ask_password else random_password()
    session = get_session()
    with saying_what_is_wrong():
        chosen = whole_mission(session, mission).mission
        added = add_person(session, chosen, **values)
    if added.password_hash:
        session.commit()
        click.echo(f"Added {added.role} {added.email}, who keeps the password they have")
        return
    added.password_hash = hash_password(password)
    session.commit()
    click.echo(f"Added {added.role} {added.email}")
    if not ask_password:
        click.echo(f"Password, shown this once: {password}")


def _ask_password() -> str:
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < LEAST_PASSWORD:
        raise click.ClickException(f"Nobody added: use at least {LEAST_PASSWORD} characters.")
    return password


@person.command("import")
@FILE
@click.option(
    "--passwords",
    type=click.Path(path_type=Path),
    metavar="OUT.csv",
    help="Give everybody without a password one, and write them to this new file.",
)
@MISSION
@with_appcontext
def person_import(file: Path, passwords: Path | None, mission: str | None) -> None:
    """Import people from a CSV file with the columns name,email,phone,role,team,regions,language.

    With --passwords everybody of the mission who has no password gets a random one; nobody's
    password changes. Hand them out, then delete that file.

    \b
    Example:
      observer person import people.csv --passwords passwords.csv
    """
    if passwords is None:
        import_file(import_people, mission, file)
        session = get_session()
        missing = len(people_without_password(session, whole_mission(session, mission).mission))
        if missing:
            click.echo(f"{missing:,} cannot sign in yet: run this again with --passwords OUT.csv")
        return
    with _new_private_file(passwords) as out:
        import_file(import_people, mission, file)
        given = _give_passwords(mission, out)
    click.echo(f"Passwords of {given:,} people are in {passwords}: hand them out, then delete it")


@contextmanager
def _new_private_file(path: Path) -> Iterator[TextIO]:
    """A new file that only its owner can read; removed again where what follows fails."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be made: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
            yield out
    except BaseException:
        path.unlink()
        raise


def _give_passwords(mission: str | None, out: TextIO) -> int:
    session = get_session()
    people = people_without_password(session, whole_mission(session, mission).mission)
    # Hashing takes long on purpose; nobody who wants to write shall wait for it meanwhile.
    session.commit()
    passwords = {person.id: random_password() for person in people}
    hashes = {
        id_: hash_password(passwords[id_])
        for id_ in on_terminal(list(passwords), "Hashing passwords")
    }
    rows = csv.writer(out)
    rows.writerow(["email", "name", "password"])
    for person in people:
        rows.writerow([person.email, person.name, passwords[person.id]])
        person.password_hash = hashes[person.id]
    out.flush()
    os.fsync(out.fileno())
    session.commit()
    return len(people)
