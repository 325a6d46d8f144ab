"""One engine and one server for every test that needs the real ones."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page

from assistant import Assistant
from index import sources, store
from index.encoder import load_encoder
from index.settings import Settings
from web.app import create_app
from web.memory import open_memory
from web.running import running

QUESTION = "火化手续现在要多久"
NOTICE = "xuchang-mzj-2024"

_OPEN = ExitStack()
Result = TypeVar("Result")


@cache
def shared_settings() -> Settings:
    """A fresh data folder with an index of the shipped notice."""
    folder = Path(_OPEN.enter_context(tempfile.TemporaryDirectory(prefix="tongbao-test-")))
    settings = Settings(data=folder, reader="none")
    found = sources.collect(sources.shipped_files(), settings.edits_folder)
    store.build(found, load_encoder(settings.encoder), settings.index_folder)
    return settings


@cache
def shared_assistant() -> Assistant:
    return Assistant.load(shared_settings())


@cache
def shared_server() -> str:
    """The address of the whole server, chat and memory included; lives as long as the tests."""
    return _OPEN.enter_context(running(finished(_whole_app)))


def finished(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """What a coroutine returns, run in a thread: the browser tests hold a loop in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(work())).result()


async def _whole_app() -> FastAPI:
    """Inside a running event loop, because gradio would otherwise leave loops of its own open."""
    settings = shared_settings()
    hosts = ("127.0.0.1", "localhost")
    return create_app(
        shared_assistant(), settings, memory=open_memory(settings), allowed_hosts=hosts
    )


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's browser; import this name in every module that uses ``page``."""
    return {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu"]}


class Watch:
    """Everything a page asked for, and everything it complained of."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text) if message.type == "error" else None
            ),
        )

    def foreign(self, server: str) -> list[str]:
        own = (server + "/", "data:", "blob:" + server)
        return [address for address in self.requests if not address.startswith(own)]
