"""Exports: each format read back by its own library, with the figures of the pages."""

import csv
import json
import zipfile

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pyreadstat
import pytest
from openpyxl.utils.escape import unescape

from observer.cli import cli
from observer.collect.models import Status
from observer.findings.exports import reading
from observer.findings.exports.order import Layout, Order
from observer.findings.exports.writing import write_export
from observer.findings.findings import findings
from tests.findings.builders import question

HOSTILE = [
    '=HYPERLINK("http://example.org";"x")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "'quoted",
    'line\nbreak, "comma"; semicolon',
    "🗳️ حبر غير مرئي \u202eabc",
    "_x0041_ & <b>",
]
TABLES = ["csv", "parquet", "geojson", "gpkg", "xlsx", "sav", "dta"]


@pytest.fixture
def filled(station):
    """Reports of all kinds, in and out of what is counted."""
    parties = [{"obstructed": "yes", "agents": 2}, {"obstructed": "not_observed"}]
    station.submit({"on_time": "no", "sealed": "yes", "delay": -5, "comment": "late"})
    station.submit(
        {"on_time": "yes", "reasons": ["staff", "power"], "parties": parties},
        place="1502-01-1",
        status=Status.VERIFIED,
    )
    station.submit({"on_time": "not_observed", "reasons": ["weather"]}, place="16-01-1")
    station.submit({"on_time": "no"}, place="91-01-1", status=Status.REJECTED)
    station.submit({"on_time": "no"}, round_=station.built.first)
    station.submit({"type": ["violence"], "what_happened": "=1+1"}, form="incident", place=None)
    return station


@pytest.fixture
def export(app, engine, scope, session, tmp_path):
    """Writes an export of the run-off; gives the path of its file."""
    session.commit()

    def write(name, scope=scope, progress=lambda _done, _total: None, **order):
        path = tmp_path / name
        with app.app_context():
            asked = Order(**{"rounds": ("runoff",)} | order)
            write_export(engine, scope, asked, path, progress=progress)
        return path

    return write


def read_frame(path, layer="opening"):
    """A table with the values as they are, and empty texts as missing."""
    match path.suffix:
        case ".csv":
            frame = pd.read_csv(path)
        case ".parquet":
            frame = pq.read_table(path).to_pandas()
        case ".xlsx":
            frame = pd.read_excel(path, sheet_name=layer)
        case ".sav":
            frame, _meta = pyreadstat.read_sav(path, apply_value_formats=True, user_missing=True)
        case ".dta":
            frame = pd.read_stata(path)
        case ".gpkg":
            frame = pyogrio.read_dataframe(path, layer=layer)
        case ".geojson":
            frame = pyogrio.read_dataframe(path)
    frame.columns = [name.replace("/", "_") for name in frame]
    return frame


@pytest.mark.parametrize("suffix", TABLES)
def test_each_format_has_the_figures_of_the_pages(filled, export, session, scope, suffix):
    frame = read_frame(export(f"out.{suffix}", forms=("opening",)))
    labels = {"Yes": "yes", "No": "no"}
    answers = frame["on_time"].astype("object").replace(labels)
    asked = filled.built.runoff
    found = {
        (one.question, one.answer): one
        for one in findings(session, scope, asked, form="opening", level=0)
    }
    session.rollback()
    for answer in ("yes", "no"):
        finding = found["on_time", answer]
        assert (answers == answer).sum() == finding.k
        assert answers.isin(["yes", "no"]).sum() == finding.n
    for choice in ("staff", "power", "weather"):
        given = frame[f"reasons_{choice}"]
        finding = found["reasons", choice]
        assert (given.sum(), given.count()) == (finding.k, finding.n)
    assert frame["delay"].dropna().tolist() == [-5]
    assert frame["parties_count"].sum() == 2
    assert set(frame["region_1_code"].astype(str).str.removesuffix(".0")) == {"15", "16"}


@pytest.mark.parametrize("suffix", TABLES)
def test_hostile_texts_come_back_as_they_were(station, export, suffix):
    for text in HOSTILE:
        station.submit({"comment": text})
    path = export(f"out.{suffix}", forms=("opening",))
    found = read_frame(path)["comment"].tolist()
    if suffix == "csv":
        assert not any(text.startswith(("=", "+", "-", "@")) for text in found)
        found = [text.removeprefix("'") for text in found]
    if suffix == "xlsx":
        # As Excel itself reads it.
        found = [unescape(text) for text in found]
    assert sorted(found) == sorted(HOSTILE)
    if suffix == "xlsx":
        sheet = openpyxl.load_workbook(path)["opening"]
        assert not any(cell.data_type == "f" for row in sheet for cell in row)


def test_several_forms_are_in_one_table_or_each_in_its_own(filled, export):
    frame = pd.read_csv(export("all.csv"))
    assert frame["form"].value_counts().to_dict() == {"opening": 3, "incident": 1}
    assert frame["opening.on_time"].count() == 3
    assert frame["incident.type/violence"].sum() == 1
    with zipfile.ZipFile(export("all.csv.zip")) as archive:
        assert sorted(archive.namelist()) == [
            "incident-dictionary.csv",
            "incident.csv",
            "opening-dictionary.csv",
            "opening.csv",
        ]
    assert openpyxl.load_workbook(export("all.xlsx")).sheetnames == [
        "opening",
        "incident",
        "dictionary",
    ]
    layers = dict(pyogrio.list_layers(export("all.gpkg")))
    assert layers == {"opening": "Point", "incident": "Point", "dictionary": None}


def test_the_dictionary_says_what_each_variable_is(filled, export):
    path = export("out.csv", forms=("opening",), labels="es")
    with path.with_name("out-dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["question"]: row for row in csv.DictReader(file) if row["type"] == "select_one"}
    assert rows["on_time"]["label"] == "¿on_time?"
    assert rows["on_time"]["choices"] == "yes; no; not_observed"
    assert "not_observed: asked, but could not be observed" not in rows["sealed"]["missing"]
    assert rows["on_time"]["form_versions"] == "1"
    heads = pd.read_csv(path).columns
    assert "¿on_time?" in heads


def test_numbers_of_spss_have_labels_and_what_was_not_observed_is_missing(filled, export):
    frame, meta = pyreadstat.read_sav(export("out.sav", forms=("opening",)), user_missing=True)
    assert meta.variable_value_labels["on_time"] == {1: "Yes", 2: "No", -1: "Not_Observed"}
    assert meta.missing_ranges["on_time"] == [{"lo": -2, "hi": -1}]
    assert sorted(frame["on_time"].dropna()) == [-1, 1, 2]


def test_a_version_that_asked_otherwise_stands_in_a_variable_of_its_own(station, export):
    station.submit({"on_time": "no", "delay": 20})
    station.publish_next(
        "opening", question("on_time", "select_one", "yes", "late"), question("delay", "text")
    )
    station.submit({"on_time": "late", "delay": "twenty"})
    frame = pd.read_csv(export("out.csv", forms=("opening",)))
    assert frame["on_time"].dropna().tolist() == ["late"]
    assert frame["on_time.v1"].dropna().tolist() == ["no"]
    assert frame["delay"].dropna().tolist() == ["twenty"]
    assert frame["delay.v1"].dropna().tolist() == [20]


def test_a_repeat_has_a_row_for_each_item(filled, export):
    frame = pd.read_csv(export("parties.csv", layout=Layout.REPEATS))
    assert frame["parties_item"].tolist() == [1, 2]
    assert frame["obstructed"].tolist() == ["yes", "not_observed"]
    assert frame["submission_id"].nunique() == 1


def test_a_station_has_its_last_report_of_each_form_side_by_side(filled, export):
    filled.submit({"type": ["threat"]}, form="incident", place="1501-01-1")
    filled.submit({"on_time": "yes"}, place="1501-01-1")
    frame = pd.read_csv(export("stations.csv", layout=Layout.STATIONS)).set_index("place_code")
    assert frame.loc["1501-01-1", "opening.reports"] == 2
    assert frame.loc["1501-01-1", "incident.type"] == "threat"
    assert frame.loc["1502-01-1", "incident.reports"] == 0
    assert len(frame) == 3


def test_who_sees_some_regions_exports_those(filled, export, coordinator):
    frame = pd.read_csv(export("own.csv", coordinator, forms=("opening",)))
    assert set(frame["place_code"]) == {"1501-01-1", "1502-01-1"}
    inside = pd.read_csv(export("own.csv", coordinator, forms=("opening",), region="1502"))
    assert set(inside["place_code"]) == {"1502-01-1"}


def test_geometry_is_where_the_place_is(filled, export):
    collection = json.loads(export("out.geojson", forms=("opening",)).read_text())
    where = {f["properties"]["place_code"]: f["geometry"] for f in collection["features"]}
    assert where["16-01-1"] == {"type": "Point", "coordinates": [-73.9, -3.9]}


def test_nobody_is_named_unless_asked_for(filled, export):
    assert "Observer Demo" not in export("out.csv").read_text()
    assert "Observer Demo" in export("out.csv", people=True).read_text()


def test_what_is_stopped_leaves_what_was_there(filled, export, tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("from yesterday")

    def stop(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export("out.csv", progress=stop)
    assert path.read_text() == "from yesterday"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_batches_follow_each_other_without_a_gap(station, export, monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 3)
    for number in range(8):
        station.submit({"delay": number})
    for name in ("out.csv", "out.parquet", "out.gpkg"):
        frame = read_frame(export(name, forms=("opening",)))
        assert sorted(frame["delay"]) == list(range(8))


def test_the_command_says_what_it_wrote_and_what_is_wrong(filled, app, tmp_path):
    def run(*arguments):
        return app.test_cli_runner().invoke(cli, ["submission", "export", *arguments])

    done = run(str(tmp_path / "out.csv"), "--round", "runoff", "--form", "opening")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "3 rows. Left out: 1 rejected."
    for arguments, said in (
        (["out.doc"], "names no format"),
        (["nowhere/out.csv"], "cannot be written"),
        (["out.csv", "--form", "x"], "There is no form “x”; there is opening, incident."),
        (["out.csv", "--round", "x"], "There is no round “x”"),
        (["out.csv", "--region", "x"], "There is no region “x”"),
        (["out.csv", "--labels", "xx"], "There is no language “xx”"),
    ):
        wrong = run(str(tmp_path / arguments[0]), *arguments[1:])
        assert wrong.exit_code == 1
        assert said in wrong.stderr
        assert wrong.stderr.count("\n") == 1
