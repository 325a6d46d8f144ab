"""The assistant as tools for agents, over the Model Context Protocol.

``python -m web.mcp_server`` speaks it on stdin and stdout; the web server speaks it at ``/mcp``.
Source: Model Context Protocol specification, tools.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import Field
from starlette.routing import BaseRoute

from assistant import Assistant
from assistant.answer import citation_json
from assistant.verify import verify as against_notices
from index.errors import TongbaoError
from index.settings import Settings

_INSTRUCTIONS = (
    "Answers about one public notice, quoted word for word with offsets. When status is"
    " not_stated or out_of_scope, say so: nothing may be added from elsewhere."
)
Engine = Callable[[], Assistant]


def build_server(engine: Engine) -> MCPServer[Any]:
    """The four tools over an engine; ``engine`` may raise what says why there is none."""
    server = _quiet_server()

    @server.tool()
    def ask(
        question: Annotated[str, Field(description="at most 300 characters, any language")],
        history: Annotated[list[str] | None, Field(description="earlier questions")] = None,
    ) -> dict[str, Any]:
        """Answer a question from the notice, with verbatim citations and a confidence."""
        return _told(lambda: engine().ask(question, history or ()).to_json())

    @server.tool()
    def search(query: str, limit: Annotated[int, Field(ge=1, le=50)] = 10) -> dict[str, Any]:
        """Ranked passages of the notice; Chinese, pinyin or initials."""
        return _told(
            lambda: {"results": [citation_json(hit) for hit in engine().search(query, limit)]}
        )

    @server.tool()
    def passage(
        id: Annotated[str, Field(description="such as 37.2 or xuchang-mzj-2024/37.2")],  # noqa: A002
    ) -> dict[str, Any]:
        """One passage of the notice, word for word, with its offsets."""
        return _told(lambda: asdict(engine().passage(id)) | {"id": engine().passage(id).full_id})

    @server.tool()
    def verify(text: str) -> dict[str, Any]:
        """For each sentence of a text: where it stands word for word, or what comes nearest."""
        return _told(lambda: {"sentences": _verified(engine(), text)})

    return server


def _quiet_server() -> MCPServer[Any]:
    """It puts a handler at the root that prints whole pages for an error, bodies included."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        return MCPServer("tongbao", instructions=_INSTRUCTIONS, log_level="ERROR")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def _told(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """A refusal reaches the agent as the tool's error, in one line."""
    try:
        return call()
    except TongbaoError as error:
        raise ToolError(f"{error.code}: {error.one_line()}") from error


def _verified(assistant: Assistant, text: str) -> list[dict[str, Any]]:
    found = against_notices(text, assistant.notices, assistant.passages.values())
    return [sentence.to_json() for sentence in found]


def routes(server: MCPServer[Any]) -> list[BaseRoute]:
    """``/mcp`` for the web server, whose guard has already checked host, origin and size."""
    app = server.streamable_http_app(
        streamable_http_path="/mcp",
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return list(app.routes)


def main() -> int:
    """Serve on stdin and stdout until they close."""
    try:
        assistant = Assistant.load(Settings.from_environment())
    except TongbaoError as error:
        sys.stderr.write(f"error: {error.one_line()}\n")
        return 1
    build_server(lambda: assistant).run("stdio")
    return 0


if __name__ == "__main__":
    sys.exit(main())
