"""Photos: checked by what they are, rid of what they tell, kept whole, and never in the way."""

import hashlib
import json
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from observer import pictures
from observer.collect.media import path_of
from observer.collect.models import Attachment
from observer.settings import Settings
from observer.web import create_app
from tests.collect.builders import build_collecting, payload, photo
from tests.missions.builders import token_headers

URL = "/api/v1/submissions"


@pytest.fixture
def headers(client, begin):
    begin(build_collecting)
    return token_headers(client, "observer")


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def with_photo(content, **more):
    named = {"question": "photo", "sha256": sha256(content), "type": "image/jpeg"}
    answers = {"opened_on_time": "yes", "photo": sha256(content)}
    return payload(attachments=[named], answers=answers, **more)


def send(client, headers, sent, *files):
    """Send it with files, each a name and its bytes."""
    parts = {"submission": json.dumps(sent)} | {
        name: (BytesIO(content), "photo.jpg") for name, content in files
    }
    return client.post(URL, data=parts, content_type="multipart/form-data", headers=headers)


def attachments(session):
    found = session.scalars(select(Attachment)).all()
    session.close()
    return found


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "A camera that tells who took it"
    return tags


@pytest.mark.parametrize(
    ("kind", "stored_as"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg")]
)
def test_a_photo_is_kept_upright_and_without_metadata(client, headers, session, kind, stored_as):
    # Red on the left, blue on the right; turned by 90°, red is on top.
    content = photo(kind, exif=exif(6))
    answer = send(client, headers, with_photo(content), (sha256(content), content))
    assert answer.status_code == 201
    assert answer.json["missing"] == []
    (kept,) = attachments(session)
    assert (kept.sha256, kept.media_type) == (sha256(content), stored_as)
    stored = path_of(
        client.application.extensions["observer.settings"].media, kept.stored_sha256
    ).read_bytes()
    assert sha256(stored) == kept.stored_sha256
    assert b"camera" not in stored
    picture = Image.open(BytesIO(stored))
    assert picture.size == (20, 40)
    assert dict(picture.getexif()) == {}
    red, _green, blue = picture.convert("RGB").getpixel((10, 5))
    assert red > 4 * blue


def test_a_photo_may_come_later_with_the_same_submission(client, headers, session):
    content = photo()
    sent = with_photo(content)
    first = client.post(URL, json=sent, headers=headers)
    assert (first.status_code, first.json["missing"]) == (201, [sha256(content)])
    again = send(client, headers, sent, (sha256(content), content))
    assert (again.status_code, again.json["missing"]) == (200, [])
    assert attachments(session)[0].stored_sha256


def test_a_damaged_photo_is_held_and_asked_for_again(client, headers, session):
    content = photo()
    sent = with_photo(content)
    answer = send(client, headers, sent, (sha256(content), content[:-1]))
    assert (answer.status_code, answer.json["missing"]) == (202, [sha256(content)])
    assert [error["question"] for error in answer.json["errors"]] == ["photo"]
    assert attachments(session)[0].stored_sha256 is None
    assert send(client, headers, sent, (sha256(content), content)).json["missing"] == []


@pytest.mark.parametrize("bad", ["cut off", "too many pixels"])
def test_a_picture_that_cannot_be_read_holds_the_submission(
    client, headers, session, monkeypatch, bad
):
    content = photo(size=(400, 200))
    if bad == "cut off":
        content = content[: len(content) // 2]
    else:
        monkeypatch.setattr(pictures, "MOST_PIXELS", 400 * 200 - 1)
    answer = send(client, headers, with_photo(content), (sha256(content), content))
    assert (answer.status_code, answer.json["missing"]) == (202, [])
    assert [error["question"] for error in answer.json["errors"]] == ["photo"]
    assert attachments(session)[0].stored_sha256 is None


@pytest.mark.parametrize("content", [b"MZ\x90\0", b"<svg/>", b"", photo("GIF")])
def test_another_kind_of_file_is_415_and_nothing_is_stored(client, headers, session, content):
    answer = send(client, headers, with_photo(content), (sha256(content), content))
    assert answer.status_code == 415
    assert answer.content_type == "application/problem+json"
    assert attachments(session) == []


def test_a_photo_that_the_submission_does_not_name_is_kept_and_held(client, headers, session):
    content = photo()
    answer = send(client, headers, payload(), (sha256(content), content))
    assert answer.status_code == 202
    assert attachments(session)[0].stored_sha256


def test_too_large_a_photo_and_parts_that_are_missing(settings, engine, session):
    build_collecting(session)
    session.close()
    small = Settings(**vars(settings) | {"max_attachment_bytes": 1000})
    client = create_app(small, engine).test_client()
    headers = token_headers(client, "observer")
    assert send(client, headers, payload(), ("a" * 64, b"x" * 1001)).status_code == 413
    assert send(client, headers, payload(), ("a" * 64, b"x" * 6000)).status_code == 413
    no_submission = {"photo": (BytesIO(b"x"), "a.jpg")}
    multipart = {"content_type": "multipart/form-data", "headers": headers}
    assert client.post(URL, data=no_submission, **multipart).status_code == 400
    no_file = {"submission": json.dumps(payload()), "a" * 64: "text"}
    assert client.post(URL, data=no_file, **multipart).status_code == 400


def test_no_path_leads_out_of_the_media(tmp_path):
    for name in ("../../etc/passwd", "A" * 64, "a" * 63, ""):
        with pytest.raises(ValueError, match="no SHA-256"):
            path_of(tmp_path, name)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\0\0\0\x18ftypM4A \0\0", "audio/mp4"),
        (b"OggS\0\x02", "audio/ogg"),
        (b"%PDF-1.7", "application/pdf"),
    ],
)
def test_recordings_and_papers_are_kept_as_they_come(client, headers, session, content, media_type):
    answer = send(client, headers, with_photo(content), (sha256(content), content))
    assert answer.status_code == 201
    attachment = session.scalars(select(Attachment)).one()
    assert (attachment.media_type, attachment.stored_sha256) == (media_type, sha256(content))
