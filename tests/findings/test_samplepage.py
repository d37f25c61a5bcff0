"""The page of the sample: who may, drawing, replacing, bringing back."""

import csv

import pytest
from sqlalchemy import select

from observer.missions.models import Place

ASKED = {"size": 12, "by": "region", "seed": "one", "replacements": 2}


@pytest.fixture
def admin(station, signed_in):
    return signed_in("admin")


@pytest.fixture
def send(admin):
    """Send a form as the page would."""
    token = admin.get("/mission/sample").text.split('name="csrf_token" value="')[1].split('"')[0]
    return lambda address, **data: admin.post(address, data=data | {"csrf_token": token})


def weights(session):
    rows = session.execute(select(Place.code, Place.stratum, Place.weight)).all()
    session.rollback()
    return {code: (stratum, weight) for code, stratum, weight in rows if weight or stratum}


def test_a_sample_is_looked_at_drawn_and_brought_back(admin, send, signed_in, session, station):
    assert "has no sample" in admin.get("/mission/sample").text
    assert "±" in admin.get("/mission/sample/preview", query_string=ASKED).text
    assert weights(session) == {}
    too_many = admin.get("/mission/sample/preview", query_string=ASKED | {"size": 25})
    assert (too_many.status_code, "is more than all" in too_many.text) == (422, True)
    assert "24 polling stations, if" in admin.get("/mission/sample?margin=4").text
    assert send("/mission/sample/draw", **ASKED).status_code == 302
    first = weights(session)
    drawn = {code for code, (_stratum, weight) in first.items() if weight}
    assert len(drawn) == 12

    page = signed_in("analyst").get("/mission/sample").text
    for said in ("12 of 24 polling stations were drawn", "Admin Demo", "“one”", "Loreto", "24"):
        assert said in page
    assert "/mission/sample/draw" not in page
    file = list(csv.DictReader(admin.get("/mission/sample/file.csv").text.splitlines()))
    assert {row["code"] for row in file if row["weight"]} == drawn
    assert len([row for row in file if not row["weight"]]) == 6

    station.submit({"on_time": "no"}, place=min(drawn))
    another = ASKED | {"seed": "two"}
    shown = admin.get("/mission/sample/preview", query_string=another).text
    assert "replaces the sample of 12 polling stations that is there now" in shown
    unsaid = send("/mission/sample/draw", **another)
    assert (unsaid.status_code, "Nothing was done" in unsaid.text) == (422, True)
    assert weights(session) == first
    send("/mission/sample/draw", **another, confirmed="y")
    second = weights(session)
    assert second != first
    # The first undo leads back to where there was no sample; the second to the first drawing.
    asked = admin.get("/mission/sample/restore/2").text
    assert "Reported in the current round: 1." in asked
    send("/mission/sample/restore/2")
    assert weights(session) == first
    assert "“one”" in admin.get("/mission/sample").text.split("History")[0]
    send("/mission/sample/restore/1")
    assert weights(session) == {}
    send("/mission/sample/restore/3")
    assert weights(session) == second
    send("/language", language="es")
    page = admin.get("/mission/sample/preview", query_string=ASKED | {"size": 25}).text
    assert "más que todas" in page


def test_a_station_is_replaced_by_one_of_its_reserve(admin, send, session, run, tmp_path):
    assert send("/mission/sample/draw", **ASKED).status_code == 302
    before = weights(session)
    # A place list that says nothing of a sample takes none away.
    (tmp_path / "p.csv").write_text(
        "code,level,parent,name,lat,lon,registered_voters,abroad,stratum,weight\n"
        "1501-01-1,station,1501-01,Renamed,,,280,,,\n"
    )
    assert run("place", "import", tmp_path / "p.csv").exit_code == 0
    assert weights(session) == before
    rows = list(csv.DictReader(admin.get("/mission/sample/file.csv").text.splitlines()))
    station, reserve = (
        next(row for row in rows if row["stratum"] == "15" and bool(row["weight"]) is drawn)["code"]
        for drawn in (True, False)
    )
    address = f"/mission/sample/replace/{station}"
    assert reserve in admin.get(address).text
    assert "Write why" in send(address, by=reserve).text
    assert send(address, by=rows[0]["code"], reason="x").status_code == 422
    done = send(address, by=reserve, reason="road washed away")
    assert done.status_code == 302
    after = weights(session)
    assert (after[reserve], after[station]) == (before[station], before[reserve])
    page = admin.get("/mission/sample?stratum=15").text
    assert "road washed away" in page
    # What could not be reached is not offered again.
    assert f"{station}</code></th>" not in page
    assert admin.get(address).status_code == 404
