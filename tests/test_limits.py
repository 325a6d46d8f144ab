"""How much a client may ask for, whose request it is, and what is shed."""

import asyncio
import os
import threading
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

import pytest
from fastapi.testclient import TestClient

from index.errors import SettingsError
from tests.serving import QUESTION, finished, shared_assistant, shared_settings
from web.app import create_app
from web.chat_door import ASK
from web.limits import RATES, Counter, Limits, Rate
from web.pools import BusyError, Gate, Pool

PUBLIC = "203.0.113.5"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def server(limit: Limits, peer: str = PUBLIC) -> TestClient:
    app = create_app(shared_assistant(), shared_settings(), limits=limit, chat=False)
    return TestClient(
        app, base_url="http://127.0.0.1", client=(peer, 5000), raise_server_exceptions=False
    )


def ask(client: TestClient, headers: Mapping[str, str] | None = None) -> Any:
    return client.post("/plain", data={"question": QUESTION}, headers=dict(headers or {}))


# Counting


def test_fifteen_a_minute_may_come_at_once_and_then_one_every_four_seconds() -> None:
    clock = Clock()
    counter = Counter(clock)
    given = [counter.take("resident", "a", Rate(15, 60)) for _ in range(15)]
    assert [verdict.left for verdict in given] == list(range(14, -1, -1))
    refused = counter.take("resident", "a", Rate(15, 60))
    assert refused.after_s == pytest.approx(4.0)
    assert counter.take("resident", "b", Rate(15, 60)).after_s == 0
    clock.now += 4.0
    assert counter.take("resident", "a", Rate(15, 60)).after_s == 0
    assert counter.take("resident", "a", Rate(15, 60)).after_s == pytest.approx(4.0)
    clock.now += 60
    assert counter.take("resident", "a", Rate(15, 60)).left == 14


def test_any_number_of_clients_takes_the_same_memory_and_nobody_pays_for_another() -> None:
    counter = Counter(Clock(), slots=64)
    size = len(counter._table)
    given = [counter.take("page", str(number), Rate(1, 60)) for number in range(5000)]
    assert len(counter._table) == size
    assert all(verdict.after_s == 0 for verdict in given)


def test_processes_that_were_forked_share_the_count() -> None:
    counter = Counter()
    for _ in range(2):
        child = os.fork()
        if not child:
            for _ in range(5):
                counter.take("resident", "a", Rate(15, 60))
            os._exit(0)
        os.waitpid(child, 0)
    assert counter.take("resident", "a", Rate(15, 60)).left == 4


@pytest.mark.parametrize(
    "text", ["resident=15", "resident=0/minute", "nobody=1/minute", "15/minute"]
)
def test_a_limit_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="expected"):
        Limits.read([text])
    with pytest.raises(SettingsError, match="the proxy"):
        Limits.read(proxies=["nginx"])


def test_the_rates_named_on_the_command_line_replace_the_defaults() -> None:
    read = Limits.read(["program=2/second"], ["10.0.0.0/8", "::1"])
    assert read.rates["program"] == Rate(2, 1)
    assert read.rates["resident"] == RATES["resident"] == Rate(15, 60)
    assert read.proxies == (ip_network("10.0.0.0/8"), ip_network("::1/128"))


# Refusing


def test_the_sixteenth_question_of_a_minute_is_429_with_when_to_come_back() -> None:
    client = server(Limits())
    replies = [ask(client) for _ in range(16)]
    assert [reply.status_code for reply in replies] == [200] * 15 + [429]
    assert replies[0].headers["ratelimit-remaining"] == "14"
    assert replies[15].headers["ratelimit-remaining"] == "0"
    assert 1 <= int(replies[15].headers["retry-after"]) <= 4
    assert replies[15].json()["error"]["code"] == "too_many"
    assert client.get("/notice/xuchang-mzj-2024").status_code == 200
    assert 'tongbao_limit_hits_total{limit="resident"} 1.0' in client.get("/metrics").text
    page = client.post("/plain", data={"question": "x"}, headers={"accept": "text/html"})
    assert page.status_code == 429
    assert "提问太快" in page.text


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", ASK, "resident"),
        ("POST", "/plain", "resident"),
        ("GET", "/plain?question=x", "resident"),
        ("GET", "/plain", "page"),
        ("POST", "/api/ask", "program"),
        ("POST", "/mcp", "program"),
        ("GET", "/api/search?q=x", "typing"),
        ("POST", "/api/feedback", "feedback"),
        ("POST", "/login", "login"),
        ("GET", "/login", "page"),
        ("POST", "/desk/find", "room"),
        ("GET", "/", "page"),
    ],
)
def test_every_address_counts_in_its_class(method: str, path: str, name: str) -> None:
    chosen = dict.fromkeys(RATES, Rate(1000, 60)) | {name: Rate(1, 3600)}
    client = server(Limits(rates=chosen))
    assert client.request(method, path, json={}).status_code != 429
    assert client.request(method, path, json={}).status_code == 429


def test_a_program_on_this_machine_counts_apart_until_it_forwards_for_others() -> None:
    client = server(Limits(), peer="127.0.0.1")
    assert {ask(client).status_code for _ in range(30)} == {200}
    forwarded = {"x-forwarded-for": PUBLIC}
    assert [ask(client, forwarded).status_code for _ in range(16)][-1] == 429
    other = {"x-forwarded-for": "198.51.100.7"}
    assert ask(client, other).status_code == 429, "nobody named this proxy"


def test_only_a_named_proxy_is_believed_and_only_its_own_word() -> None:
    limit = Limits(
        rates=dict(RATES) | {"resident": Rate(1, 3600)}, proxies=(ip_network("127.0.0.1"),)
    )
    client = server(limit, peer="127.0.0.1")
    assert ask(client, {"x-forwarded-for": "198.51.100.7"}).status_code == 200
    assert ask(client, {"x-forwarded-for": "198.51.100.8"}).status_code == 200
    invented = {"x-forwarded-for": "192.0.2.99, 198.51.100.7"}
    assert ask(client, invented).status_code == 429, "what stands before is the sender's own"
    stranger = server(limit)
    assert ask(stranger, {"x-forwarded-for": "192.0.2.1"}).status_code == 200
    assert ask(stranger, {"x-forwarded-for": "192.0.2.2"}).status_code == 429


def test_the_addresses_of_one_ipv6_household_count_as_one() -> None:
    limit = Limits(rates=dict(RATES) | {"resident": Rate(1, 3600)})
    assert ask(server(limit, peer="2001:db8::1")).status_code == 200
    client = server(limit, peer="2001:db8:0:1::1")
    assert ask(client).status_code == 200
    app = client.app
    neighbour = TestClient(app, base_url="http://127.0.0.1", client=("2001:db8:0:1:ffff::9", 1))
    assert ask(neighbour).status_code == 429


def test_what_takes_too_long_is_503_and_the_place_is_free_again() -> None:
    limit = Limits(request_s=0.2, at_once=1)
    client = server(limit)
    app: Any = client.app

    async def slow() -> None:
        await asyncio.sleep(30)

    app.get("/slow")(slow)
    app.router.routes.insert(0, app.router.routes.pop())
    for _ in range(2):
        reply = client.get("/slow")
        assert (reply.status_code, reply.json()["error"]["code"]) == (503, "timeout")
        assert reply.headers["retry-after"]


def test_more_at_once_than_can_be_served_are_503_and_healthz_is_not() -> None:
    limit = Limits(at_once=0)
    client = server(limit)
    reply = client.get("/plain")
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "busy")
    assert reply.headers["retry-after"] == "1"
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path).status_code == 200


# Pools


def test_a_pool_sheds_whom_it_cannot_serve_and_keeps_its_promise_to_the_rest() -> None:
    go = threading.Event()
    pool = Pool("engine", threads=1, waiting=1, patience_s=30)

    async def crowd() -> list[Any]:
        tasks = [asyncio.create_task(pool.run(lambda: go.wait(20))) for _ in range(5)]
        await asyncio.sleep(0.05)
        go.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = finished(crowd)
    assert results[:2] == [True, True]
    assert [type(one) for one in results[2:]] == [BusyError] * 3
    pool.close()


def test_a_gate_sheds_likewise_and_its_places_become_free() -> None:
    async def crowd() -> list[Any]:
        gate = Gate("chat", inside=1, waiting=2, patience_s=0.2)

        async def one(seconds: float) -> str:
            try:
                async with gate.entered():
                    await asyncio.sleep(seconds)
                    return "served"
            except BusyError:
                return "shed"

        first = [asyncio.create_task(one(0.6)) for _ in range(4)]
        return [*await asyncio.gather(*first), await one(0)]

    assert finished(crowd) == ["served", "shed", "shed", "shed", "served"]


def test_whose_turn_comes_too_late_is_told_so_instead_of_served() -> None:
    served: list[int] = []
    pool = Pool("engine", threads=1, waiting=5, patience_s=0.05)

    async def crowd() -> list[Any]:
        slow = pool.run(lambda: threading.Event().wait(0.4))
        late = [pool.run(lambda: served.append(1)) for _ in range(3)]
        return await asyncio.gather(slow, *late, return_exceptions=True)

    results = finished(crowd)
    assert [type(one) for one in results[1:]] == [BusyError] * 3
    assert served == []
    pool.close()


def test_a_busy_engine_is_503_with_when_to_come_back() -> None:
    client = server(Limits())
    app: Any = client.app
    app.state.pools.engine = Pool("engine", threads=0 + 1, waiting=-1, patience_s=1)
    reply = client.post("/api/ask", json={"question": QUESTION})
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "busy")
    assert reply.headers["retry-after"] == "1"
