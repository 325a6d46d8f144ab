"""The tools for agents, through the real ``mcp`` client: over HTTP, and over a child's pipes."""

import os
import sys
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters

from tests.serving import NOTICE, QUESTION, finished, shared_server, shared_settings

ROOT = Path(__file__).parent.parent


async def called(server: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    async with Client(server) as client:
        result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return dict(result.structured_content or {})


def test_the_tools_are_listed_over_http() -> None:
    async def names() -> set[str]:
        async with Client(f"{shared_server()}/mcp") as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    assert finished(names) == {"ask", "search", "passage", "verify"}


def test_every_tool_answers_over_http() -> None:
    async def use() -> None:
        server = f"{shared_server()}/mcp"
        answer = await called(server, "ask", question=QUESTION)
        assert answer["citations"][0]["id"] == f"{NOTICE}/37.2"
        hits = await called(server, "search", query="gljt", limit=3)
        assert 0 < len(hits["results"]) <= 3
        passage = await called(server, "passage", id="37.2")
        assert "由15分钟简化为5分钟" in passage["text"]
        checked = await called(server, "verify", text="办理手续时间已由15分钟简化为3分钟。")
        assert checked["sentences"][0]["verdict"] == "differs"

    finished(use)


def test_a_refusal_is_the_tools_error() -> None:
    async def refused() -> tuple[bool, str]:
        async with Client(f"{shared_server()}/mcp") as client:
            result = await client.call_tool("passage", {"id": "99.9"})
            return result.is_error, str(result.content)

    failed, told = finished(refused)
    assert failed
    assert "not_found" in told


def test_the_tools_answer_over_the_pipes_of_a_child() -> None:
    child = StdioServerParameters(
        command=sys.executable,
        args=["-m", "web.mcp_server"],
        cwd=str(ROOT),
        env=dict(os.environ) | {"TONGBAO_DATA": str(shared_settings().data)},
    )
    answer = finished(lambda: called(child, "ask", question=QUESTION))
    assert answer["status"] == "answered"
