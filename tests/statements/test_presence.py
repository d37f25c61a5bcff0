"""Who has a statement open too: told to the others, forgotten in time, and no lock."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select, update

from observer.access.models import Person
from observer.statements.models import Statement
from observer.statements.presence import HERE, be_present, is_news, others_present
from observer.statements.sectionmodels import StatementPresence
from tests.statements.test_pages import SLUG, as_, fields, statement  # noqa: F401

AT = datetime(2026, 6, 8, 20, 0, tzinfo=UTC)
TEXT = "## Summary\n\nIn short.\n\n## Voting\n\nIt was calm.\n"
JSON = {"Accept": "application/json"}


def person(session, role):
    return session.scalars(select(Person).where(Person.role == role)).first()


def test_whoever_is_not_heard_of_has_left(session, statement):  # noqa: F811
    editor, analyst = person(session, "editor"), person(session, "analyst")
    assert is_news(session, statement, editor, "voting", AT)
    be_present(session, statement, editor, "voting", AT)
    assert not is_news(session, statement, editor, "voting", AT + timedelta(seconds=10))
    assert is_news(session, statement, editor, "summary", AT + timedelta(seconds=10))
    assert is_news(session, statement, editor, "voting", AT + timedelta(seconds=30))
    (seen,) = others_present(session, statement, analyst, AT + timedelta(seconds=119))
    assert (seen.person, seen.section_key) == (editor, "voting")
    assert others_present(session, statement, editor, AT) == []
    assert others_present(session, statement, analyst, AT + HERE) == []
    be_present(session, statement, analyst, "", AT + HERE)
    assert session.scalar(select(func.count(StatementPresence.id))) == 1
    session.rollback()


def tell(client, section):
    token = fields(client.get(f"/statements/{SLUG}"))
    data = token | {"section": section}
    return client.post(f"/statements/{SLUG}/present", data=data, headers=JSON).json["present"]


def test_two_people_see_where_the_other_one_is(session, as_):  # noqa: F811
    session.execute(update(Statement).values(text=TEXT))
    session.commit()
    editor, analyst = as_("editor"), as_("analyst")
    assert tell(editor, "voting") == {"said": "", "places": []}
    seen = tell(analyst, "x" * 500)
    assert seen["said"] == "Editor Demo has this open too, in section “Voting”."
    assert seen["places"] == [{"key": "voting", "said": "Editor Demo is here"}]
    token = fields(editor.get(f"/statements/{SLUG}"))
    typed = token | {"text": TEXT, "section": "summary"}
    answer = editor.post(f"/statements/{SLUG}/preview", data=typed, headers=JSON).json
    assert answer["present"]["said"] == "Analyst Demo has this open too."
    assert "in section “Summary”" in tell(analyst, "")["said"]
    assert as_("observer").post(f"/statements/{SLUG}/present", data=token).status_code == 403


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_the_editor_shows_who_else_is_there(session, statement, browser, live_server, sign_in_as):  # noqa: F811
    session.execute(update(Statement).values(text=TEXT))
    session.commit()
    contexts = [browser.new_context(base_url=live_server, locale="en") for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page, role in zip(pages, ("editor", "analyst"), strict=True):
        sign_in_as(page, role)
    first, second = pages
    first.goto(f"/statements/{SLUG}")
    box = first.get_by_label("Text, in Markdown")
    box.press("Control+End")
    with first.expect_response("**/preview"):
        box.press("x")
    second.goto(f"/statements/{SLUG}")
    expect(second.locator("#present")).to_contain_text("has this open too, in section “Voting”.")
    expect(second.locator("[data-key=voting] .outline-present")).to_contain_text("is here")
    for context in contexts:
        context.close()
