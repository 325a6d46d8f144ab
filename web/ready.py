"""``/healthz`` and ``/readyz``: whether the server lives, can answer, and what is wrong with it.

Only a missing index keeps it from answering. A database that is locked, full or gone is told
here and nowhere else: answers do not need it.
"""

import os
import shutil
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from index import store
from index.errors import IndexStoreError
from index.settings import Settings
from web import schemas
from web.loaded import LoadedAssistant
from web.memory import memory_of
from web.pools import BusyError, Pools

NEEDED_BYTES = 50 * 1024**2
_FINE = "ok"

router = APIRouter(tags=["operation"])


@router.get("/healthz", responses={200: {"content": {"application/json": {}}}})
async def healthz() -> Response:
    """Alive."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz", responses={503: {"model": schemas.ErrorDocument}})
async def readyz(request: Request, assistant: LoadedAssistant) -> Response:
    """The index is loaded, and one line on each of database, disk, index and reader."""
    state = request.app.state
    pools: Pools = state.pools
    try:
        found = await pools.memory.run(partial(checks, state, memory_of(request)))
    except BusyError as error:
        found = {"database": error.message}
    return JSONResponse(
        {
            "status": "ready",
            "notices": list(assistant.notices),
            "passages": len(assistant.passages),
            "build": assistant.index.name,
            "paused": bool(state.pause.reason()),
            "checks": found,
        }
    )


def checks(state: Any, memory: Any) -> dict[str, str]:
    """``ok`` or what is wrong, in one line, by what was looked at."""
    settings: Settings = state.settings
    return {
        "database": (memory.problem() or _FINE) if memory.stores else "off",
        "disk": disk_problem(settings) or _FINE,
        "index": index_problem(settings, state.assistant.index.name) or _FINE,
        "reader": getattr(state.assistant, "reader_problem", "") or _FINE,
    }


def disk_problem(settings: Settings) -> str:
    """Blank when the data folder can be written to and has room."""
    folder = settings.data
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        free = shutil.disk_usage(folder).free
        fixed = bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError as error:
        return f"the data folder cannot be looked at: {error.strerror}"
    if fixed or not os.access(folder, os.W_OK):
        return "the data folder cannot be written to"
    if free < NEEDED_BYTES:
        return f"{free // 1024**2} MB are free; {NEEDED_BYTES // 1024**2} are needed"
    return ""


def index_problem(settings: Settings, loaded: str) -> str:
    """Blank when the build on disk is whole and the one that answers."""
    try:
        on_disk = store.read_manifest(settings.index_folder)["name"]
    except IndexStoreError as error:
        return f"{error.message}; the one in memory still answers"
    if on_disk != loaded:
        return f"build {loaded} answers, build {on_disk} is on disk and was not taken up"
    return ""
