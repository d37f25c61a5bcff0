"""Fetch the browser files and fonts of ``manifest.json`` from npm, each checked by its checksum.

Run it (``make vendor``) after changing a version; what it writes is committed as published.
A package without an integrity in the manifest is an error that prints the one found.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent


def _integrity(archive: Path) -> str:
    digest = hashlib.sha512(archive.read_bytes()).digest()
    return "sha512-" + base64.b64encode(digest).decode()


def _fetch(package: dict, folder: Path) -> Path:
    name = f"{package['name']}@{package['version']}"
    packed = subprocess.run(
        ["npm", "pack", "--silent", name], cwd=folder, check=True, capture_output=True, text=True
    )
    archive = folder / packed.stdout.strip().splitlines()[-1]
    found = _integrity(archive)
    if found != package.get("integrity"):
        sys.exit(f"{name}: manifest.json says {package.get('integrity')}, the package is {found}")
    return archive


def _extract(package: dict, archive: Path) -> None:
    with tarfile.open(archive) as files:
        for inside, target in package["files"].items():
            member = files.extractfile(f"package/{inside}")
            if member is None:
                sys.exit(f"{package['name']}: {inside} is not a file")
            path = CHECKOUT / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(member.read())


def main() -> None:
    """Fetch every package of the manifest."""
    packages = json.loads((HERE / "manifest.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        for package in packages:
            _extract(package, _fetch(package, Path(folder)))
            print(f"{package['name']} {package['version']}: {len(package['files'])} files")


if __name__ == "__main__":
    main()
