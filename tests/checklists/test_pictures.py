"""Pictures that are shown with labels: on the page, on the phone and in OpenRosa clients."""

from io import BytesIO

import pytest
from PIL import Image

from observer.badinput import BadFileError
from observer.checklists.models import Picture
from observer.checklists.operations import import_read
from observer.checklists.spreadsheet import write_xlsform
from observer.checklists.xlsform import read_with_warnings, read_xlsform
from tests.collect.builders import build_collecting, photo
from tests.collect.openrosa_client import NAMES, OpenRosaClient
from tests.missions.builders import sign_in

SEALS = """
| survey | | | | | |
| | type | name | label::English (en) | label::Español (es) | media::image::English (en) |
| | select_one seal | seal | Which seal? | ¿Qué precinto? | seals.png |
| | note | thanks | Thank you | Gracias | |
| choices | | | | | |
| | list_name | name | label::English (en) | label::Español (es) | media::image::English (en) |
| | seal | red | Red | Rojo | red.jpg |
| | seal | blue | Blue | Azul | |
| settings | |
| | form_id | place |
| | seals | any |
"""
BESIDE = {"seals.png": photo("PNG"), "red.jpg": photo("JPEG", comment=b"secret")}


def read(beside):
    return read_with_warnings(SEALS.encode(), "seals.md", beside)


@pytest.fixture
def built(session):
    built = build_collecting(session)
    import_read(session, built.mission, read(BESIDE), SEALS.encode(), "seals.md", publish=True)
    session.commit()
    return built


def test_pictures_are_taken_from_the_files_that_come_along():
    found = read(BESIDE)
    question = found.definition.question("seal")
    assert found.warnings == []
    red, blue = question.choices
    assert set(found.pictures) == {question.picture["en"], red.picture["en"]}
    assert blue.picture == {}
    assert not any(b"secret" in content for content in found.pictures.values())
    exported = write_xlsform(found.definition)
    assert read_xlsform(exported, "seals.xlsx") == found.definition


def test_a_picture_that_is_missing_or_none_is_named():
    alone = read({})
    assert alone.definition.question("seal").picture == {}
    assert "seals.png is not shown: the file was not brought along" in "\n".join(
        map(str, alone.warnings)
    )
    with pytest.raises(BadFileError, match=r"row 2.*seals\.png cannot be read; bring it as JPEG"):
        read(BESIDE | {"seals.png": b"no picture"})


def test_a_list_may_have_a_column_named_media():
    form = SEALS.replace("| media::image::English (en) |\n| | seal |", "| media |\n| | seal |")
    found = read_with_warnings(form.encode(), "seals.md", BESIDE)
    assert found.definition.question("seal").choices[0].picture == {}


def test_the_phone_and_openrosa_clients_show_them(app, built, session):
    client = app.test_client()
    sign_in(client, "observer")
    page = client.get("/api/v1/forms/seals/1/page").json["html"]
    names = [picture.name for picture in session.query(Picture).order_by(Picture.name)]
    session.rollback()
    assert len(names) == 2
    for name in names:
        assert f'src="/forms/pictures/{name}" alt=""' in page
        answer = client.get(f"/forms/pictures/{name}")
        assert Image.open(BytesIO(answer.data)).size == (40, 20)
    assert client.get("/forms/pictures/" + "0" * 64 + ".png").status_code == 404
    collect = OpenRosaClient(app.test_client())
    listed = collect.forms()["seals"]
    files = {
        file.findtext("manifest:filename", "", NAMES): file.findtext(
            "manifest:downloadUrl", "", NAMES
        )
        for file in collect.xml(listed["manifestUrl"])
    }
    assert set(names) < set(files)
    xform = collect.open(listed["downloadUrl"]).text
    for name in names:
        assert f"jr://images/{name}" in xform
        assert collect.open(files[name]).data == client.get(f"/forms/pictures/{name}").data
