"""What the server does by itself once a day: delete what is older than the retention allows."""

import asyncio
import logging
from functools import partial

from index.errors import TongbaoError
from web.memory import RETENTION_DAYS, AnyMemory
from web.pools import Pools

PERIOD_S = 24 * 3600.0
AGAIN_S = 600.0
_LOG = logging.getLogger("tongbao.web")


async def every_day(memory: AnyMemory, pools: Pools) -> None:
    """Runs until it is cancelled; a day on which it failed is tried again ten minutes later."""
    while memory.stores:
        await asyncio.sleep(PERIOD_S if await purged(memory, pools) else AGAIN_S)


async def purged(memory: AnyMemory, pools: Pools) -> bool:
    """Whether it could be done; what was deleted stands in the audit trail."""
    try:
        count = await pools.memory.run(partial(_purge, memory))
    except TongbaoError as error:
        _LOG.warning("old records could not be deleted", extra={"told": error.message})
        return False
    _LOG.info("old records deleted", extra={"rows": count})
    return True


def _purge(memory: AnyMemory) -> int:
    count = sum(memory.purge(RETENTION_DAYS).values())
    if count:
        memory.audit("server", "purge", f"{RETENTION_DAYS} days, {count} rows")
    return count
