"""What a new version changes, in sentences."""

from observer.checklists.difference import differences
from observer.checklists.xlsform import read_xlsform

BEFORE = """
| survey |
| | type | name | label | relevant |
| | select_one answers | open | Is it open? | |
| | integer | delay | Minutes late | ${open}='no' |
| | text | gone | Anything else? | |
| choices |
| | list_name | name | label |
| | answers | yes | Yes |
| | answers | no | No |
| settings |
| | form_id | form_title |
| | small | Small |
"""
AFTER = (
    BEFORE.replace("Is it open?", "Did it open?")
    .replace(
        "| | integer | delay | Minutes late | ${open}='no' |", "| | text | delay | Minutes late | |"
    )
    .replace("| | text | gone | Anything else? | |", "| | text | new | Remarks | |")
    .replace("| | answers | no | No |", "| | answers | late | Late |")
    .replace("| | answers | yes | Yes |", "| | answers | yes | Yes, it did |")
)


def form(text):
    return read_xlsform(text.encode(), "small.md")


def test_each_kind_of_change_is_said_with_what_it_does(app):
    with app.test_request_context():
        changes = differences(form(BEFORE), form(AFTER))
    assert [(change.name, change.what) for change in changes] == [
        ("open", "Label (en) changed from “Is it open?” to “Did it open?”."),
        ("open", "Choice added: “Late”."),
        ("open", "Choice dropped: “No”."),
        ("open", "yes: Label (en) changed from “Yes” to “Yes, it did”."),
        ("delay", "Type changed from integer to text."),
        ("delay", "relevant changed from ${open}='no' to nothing."),
        ("new", "Question added: “Remarks”."),
        ("gone", "Question removed: “Anything else?”."),
    ]
    assert all(change.effect for change in changes)


def test_the_same_form_has_no_difference(app):
    with app.test_request_context():
        assert differences(form(BEFORE), form(BEFORE)) == []
