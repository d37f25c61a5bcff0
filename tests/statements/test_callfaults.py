"""What is told of a call that cannot be read: its line, and what would be right, in one's words."""

import pytest
from flask_babel import force_locale

from observer.statements.template import evaluate

CALLS = dict.fromkeys(("share", "coverage", "regions"), lambda *given, **named: "25 per cent")
UNREADABLE = [
    ("{{ share('a', 'b' }}", 2, "The bracket ) is missing in {{ share('a', 'b' }}."),
    ("{{ share(['a', 'b'), 'c') }}", 2, "The bracket ] is missing"),
    ("{{ share('a')) }}", 2, "The bracket ) closes nothing in {{ share('a')) }}."),
    ("{{ share('a, 'b') }}", 2, "A quotation mark is missing in {{ share('a, 'b') }}:"),
    ("{{ share('a', 'b) }}\n\n{{ share('a') }}", 2, "A quotation mark is missing"),
    ("{{ share('it's') }}", 2, "A quotation mark is missing"),
    ("{{ share(‘a’) }}", 2, "Write straight quotation marks ' or \" instead of ‘ in"),
    ("{{ share('a' digits=1) }}", 2, "A comma is missing before digits in"),
    ("{{ share('a', $) }}", 2, "The sign $ cannot stand in a call: {{ share('a', $) }}."),
    ("{{ share('a')\n\nMore words.\n\n{{ share('b') }}", 2, "This call is not closed: end it"),
    ("{{ share('a') }\n\nMore words.", 2, "This call is not closed: end it with }}, as in {{ "),
    ("{# A remark.\n\nMore words.", 2, "This remark is not closed: end it with #}."),
    ("{% if coverage() %}\n\nMore.\n", 2, "What begins here with “if” is not closed: end it"),
    ("{% for r in regions() %}\n{% if r %}\n{% endfor %}", 3, "What begins here with “if” is"),
    ("x\n{% endif %}", 3, "“endif” closes nothing: no “if” is open here."),
    ("{% fi x %}", 2, "There is no “fi” here; there is if, elif, else, endif, for, endfor."),
    ("{% if coverage() = 1 %}x{% endif %}", 2, "Write == to compare, in {% if coverage() = 1 %}."),
    ("{{ share('a',, 'b') }}", 2, "This call cannot be read. Look at its brackets, commas and"),
    ("{{ }}", 2, "This call cannot be read."),
]


def test_a_call_that_cannot_be_read_says_where_and_what_would_be_right(app):
    with app.test_request_context():
        for text, line, message in UNREADABLE:
            (problem,) = evaluate(f"{{{{ share('a', 'b') }}}} {{# fine #}}\n{text}", CALLS).problems
            assert (problem.line, problem.message[: len(message)]) == (line, message)
    with app.test_request_context(), force_locale("es"):
        for text, _line, message in UNREADABLE:
            (problem,) = evaluate(text, CALLS).problems
            assert problem.message[:20] != message[:20]
    with app.test_request_context(), force_locale("fr"):
        (problem,) = evaluate("{{ share('a' }}", CALLS).problems
        assert problem.message == "La parenthèse ) manque dans {{ share('a' }}."


@pytest.mark.parametrize("text", ["{{ (" * 100_000, "{{ 'a" * 50_000, "{% if x %}" * 40_000])
def test_a_text_full_of_open_calls_has_one_fault(app, text):
    with app.test_request_context():
        assert len(evaluate(text, CALLS).problems) == 1
