"""Commands over the audit log."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from observer.access.audit import BrokenChainError, verify
from observer.database import get_session


@click.group()
def audit() -> None:
    """Check the log of what people changed."""


@audit.command("verify")
@with_appcontext
def audit_verify() -> None:
    """Follow the log from its first entry; ends with an error where an entry was altered.

    Note the hash of the last entry somewhere else: a later log that contains it is the same.

    \b
    Example:
      observer audit verify
    """
    try:
        number, sha256 = verify(get_session())
    except BrokenChainError as error:
        raise click.ClickException(f"The audit log was tampered with. {error}") from error
    click.echo(f"The audit log is whole: {number} entries, the last one is {sha256}")
