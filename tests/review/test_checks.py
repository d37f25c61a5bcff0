"""The quality checks: what each finds, in a sentence; and that they are in nobody's way."""

import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image, ImageEnhance
from sqlalchemy import select

from observer.checklists.library import import_builtin
from observer.collect.intake import receive
from observer.collect.media import Arrived
from observer.collect.models import Submission, Visit
from observer.database import now
from observer.missions.models import Place
from observer.pictures import perceptual_hash
from observer.review import checking, checks
from observer.review.checking import check_round
from observer.review.flags import is_open, sentence
from observer.review.models import Flag
from observer.review.operations import reject
from tests.collect.builders import photo
from tests.review.builders import NOON, submit

COUNT = {
    "received": 300, "unused": 50, "spoiled": 0, "ballots_in_box": 250,
    "signatures": 250, "register_voters": 300, "valid": 240, "blank": 6, "invalid": 4,
}  # fmt: skip


@pytest.fixture
def report(session, built, app):
    """Receives a submission of a form; gives the sentences of its open flags by check."""
    import_builtin(session, built.mission)
    session.commit()

    def receive_one(answers, *, form="counting", by="observer", minutes=0, **more):
        moment = NOON + timedelta(minutes=minutes)
        payload = {
            "id": str(uuid.uuid4()),
            "form": form,
            "form_version": 1 if form != "opening" else 2,
            "round": "runoff",
            "place": "1501-01-1",
            "revision": 1,
            "answers": answers,
            "started_at": (moment - timedelta(minutes=30)).isoformat(),
            "finished_at": moment.isoformat(),
            "sent_at": moment.isoformat(),
        }
        files = more.pop("files", {})
        receipt = receive(
            session,
            membership=built.memberships[by],
            payload=payload | more,
            files=files,
            received_at=moment,
        )
        session.commit()
        return receipt.submission

    return receive_one


@pytest.fixture
def said(app, session):
    """The sentences of a submission's open flags, by check; those of its own held answers apart."""

    def read(submission):
        with app.test_request_context():
            flags = session.scalars(
                select(Flag).where(Flag.submission_id == submission.id, is_open())
            ).all()
            return {flag.check: sentence(flag) for flag in flags if flag.check != "held"}

    return read


def test_figures_that_do_not_add_up_are_said_in_the_words_of_the_form(report, said):
    assert said(report(COUNT)) == {}
    wrong = said(report(COUNT | {"unused": 40}, place="1502-01-1"))
    assert wrong == {
        "rule": "Received is not unused + spoiled + in the box. Please read the figures again; "
        "if they are so, say why in the comment."
    }


def test_more_votes_than_voters(report, said, session):
    for place in session.scalars(select(Place)):
        place.registered_voters = 200
    session.commit()
    assert said(report(COUNT)) == {
        "turnout": "250 voted, and 200 voters are registered: turnout 125 %."
    }


def test_far_away_and_by_a_wrong_clock(report, said):
    far = report(
        COUNT,
        position={"lat": -12.2, "lon": -77.04, "accuracy_m": 20},
        sent_at=(NOON - timedelta(days=2)).isoformat(),
    )
    assert said(far) == {
        "far": "Filled 42.4 km from the polling centre.",
        "clock": "The phone's clock was 2 days behind.",
    }
    vague = report(COUNT, place="1502-01-1", position={"lat": 0, "lon": 0, "accuracy_m": 1e7})
    assert said(vague) == {}


def test_filled_before_it_can_be_read(report, said):
    quick = report(COUNT, started_at=(NOON - timedelta(seconds=5)).isoformat())
    assert said(quick) == {"too_quick": "9 answers in 5 seconds."}
    back = report(COUNT, place="1502-01-1", started_at=(NOON + timedelta(hours=1)).isoformat())
    assert said(back) == {"times": "It was finished before it was begun."}


def test_an_opening_that_nobody_can_have_seen(report, said, session, built):
    visit = Visit(
        id=uuid.uuid4(),
        round_id=built.runoff.id,
        person_id=built.people["observer"].id,
        place_code="1501-01-1",
        arrived_at=NOON,
    )
    session.add(visit)
    answers = {"station_opened": "yes", "opening_time": "08:00", "opened_on_time": "yes"}
    late = report(answers, form="opening", visit=str(visit.id))
    assert said(late)["before_arrival"] == (
        "It is said to have seen the opening at 08:00, and came at 12:00."
    )
    waited = report(answers | {"station_opened": "no_left"}, form="opening", place="1502-01-1")
    assert "before_arrival" not in said(waited)


def test_two_reports_from_one_place_point_at_each_other_until_one_is_rejected(
    report, said, session, built
):
    one, other = report(COUNT), report(COUNT | {"blank": 5, "invalid": 5}, minutes=3)
    elsewhere = report(COUNT, place="1502-01-1")
    sentence_ = "The same team has reported from this place twice; 2 answers differ."
    assert said(one) == said(other) == {"duplicate": sentence_}
    assert said(elsewhere) == {}
    reject(session, other, built.people["analyst"], "twice")
    assert said(one) == {}


def test_one_photo_in_two_reports(report, said):
    taken = {"protocol_photo": "a" * 64}
    named = [{"question": "protocol_photo", "sha256": "a" * 64, "type": "image/jpeg"}]
    file = {"a" * 64: Arrived("b" * 64, "image/jpeg")}
    one = report(COUNT | taken, attachments=named, files=file)
    other = report(COUNT | taken, attachments=named, files=file, place="1502-01-1")
    for each in (one, other):
        assert said(each) == {"photo_twice": "Another submission has the same photo."}


def test_what_compares_many_is_found_on_demand(report, said, session, built):
    for number in range(25):
        submit(session, built, {"delay_minutes": number % 5}, minutes=number, place="1501-01-1")
    odd = submit(session, built, {"delay_minutes": 300}, place="1501-02-1")
    found = check_round(session, built.mission)
    assert found["outlier"] == 1
    assert said(odd)["outlier"] == (
        "Delay (minutes): 300. In its region 2 is usual, among 25 others."
    )


def test_what_was_dismissed_stays_so_until_it_is_another_matter(report, said, session, built):
    doubtful = report(COUNT | {"unused": 40})
    flag = session.scalars(select(Flag).where(Flag.check == "rule")).one()
    flag.dismissed_at, flag.dismissed_reason = now(), "read from the protocol"
    flag.dismissed_by_id = built.people["analyst"].id
    session.commit()
    check_round(session, built.mission)
    assert said(doubtful) == {}


def test_a_check_that_fails_loses_no_report(report, session, monkeypatch):
    def broken(case):
        raise RuntimeError("broken")
        yield

    monkeypatch.setattr(checking, "OWN_CHECKS", (broken, *checks.OWN_CHECKS))
    submission = report(COUNT | {"unused": 40})
    assert session.get(Submission, submission.id) is not None


def test_pictures_that_are_smaller_or_paler_have_the_same_hash():
    noise = Image.effect_noise((12, 10), 120).resize((800, 600), Image.Resampling.BICUBIC)
    whole = BytesIO()
    noise.save(whole, "JPEG", quality=90)
    smaller = BytesIO()
    ImageEnhance.Brightness(noise).enhance(0.9).resize((400, 300)).save(smaller, "JPEG", quality=60)
    differing = int(perceptual_hash(whole.getvalue()), 16) ^ int(
        perceptual_hash(smaller.getvalue()), 16
    )
    assert differing.bit_count() <= 3
    blank = BytesIO()
    Image.new("RGB", (800, 600), "white").save(blank, "JPEG")
    assert perceptual_hash(blank.getvalue()) is None
    assert perceptual_hash(photo()) is not None
