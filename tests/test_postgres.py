"""The memory on a real PostgreSQL, started from Debian's package where there is one."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from assistant.answer import Answer, NoticeReference
from index.errors import SettingsError
from web.memory import Memory
from web.memory.models import Base

BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
pytest.importorskip("psycopg", reason="the postgres extra is not installed")
PHONE = "13812345678"

pytestmark = pytest.mark.skipif(BIN is None, reason="PostgreSQL is not installed")


def _as_server(*command: str) -> None:
    """Run as a user that PostgreSQL accepts: itself refuses root."""
    switch = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        cwd="/tmp",
        timeout=60,
        **switch,  # type: ignore[call-overload]
    )


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that listens on a socket of its own folder, and on no port."""
    if os.geteuid() == 0 and "postgres" not in {entry.pw_name for entry in pwd.getpwall()}:
        pytest.skip("no user to run PostgreSQL as")
    folder = Path(tempfile.mkdtemp(prefix="tongbao-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data, control = folder / "data", str(BIN and BIN / "pg_ctl")
    _as_server(
        str(BIN and BIN / "initdb"),
        "-D",
        str(data),
        "-U",
        "tongbao",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    )
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    _as_server(control, "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start")
    try:
        yield f"postgresql://tongbao@/postgres?host={folder}"
    finally:
        _as_server(control, "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def memory(url: str) -> Iterator[Memory]:
    opened = Memory(url)
    opened.purge(0)
    yield opened
    opened.close()


def answer(question: str) -> Answer:
    reference = NoticeReference("n", "标题", "2023-09-30", "0" * 64)
    return Answer(question, question, "not_stated", None, "", "", (), 0.1, (), reference)


def test_postgres_questions_are_masked_counted_and_put_on_the_board(memory: Memory) -> None:
    memory.record_question(answer(f"打{PHONE}"))
    memory.record_question(answer(f"打{PHONE}"))
    [kept] = memory.questions(5)
    assert (kept.text, kept.times) == ("打〔电话〕", 2)
    assert [(item.question, item.times) for item in memory.board()] == [("打〔电话〕", 2)]


def test_postgres_two_writers_at_once_lose_no_count(memory: Memory, url: str) -> None:
    other = Memory(url)
    with ThreadPoolExecutor(8) as threads:
        for place in range(40):
            threads.submit((memory, other)[place % 2].record_question, answer("同一句"))
    memory.questions(1)
    assert other.questions(1)[0].times == 40
    other.close()


def test_postgres_several_servers_may_start_at_once(url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        for opened in list(threads.map(Memory, [url] * 4)):
            opened.close()


def test_postgres_holds_accounts_calls_feedback_edits_and_audit(memory: Memory) -> None:
    memory.add_user("王芳", "hash", "staff")
    user = memory.user("王芳")
    assert user is not None
    call = memory.start_call(user)
    assert memory.end_call(user, call, "not_stated", notice_id="n", searches=[f"号{PHONE}"])
    memory.record_feedback("n", "火化", helpful=False, note=f"回{PHONE}")
    number = memory.propose_edit("n", "synonym", {"word": "火葬厂", "terms": "殡仪馆"}, "王芳")
    assert memory.decide_edit(number, "accepted", "王芳")
    memory.audit("王芳", "x")
    assert {item.question for item in memory.board()} == {"号〔电话〕", "火化"}
    assert [entry.who for entry in memory.audit_trail()] == ["王芳"]
    assert memory.call_counts().not_stated == 1
    assert sum(memory.purge(0).values()) == 5


def test_postgres_takes_what_it_would_refuse_unmended(memory: Memory) -> None:
    memory.put_on_board("n", "unhelpful", "火\0化\ud800", "", None)
    assert [item.question for item in memory.board()] == ["火化?"]


def test_postgres_has_the_tables_of_the_models(memory: Memory, url: str) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_postgres_that_does_not_answer_is_one_line_without_the_password() -> None:
    with pytest.raises(SettingsError, match="cannot be opened") as caught:
        Memory("postgresql://tongbao:secret@127.0.0.1:1/none")
    assert "secret" not in caught.value.one_line()
