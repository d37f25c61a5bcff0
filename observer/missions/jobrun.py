"""Does one job: what its process runs, whatever kind of work it is."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, aliased, sessionmaker

from observer.database import make_sessions, now
from observer.missions.jobmodels import Job, JobState
from observer.missions.jobs import discard_stored
from observer.settings import Settings

MOST_AT_ONCE = 2
"""Jobs that run at the same time; the others wait."""
BEAT_S = 1.0


Tell = Callable[[int, int], None]
"""Notes how much is done of how much; raises what ends the work where somebody stopped it."""
Work = Callable[[Engine, Job, Tell], tuple[str, str]]
"""Does the work of a job; gives a message, and the name of the file it made."""


class CannotBeDoneError(Exception):
    """The work cannot be done; the message is for the person who asked for it."""


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


def run(engine: Engine, settings: Settings, work: Mapping[str, Work], job_id: int) -> JobState:
    """Do a job that waits, as soon as it is its turn; returns what became of it.

    ``work`` says by the job's kind how it is done.

    Raises NoSuchJobError where there is none of this number that waits.
    """
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        job = session.get(Job, job_id)
        if job is None or job.state != JobState.WAITING:
            raise NoSuchJobError(f"There is no job {job_id} that waits.")
        language, do = job.person.language, work[job.kind]
    try:
        with force_locale(language), _ending_at_once():
            state, message, result = _outcome(engine, sessions, do, job_id)
    finally:
        discard_stored(job, settings)
    with sessions.begin() as session:
        job = session.get_one(Job, job_id)
        job.state, job.message, job.result, job.finished_at = state, message, result, now()
    return state


def _outcome(
    engine: Engine, sessions: sessionmaker[Session], do: Work, job_id: int
) -> tuple[JobState, str, str]:
    """What becomes of the job: its state, why it failed, and the result's name."""
    try:
        with _Beat(sessions, job_id) as beat:
            _wait_for_turn(sessions, job_id, beat)
            with sessions() as session:
                job = session.get_one(Job, job_id)
            return JobState.DONE, *do(engine, job, beat.tell)
    except (_StoppedError, KeyboardInterrupt):
        return JobState.STOPPED, "", ""
    except _EndedError:
        return JobState.FAILED, _("The server was ended. Start it again."), ""
    except CannotBeDoneError as error:
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
