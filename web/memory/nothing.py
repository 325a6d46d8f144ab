"""The memory of a server that stores nothing: the same methods, no database.

Accounts come from a database, so nobody can log in; residents notice no difference.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from assistant.answer import Answer
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
    User,
)


class NoMemory:
    """Takes everything, keeps nothing."""

    stores = False

    def close(self) -> None: ...

    def user(self, name: str) -> User | None:
        return None

    def start_session(self, user: User, key: str, expires_at: datetime) -> None: ...

    def session_user(self, key: str) -> User | None:
        return None

    def end_session(self, key: str) -> None: ...

    def accounts(self) -> list[Account]:
        return []

    def open_sessions(self, name: str = "") -> list[OpenSession]:
        return []

    def end_open_session(self, identifier: str) -> bool:
        return False

    def end_sessions(self, name: str, but: str = "") -> int:
        return 0

    def set_disabled(self, name: str, *, disabled: bool) -> bool:
        return False

    def set_password(self, name: str, password_hash: str) -> bool:
        return False

    def take_attempt(self, buckets: Sequence[Bucket]) -> float:
        return 0.0

    def clear_attempts(self, keys: Sequence[str]) -> None: ...

    def problem(self) -> str:
        return ""

    def record_question(self, answer: Answer) -> None: ...

    def questions(self, limit: int) -> list[AskedQuestion]:
        return []

    def record_feedback(
        self,
        notice_id: str,
        question: str,
        *,
        helpful: bool,
        note: str | None = None,
        passages: Sequence[str] = (),
    ) -> None: ...

    def feedback_counts(self) -> tuple[int, int]:
        return 0, 0

    def start_call(self, user: User) -> int:
        return 0

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
        return True

    def call_counts(self) -> CallCounts:
        return CallCounts()

    def put_on_board(
        self, notice_id: str, kind: BoardKind, question: str, passage: str, note: str | None
    ) -> None: ...

    def board(self, status: BoardStatus | None = None, limit: int = 500) -> list[BoardItem]:
        return []

    def board_counts(self) -> dict[str, int]:
        return {}

    def set_board_status(self, items: Iterable[int], status: BoardStatus) -> int:
        return 0

    def propose_edit(
        self, notice_id: str, kind: EditKind, content: dict[str, str], author: str
    ) -> int:
        return 0

    def edit(self, number: int) -> Edit | None:
        return None

    def edits(self, limit: int = 200) -> list[Edit]:
        return []

    def decide_edit(self, number: int, state: EditState, who: str) -> bool:
        return False

    def reopen_edit(self, number: int) -> None: ...

    def audit(self, who: str, action: str, detail: str = "") -> None: ...

    def audit_trail(self, limit: int = 200) -> list[AuditEntry]:
        return []

    def purge(self, days: int) -> dict[str, int]:
        return {}
