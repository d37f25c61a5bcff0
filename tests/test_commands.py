"""The commands a data manager starts with, and what they say when something is missing."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from observer.cli import cli
from observer.settings import Settings

OBSERVER = Path(sys.executable).with_name("observer")
SECRET = "x" * 32


def observer(*arguments, folder, **environment):
    return subprocess.run(
        [OBSERVER, *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_init_makes_the_database_and_may_be_repeated(tmp_path):
    for _ in range(2):
        done = observer("init", folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Ready: sqlite:///")
    assert (tmp_path / "instance" / "observer.sqlite").is_file()


def test_serve_asks_for_a_secret_and_for_a_database(tmp_path):
    without_secret = observer("serve", folder=tmp_path)
    assert without_secret.returncode == 1
    assert "OBSERVER_SECRET_KEY" in without_secret.stderr
    without_database = observer("serve", folder=tmp_path, OBSERVER_SECRET_KEY=SECRET)
    assert without_database.returncode == 1
    assert "observer init" in without_database.stderr


def test_a_bad_setting_ends_in_one_line(tmp_path):
    done = observer("init", folder=tmp_path, OBSERVER_MIN_BASE="many")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "OBSERVER_MIN_BASE" in done.stderr


def test_settings_are_all_listed_and_secrets_are_not_shown(tmp_path):
    address = "postgresql://me:hidden@localhost/mission"
    done = observer(
        "settings", folder=tmp_path, OBSERVER_SECRET_KEY=SECRET, OBSERVER_DATABASE_URL=address
    )
    for name in Settings.__dataclass_fields__:
        assert f"OBSERVER_{name.upper()}=" in done.stdout
    assert SECRET not in done.stdout
    assert "hidden" not in done.stdout


@pytest.mark.parametrize("name", Settings.__dataclass_fields__)
def test_the_readme_lists_every_setting(name):
    readme = Path(__file__).parents[1] / "README.md"
    assert f"`OBSERVER_{name.upper()}`" in readme.read_text()


def test_every_command_in_the_readme_is_there_with_its_options():
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    lines = re.findall(r"^ *(?:\.venv/bin/)?observer (.+?)(?: +#.*)?$", readme, re.MULTILINE)
    assert len(lines) > 10
    for line in lines:
        command, words = cli, shlex.split(line)
        context = click.Context(cli)
        while isinstance(command, click.Group):
            command = command.get_command(context, words[0])
            assert command, f"observer {line}"
            words = words[1:]
        known = {option for parameter in command.params for option in parameter.opts}
        given = {word for word in words if word.startswith("--")}
        assert given <= known, f"observer {line}"
