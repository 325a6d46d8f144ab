"""Who gets in: sessions, forged forms, lockout, roles."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, update

from index.settings import Settings
from web import login
from web.app import create_app
from web.login import FAILURES_ALLOWED, FORM_COOKIE, SESSION_COOKIE, kept_secret
from web.memory import Memory, NoMemory
from web.memory.models import LoginFailureRow, SessionRow, now

PASSWORD = "correct horse"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def memory(settings: Settings) -> Iterator[Memory]:
    opened = Memory(settings.database_url)
    opened.add_user("王芳", QUICK.hash(PASSWORD), "staff")
    opened.add_user("接线员", QUICK.hash(PASSWORD), "operator")
    yield opened
    opened.close()


@pytest.fixture
def client(settings: Settings, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(login, "_HASHER", QUICK)
    app = create_app(None, settings, memory=memory, chat=False)
    return TestClient(app, follow_redirects=False, headers={"accept": "text/html"})


def token(reply: Any) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', reply.text)
    assert found
    return found[1]


def sign_in(
    client: TestClient, name: str = "王芳", password: str = PASSWORD, target: str = "/staff/log"
) -> Any:
    form = {"name": name, "password": password, "next": target}
    return client.post("/login", data=form | {"csrf": token(client.get("/login"))})


def carry(client: TestClient, session: str) -> None:
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, session)


def test_a_page_sends_a_stranger_to_the_login_and_back(client: TestClient) -> None:
    reply = client.get("/desk")
    assert (reply.status_code, reply.headers["location"]) == (303, "/login?next=/desk")
    assert 'name="next" value="/desk"' in client.get("/login?next=/desk").text
    assert sign_in(client, target="/desk").headers["location"] == "/desk"
    assert client.get("/desk").status_code == 200


def test_a_json_request_of_a_stranger_is_401(client: TestClient) -> None:
    reply = client.post("/desk/find", json={"query": "火化"}, headers={"accept": "*/*"})
    assert reply.status_code == 401
    assert reply.json()["error"]["code"] == "login_needed"


def test_the_session_cookie_is_signed_http_only_and_same_site(client: TestClient) -> None:
    header = sign_in(client).headers["set-cookie"]
    [cookie] = [line for line in re.split(r", (?=tongbao)", header) if SESSION_COOKIE in line]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/staff/log").status_code == 200
    value = client.cookies[SESSION_COOKIE]
    carry(client, value[:-2] + ("aa" if value[-2:] != "aa" else "bb"))
    assert client.get("/staff/log").status_code == 303


def test_a_form_cookie_does_not_pass_for_a_session(client: TestClient) -> None:
    client.get("/login")
    carry(client, client.cookies[FORM_COOKIE])
    assert client.get("/desk").status_code == 303


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "desk"]
)
def test_after_the_login_nobody_is_sent_to_another_host(client: TestClient, target: str) -> None:
    assert sign_in(client, target=target).headers["location"] == "/desk"


def test_a_wrong_password_and_an_unknown_name_look_the_same(client: TestClient) -> None:
    wrong, unknown = sign_in(client, password="x"), sign_in(client, name="nobody")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "用户名或密码不对" in wrong.text
    assert "用户名或密码不对" in unknown.text


@pytest.mark.parametrize("name", ["王芳", "nobody"])
def test_five_failures_lock_a_name_for_a_while(
    client: TestClient, memory: Memory, settings: Settings, name: str
) -> None:
    for _ in range(FAILURES_ALLOWED):
        assert sign_in(client, name=name, password="x").status_code == 401
    assert sign_in(client, name=name).status_code == 429
    assert sign_in(client, name="接线员", target="/desk").status_code == 303
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(update(LoginFailureRow).values(at=now() - timedelta(minutes=16)))
    engine.dispose()
    assert sign_in(client, name=name).status_code == (303 if name == "王芳" else 401)


def test_a_name_that_failed_is_not_stored_readably(client: TestClient, settings: Settings) -> None:
    sign_in(client, name="mypassword123", password="x")
    raw = b"".join(path.read_bytes() for path in settings.data.glob("tongbao.sqlite*"))
    assert b"mypassword123" not in raw


def test_a_login_form_that_is_not_ours_is_refused(client: TestClient) -> None:
    form = {"name": "王芳", "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 403
    client.get("/login")
    assert client.post("/login", data=form | {"csrf": "0" * 64}).status_code == 403
    assert SESSION_COOKIE not in client.cookies


def test_a_form_without_the_session_s_token_changes_nothing(
    client: TestClient, memory: Memory
) -> None:
    memory.put_on_board("n", "unhelpful", "问题", "", None)
    sign_in(client)
    form = {"items": str(memory.board()[0].id), "status": "planned"}
    assert client.post("/staff/board", data=form).status_code == 403
    assert memory.board_counts() == {"new": 1}
    mine = token(client.get("/staff/log"))
    assert client.post("/staff/board", data=form | {"csrf": mine}).status_code == 303
    assert memory.board_counts() == {"planned": 1}


def test_a_json_request_needs_the_token_too(client: TestClient) -> None:
    sign_in(client, target="/desk")
    mine = token(client.get("/desk"))
    assert client.post("/desk/call").status_code == 403
    assert client.post("/desk/call", headers={"x-csrf": mine}).status_code == 201


def test_a_post_from_another_origin_is_refused(client: TestClient) -> None:
    sign_in(client, target="/desk")
    headers = {"x-csrf": token(client.get("/desk")), "origin": "http://evil.example"}
    assert client.post("/desk/call", headers=headers).status_code == 403


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(client: TestClient) -> None:
    sign_in(client)
    value, mine = client.cookies[SESSION_COOKIE], token(client.get("/staff/log"))
    assert client.post("/logout", data={"csrf": "x"}).status_code == 403
    assert client.post("/logout", data={"csrf": mine}).headers["location"] == "/login"
    carry(client, value)
    assert client.get("/staff/log").status_code == 303


def test_a_session_expires(client: TestClient, settings: Settings) -> None:
    sign_in(client)
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(update(SessionRow).values(expires_at=now() - timedelta(seconds=1)))
    engine.dispose()
    assert client.get("/staff/log").status_code == 303


def test_a_new_password_ends_the_sessions_of_the_old_one(
    client: TestClient, memory: Memory
) -> None:
    sign_in(client)
    memory.add_user("王芳", QUICK.hash("another one"), "staff")
    assert client.get("/staff/log").status_code == 303
    assert sign_in(client).status_code == 401


def test_an_operator_sees_the_desk_but_not_the_staff_pages(client: TestClient) -> None:
    sign_in(client, name="接线员", target="/desk")
    desk = client.get("/desk")
    assert desk.status_code == 200
    assert "/staff" not in desk.text
    assert client.get("/staff/log").status_code == 403


def test_what_staff_do_is_kept_for_the_record(client: TestClient, memory: Memory) -> None:
    sign_in(client)
    client.post("/logout", data={"csrf": token(client.get("/staff/log"))})
    assert [(e.who, e.action) for e in memory.audit_trail()] == [
        ("王芳", "signed out"),
        ("王芳", "signed in"),
    ]


def test_a_server_that_stores_nothing_says_so_instead_of_a_form(settings: Settings) -> None:
    app = create_app(None, settings, memory=NoMemory(), chat=False)
    client = TestClient(app, follow_redirects=False, headers={"accept": "text/html"})
    assert client.get("/desk").status_code == 303
    page = client.get("/login")
    assert "--no-memory" in page.text
    assert "<input class" not in page.text
    assert list(settings.data.iterdir()) == []


def test_the_signing_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = kept_secret(tmp_path / "a")
    kept_secret.cache_clear()
    assert kept_secret(tmp_path / "a") == first
    assert (tmp_path / "a" / "session.key").stat().st_mode & 0o777 == 0o600
    assert len(first) == 32
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["session.key"]
