"""A backup brings everything back: to either kind of database, and of an earlier release too."""

import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.audit import record, verify
from observer.access.models import Person, Role
from observer.backup import MANIFEST, BackupError, back_up, restore
from observer.cli import cli
from observer.collect.media import kept_files, path_of
from observer.collect.models import Submission
from observer.database import make_engine
from observer.migrating import is_current, migrate
from observer.missions.models import Mission
from observer.schema import METADATA
from tests.collect.builders import build_collecting
from tests.collect.test_media import photo, send, sha256, with_photo
from tests.missions.builders import token_headers

OF_AN_EARLIER_RELEASE = Path(__file__).with_name("backup_0008.zip")


@pytest.fixture
def filled(app, client, session):
    """The application's engine and media, with a submission that has a photo."""
    build_collecting(session)
    record(session, "form.publish", "opening", version=1)
    session.commit()
    headers = token_headers(client, "observer")
    assert send(client, headers, with_photo(photo()), (sha256(photo()), photo())).status_code == 201
    return app.extensions["observer.engine"], app.extensions["observer.settings"].media


def rows_of(engine):
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(*table.columns))))
            for table in METADATA.sorted_tables
        }


def files_of(media):
    return {path.name: path.read_bytes() for path in kept_files(media)}


def test_everything_comes_back_in_either_kind_of_database(filled, databases, tmp_path, monkeypatch):
    monkeypatch.setattr("observer.archive.CHUNK", 2)
    engine, media = filled
    back_up(engine, media, tmp_path / "first.zip")
    light = make_engine(f"sqlite:///{tmp_path / 'light.sqlite'}")
    restore(light, tmp_path / "light", tmp_path / "first.zip")
    assert rows_of(light) == rows_of(engine)
    assert files_of(tmp_path / "light") == files_of(media) != {}
    back_up(light, tmp_path / "light", tmp_path / "second.zip")
    back = make_engine(databases.copy_of("empty", lambda engine: None))
    restore(back, tmp_path / "back", tmp_path / "second.zip")
    assert rows_of(back) == rows_of(engine)
    with Session(back) as session:
        verify(session)
        session.add(Mission(code="next", name="Next", timezone="UTC", language="en"))
        session.add(Person(email="new@example.org", name="New", role=Role.ADMIN))
        session.commit()


def test_a_backup_of_an_earlier_release_is_brought_to_this_one(databases, tmp_path):
    engine = make_engine(databases.copy_of("empty", lambda engine: None))
    restore(engine, tmp_path / "media", OF_AN_EARLIER_RELEASE)
    assert is_current(engine)
    with Session(engine) as session:
        assert session.scalars(select(Submission)).one().form.code == "opening"
    assert len(files_of(tmp_path / "media")) == 1


def altered(source, target, name, change):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for each in old.namelist():
            new.writestr(each, change(old.read(each)) if each == name else old.read(each))


def with_revision(content):
    return json.dumps(json.loads(content) | {"revision": "9999"})


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        (
            "tables/mission.ndjson",
            lambda old: old.replace(b"Peru", b"Oz"),
            "rows of mission are not",
        ),
        ("tables/region.ndjson", lambda old: b"", "rows of region"),
        (MANIFEST, lambda old: "{}", "no backup of this program"),
        (MANIFEST, with_revision, "newer release"),
        (MANIFEST, lambda old: "[", "no JSON"),
    ],
)
def test_what_is_not_what_was_backed_up_is_not_restored(filled, tmp_path, name, change, says):
    back_up(*filled, tmp_path / "good.zip")
    altered(tmp_path / "good.zip", tmp_path / "bad.zip", name, change)
    engine = make_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with pytest.raises(BackupError, match=says):
        restore(engine, tmp_path / "new", tmp_path / "bad.zip")
    migrate(engine)
    with Session(engine) as session:
        assert session.scalars(select(Mission)).all() == []
    restore(engine, tmp_path / "new", tmp_path / "good.zip")


def test_a_photo_that_was_exchanged_is_named(filled, tmp_path):
    engine, media = filled
    (photo_path,) = kept_files(media)
    photo_path.write_bytes(b"another")
    back_up(engine, media, tmp_path / "backup.zip")
    new = make_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with pytest.raises(BackupError, match=photo_path.name):
        restore(new, tmp_path / "new", tmp_path / "backup.zip")
    assert not path_of(tmp_path / "new", photo_path.name).exists()
    assert not any(rows_of(new)["submission"])


def test_the_commands_overwrite_nothing_and_say_what_is_wrong(app, filled, tmp_path):
    run = app.test_cli_runner().invoke
    out = str(tmp_path / "copy.zip")
    assert "1 files" in run(cli, ["backup", out]).output
    again = run(cli, ["backup", out])
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    into_itself = run(cli, ["restore", out])
    assert (into_itself.exit_code, "not empty" in into_itself.output) == (1, True)
    (tmp_path / "text.zip").write_text("no archive")
    no_archive = run(cli, ["restore", str(tmp_path / "text.zip")])
    assert (no_archive.exit_code, "no whole backup" in no_archive.output) == (1, True)
    no_folder = run(cli, ["backup", str(tmp_path / "nowhere" / "copy.zip")])
    assert (no_folder.exit_code, "cannot be written" in no_folder.output) == (1, True)
