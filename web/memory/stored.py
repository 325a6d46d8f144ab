"""The memory kept in a database. Every text that people wrote is masked by its column."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from statistics import median
from threading import BoundedSemaphore
from typing import Any, cast

from sqlalchemy import CursorResult, Result, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from assistant.answer import Answer
from index.errors import SettingsError, TongbaoError
from web.memory.connection import Connection
from web.memory.database import DatabaseUnavailableError, first_line, writing
from web.memory.masking import storable
from web.memory.models import (
    AuditRow,
    Base,
    BoardRow,
    CallRow,
    EditRow,
    FeedbackRow,
    LoginAttemptRow,
    QuestionRow,
    SessionRow,
    UserRow,
    now,
)
from web.memory.records import (
    Account,
    AskedQuestion,
    AuditEntry,
    BoardItem,
    BoardKind,
    BoardStatus,
    Bucket,
    CallCounts,
    Edit,
    EditKind,
    EditState,
    OpenSession,
    Outcome,
    Role,
    User,
)

_LOG = logging.getLogger("tongbao.memory")
# What is no gap of the notice: the person or the form was the matter, not the subject.
_NOT_FOR_THE_BOARD = frozenset(
    ("greeting", "instruction", "personal_data", "emergency", "opinion", "empty", "too_long")
)
_QUESTIONS_WAITING = 1000
_CATCH_UP_S = 0.3
_OUR_KINDS = ("passage_wrong", "passage_missing", "call_not_stated")
_MOST_ROWS = 20_000
_TRIMMED_EVERY = 500
_SEEN_AGAIN = timedelta(minutes=1)
_SHORT = 12
_ATTEMPTS_COUNT_FOR = timedelta(hours=1)
_LONGEST_WAIT_S = 900
_ATTEMPT_LOCK = 3758_9638_54
_NOTE_FOLLOWS_WITHIN = timedelta(minutes=10)


class MemoryUnavailableError(TongbaoError):
    """The database cannot be used just now; answers do not need it."""

    code = "memory_unavailable"


class Memory:
    """Opened once a server; every method is one transaction and may be called from any thread.

    A method raises ``MemoryUnavailableError`` within a second when the database is locked, full,
    read-only, damaged or gone, and works again when it is well.
    """

    stores = True

    def __init__(self, url: str, *, patient: bool = False) -> None:
        """``patient``: a database that cannot be opened now is tried again later.

        Raises:
            SettingsError: it cannot be opened, and nobody is patient.
        """
        self._connection = Connection(url, patient=patient)
        self._later = ThreadPoolExecutor(1, "tongbao-memory")
        self._waiting = BoundedSemaphore(_QUESTIONS_WAITING)
        self._recorded = 0

    def close(self) -> None:
        """Finish what is still to be written."""
        self._later.shutdown()
        self._connection.close()

    def problem(self) -> str:
        """What is wrong with the database, in one line; blank when it can be read and written."""
        try:
            with self._write() as session:
                # Changes nobody, but must be allowed to: reading alone works on what is read-only.
                session.execute(update(UserRow).where(UserRow.id == -1).values(role=""))
        except MemoryUnavailableError as error:
            return error.message
        return ""

    @contextmanager
    def _read(self) -> Iterator[Session]:
        """Sees every question recorded before, unless too many are waiting to be written."""
        with suppress(TimeoutError):
            self._later.submit(int).result(timeout=_CATCH_UP_S)
        with self._used(), Session(self._connection.engine()) as session:
            yield session

    @contextmanager
    def _write(self) -> Iterator[Session]:
        with self._used(), Session(writing(self._connection.engine())) as session, session.begin():
            yield session

    @contextmanager
    def _used(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError, DatabaseUnavailableError) as error:
            told = getattr(error, "message", "") or f"database error: {first_line(error)}"
            raise MemoryUnavailableError(
                told, hint="what was sent is not kept; answers do not need it"
            ) from error

    # Accounts

    def add_user(self, name: str, password_hash: str, role: Role) -> None:
        """A new account, or a new password and role for one that is there; its sessions end."""
        with self._write() as session:
            row = session.scalar(select(UserRow).where(UserRow.name == name))
            if row is None:
                session.add(UserRow(name=name, password_hash=password_hash, role=role))
                return
            row.password_hash, row.role = password_hash, role
            session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))

    def user(self, name: str) -> User | None:
        """An account that may be used."""
        named = select(UserRow).where(UserRow.name == name, UserRow.disabled_at.is_(None))
        with self._read() as session:
            return _user(session.scalar(named))

    def accounts(self) -> list[Account]:
        """By name, those switched off too."""
        counted = (
            select(UserRow, func.count(SessionRow.key))
            .outerjoin(
                SessionRow, (SessionRow.user_id == UserRow.id) & (SessionRow.expires_at > now())
            )
            .group_by(UserRow.id)
            .order_by(UserRow.name)
        )
        with self._read() as session:
            return [
                Account(row.name, cast("Role", row.role), row.created_at, row.disabled_at, count)
                for row, count in session.execute(counted)
            ]

    def set_disabled(self, name: str, *, disabled: bool) -> bool:
        """Switch an account off, which ends its sessions, or on again; False: no such account."""
        with self._write() as session:
            row = session.scalar(select(UserRow).where(UserRow.name == name))
            if row is None:
                return False
            row.disabled_at = now() if disabled else None
            if disabled:
                session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
            return True

    def set_password(self, name: str, password_hash: str) -> bool:
        """A new password; the sessions of the old one end. False: no such account."""
        with self._write() as session:
            row = session.scalar(select(UserRow).where(UserRow.name == name))
            if row is None:
                return False
            row.password_hash = password_hash
            session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
            return True

    def open_sessions(self, name: str = "") -> list[OpenSession]:
        """Sessions that have not expired, last seen first; of everybody without a ``name``."""
        found = (
            select(SessionRow, UserRow.name)
            .join(UserRow, UserRow.id == SessionRow.user_id)
            .where(SessionRow.expires_at > now())
            .order_by(SessionRow.seen_at.desc())
        )
        if name:
            found = found.where(UserRow.name == name)
        with self._read() as session:
            return [
                OpenSession(row.key[:_SHORT], who, row.started_at, row.seen_at, row.expires_at)
                for row, who in session.execute(found.limit(500))
            ]

    def end_open_session(self, identifier: str) -> bool:
        """End the session that a list showed under this id."""
        if len(identifier) != _SHORT or not identifier.isalnum():
            return False
        ended = delete(SessionRow).where(SessionRow.key.startswith(identifier))
        with self._write() as session:
            return _rowcount(session.execute(ended)) > 0

    def end_sessions(self, name: str, but: str = "") -> int:
        """End a user's sessions, all of them or all but the one with the key ``but``."""
        own = select(UserRow.id).where(UserRow.name == name).scalar_subquery()
        ended = delete(SessionRow).where(SessionRow.user_id == own, SessionRow.key != but)
        with self._write() as session:
            return _rowcount(session.execute(ended))

    def start_session(self, user: User, key: str, expires_at: datetime) -> None:
        with self._write() as session:
            session.execute(delete(SessionRow).where(SessionRow.expires_at < now()))
            session.add(SessionRow(key=key, user_id=user.id, expires_at=expires_at))

    def session_user(self, key: str) -> User | None:
        """Who holds a session that has not expired."""
        found = (
            select(UserRow, SessionRow.seen_at)
            .join(SessionRow, SessionRow.user_id == UserRow.id)
            .where(SessionRow.key == key, SessionRow.expires_at > now())
            .where(UserRow.disabled_at.is_(None))
        )
        with self._read() as session:
            row = session.execute(found).one_or_none()
            user = _user(row[0]) if row else None
        if row and row[1] < now() - _SEEN_AGAIN:
            self._later.submit(self._seen, key)
        return user

    def _seen(self, key: str) -> None:
        """For the list of sessions; not worth an error."""
        with suppress(MemoryUnavailableError), self._write() as session:
            session.execute(update(SessionRow).where(SessionRow.key == key).values(seen_at=now()))

    def end_session(self, key: str) -> None:
        with self._write() as session:
            session.execute(delete(SessionRow).where(SessionRow.key == key))

    def take_attempt(self, buckets: Sequence[Bucket]) -> float:
        """Count one login attempt in every bucket, before anything is verified.

        Returns 0, or the seconds to wait; then nothing is counted, so that knocking does not
        make the wait longer. One transaction: of attempts at once each sees the others.
        """
        since = now() - _ATTEMPTS_COUNT_FOR
        with self._write() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(select(func.pg_advisory_xact_lock(_ATTEMPT_LOCK)))
            wait = max((_wait(session, bucket, since) for bucket in buckets), default=0.0)
            if not wait:
                session.add_all(LoginAttemptRow(key=bucket.key) for bucket in buckets)
            return wait

    def clear_attempts(self, keys: Sequence[str]) -> None:
        """Somebody got in: what they had tried before no longer counts."""
        with self._write() as session:
            session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.key.in_(keys)))

    # Questions and feedback

    def record_question(self, answer: Answer) -> None:
        """Count a question; one that found nothing goes on the board.

        Returns at once and never stops an answer: under a flood questions are let go.
        """
        if self._waiting.acquire(blocking=False):
            self._later.submit(self._record, answer)

    def _record(self, answer: Answer) -> None:
        try:
            self._record_question(answer)
        except MemoryUnavailableError as error:
            _LOG.warning("a question could not be stored", extra={"told": error.message})
        finally:
            self._waiting.release()

    def _record_question(self, answer: Answer) -> None:
        notice_id, text = answer.notice.id, storable(answer.question.strip())
        if not text:
            return
        passages = [citation.id.split("/", 1)[1] for citation in answer.citations[:5]]
        values = {"status": answer.status, "reason": answer.reason, "passages": passages}
        self._recorded += 1
        with self._write() as session:
            if self._recorded % _TRIMMED_EVERY == 0:
                _trim(session)
            _count(session, QuestionRow, {"notice_id": notice_id, "text": text}, values)
            if answer.status != "answered" and answer.reason not in _NOT_FOR_THE_BOARD:
                _put_on_board(session, notice_id, "nothing_found", text, "", None)

    def questions(self, limit: int) -> list[AskedQuestion]:
        """The questions so far, most asked first, then latest."""
        ordered = select(QuestionRow).order_by(
            QuestionRow.times.desc(), QuestionRow.last_at.desc(), QuestionRow.id
        )
        with self._read() as session:
            return [
                AskedQuestion(
                    row.notice_id, row.text, row.status, tuple(row.passages), row.times, row.last_at
                )
                for row in session.scalars(ordered.limit(limit))
            ]

    def record_feedback(
        self,
        notice_id: str,
        question: str,
        *,
        helpful: bool,
        note: str | None = None,
        passages: Sequence[str] = (),
    ) -> None:
        """A thumb up or down; a thumb down goes on the board. A note sent later joins its thumb."""
        same = select(FeedbackRow).where(
            FeedbackRow.question == question,
            FeedbackRow.helpful == helpful,
            FeedbackRow.note.is_(None),
            FeedbackRow.at > now() - _NOTE_FOLLOWS_WITHIN,
        )
        passage = passages[0] if passages else ""
        with self._write() as session:
            earlier = session.scalar(same.order_by(FeedbackRow.id.desc())) if note else None
            if earlier:
                earlier.note = note
            else:
                row = FeedbackRow(notice_id=notice_id, question=question, helpful=helpful)
                row.note, row.passages = note, list(passages)[:5]
                session.add(row)
            if not helpful:
                _put_on_board(
                    session, notice_id, "unhelpful", question, passage, note, again=not earlier
                )

    def feedback_counts(self) -> tuple[int, int]:
        """How many found an answer helpful, how many did not."""
        counted = select(FeedbackRow.helpful, func.count()).group_by(FeedbackRow.helpful)
        with self._read() as session:
            counts = {key: count for key, count in session.execute(counted)}  # noqa: C416 - Result has keys()
        return counts.get(True, 0), counts.get(False, 0)

    # Calls

    def start_call(self, user: User) -> int:
        with self._write() as session:
            row = CallRow(user_id=user.id, searches=[])
            session.add(row)
            session.flush()
            return row.id

    def end_call(
        self,
        user: User,
        call: int,
        outcome: Outcome,
        *,
        notice_id: str,
        note: str = "",
        searches: Sequence[str] = (),
    ) -> bool:
        """End an open call of this user; one that the notice did not answer goes on the board.

        Returns False when there is no such call. Ending a call twice changes nothing.
        """
        own = select(CallRow).where(CallRow.id == call, CallRow.user_id == user.id)
        with self._write() as session:
            row = session.scalar(own)
            if row is None or row.ended_at is not None:
                return row is not None
            row.ended_at, row.outcome = now(), outcome
            row.note, row.searches = note or None, list(searches)[:50]
            if outcome == "not_stated" and (asked := note or next(reversed(searches), "")):
                _put_on_board(session, notice_id, "call_not_stated", asked, "", note or None)
            return True

    def call_counts(self) -> CallCounts:
        ended = select(CallRow.outcome, CallRow.started_at, CallRow.ended_at).where(
            CallRow.ended_at.is_not(None)
        )
        with self._read() as session:
            calls = session.execute(ended).all()
        outcomes = [outcome for outcome, _, _ in calls]
        seconds = [(end - start).total_seconds() for _, start, end in calls if end]
        return CallCounts(
            outcomes.count("answered"),
            outcomes.count("not_stated"),
            outcomes.count("passed_on"),
            median(seconds) if seconds else None,
        )

    # Board

    def put_on_board(
        self, notice_id: str, kind: BoardKind, question: str, passage: str, note: str | None
    ) -> None:
        with self._write() as session:
            _put_on_board(session, notice_id, kind, question, passage, note)

    def board(self, status: BoardStatus | None = None, limit: int = 500) -> list[BoardItem]:
        """What our own people put there, latest first; then what anybody can, most often first.

        Each has its own ``limit``: a flood of one cannot push the other off.
        """
        latest = (BoardRow.last_at.desc(), BoardRow.id.desc())
        of_ours = BoardRow.kind.in_(_OUR_KINDS)
        ours = select(BoardRow).where(of_ours).order_by(*latest)
        anybody = select(BoardRow).where(~of_ours).order_by(BoardRow.times.desc(), *latest)
        with self._read() as session:
            return [
                _board_item(row)
                for wanted in (ours, anybody)
                for row in session.scalars(
                    (wanted.where(BoardRow.status == status) if status else wanted).limit(limit)
                )
            ]

    def board_counts(self) -> dict[str, int]:
        counted = select(BoardRow.status, func.count()).group_by(BoardRow.status)
        with self._read() as session:
            return {key: count for key, count in session.execute(counted)}  # noqa: C416 - Result has keys()

    def set_board_status(self, items: Iterable[int], status: BoardStatus) -> int:
        """How many items were found and set."""
        changed = update(BoardRow).where(BoardRow.id.in_(list(items))).values(status=status)
        with self._write() as session:
            return _rowcount(session.execute(changed))

    # Pending edits

    def propose_edit(
        self, notice_id: str, kind: EditKind, content: dict[str, str], author: str
    ) -> int:
        with self._write() as session:
            row = EditRow(notice_id=notice_id, kind=kind, content=content, author=author)
            session.add(row)
            session.flush()
            return row.id

    def edit(self, number: int) -> Edit | None:
        with self._read() as session:
            row = session.get(EditRow, number)
            return _edit(row) if row else None

    def edits(self, limit: int = 200) -> list[Edit]:
        """Pending ones first, then the latest."""
        ordered = select(EditRow).order_by(EditRow.state != "pending", EditRow.id.desc())
        with self._read() as session:
            return [_edit(row) for row in session.scalars(ordered.limit(limit))]

    def decide_edit(self, number: int, state: EditState, who: str) -> bool:
        """Accept or reject a pending edit; False when it is not pending (any more)."""
        decided = (
            update(EditRow)
            .where(EditRow.id == number, EditRow.state == "pending")
            .values(state=state, decided_by=who, decided_at=now())
        )
        with self._write() as session:
            return _rowcount(session.execute(decided)) == 1

    def reopen_edit(self, number: int) -> None:
        """An accepted edit that could not be written is pending again."""
        undone = {"state": "pending", "decided_by": None, "decided_at": None}
        with self._write() as session:
            session.execute(update(EditRow).where(EditRow.id == number).values(undone))

    # Audit and retention

    def audit(self, who: str, action: str, detail: str = "") -> None:
        with self._write() as session:
            session.add(AuditRow(who=who, action=action, detail=detail))

    def audit_trail(self, limit: int = 200) -> list[AuditEntry]:
        """Latest first."""
        ordered = select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id.desc())
        with self._read() as session:
            return [
                AuditEntry(row.at, row.who, row.action, row.detail)
                for row in session.scalars(ordered.limit(limit))
            ]

    def purge(self, days: int) -> dict[str, int]:
        """Delete what is older than ``days``: everything but accounts and edits; counts by table.

        Raises:
            SettingsError: ``days`` is negative.
        """
        if days < 0:
            raise SettingsError(f"saw {days} days; expected 0 or more")
        limit = now() - timedelta(days=days)
        aged = (
            (QuestionRow, QuestionRow.last_at),
            (FeedbackRow, FeedbackRow.at),
            (CallRow, CallRow.started_at),
            (BoardRow, BoardRow.last_at),
            (LoginAttemptRow, LoginAttemptRow.at),
            (AuditRow, AuditRow.at),
        )
        with self._write() as session:
            counts = {
                table.__tablename__: _rowcount(session.execute(delete(table).where(column < limit)))
                for table, column in aged
            }
            _trim(session)
            expired = delete(SessionRow).where(SessionRow.expires_at < now())
            return counts | {SessionRow.__tablename__: _rowcount(session.execute(expired))}


def _trim(session: Session) -> None:
    """What anybody may add to has an end: the least asked and oldest go first."""
    anybodys = (~BoardRow.kind.in_(_OUR_KINDS), BoardRow.status == "new")
    for table, which, order in (
        (BoardRow, anybodys, (BoardRow.times.desc(), BoardRow.last_at.desc())),
        (QuestionRow, (), (QuestionRow.times.desc(), QuestionRow.last_at.desc())),
        (FeedbackRow, (), (FeedbackRow.at.desc(),)),
    ):
        surplus = select(table.id).where(*which).order_by(*order).offset(_MOST_ROWS)
        session.execute(delete(table).where(table.id.in_(surplus)))


def _wait(session: Session, bucket: Bucket, since: datetime) -> float:
    """Seconds until the next attempt; each one after the free ones doubles them."""
    times = select(func.count(), func.max(LoginAttemptRow.at)).where(
        LoginAttemptRow.key == bucket.key, LoginAttemptRow.at >= since
    )
    count, last = session.execute(times).one()
    if count < bucket.free or last is None:
        return 0.0
    due = last + timedelta(seconds=min(_LONGEST_WAIT_S, 2 ** min(count - bucket.free, 20)))
    return max(0.0, (due - now()).total_seconds())


def _count(
    session: Session,
    table: type[Base],
    same: dict[str, Any],
    values: dict[str, Any],
    *,
    again: bool = True,
) -> None:
    """Insert a row, or count the one with the same key once more and set ``values`` on it."""
    dialect = session.get_bind().dialect.name
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    columns: Any = table.__table__.c
    counted = {"times": columns.times + int(again), "last_at": now()}
    session.execute(
        insert(table)
        .values(**same, **values)
        .on_conflict_do_update(index_elements=list(same), set_=values | counted)
    )


def _put_on_board(
    session: Session,
    notice_id: str,
    kind: BoardKind,
    question: str,
    passage: str,
    note: str | None,
    *,
    again: bool = True,
) -> None:
    same = {"notice_id": notice_id, "kind": kind, "passage": passage, "question": question.strip()}
    _count(session, BoardRow, same, {"note": note} if note else {}, again=again)


def _rowcount(result: Result[Any]) -> int:
    return cast("CursorResult[Any]", result).rowcount


def _user(row: UserRow | None) -> User | None:
    return User(row.id, row.name, cast("Role", row.role), row.password_hash) if row else None


def _board_item(row: BoardRow) -> BoardItem:
    return BoardItem(
        id=row.id,
        notice_id=row.notice_id,
        kind=cast("BoardKind", row.kind),
        question=row.question,
        passage=row.passage,
        note=row.note or "",
        status=cast("BoardStatus", row.status),
        times=row.times,
        first_at=row.first_at,
        last_at=row.last_at,
    )


def _edit(row: EditRow) -> Edit:
    return Edit(
        id=row.id,
        notice_id=row.notice_id,
        kind=cast("EditKind", row.kind),
        content=dict(row.content),
        author=row.author,
        at=row.at,
        state=cast("EditState", row.state),
        decided_by=row.decided_by or "",
    )
