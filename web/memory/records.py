"""What the memory hands out: plain records, free of the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Role = Literal["operator", "staff"]
Outcome = Literal["answered", "not_stated", "passed_on"]
BoardKind = Literal[
    "nothing_found", "unhelpful", "passage_wrong", "passage_missing", "call_not_stated"
]
BoardStatus = Literal["new", "planned", "answered", "not_ours"]
EditKind = Literal["phrasing", "synonym"]
EditState = Literal["pending", "accepted", "rejected"]

ROLES: tuple[Role, ...] = get_args(Role)
BOARD_STATUSES: tuple[BoardStatus, ...] = get_args(BoardStatus)


@dataclass(frozen=True, slots=True)
class User:
    """Who is logged in; an operator sees the desk, staff sees desk and staff pages."""

    id: int
    name: str
    role: Role
    password_hash: str


@dataclass(frozen=True, slots=True)
class Account:
    """A user as staff see them: never with the hash."""

    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    sessions: int


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that has not expired; ``id`` names it without opening it."""

    id: str
    name: str
    started_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Bucket:
    """Login attempts that count together: the first ``free`` at once, then ever more slowly."""

    key: str
    free: int


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as asked (masked), and what it last got."""

    notice_id: str
    text: str
    status: str
    passages: tuple[str, ...]
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class BoardItem:
    """Something on the board; ``passage`` is a short id or empty."""

    id: int
    notice_id: str
    kind: BoardKind
    question: str
    passage: str
    note: str
    status: BoardStatus
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Edit:
    """A phrasing or synonym that staff proposed; ``content`` as in ``index/vocabulary.py``."""

    id: int
    notice_id: str
    kind: EditKind
    content: dict[str, str]
    author: str
    at: datetime
    state: EditState
    decided_by: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    at: datetime
    who: str
    action: str
    detail: str


@dataclass(frozen=True, slots=True)
class CallCounts:
    """Ended calls by outcome, and their median length in seconds (None: no call ended)."""

    answered: int = 0
    not_stated: int = 0
    passed_on: int = 0
    median_seconds: float | None = None
