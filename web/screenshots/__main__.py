"""``python -m web.screenshots``: serves a throw-away copy and takes a picture of every state.

Needs the test tools and Debian's chromium; talks to nothing but its own server.
"""

import argparse
import asyncio
import secrets
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from assistant import Assistant
from index.errors import TongbaoError
from index.settings import Settings
from web.app import create_app
from web.memory import open_memory
from web.running import running

FOLDER = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
ANSWERED, NOT_STATED, ELSEWHERE = "火化手续现在要多久", "高龄津贴每个月能领多少钱", "明天会不会下雨"
_STAFF = ("browse", "/staff"), ("glance", "/staff/glance"), ("board", "/staff/board")

Act = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture; ``elder`` and ``theme`` are what the browser remembers."""

    name: str
    path: str = "/"
    act: Act | None = None
    size: tuple[int, int] = (1280, 860)
    elder: str = ""
    theme: str = "light"
    locale: str = "zh-CN"


def _asked(*questions: str, panel: bool = False) -> Act:
    def act(page: Page) -> None:
        for count, question in enumerate(questions, start=1):
            page.locator("#question textarea").fill(question)
            page.keyboard.press("Enter")
            page.locator("#turns .turn[data-status]").nth(count - 1).wait_for()
        if panel:
            page.locator("#turns .open-quote").first.click()
            page.frame_locator("#panel-frame").locator(":target").first.wait_for()

    return act


def _typed(page: Page) -> None:
    page.locator("#query").fill("gaolingjintie")
    page.locator("#hits li").first.wait_for()


PHONE = (390, 844)
SHOTS = (
    Shot("chat-welcome"),
    Shot("chat-answered", act=_asked(ANSWERED)),
    Shot("chat-not-stated", act=_asked(NOT_STATED)),
    Shot("chat-out-of-scope", act=_asked(ELSEWHERE)),
    Shot("chat-panel", act=_asked(ANSWERED, panel=True)),
    Shot("chat-dark", theme="dark", act=_asked(ANSWERED, panel=True)),
    Shot("chat-traditional", locale="zh-TW"),
    Shot("chat-english", locale="en-US", act=_asked("How long do cremation formalities take now?")),
    Shot("chat-phone", size=PHONE),
    Shot("chat-phone-answered", act=_asked(ANSWERED), size=PHONE),
    Shot("chat-phone-not-stated", act=_asked(NOT_STATED), size=PHONE),
    Shot("chat-phone-panel", act=_asked(ANSWERED, panel=True), size=PHONE),
    Shot("chat-phone-dark", theme="dark", act=_asked(NOT_STATED), size=PHONE),
    Shot("chat-320", act=_asked(ANSWERED), size=(320, 640)),
    Shot("chat-elder", elder="2", act=_asked(ANSWERED)),
    Shot("chat-elder-phone", elder="3", act=_asked(ANSWERED), size=PHONE),
    Shot("chat-zoom-400", act=_asked(ANSWERED), size=(320, 215)),
    Shot("notice", "/notice/{notice}?mark={mark}#37.2"),
    Shot("notice-top", "/notice/{notice}"),
    Shot("notice-phone", "/notice/{notice}#37.2", size=PHONE),
    Shot("notice-dark", "/notice/{notice}?mark={mark}#37.2", theme="dark"),
    Shot("plain", "/plain?question=" + ANSWERED),
    Shot("plain-phone", "/plain", size=PHONE),
    Shot("docs", "/docs"),
    Shot("error", "/nothing"),
    Shot("login", "/login"),
    Shot("desk", "/desk", act=_typed),
    Shot("desk-half", "/desk", act=_typed, size=(640, 860)),
    Shot("desk-dark", "/desk", theme="dark", act=_typed),
    *(Shot(f"staff-{name}", path) for name, path in _STAFF),
    *(Shot(f"staff-{name}-dark", path, theme="dark") for name, path in _STAFF),
)


def main(arguments: list[str]) -> int:
    """All pictures, or those whose names begin with one of those given."""
    parser = argparse.ArgumentParser(prog="python -m web.screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", help="beginnings of the pictures' names")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the pictures")
    options = parser.parse_args(arguments)
    names = tuple(options.names)
    wanted = [shot for shot in SHOTS if not names or shot.name.startswith(names)]
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as threads:
        password = secrets.token_urlsafe(12)
        try:
            app = threads.submit(lambda: asyncio.run(_app(Path(folder), password))).result()
        except TongbaoError as error:
            print(f"error: {error.one_line()}", file=sys.stderr)
            return 1
        with running(app) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for shot in wanted:
                page = _opened(browser, address, shot, password, _words(app.state.assistant))
                page.screenshot(path=options.out / f"{shot.name}.png")
                page.context.close()
                print(f"{shot.name}.png")
            browser.close()
    return 0


async def _app(folder: Path, password: str) -> FastAPI:
    """The index of the settings, a memory of its own."""
    assistant = Assistant.load(Settings.from_environment())
    settings = Settings(data=folder)
    memory = open_memory(settings)
    memory.add_user("staff", PasswordHasher().hash(password), "staff")
    for question in (NOT_STATED, "公墓一个多少钱", "养老院电话是多少"):
        memory.record_question(assistant.ask(question))
    return create_app(assistant, settings, memory=memory)


def _words(assistant: Assistant) -> dict[str, str]:
    passage = assistant.passage("37.2")
    start = passage.start + passage.text.index("由15分钟")
    return {"notice": passage.notice_id, "mark": f"{start}-{start + 11}"}


def _opened(
    browser: Browser, address: str, shot: Shot, password: str, words: dict[str, str]
) -> Page:
    context = browser.new_context(
        viewport={"width": shot.size[0], "height": shot.size[1]},
        locale=shot.locale,
        reduced_motion="reduce",
    )
    kept = {"elder": shot.elder, "theme": shot.theme}
    for name, value in kept.items():
        if value:
            context.add_init_script(f"localStorage.setItem('tongbao.{name}', '{value}')")
    page = context.new_page()
    if shot.path.startswith(("/desk", "/staff")):
        page.goto(f"{address}/login")
        page.locator("#name").fill("staff")
        page.locator("#password").fill(password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
    page.goto(address + shot.path.format_map(words))
    if shot.path == "/":
        page.wait_for_selector("html.ready")
    if shot.act:
        shot.act(page)
    page.wait_for_timeout(400)
    return page


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
