"""Who gets in: sessions, forged forms, lockout, roles."""

import io
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, update

from index.errors import SettingsError
from index.settings import Settings
from tests.serving import QUESTION, shared_assistant
from web import login
from web.app import create_app
from web.login import (
    DEVICE_COOKIE,
    FORM_COOKIE,
    FREE_FOR_ALL,
    FREE_GUESSES,
    SESSION_COOKIE,
    kept_secret,
)
from web.memory import Memory, NoMemory, commands
from web.memory.models import LoginAttemptRow, SessionRow, now
from web.running import running

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


def pushed_back(settings: Settings, **ago: int) -> None:
    """As if all attempts so far had been made earlier."""
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(update(LoginAttemptRow).values(at=now() - timedelta(**ago)))
    engine.dispose()


@pytest.mark.parametrize("name", ["王芳", "nobody"])
def test_guesses_after_the_fifth_are_answered_ever_more_slowly(
    client: TestClient, settings: Settings, name: str
) -> None:
    for _ in range(FREE_GUESSES):
        assert sign_in(client, name=name, password="x").status_code == 401
    refused = sign_in(client, name=name)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    pushed_back(settings, seconds=2)
    assert sign_in(client, name=name, password="x").status_code == 401
    assert sign_in(client, name=name).headers["retry-after"] == "2"
    assert sign_in(client, name="接线员", target="/desk").status_code == 303
    pushed_back(settings, minutes=61)
    assert sign_in(client, name=name).status_code == (303 if name == "王芳" else 401)


def test_of_sixty_guesses_at_once_no_more_are_tried_than_are_free(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def counted(user: Any, password: str) -> bool:
        tried.append(password)
        return False

    monkeypatch.setattr(login, "matches", counted)
    csrf, cookies = token(client.get("/login")), dict(client.cookies)
    app = client.app

    def guess(number: int) -> int:
        one = TestClient(app, cookies=cookies, follow_redirects=False)
        form = {"name": "王芳", "password": f"guess {number}", "csrf": csrf}
        return one.post("/login", data=form).status_code

    with ThreadPoolExecutor(60) as threads:
        statuses = list(threads.map(guess, range(60)))
    assert len(tried) <= FREE_GUESSES + 2, "one more a second, doubling"
    assert set(statuses) <= {401, 429, 503}


def test_guessing_at_a_name_does_not_shut_its_owner_out_of_a_browser_they_know(
    client: TestClient, settings: Settings
) -> None:
    assert sign_in(client).status_code == 303
    known = {DEVICE_COOKIE: client.cookies[DEVICE_COOKIE]}
    app: Any = client.app
    for source in range(FREE_FOR_ALL + 5):
        stranger = TestClient(app, client=(f"192.0.2.{source}", 1), follow_redirects=False)
        sign_in(stranger, password="x")
    newcomer = TestClient(app, client=("192.0.2.200", 1), follow_redirects=False)
    assert sign_in(newcomer).status_code == 429
    owner = TestClient(app, cookies=known, follow_redirects=False, client=("192.0.2.201", 1))
    assert sign_in(owner).status_code == 303


def test_the_mark_of_a_browser_is_good_for_its_owner_alone(client: TestClient) -> None:
    sign_in(client, name="接线员", target="/desk")
    for _ in range(FREE_GUESSES):
        sign_in(client, password="x")
    assert sign_in(client).status_code == 429


def test_logins_that_are_being_verified_leave_the_answers_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passwords take as long as they like: here until the answer has come."""
    go = threading.Event()
    monkeypatch.setattr(login, "matches", lambda *_: go.wait(120) and False)
    memory = Memory(settings.database_url)
    app = create_app(shared_assistant(), settings, memory=memory, chat=False)
    with running(app) as server, httpx2.Client(base_url=server, timeout=120) as first:
        form = {"name": "王芳", "password": "x", "csrf": token(first.get("/login"))}
        cookies = dict(first.cookies)

        def guess(number: int) -> int:
            with httpx2.Client(base_url=server, cookies=cookies, timeout=120) as one:
                return one.post("/login", data=form | {"name": f"n{number}"}).status_code

        with ThreadPoolExecutor(20) as threads:
            guesses = [threads.submit(guess, number) for number in range(20)]
            answer = first.post("/api/ask", json={"question": QUESTION})
            waiting = [each for each in guesses if not each.done()]
            go.set()
            statuses = {each.result() for each in guesses}
    memory.close()
    assert answer.status_code == 200
    assert waiting, "the answer did not wait for the passwords"
    assert statuses <= {401, 429, 503}


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


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 31])
def test_a_signing_key_that_is_too_short_is_refused(tmp_path: Path, content: bytes) -> None:
    kept_secret.cache_clear()
    (tmp_path / "session.key").write_bytes(content)
    with pytest.raises(SettingsError, match=f"holds {len(content)} bytes; expected 32"):
        kept_secret(tmp_path)


def test_where_no_key_can_be_kept_people_still_sign_in(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(login, "kept_secret", full)
    assert sign_in(client).status_code == 303
    assert client.get("/staff/log").status_code == 200


# Accounts and sessions


def test_an_account_that_is_switched_off_is_out_at_once_and_cannot_come_back(
    client: TestClient, memory: Memory
) -> None:
    sign_in(client, name="接线员", target="/desk")
    assert memory.set_disabled("接线员", disabled=True)
    assert client.get("/desk").status_code == 303
    assert sign_in(client, name="接线员").status_code == 401
    assert memory.set_disabled("接线员", disabled=False)
    assert sign_in(client, name="接线员", target="/desk").status_code == 303
    assert not memory.set_disabled("nobody", disabled=True)


def test_staff_see_accounts_and_sessions_and_end_them(client: TestClient, memory: Memory) -> None:
    operator = TestClient(client.app, follow_redirects=False, headers={"accept": "text/html"})
    sign_in(operator, name="接线员", target="/desk")
    sign_in(client)
    page = client.get("/staff/people")
    csrf = token(page)
    assert "接线员" in page.text
    assert "$argon2" not in page.text
    [session] = memory.open_sessions("接线员")
    ended = {"csrf": csrf, "act": "end_session", "session": session.id}
    assert client.post("/staff/people", data=ended).status_code == 303
    assert operator.get("/desk").status_code == 303
    assert client.post("/staff/people", data=ended).status_code == 404
    off = {"csrf": csrf, "act": "disable", "name": "接线员"}
    assert client.post("/staff/people", data=off).status_code == 303
    assert sign_in(operator, name="接线员").status_code == 401
    own = {"csrf": csrf, "act": "disable", "name": "王芳"}
    assert client.post("/staff/people", data=own).status_code == 422
    assert client.post("/staff/people", data=off | {"csrf": "x"}).status_code == 403
    actions = [entry.action for entry in memory.audit_trail()]
    assert actions[:2] == ["user disable", "user end_session"]
    assert operator.get("/staff/people").status_code == 303


def test_a_password_is_changed_by_its_owner_and_other_sessions_end(client: TestClient) -> None:
    other = TestClient(client.app, follow_redirects=False, headers={"accept": "text/html"})
    sign_in(other)
    sign_in(client)
    form = {"csrf": token(client.get("/password")), "current": PASSWORD, "new": "battery staple"}
    bad = (
        form | {"again": "other"},
        form | {"new": "short", "again": "short"},
        form | {"current": "x", "again": "battery staple"},
        form | {"csrf": "x", "again": "battery staple"},
    )
    statuses = [client.post("/password", data=each).status_code for each in bad]
    assert statuses == [422, 422, 401, 403]
    changed = client.post("/password", data=form | {"again": "battery staple"})
    assert (changed.status_code, changed.headers["location"]) == (303, "/password?changed=1")
    assert client.get("/password").status_code == 200
    assert other.get("/desk").status_code == 303
    assert sign_in(other).status_code == 401
    assert sign_in(other, password="battery staple").status_code == 303


def test_guessing_the_present_password_in_the_form_is_slowed_too(client: TestClient) -> None:
    sign_in(client)
    form = {"csrf": token(client.get("/password")), "current": "x"}
    form |= {"new": "battery staple", "again": "battery staple"}
    statuses = [client.post("/password", data=form).status_code for _ in range(FREE_GUESSES + 1)]
    assert statuses == [401] * FREE_GUESSES + [429]


def test_the_console_lists_switches_off_and_ends(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client)
    listed = commands.list_users(settings)
    assert re.search(r"王芳 \(staff\)\n  session \w{12}: since", listed)
    assert commands.end_sessions(settings, "王芳") == "ended 1 sessions of user 王芳"
    assert client.get("/staff/log").status_code == 303
    monkeypatch.setattr("sys.stdin", io.StringIO("battery staple\n"))
    assert commands.set_password(settings, "王芳") == "changed the password of user 王芳"
    assert sign_in(client, password="battery staple").status_code == 303
    assert commands.set_disabled(settings, "王芳", disabled=True) == "disabled user 王芳"
    assert "disabled 20" in commands.list_users(settings)
    assert client.get("/staff/log").status_code == 303
    with pytest.raises(SettingsError, match="no account 'nobody'"):
        commands.set_disabled(settings, "nobody", disabled=True)
