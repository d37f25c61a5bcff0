"""Does one job: what its process runs."""

from __future__ import annotations

import secrets
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, aliased, sessionmaker

from observer.access.permissions import may
from observer.database import make_sessions, now
from observer.findings.exports.names import NotExportedError, format_of
from observer.findings.exports.order import Order
from observer.findings.exports.variables import UnexpectedAnswerError
from observer.findings.exports.writing import write_export
from observer.findings.models import Job, JobState
from observer.findings.names import UnknownNameError
from observer.missions.scope import Scope, membership_of, scope_of

MOST_AT_ONCE = 2
"""Jobs that run at the same time; the others wait."""
BEAT_S = 1.0


class NoSuchJobError(LookupError):
    """There is no job of this number that waits; the message is a sentence."""


class _StoppedError(Exception):
    """Somebody asked to stop it."""


class _EndedError(Exception):
    """The operating system asked the process to end."""


class _Beat:
    """Says from a thread of its own how far the job is, and hears whether to stop."""

    def __init__(self, sessions: sessionmaker[Session], job_id: int) -> None:
        self._sessions = sessions
        self._job_id = job_id
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._at = (0, 0)
        self.is_to_stop = False

    def tell(self, done: int, total: int) -> None:
        """Note how far it is. Raises _StoppedError where it is to stop."""
        self._at = (done, total)
        if self.is_to_stop:
            raise _StoppedError

    def __enter__(self) -> _Beat:
        self._once()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        over = False
        while not over:
            over = self._over.wait(BEAT_S)
            # A database that others keep busy is no reason to give up: the next beat says it.
            with suppress(OperationalError):
                self._once()

    def _once(self) -> None:
        done, total = self._at
        with self._sessions.begin() as session:
            session.execute(
                update(Job)
                .where(Job.id == self._job_id)
                .values(heartbeat_at=now(), done=done, total=total)
            )
            asked = session.scalar(select(Job.stop_asked_at).where(Job.id == self._job_id))
        self.is_to_stop = asked is not None


def run(engine: Engine, folder: Path, job_id: int) -> JobState:
    """Do a job that waits, as soon as it is its turn; returns what became of it.

    Raises NoSuchJobError where there is none of this number that waits.
    """
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        job = session.get(Job, job_id)
        if job is None or job.state != JobState.WAITING:
            raise NoSuchJobError(f"There is no job {job_id} that waits.")
        language = job.person.language
    with force_locale(language), _ending_at_once():
        state, message, result = _outcome(engine, sessions, folder, job_id)
    with sessions.begin() as session:
        job = session.get_one(Job, job_id)
        job.state, job.message, job.result, job.finished_at = state, message, result, now()
    return state


def _outcome(
    engine: Engine, sessions: sessionmaker[Session], folder: Path, job_id: int
) -> tuple[JobState, str, str]:
    """What becomes of the job: its state, why it failed, and the result's name."""
    try:
        with _Beat(sessions, job_id) as beat:
            _wait_for_turn(sessions, job_id, beat)
            return JobState.DONE, "", _export(engine, sessions, folder, job_id, beat)
    except (_StoppedError, KeyboardInterrupt):
        return JobState.STOPPED, "", ""
    except _EndedError:
        return JobState.FAILED, _("The server was ended. Start it again."), ""
    except (UnknownNameError, NotExportedError, UnexpectedAnswerError) as error:
        return JobState.FAILED, str(error), ""
    except Exception:
        # Said on the page in a sentence; what it was goes to where the server writes its errors.
        with sessions.begin() as session:
            job = session.get_one(Job, job_id)
            job.state, job.finished_at = JobState.FAILED, now()
            job.message = _("Something unexpected went wrong; the server's log says what.")
        raise


def _wait_for_turn(sessions: sessionmaker[Session], job_id: int, beat: _Beat) -> None:
    other = aliased(Job)
    running = select(func.count()).select_from(other).where(other.state == JobState.RUNNING)
    while True:
        with sessions.begin() as session:
            taken = session.execute(
                update(Job)
                .where(Job.id == job_id, running.scalar_subquery() < MOST_AT_ONCE)
                .values(state=JobState.RUNNING, started_at=now())
                .execution_options(synchronize_session=False)
            )
        if taken.rowcount:
            return
        beat.tell(0, 0)
        time.sleep(BEAT_S)


def _export(
    engine: Engine, sessions: sessionmaker[Session], folder: Path, job_id: int, beat: _Beat
) -> str:
    with sessions() as session:
        job = session.get_one(Job, job_id)
        order, name = Order.from_json(job.parameters), job.file_name
        scope = _scope_of(session, job)
    chosen, zipped = format_of(name)
    folder.mkdir(parents=True, exist_ok=True)
    # Nobody who knows the number of a job can guess the name of its file.
    result = f"{job_id}-{secrets.token_hex(8)}.{chosen.suffix}{'.zip' if zipped else ''}"
    write_export(engine, scope, order, folder / result, progress=beat.tell)
    return result


def _scope_of(session: Session, job: Job) -> Scope:
    """What its person may see now, which need not be what they saw when they asked."""
    person = job.person
    membership = membership_of(session, person)
    allowed = person.active and may(person.role, "submission.export")
    if membership is None or membership.mission_id != job.mission_id or not allowed:
        raise NotExportedError(_("You may not export from this mission any more."))
    return scope_of(session, membership)


@contextmanager
def _ending_at_once() -> Iterator[None]:
    """Let a request to end the process end the job, with nothing half-written left."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise _EndedError

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
