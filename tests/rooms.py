"""The rooms behind the login, served without the chat, and people who may enter."""

import re
from contextlib import ExitStack
from functools import cache
from typing import Any

import httpx2
from argon2 import PasswordHasher
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.serving import shared_assistant, shared_settings
from web.app import create_app
from web.login import SESSION_COOKIE
from web.memory import Memory, open_memory
from web.running import running

PASSWORD = "correct horse"
STAFF = "王芳"
OPERATOR = "接线员"

_OPEN = ExitStack()


def add_people(memory: Memory) -> None:
    """One of each role; the hash is made quickly, the server reads its cost from the hash."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    memory.add_user(STAFF, quick, "staff")
    memory.add_user(OPERATOR, quick, "operator")


@cache
def rooms_memory() -> Memory:
    memory = open_memory(shared_settings())
    add_people(memory)
    return memory


@cache
def rooms_server() -> str:
    """The address of a server without the chat; lives as long as the tests."""
    app = create_app(shared_assistant(), shared_settings(), memory=rooms_memory(), chat=False)
    return _OPEN.enter_context(running(app))


@cache
def session_cookie(name: str) -> str:
    """A session made by the login form, to be carried into any browser."""
    with httpx2.Client(base_url=rooms_server()) as client:
        csrf = re.search(r'name="csrf" value="(\w+)"', client.get("/login").text)
        form = {"name": name, "password": PASSWORD, "csrf": csrf[1] if csrf else ""}
        client.post("/login", data=form)
        return client.cookies[SESSION_COOKIE]


def enter(page: Page, name: str, target: str) -> None:
    """Arrive at ``target`` as someone logged in."""
    cookie = {"name": SESSION_COOKIE, "value": session_cookie(name), "url": rooms_server()}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(rooms_server() + target)


def enter_by_keyboard(page: Page, name: str, target: str) -> None:
    """Arrive at ``target`` through the form."""
    page.goto(f"{rooms_server()}/login?next={target}")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(rooms_server() + target)
    page.wait_for_load_state("load")


def grave_violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical, one line each."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
