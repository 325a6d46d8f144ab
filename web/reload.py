"""Takes up another build while the server runs: after ``python -m index build`` or ``use``.

The new index is loaded beside the old one and takes its place when it is whole; one that cannot
be loaded leaves the old one answering, and ``/readyz`` says so.
"""

import asyncio
import logging
from typing import Any

from assistant import Assistant
from index import store
from index.errors import IndexStoreError, TongbaoError
from web.pools import Pools

PERIOD_S = 5.0
_LOG = logging.getLogger("tongbao.web")


async def every_few_seconds(state: Any) -> None:
    """Runs until it is cancelled; a build that could not be loaded is not tried again."""
    refused = ""
    while True:
        await asyncio.sleep(PERIOD_S)
        name = _on_disk(state)
        if name and name not in (refused, state.assistant.index.name if state.assistant else ""):
            refused = "" if await taken_up(state) else name


async def taken_up(state: Any) -> bool:
    """Whether the build on disk now answers."""
    pools: Pools = state.pools
    try:
        loaded = await pools.drafts.run(lambda: Assistant.load(state.settings))
    except TongbaoError as error:
        _LOG.warning("the build on disk was not taken up", extra={"told": error.message})
        return False
    state.assistant, state.unavailable = loaded, None
    _LOG.info("another build answers", extra={"build": loaded.index.name})
    return True


def _on_disk(state: Any) -> str:
    try:
        return str(store.read_manifest(state.settings.index_folder)["name"])
    except IndexStoreError:
        return ""
