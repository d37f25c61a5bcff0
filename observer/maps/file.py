"""The map as one file that opens from disk: everything is in it, and it asks for nothing."""

from __future__ import annotations

import base64
import mimetypes
import re
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from observer import ROOT
from observer.maps.page import Asset, map_document
from observer.missions.models import Round
from observer.missions.scope import Scope

STATIC = ROOT / "static"
_ADDRESS = re.compile(r"url\(\s*['\"]?(?P<path>[^'\")#]+)['\"]?\s*\)")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


def map_file(session: Session, scope: Scope, round_: Round, **shown: Any) -> str:
    """The document of a map as a file; ``shown`` is what :func:`map_document` takes."""
    nonce = secrets.token_urlsafe(16)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            f"style-src 'nonce-{nonce}'",
            "img-src data:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return map_document(
        session, scope, round_, nonce=nonce, policy=policy, assets=_inlined, **shown
    )


@cache
def _inlined(path: str) -> Asset:
    file = STATIC / path
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".css":
        return Asset(text=_ADDRESS.sub(lambda found: _data(file.parent, found), text))
    return Asset(text=_SOURCE_MAP.sub("", text))


def _data(folder: Path, found: re.Match[str]) -> str:
    file = folder / found["path"]
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"url(data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()})"
