"""What is stored, masked, counted, purged; and that a memory of nothing stores nothing."""

import inspect
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from argon2 import PasswordHasher
from sqlalchemy import create_engine, text, update
from sqlalchemy import inspect as inspect_database

from assistant.answer import Answer, Citation, NoticeReference, Status
from index.errors import SettingsError
from index.settings import Settings
from web.memory import Memory, NoMemory, add_user, purge
from web.memory.models import AuditRow, Base, BoardRow, CallRow, FeedbackRow, QuestionRow, now
from web.memory.records import CallCounts, User

PHONE = "13812345678"
REFERENCE = NoticeReference("n", "标题", "2023-09-30", "0" * 64)


def answer(question: str, status: Status = "answered", reason: str | None = None) -> Answer:
    cited = (Citation("n/2.1", "第2项", "原文", 0, 2),) if status == "answered" else ()
    return Answer(question, question, status, reason, "", "", cited, 0.5, (), REFERENCE)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'memory.sqlite'}"


@pytest.fixture
def memory(url: str) -> Iterator[Memory]:
    opened = Memory(url)
    yield opened
    opened.close()


@pytest.fixture
def user(memory: Memory) -> User:
    memory.add_user("王芳", "hash", "staff")
    found = memory.user("王芳")
    assert found is not None
    return found


def test_a_question_asked_twice_is_kept_once_and_counted(memory: Memory) -> None:
    memory.record_question(answer("火化要多久"))
    memory.record_question(answer("火化要多久 "))
    [kept] = memory.questions(10)
    assert (kept.text, kept.times, kept.status, kept.passages) == (
        "火化要多久",
        2,
        "answered",
        ("2.1",),
    )
    assert memory.board() == []


def test_a_question_that_found_nothing_goes_on_the_board(memory: Memory) -> None:
    memory.record_question(answer("图书馆停车", "out_of_scope", "other_topic"))
    memory.record_question(answer("多少钱", "not_stated", "amount_not_stated"))
    memory.record_question(answer("你好", "out_of_scope", "greeting"))
    assert {(item.question, item.kind) for item in memory.board()} == {
        ("图书馆停车", "nothing_found"),
        ("多少钱", "nothing_found"),
    }


def test_nothing_that_people_write_is_stored_unmasked(memory: Memory, user: User, url: str) -> None:
    memory.record_question(answer(f"我电话{PHONE}", "not_stated"))
    memory.record_feedback("n", f"打{PHONE}", helpful=False, note=f"回{PHONE}")
    call = memory.start_call(user)
    memory.end_call(
        user, call, "not_stated", notice_id="n", note=f"找{PHONE}", searches=[f"号{PHONE}"]
    )
    memory.put_on_board("n", "passage_wrong", f"问{PHONE}", "2.1", f"记{PHONE}")
    memory.propose_edit("n", "phrasing", {"id": "2.1", "question": f"问{PHONE}"}, "王芳")
    memory.audit("王芳", "x", f"细节{PHONE}")
    memory.close()
    raw = b"".join(path.read_bytes() for path in Path(url[10:]).parent.glob("memory.sqlite*"))
    assert PHONE.encode() not in raw
    assert "〔电话〕".encode() in raw


def test_a_thumb_down_goes_on_the_board_and_its_later_note_joins_it(memory: Memory) -> None:
    memory.record_feedback("n", "火化", helpful=False, passages=["2.1"])
    memory.record_feedback("n", "火化", helpful=False, passages=["2.1"], note="没说价钱")
    memory.record_feedback("n", "火化", helpful=True)
    [item] = memory.board()
    assert (item.kind, item.passage, item.note, item.times) == ("unhelpful", "2.1", "没说价钱", 1)
    assert memory.feedback_counts() == (1, 1)


def test_a_call_is_ended_once_by_its_own_operator(memory: Memory, user: User) -> None:
    call = memory.start_call(user)
    stranger = User(user.id + 1, "别人", "operator", "")
    assert not memory.end_call(stranger, call, "answered", notice_id="n")
    assert not memory.end_call(user, call + 1, "answered", notice_id="n")
    assert memory.end_call(user, call, "not_stated", notice_id="n", searches=["甲", "乙"])
    assert memory.end_call(user, call, "answered", notice_id="n")
    counts = memory.call_counts()
    assert (counts.answered, counts.not_stated, counts.passed_on) == (0, 1, 0)
    assert counts.median_seconds is not None
    assert [item.question for item in memory.board()] == ["乙"]


def test_board_status_is_set_and_counted(memory: Memory) -> None:
    for question in ("甲问题", "乙问题"):
        memory.put_on_board("n", "passage_missing", question, "", None)
    first, second = memory.board()
    assert memory.set_board_status([first.id, 999], "planned") == 1
    assert memory.board_counts() == {"new": 1, "planned": 1}
    assert [item.id for item in memory.board("new")] == [second.id]


def test_a_pending_edit_is_decided_once(memory: Memory) -> None:
    number = memory.propose_edit("n", "synonym", {"word": "火葬厂", "terms": "殡仪馆"}, "王芳")
    assert memory.decide_edit(number, "accepted", "李强")
    assert not memory.decide_edit(number, "rejected", "王芳")
    edit = memory.edit(number)
    assert edit is not None
    assert (edit.state, edit.decided_by, edit.content["word"]) == ("accepted", "李强", "火葬厂")
    assert memory.edit(number + 1) is None


def test_purge_deletes_what_is_older_than_the_days_and_keeps_accounts_and_edits(
    memory: Memory, user: User, url: str
) -> None:
    memory.record_question(answer("旧", "not_stated"))
    memory.record_feedback("n", "旧", helpful=True)
    memory.start_call(user)
    memory.audit("王芳", "x")
    memory.propose_edit("n", "synonym", {"word": "火葬厂"}, "王芳")
    memory.questions(1)
    old = now() - timedelta(days=91)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(update(QuestionRow).values(last_at=old))
        connection.execute(update(BoardRow).values(last_at=old))
        connection.execute(update(FeedbackRow).values(at=old))
        connection.execute(update(CallRow).values(started_at=old))
        connection.execute(update(AuditRow).values(at=old))
    engine.dispose()
    memory.record_question(answer("新"))
    counts = memory.purge(90)
    assert {table for table, count in counts.items() if count} == {
        "question",
        "feedback",
        "call",
        "board_item",
        "audit_entry",
    }
    assert [question.text for question in memory.questions(9)] == ["新"]
    assert memory.user("王芳")
    assert len(memory.edits()) == 1
    with pytest.raises(SettingsError, match="saw -1 days"):
        memory.purge(-1)


def test_the_migrations_make_the_tables_of_the_models(memory: Memory, url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    assert Path(url[10:]).stat().st_mode & 0o777 == 0o600
    engine.dispose()


def test_no_column_is_for_an_address_of_a_caller(memory: Memory, url: str) -> None:
    engine = create_engine(url)
    database = inspect_database(engine)
    columns = {c["name"] for t in database.get_table_names() for c in database.get_columns(t)}
    engine.dispose()
    assert not {name for name in columns if "ip" in name.split("_") or "address" in name}


def test_a_memory_can_be_opened_again_and_by_two_at_once(memory: Memory, url: str) -> None:
    other = Memory(url)
    memory.record_question(answer("甲"))
    memory.questions(1)
    other.record_question(answer("甲"))
    assert other.questions(1)[0].times == 2
    other.close()


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("nonsense", "not a usable database URL"),
        ("oracle://x/y", "not a usable database URL"),
        ("sqlite:////proc/none/x.sqlite", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_had_is_one_line(bad: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        Memory(bad)


def test_the_memory_of_nothing_has_the_same_methods_and_keeps_nothing(tmp_path: Path) -> None:
    nothing = NoMemory()
    kept = {n: m for n, m in inspect.getmembers(Memory, inspect.isfunction) if n[0] != "_"}
    for name in kept.keys() - {"add_user"}:
        assert inspect.signature(getattr(NoMemory, name)) == inspect.signature(kept[name]), name
    nothing.record_question(answer(PHONE))
    nothing.record_feedback("n", PHONE, helpful=False)
    nothing.put_on_board("n", "unhelpful", PHONE, "", None)
    assert (nothing.questions(9), nothing.board(), nothing.edits()) == ([], [], [])
    assert nothing.call_counts() == CallCounts()
    assert nothing.user("王芳") is None
    assert list(tmp_path.iterdir()) == []


def test_adduser_reads_the_password_and_stores_only_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert add_user(settings, "王芳") == "added user 王芳 (staff)"
    monkeypatch.setattr("sys.stdin", io.StringIO("battery staple\n"))
    assert add_user(settings, "王芳", role="operator") == "changed user 王芳 (operator)"
    memory = Memory(settings.database_url)
    user = memory.user("王芳")
    memory.close()
    assert user is not None
    assert user.role == "operator"
    assert user.password_hash.startswith("$argon2id$")
    assert PasswordHasher().verify(user.password_hash, "battery staple")


@pytest.mark.parametrize(
    ("name", "password", "told"),
    [("王 芳", "long enough", "user name"), ("王芳", "short", "5 characters; expected 8")],
)
def test_adduser_refuses_a_bad_name_and_a_short_password(
    name: str, password: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(password))
    with pytest.raises(SettingsError, match=told):
        add_user(Settings(data=tmp_path), name)


def test_the_purge_command_says_what_it_deleted(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    memory = Memory(settings.database_url)
    memory.record_question(answer("甲"))
    memory.close()
    assert purge(settings, 90) == "deleted what is older than 90 days: nothing"
    assert "1 question" in purge(settings, 0)
