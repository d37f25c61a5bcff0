"""A PostgreSQL server of the tests' own: fresh, private, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Debian keeps the server's programs off the PATH, in a folder per major version.
_DEBIAN = Path("/usr/lib/postgresql")


# A copy of a database is some hundred files, and there is one for each test.
_MEMORY = Path("/dev/shm")  # noqa: S108 - in a folder of its own
_MEMORY_NEEDED = 2 << 30


def _memory() -> Path | None:
    """A folder in memory; None where there is none that is large enough."""
    there = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)
    return _MEMORY if there and shutil.disk_usage(_MEMORY).free > _MEMORY_NEEDED else None


def _program(name: str) -> str:
    found = [*sorted(_DEBIAN.glob(f"*/bin/{name}")), shutil.which(name)]
    if found[0] is None:
        raise RuntimeError(f"PostgreSQL's {name} is not installed: apt-get install postgresql")
    return str(found[0])


def _run(*command: str) -> None:
    # The server refuses to run as root.
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_postgres, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Start a server on a socket in a temporary folder; yields the address of its database."""
    folder = Path(tempfile.mkdtemp(prefix="observer-pg-", dir=_memory()))
    try:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        data = str(folder / "data")
        _run(_program("initdb"), "-D", data, "-U", "observer", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-c listen_addresses='' -k {folder} -c fsync=off -c max_connections=60"
        server = _program("pg_ctl")
        _run(server, "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql://observer@/postgres?host={folder}"
        finally:
            _run(server, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
