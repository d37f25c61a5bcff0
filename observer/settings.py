"""Every setting of the platform: its environment variable, default and check.

``observer settings`` prints this table; the tests hold the README to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from flask import current_app


class SettingsError(ValueError):
    """A setting has a value that cannot be used; the message names it and what would be right."""


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def _not_negative(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("must be 0 or more")
    return number


def _vector_tiles(text: str) -> Path:
    path = Path(text)
    try:
        with path.open("rb") as file:
            head = file.read(PMTILES_HEAD)
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from error
    if len(head) < PMTILES_HEAD or head[:8] != b"PMTiles\x03":
        raise ValueError("is no PMTiles archive of version 3")
    if head[99] != VECTOR:
        raise ValueError("holds no vector tiles")
    return path


def _picture(text: str) -> Path:
    path = Path(text)
    try:
        with path.open("rb") as file:
            head = file.read(PICTURE_HEAD)
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from error
    begins = {".svg": b"<svg" in head, ".png": head.startswith(b"\x89PNG")}
    if not begins.get(path.suffix.lower(), False):
        raise ValueError("is neither an SVG (.svg) nor a PNG (.png)")
    return path


def _setting(default: Any, description: str, parse: Callable[[str], Any] = str) -> Any:
    return field(default=default, metadata={"description": description, "parse": parse})


PICTURE_HEAD = 4096
"""Bytes in which an SVG has begun, whatever comments stand before it."""
PMTILES_HEAD = 127
"""Bytes; https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md, as the next one."""
VECTOR = 1
"""The type of tiles at position 99 of the head."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings in force. Build it with :func:`load_settings`."""

    instance: Path = _setting(
        Path("instance"), "Folder for the default database and the media.", Path
    )
    database_url: str = _setting(
        "", "SQLAlchemy address of the database; empty: SQLite in the instance folder."
    )
    secret_key: str = _setting(
        "", "Signs sessions; needed to serve. At least 32 characters, kept secret."
    )
    media: Path = _setting(Path(), "Folder for photos; empty: media in the instance folder.", Path)
    min_base: int = _setting(
        30, "Percentages are shown from this many observations on; below, only k of n.", _positive
    )
    silent_minutes: int = _setting(
        60,
        "An observer not heard of for so many minutes is silent; a place left longer ago without "
        "a report is overdue.",
        _positive,
    )
    max_submission_bytes: int = _setting(
        1_000_000, "A submission's JSON may be this large.", _positive
    )
    max_attachment_bytes: int = _setting(10_000_000, "One attachment may be this large.", _positive)
    photo_longest_edge: int = _setting(
        1600, "Phones make photos no longer than this, in pixels, before they send them.", _positive
    )
    photo_most_bytes: int = _setting(
        400_000, "Phones make photos no larger than this before they send them.", _positive
    )
    submission_rate: str = _setting("300 per minute", "How often one person may send a submission.")
    feed_rate: str = _setting(
        "600 per minute", "How often one person's programs may ask for a page of the feed."
    )
    signin_rate: str = _setting("20 per minute", "How often one address may try to sign in.")
    rate_storage: str = _setting(
        "memory://", "Where rates are counted; redis://… when several processes serve."
    )
    session_days: int = _setting(14, "A sign-in lasts this many days.", _positive)
    basemap: Path | None = _setting(
        None,
        "Map to draw under the figures, without internet: a PMTiles archive of vector tiles.",
        _vector_tiles,
    )
    logo: Path | None = _setting(
        None, "The mission's own mark on what is printed: an SVG or PNG file.", _picture
    )
    proxies: int = _setting(
        0, "Reverse proxies in front whose X-Forwarded-* headers are trusted.", _not_negative
    )

    def __post_init__(self) -> None:
        if not self.database_url:
            url = f"sqlite:///{self.instance.resolve() / 'observer.sqlite'}"
            object.__setattr__(self, "database_url", url)
        if self.media == Path():
            object.__setattr__(self, "media", self.instance / "media")

    @property
    def shapes(self) -> Path:
        """Folder for the simplified boundaries of maps; it can be deleted at any time."""
        return self.instance / "shapes"

    @property
    def columns(self) -> Path:
        """Folder for answers in columns, read when a process begins; it can be deleted, too."""
        return self.instance / "columns"


def variable_name(setting: str) -> str:
    """The environment variable of a setting: ``min_base`` is ``OBSERVER_MIN_BASE``."""
    return f"OBSERVER_{setting.upper()}"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the environment.

    Raises SettingsError naming the first variable whose value cannot be used.
    """
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        name = variable_name(setting.name)
        text = environ.get(name, "").strip()
        if not text:
            continue
        try:
            values[setting.name] = setting.metadata["parse"](text)
        except ValueError as error:
            raise SettingsError(
                f"{name} is {text!r}: {error}. {setting.metadata['description']}"
            ) from error
    return Settings(**values)


def current_settings() -> Settings:
    """The settings of the application that is running."""
    return current_app.extensions["observer.settings"]
