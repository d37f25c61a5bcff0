"""The command that draws a map into a file, and what it says instead."""

import pytest

from observer.cli import cli


@pytest.fixture
def draw(app, tmp_path):
    """Runs the command; gives what it said, and the file it was to write."""

    def run(*options, out="map.html"):
        path = tmp_path / out
        return app.test_cli_runner().invoke(cli, ["map", str(path), *options]), path

    return run


def test_the_file_shows_the_first_problem_of_a_question(observed, draw):
    done, path = draw("--form", "opening", "--question", "on_time")
    assert (done.exit_code, done.stdout) == (0, f"Map: {path}\n")
    text = path.read_text()
    assert "<title>on_time?: No</title>" in text
    assert "4 of 8 (50 %)" in text
    assert "Ninguna" not in text
    spanish, path = draw("--language", "es")
    assert spanish.exit_code == 0
    assert '<html lang="es">' in path.read_text()


def test_a_name_that_is_not_there_ends_in_one_line_and_writes_nothing(station, draw):
    for wrong, said in (
        (("--form", "x"), "There is no form “x”"),
        (("--form", "opening", "--question", "x"), "There is no question “x”"),
        (("--form", "opening", "--question", "on_time", "--answer", "x"), "There is no answer “x”"),
        (("--round", "x"), "There is no round x"),
        (("--mission", "x"), "There is no mission 'x'"),
        (("--level", "7"), "there is 1, 2."),
        (("--question", "on_time"), "--form"),
        (("--form", "opening", "--answer", "no"), "--question"),
    ):
        done, path = draw(*wrong)
        assert done.exit_code == 1, wrong
        assert done.stderr.startswith("Error: ")
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
        assert not path.exists()


def test_a_folder_that_is_not_there_is_said_in_one_line(station, draw):
    done, path = draw(out="nowhere/map.html")
    assert done.exit_code == 1
    assert done.stderr == f"Error: {path} cannot be written: No such file or directory\n"
