"""What a statement says of incidents: what the mission made of them, of those reported."""

from __future__ import annotations

import re

import pytest

from observer.collect.models import Status
from observer.review.casemodels import State
from observer.review.caseoperations import judge, link, move
from tests.statements.test_figures import line

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def judged(station, session):
    """Six reports: two of one event, two confirmed, one closed after that, one not confirmed."""
    by = station.built.people["analyst"]

    def report(gravity, type_, place="1501-01-1", status=Status.RECEIVED):
        answers = {"gravity": gravity, "type": [type_], "what_happened": "Names of persons"}
        return station.submit(answers, form="incident", place=place, status=status)

    first = report("critical", "violence")
    link(session, first, report("serious", "violence", "1501-01-2"), by)
    judge(session, first, by, judged={"title": "Two ballot boxes <overturned>"})
    move(session, first, State.CONFIRMED, by)
    closed = report("serious", "threat", "16-01-1")
    move(session, closed, State.CONFIRMED, by)
    move(session, closed, State.CLOSED, by)
    rumour = report("critical", "threat")
    move(session, rumour, State.NOT_CONFIRMED, by, reason="A rumour")
    report("minor", "threat", None)
    report("critical", "violence", status=Status.REJECTED)
    session.commit()


SAID = {
    "incident_count()": "2",
    "incident_count(state='reported')": "4",
    "incident_count('critical', words=true)": "one",
    "incident_count(type='threat', state='not_confirmed')": "1",
    "incident_base(gravity='critical')": "1 of the 2 incidents reported",
    "incident_base(region='15')": "1 of the 2 incidents reported",
    "'some' if incident_count() > 1 else 'few'": "some",
}
WRONG = {
    "incident_count(state='solved')": "There is no state of incidents “solved”",
    "incident_count(['critical'])": "There is no answer to gravity",
    "incidents(region='99')": "There is no region “99”",
    "incident_table(by='month')": "there is type, gravity, region",
    "incident_count(state=['new'])": "There is no state of incidents “['new']”",
}


def test_incidents_are_counted_by_case(judged, printed):
    text = "".join(f"Here {n}: {{{{ {call} }}}} it was.\n\n" for n, call in enumerate(SAID))
    words = " ".join(printed(text).split())
    assert re.findall(r"Here \d: (.*?) it was", words) == list(SAID.values())
    # Each count stands in the annex with its base.
    assert words.count("Incidents confirmed · Critical") == 2
    assert "1 of 2 – –" in words


def test_tables_have_the_missions_words_alone_and_say_their_base(judged, printed):
    text = "{{ incidents() }}\n\n{{ incident_table(by='type', caption='By type') }}\n"
    words = " ".join(printed(text).split())
    assert "Names of persons" not in words
    assert "Violence: Two ballot boxes <overturned>" in words
    assert words.index("Critical") < words.index("Serious")
    assert "Incidents confirmed: 2 of 4 reported" in words
    by_type = words[words.index("Table 2. By type") :]
    for row in ("Threat", "3 1", "Violence", "1 1", "All", "4 2"):
        assert row in by_type


@pytest.mark.parametrize("language", ["es", "fr"])
def test_they_speak_the_language_of_the_statement(judged, printed, language):
    said = {"es": "1 de los 2 incidentes informados", "fr": "1 des 2 incidents signalés"}
    assert line(printed, "incident_base('critical')", language=language) == said[language]


def test_what_there_is_not_is_said_with_what_there_is(judged, render):
    done = render("".join(f"{{{{ {call} }}}}\n" for call in WRONG))
    assert done.exit_code != 0
    for problem in WRONG.values():
        assert problem in done.output
