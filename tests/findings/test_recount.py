"""Whatever happens, in whatever order: the figures are those of a plain recount."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.checklists.definition import Section
from observer.collect.models import Revision, Status, Submission
from observer.database import make_engine
from observer.findings import frame
from observer.findings.answered import any_problem
from observer.findings.findings import coverage, findings
from observer.findings.selection import Look, unit_of
from observer.missions.models import Membership, Place, PlaceKind
from observer.missions.scope import Scope, scope_of
from observer.review import operations
from observer.review.models import Verification
from tests.findings.builders import OPENING, question
from tests.findings.recount import Recount

LEAVES = ("1501", "1502", "16", "91")
CENTRES = tuple(f"{leaf}-0{number}" for leaf in LEAVES for number in (1, 2))
STATIONS = tuple(f"{centre}-{box}" for centre in CENTRES for box in (1, 2))
YES_NO = st.sampled_from(["yes", "no", "not_observed", ""])
ITEM = st.fixed_dictionaries({}, optional={"obstructed": YES_NO, "agents": st.integers(0, 3)})
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "on_time": YES_NO,
        "sealed": st.sampled_from(["yes", "no", "unforeseen"]),
        "reasons": st.lists(st.sampled_from(["staff", "power", "weather"]), unique=True),
        "delay": st.integers(0, 3),
        "comment": st.sampled_from(["", "late", "very late"]),
        "parties": st.lists(ITEM, max_size=2),
    },
)
INCIDENT = st.fixed_dictionaries(
    {"type": st.lists(st.sampled_from(["violence", "threat"]), unique=True)},
    optional={"gravity": st.sampled_from(["minor", "critical"])},
)
PLACE = st.sampled_from([None, *CENTRES, *STATIONS])
STATUS_CHOICES = (
    (Status.RECEIVED, Status.VERIFIED),
    (Status.VERIFIED,),
    (Status.HELD, Status.REJECTED),
)
STEPS = (operations.verify, operations.release, operations.reject, operations.reopen)
ANOTHER_CHOICE = question("on_time", "select_one", "yes", "no", "later", "not_observed")
ANOTHER_TYPE = question("on_time", "select_multiple", "yes", "no", "not_observed")
VERSIONS = (
    OPENING.children,
    (ANOTHER_CHOICE, *OPENING.children[1:]),
    (ANOTHER_TYPE, *OPENING.children[1:]),
    tuple(
        replace(child, repeated=False) if isinstance(child, Section) else child
        for child in OPENING.children
    ),
)
CHOICE = st.integers(0, 40)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that does not take the writer's place on SQLite."""
    with Session(engine) as session:
        session.connection(execution_options={"writes": False})
        yield session


class Mission(RuleBasedStateMachine):
    """A mission's days: what may happen to it, one thing after the other."""

    def __init__(self, station, elsewhere) -> None:
        super().__init__()
        self.station = station
        self.session: Session = station.session
        self.built = station.built
        self.here: Engine = self.session.get_bind()
        self.elsewhere = elsewhere
        self.submissions: list[Submission] = []

    @initialize()
    def begin(self) -> None:
        for table in (Verification, Revision, Submission):
            self.session.execute(delete(table))
        self.session.commit()
        for engine in (self.here, self.elsewhere):
            frame.forget(engine)
        self.move([(centre, centre[:-3]) for centre in CENTRES])
        for code in STATIONS:
            self.move_station(code, code[:-2])
        self.move_region("15")

    @rule(answers=ANSWERS, place=PLACE, status=st.sampled_from(Status), first=st.booleans())
    def submit(self, answers, place, status, first) -> None:
        round_ = self.built.first if first else self.built.runoff
        self.submissions.append(
            self.station.submit(answers, place=place, status=status, round_=round_)
        )

    @rule(answers=INCIDENT, place=PLACE)
    def report_incident(self, answers, place) -> None:
        self.submissions.append(self.station.submit(answers, form="incident", place=place))

    def _one(self, number: int) -> Submission:
        return self.submissions[number % len(self.submissions)]

    def _analyst(self, session: Session) -> Person:
        return session.get_one(Person, self.built.people["analyst"].id)

    @precondition(lambda self: self.submissions)
    @rule(number=CHOICE, answers=ANSWERS, place=PLACE)
    def correct(self, number, answers, place) -> None:
        self.station.revise(self._one(number), answers, place)

    @precondition(lambda self: self.submissions)
    @rule(number=CHOICE, answers=ANSWERS)
    def send_another_content(self, number, answers) -> None:
        self.station.contradict(self._one(number), answers)

    @precondition(lambda self: self.submissions)
    @rule(number=CHOICE, step=st.sampled_from(STEPS))
    def review(self, number, step) -> None:
        with suppress(operations.NotPossibleError):
            step(self.session, self._one(number), self.built.people["analyst"], "a reason")
        self.session.commit()

    @precondition(lambda self: self.submissions)
    @rule(number=CHOICE)
    def undo(self, number) -> None:
        with suppress(operations.NotPossibleError):
            operations.undo(self.session, self._one(number), self.built.people["analyst"])
        self.session.commit()

    @precondition(lambda self: self.submissions)
    @rule(number=CHOICE, step=st.sampled_from(STEPS))
    def think_better_of_it(self, number, step) -> None:
        id_ = self._one(number).id
        with Session(self.here) as session:
            submission, analyst = session.get_one(Submission, id_), self._analyst(session)
            with suppress(operations.NotPossibleError):
                step(session, submission, analyst, "a reason")
            session.rollback()

    @rule(
        moves=st.lists(
            st.tuples(st.sampled_from(CENTRES), st.sampled_from(LEAVES)), min_size=1, max_size=4
        )
    )
    def move(self, moves) -> None:
        """Centres change region and take their stations along, several at once."""
        places = self.built.places
        for code, leaf in moves:
            for place in places.values():
                if place.code == code or place.centre_id == places[code].id:
                    place.region_id = self.built.regions[leaf].id
        self.session.commit()

    @rule(code=st.sampled_from(STATIONS), centre=st.sampled_from(CENTRES))
    def move_station(self, code, centre) -> None:
        places = self.built.places
        places[code].centre_id = places[centre].id
        places[code].region_id = places[centre].region_id
        self.session.commit()

    @rule(above=st.sampled_from(["15", "16", None]))
    def move_region(self, above) -> None:
        region, regions = self.built.regions["1502"], self.built.regions
        region.parent_id = regions[above].id if above else None
        region.level = 2 if above else 1
        self.session.commit()

    @rule(centre=st.sampled_from(CENTRES))
    def add_station(self, centre) -> None:
        above = self.built.places[centre]
        code = f"new-{len(self.built.places)}"
        self.built.places[code] = Place(
            mission_id=above.mission_id,
            kind=PlaceKind.STATION,
            centre_id=above.id,
            region_id=above.region_id,
            code=code,
            name=code,
        )
        self.session.add(self.built.places[code])
        self.session.commit()

    @rule(children=st.sampled_from(VERSIONS))
    def publish(self, children) -> None:
        self.station.publish_next("opening", *children)

    @rule()
    def look_elsewhere(self) -> None:
        """Another process looks, at moments of its own."""
        with reading(self.elsewhere) as session:
            findings(session, Scope(self.built.mission), self.built.runoff)

    @rule()
    def begin_anew_elsewhere(self) -> None:
        """The other process ends, and begins with what it has kept."""
        for thread in threading.enumerate():
            if thread.name == frame.KEEPER:
                thread.join()
        frame.forget(self.elsewhere)

    @invariant()
    def every_figure_is_that_of_a_recount(self) -> None:
        self._equals_a_recount(self.here, STATUS_CHOICES[:1])

    def teardown(self) -> None:
        self._equals_a_recount(self.here, STATUS_CHOICES)
        self._equals_a_recount(self.elsewhere, STATUS_CHOICES[:1])
        kept = self._answers()
        frame.forget(self.here)
        assert kept == self._answers()
        self._equals_a_recount(self.here, STATUS_CHOICES[:1])

    def _answers(self):
        """Everything the frame says of the form's submissions, in an order of its own."""
        with reading(self.here) as session:
            answers = frame.answers(session, self.built.mission, "opening")
        return {
            submission: {name: str(value) for name, value in row.items() if str(value) != "nan"}
            for submission, row in answers.to_dict("index").items()
        }

    def _equals_a_recount(self, engine: Engine, status_choices) -> None:
        mission = self.built.mission
        with reading(engine) as session:
            recount = Recount(session, mission)
            membership = session.get_one(Membership, self.built.memberships["coordinator"].id)
            for scope in (Scope(mission), scope_of(session, membership)):
                for statuses in status_choices:
                    self._findings_equal(session, recount, scope, statuses)
                    self._coverage_equals(session, recount, scope, statuses)
                    self._problems_equal(session, recount, scope, statuses)

    def _findings_equal(self, session, recount, scope, statuses) -> None:
        found = findings(session, scope, self.built.runoff, statuses=statuses)
        by_question = defaultdict(list)
        for each in found:
            by_question[each.form, each.question].append(each)
        ids = {None: None} | {region.code: id_ for id_, region in recount.regions.items()}
        for form in recount.forms.values():
            for asked in (q for q in form.questions() if q.type != "note"):
                plain = recount.question(scope, self.built.runoff, statuses, form, asked)
                listed = defaultdict(set)
                for each in by_question.pop((form.code, asked.name)):
                    here = plain.get(ids[each.region])
                    k = here.k.get(each.answer, 0) if here else 0
                    base = (here.n, len(here.places)) if here else (0, 0)
                    assert (each.k, each.n, each.places_observed) == (k, *base), each
                    listed[each.region].add(each.answer)
                assert all(set(here.k) <= listed[None] for here in plain.values())
        assert not by_question

    def _coverage_equals(self, session, recount, scope, statuses) -> None:
        for form in (None, *recount.forms.values()):
            plain = recount.coverage(scope, self.built.runoff, statuses, form)
            ids = {None: None} | {region.code: id_ for id_, region in recount.regions.items()}
            for each in coverage(
                session,
                scope,
                self.built.runoff,
                form=form and form.code,
                statuses=statuses,
            ):
                assert (each.observed, each.total) == plain[ids[each.region]], each

    def _problems_equal(self, session, recount, scope, statuses) -> None:
        look = Look(session, scope, self.built.runoff, statuses)
        regions = look.ground.regions
        for form in recount.forms.values():
            selection = look.select(form.code, unit_of(form))
            for gravity in ("grave", "minor"):
                found = selection.by_region(any_problem(selection, form, gravity)).tolist()
                plain = recount.problems(scope, self.built.runoff, statuses, form, gravity)
                listed = {None: found[-1]}
                listed |= {id_: found[at] for at, id_ in enumerate(regions.ids.tolist())}
                assert {id_: count for id_, count in listed.items() if count} == plain


def test_figures_equal_a_recount_after_every_step(station, engine, tmp_path, monkeypatch):
    elsewhere = make_engine(engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr(frame, "MANY", 2)
    frame.keep_in(elsewhere, tmp_path)
    run_state_machine_as_test(
        lambda: Mission(station, elsewhere),
        settings=settings(
            max_examples=10 if engine.dialect.name == "sqlite" else 3,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    elsewhere.dispose()
