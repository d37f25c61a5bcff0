"""Photos, recordings and papers: checked by what they are, and kept.

Photos are written anew without what they tell besides; the others are kept as they came.

A kept file lies under the SHA-256 of its own bytes, outside what the web server gives away.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from observer.pictures import BadPictureError, UnknownKindError, clean_picture, perceptual_hash

KINDS_TAKEN = (
    "Photos are JPEG, PNG or WebP; recordings MP4, WebM, Ogg, MP3, AAC, WAV, FLAC or AMR; "
    "papers PDF."
)
_RECORDINGS = (
    (re.compile(rb"....ftyp(?:M4A|M4B)", re.DOTALL), "audio/mp4"),
    (re.compile(rb"....ftyp(?!hei|hev|mif1|msf1|avi)", re.DOTALL), "video/mp4"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "video/webm"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"ID3|\xff[\xfb\xf3\xf2]"), "audio/mpeg"),
    (re.compile(rb"\xff[\xf1\xf9]"), "audio/aac"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"fLaC"), "audio/flac"),
    (re.compile(rb"#!AMR"), "audio/amr"),
    (re.compile(rb"caff"), "audio/x-caf"),
    (re.compile(rb"%PDF-"), "application/pdf"),
)
"""How files begin that are kept as they are, and what they are."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Arrived:
    """A file that came with a submission, and what became of it."""

    stored_sha256: str | None = None
    """The name under which it is kept; None where it is not."""
    media_type: str = ""
    intact: bool = True
    """Whether its bytes are those its name promises."""
    perceptual_hash: str | None = None
    """Of a picture that shows something; see :func:`observer.pictures.perceptual_hash`."""


def path_of(media: Path, stored_sha256: str) -> Path:
    """Where a kept file lies. Raises ValueError for what is no SHA-256."""
    if not _SHA256.fullmatch(stored_sha256):
        raise ValueError(f"{stored_sha256!r} is no SHA-256")
    return media / stored_sha256[:2] / stored_sha256


def kept_files(media: Path) -> list[Path]:
    """All files that are kept, in the order of their names."""
    found = (path for path in media.glob("??/*") if _SHA256.fullmatch(path.name))
    return sorted(path for path in found if path.is_file())


def take_in(media: Path, sha256: str, content: bytes) -> Arrived:
    """Check a file that a phone named by its hash, and keep it if it is of a kind that is taken.

    Raises UnknownKindError for a file that is of none.
    """
    if hashlib.sha256(content).hexdigest() != sha256.lower():
        return Arrived(intact=False)
    if media_type := recording_type(content):
        return Arrived(keep(media, content), media_type)
    try:
        cleaned, media_type = clean_picture(content)
    except UnknownKindError as reason:
        raise UnknownKindError(KINDS_TAKEN) from reason
    except BadPictureError:
        return Arrived()
    return Arrived(keep(media, cleaned), media_type, perceptual_hash=perceptual_hash(cleaned))


def recording_type(content: bytes) -> str:
    """The media type of a recording or a PDF by how it begins; empty for anything else."""
    found = (kind for beginning, kind in _RECORDINGS if beginning.match(content))
    return next(found, "")


def keep(media: Path, content: bytes) -> str:
    """Keep a file as it is; returns the SHA-256 by which :func:`path_of` finds it.

    It is there entirely or not at all, whenever the power goes.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(media, sha256)
    if path.exists():
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".arriving-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return sha256
