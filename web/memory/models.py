"""The tables. No column holds an address of a caller, and no free text reaches a column unmasked."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Dialect, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime, TypeDecorator

from web.memory.masking import LONGEST, storable


def now() -> datetime:
    return datetime.now(UTC)


class MaskedText(TypeDecorator[str]):
    """Text that people wrote: masked on its way into the database, whoever sends it."""

    impl = String(LONGEST)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class MaskedJson(TypeDecorator[Any]):
    """JSON whose every text is masked on its way into the database."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return _masked(value)


class Moment(TypeDecorator[datetime]):
    """UTC in and out, on databases that know time zones and on those that do not."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {key: _masked(each) for key, each in value.items()}
    return [_masked(each) for each in value] if isinstance(value, list | tuple) else value


class Base(DeclarativeBase):
    type_annotation_map = {datetime: Moment}  # noqa: RUF012 - SQLAlchemy reads it from the class


class UserRow(Base):
    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]


class SessionRow(Base):
    """``key`` is a digest of what the cookie carries, so that a copy of the table opens nothing."""

    __tablename__ = "login_session"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    started_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)


class LoginAttemptRow(Base):
    """``key`` is a keyed digest of a name, a source or both: neither can be read from it."""

    __tablename__ = "login_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)


class QuestionRow(Base):
    """A question as asked, once, with how often; ``passages`` are the cited short ids."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("notice_id", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(MaskedText)
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    passages: Mapped[list[str]] = mapped_column(JSON)
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(default=now)
    last_at: Mapped[datetime] = mapped_column(default=now, index=True)


class FeedbackRow(Base):
    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    notice_id: Mapped[str] = mapped_column(String(100))
    question: Mapped[str] = mapped_column(MaskedText)
    helpful: Mapped[bool]
    note: Mapped[str | None] = mapped_column(MaskedText)
    passages: Mapped[list[str]] = mapped_column(JSON)


class CallRow(Base):
    """One call at the desk; ``searches`` are the questions that were settled on during it."""

    __tablename__ = "call"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    started_at: Mapped[datetime] = mapped_column(default=now, index=True)
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(MaskedText)
    searches: Mapped[list[str]] = mapped_column(MaskedJson)


class BoardRow(Base):
    """Something the next notice or the next build should mend; the same thing once, counted."""

    __tablename__ = "board_item"
    __table_args__ = (UniqueConstraint("notice_id", "kind", "passage", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(24))
    question: Mapped[str] = mapped_column(MaskedText)
    passage: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str | None] = mapped_column(MaskedText)
    status: Mapped[str] = mapped_column(String(16), default="new", index=True)
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(default=now)
    last_at: Mapped[datetime] = mapped_column(default=now, index=True)


class EditRow(Base):
    """A phrasing or synonym proposed by staff; ``content`` has the fields of index/vocabulary.py."""

    __tablename__ = "pending_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, str]] = mapped_column(MaskedJson)
    author: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[str] = mapped_column(String(16), default="pending", index=True)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]


class AuditRow(Base):
    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    who: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(MaskedText, default="")
