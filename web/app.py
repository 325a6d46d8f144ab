"""Puts the server together: guard, API, pages, rooms, chat. Starts nothing and reads no setting."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from assistant import Assistant
from index.errors import TongbaoError
from index.settings import Settings
from web import (
    api,
    desk,
    docs_page,
    errors,
    feedback,
    login,
    mcp_server,
    metrics,
    notice_page,
    openai_api,
    people,
    plain_page,
    ready,
    staff,
    verify,
)
from web.chat import mount_chat
from web.contact import contact
from web.guard import Guard
from web.housekeeping import every_day
from web.limits import Counter, Limited, Limits
from web.loaded import engine_of
from web.memory import NoMemory
from web.memory.masking import publish
from web.pause import Paused, Switch
from web.pools import Pools
from web.reload import every_few_seconds

STATIC = Path(__file__).parent / "static"
_ABOUT = "Answers questions about a public notice with word-for-word quotes and their offsets."


def create_app(
    assistant: Assistant | None,
    settings: Settings,
    *,
    memory: Any = None,
    unavailable: TongbaoError | None = None,
    allowed_hosts: Sequence[str] = (),
    limits: Limits | None = None,
    counter: Counter | None = None,
    chat: bool = True,
) -> FastAPI:
    """The whole server.

    ``assistant`` None serves ``unavailable`` as 503; ``memory`` None stores nothing.
    ``allowed_hosts`` are the Host headers that are answered; empty: any. ``limits`` None counts
    nobody's requests; ``counter`` is one that several processes share. ``chat`` False leaves Gradio out, which tests of the API need not wait for.
    """
    app = FastAPI(
        title="通报问答 Tongbao",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.assistant = assistant
    app.state.unavailable = unavailable
    app.state.settings = settings
    app.state.memory = memory
    app.state.metrics = metrics.Metrics()
    app.state.pools = Pools()
    app.state.pause = Switch(settings)
    _publish(assistant)
    errors.install(app)
    app.mount("/ui", StaticFiles(directory=STATIC), name="ui")
    _include(app)
    if chat:
        mount_chat(app)
    # The last one added is the first to see a request.
    app.add_middleware(Paused, switch=app.state.pause)
    if limits is not None:
        app.add_middleware(Limited, limits=limits, metrics=app.state.metrics, counter=counter)
    app.add_middleware(Guard, allowed_hosts=tuple(allowed_hosts))
    app.add_middleware(metrics.Timed, metrics=app.state.metrics)
    app.add_middleware(CorrelationIdMiddleware)
    return app


def _publish(assistant: Assistant | None) -> None:
    """The office's own telephone and mail are no secret: they stay where questions are stored."""
    notices = assistant.notices.values() if assistant else ()
    printed = [contact(notice) for notice in notices]
    publish(text for one in printed for text in (one.phone, one.email) if text)


def _include(app: FastAPI) -> None:
    """Every room but the chat, which answers what is left and so comes last."""
    for module in (api, verify, feedback, openai_api, plain_page, notice_page, docs_page):
        app.include_router(module.router)
    for module in (login, desk, staff, people):
        app.include_router(module.router)
    app.include_router(ready.router)
    app.include_router(metrics.router)
    app.state.agents = mcp_server.build_server(lambda: engine_of(app.state))
    app.router.routes.extend(mcp_server.routes(app.state.agents))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    jobs = [
        asyncio.create_task(every_day(state.memory or NoMemory(), state.pools)),
        asyncio.create_task(every_few_seconds(state)),
    ]
    async with state.agents.session_manager.run():
        yield
    for job in jobs:
        job.cancel()
        with suppress(asyncio.CancelledError):
            await job
    state.pools.close()
