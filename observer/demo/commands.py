"""The command that builds a demonstration and says how to look at it."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from observer.database import get_session, make_engine, make_sessions
from observer.demo.building import CODE, STATEMENT, build, set_passwords
from observer.demo.instance import (
    Demonstration,
    NotADemonstrationError,
    demo_settings,
    found_demonstration,
    rebuild,
)
from observer.demo.people import SIGN_IN
from observer.demo.sizes import SIZES
from observer.maps.file import map_file
from observer.migrating import migrate
from observer.missions.commandline import on_terminal
from observer.missions.scope import Scope, whole_mission
from observer.settings import Settings, load_settings
from observer.statements.drafts import draft_of
from observer.statements.models import Statement
from observer.statements.pdf import render_pdf

CreateApp = Callable[[Settings], Flask]


def demo_command(create_app: CreateApp) -> click.Command:
    """The command ``demo``; ``create_app`` makes the application in which it renders."""

    @click.command()
    @click.option(
        "--size",
        default="small",
        show_default=True,
        type=click.Choice(list(SIZES)),
        help="1,500, 20,000 or 1,000,000 submissions.",
    )
    @click.option("--seed", default=1, show_default=True, help="The same seed, the same data.")
    @click.option(
        "--password",
        envvar="OBSERVER_DEMO_PASSWORD",
        show_envvar=True,
        help="For all who sign in; a random one where none is given.",
    )
    def demo(size: str, seed: int, password: str | None) -> None:
        """Build a demonstration mission with its statement and its map.

        All of it lies in the folder demo of the instance folder, the database too unless
        OBSERVER_DATABASE_URL names one. A demonstration of this size and seed is kept where
        there is one, another one is replaced, and anything else is left alone.

        \b
        Example:
          observer demo
          observer demo --size mission --seed 7
        """
        settings = demo_settings(load_settings())
        settings.instance.mkdir(parents=True, exist_ok=True)
        password = password or secrets.token_urlsafe(9)
        try:
            is_new = _prepare(settings, Demonstration(size, seed), password)
        except NotADemonstrationError as error:
            raise click.ClickException(str(error)) from error
        except DatabaseError as error:
            raise click.ClickException(f"The database cannot be used: {error.orig}") from error
        with create_app(settings).app_context():
            _make_documents(settings, is_new)
        _say_how_to_look(settings, password)

    return demo


def _prepare(settings: Settings, wanted: Demonstration, password: str) -> bool:
    """Have the demonstration wanted in the database; whether it had to be built."""
    found = found_demonstration(settings)
    if found != wanted:
        instead = f" instead of that of {found}" if found else ""
        click.echo(f"Building the demonstration of {wanted}{instead}.")
        rebuild(settings, wanted, lambda engine: _fill(engine, wanted, password, settings.media))
        return True
    click.echo(f"Keeping the demonstration of {found} that is there.")
    engine = make_engine(settings.database_url)
    migrate(engine)
    with make_sessions(engine)() as session:
        set_passwords(session, password)
        session.commit()
    engine.dispose()
    return False


def _fill(engine: Engine, wanted: Demonstration, password: str, media: Path) -> None:
    with make_sessions(engine)() as session:
        build(
            session,
            size=wanted.size,
            seed=wanted.seed,
            password=password,
            media=media,
            track=on_terminal,
        )


def _make_documents(settings: Settings, is_new: bool) -> None:
    """Print the statement and draw the map, where they are not there from before."""
    for name, make in (("statement.pdf", _statement), ("map.html", _map)):
        path = settings.instance / name
        if is_new or not path.exists():
            session = get_session()
            path.write_bytes(make(session, whole_mission(session, CODE), settings.min_base))


def _statement(session: Session, scope: Scope, min_base: int) -> bytes:
    statement = session.scalars(select(Statement).where(Statement.slug == STATEMENT)).one()
    return render_pdf(session, scope, draft_of(statement), min_base=min_base)


def _map(session: Session, scope: Scope, min_base: int) -> bytes:
    text = map_file(
        session,
        scope,
        scope.mission.rounds[-1],
        form="opening",
        question="opened_on_time",
        answer="no",
        min_base=min_base,
        with_centres=True,
    )
    return text.encode()


def _say_how_to_look(settings: Settings, password: str) -> None:
    click.echo(f"Statement: {settings.instance / 'statement.pdf'}")
    click.echo(f"Map:       {settings.instance / 'map.html'}")
    click.echo("Sign in as one of these:")
    for role, email, _name in SIGN_IN:
        click.echo(f"  {email:<28} {role}")
    click.echo(f"Password:  {password}")
    click.echo("Serve it:  OBSERVER_SECRET_KEY=$(openssl rand -hex 32) \\")
    click.echo(f"           OBSERVER_INSTANCE={settings.instance} {sys.argv[0]} serve")
