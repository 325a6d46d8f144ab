"""Load on a server of one's own machine: ``python -m web.soak http://127.0.0.1:8000 --help``.

Bounded in requests and in time, and to loopback. Every resident has an address of their own in
``X-Forwarded-For``, so the server must be told ``--proxy 127.0.0.1``. Prints one JSON document.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_QUESTIONS = (
    "火化手续现在要多久",
    "安葬费有没有减免",
    "高龄津贴每个月多少钱",
    "养老院查得严不严",
    "低保怎么核查",
    "郑州的殡仪馆几点开门",
    "How long does cremation paperwork take now?",
    "流浪乞讨人员怎么救助",
)
_LONGEST_S = 300.0
_MOST = 2000


@dataclass
class Seen:
    """What came back: how often each status, and how long each took."""

    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    health_s: list[float] = field(default_factory=list)


async def request(address: str, method: str, path: str, client: str, body: str = "") -> str:
    """One request on a connection of its own; the status, or what went wrong."""
    place = urlsplit(address)
    try:
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
    except OSError as error:
        return type(error).__name__
    content = body.encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: {place.netloc}\r\nx-forwarded-for: {client}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\nconnection: close\r\n\r\n"
    )
    try:
        writer.write(head.encode() + content)
        reply = await asyncio.wait_for(reader.read(), 60)
        return reply[9:12].decode() or "closed"
    except (OSError, TimeoutError) as error:
        return type(error).__name__
    finally:
        writer.close()


async def resident(address: str, number: int, until: float, pause_s: float, seen: Seen) -> None:
    """Asks, waits, asks again."""
    client = f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"
    chooser = random.Random(number)
    while time.monotonic() < until:
        question = chooser.choice(_QUESTIONS)
        carried = json.dumps({"number": 1, "question": question, "history": []})
        begun = time.monotonic()
        body = json.dumps({"data": [question, carried]})
        status = await request(address, "POST", "/gradio_api/run/ask", client, body)
        seen.seconds.append(time.monotonic() - begun)
        seen.statuses[status] += 1
        if pause_s <= 0:
            return
        await asyncio.sleep(pause_s * chooser.uniform(0.8, 1.2))


async def health(address: str, until: float, seen: Seen) -> None:
    """How long ``/healthz`` takes meanwhile, four times a second."""
    while time.monotonic() < until:
        begun = time.monotonic()
        status = await request(address, "GET", "/healthz", "127.0.0.1")
        seen.health_s.append(time.monotonic() - begun)
        seen.statuses[f"healthz {status}"] += 1
        await asyncio.sleep(0.25)


async def soak(
    address: str, residents: int, seconds: float, pause_s: float, spread_s: float
) -> Seen:
    """``residents`` at once for ``seconds``; ``pause_s`` 0 asks once each. They arrive over
    ``spread_s``.
    """
    seen = Seen()
    until = time.monotonic() + seconds

    async def arrives(number: int) -> None:
        await asyncio.sleep(random.Random(-number).uniform(0, spread_s))
        await resident(address, number, until, pause_s, seen)

    watching = asyncio.create_task(health(address, until, seen))
    await asyncio.gather(*(arrives(number) for number in range(residents)))
    await watching
    return seen


def share(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` of them lie, in milliseconds; 0 without any."""
    ordered = sorted(values)
    return (
        round(ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000, 1) if ordered else 0
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m web.soak", description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--residents", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=4.4, help="0: one question each")
    parser.add_argument("--spread", type=float, default=4.0, help="seconds in which they arrive")
    options = parser.parse_args(arguments)
    if urlsplit(options.address).hostname not in ("127.0.0.1", "localhost", "::1"):
        parser.error(f"{options.address}: only a server of this machine")
    seen = asyncio.run(
        soak(
            options.address,
            min(options.residents, _MOST),
            min(options.seconds, _LONGEST_S),
            options.pause,
            options.spread,
        )
    )
    document = {
        "asked": len(seen.seconds),
        "statuses": dict(seen.statuses),
        "p50_ms": share(seen.seconds, 0.5),
        "p95_ms": share(seen.seconds, 0.95),
        "p99_ms": share(seen.seconds, 0.99),
        "slowest_ms": share(seen.seconds, 1),
        "healthz_slowest_ms": share(seen.health_s, 1),
    }
    sys.stdout.write(json.dumps(document) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
