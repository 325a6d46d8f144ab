"""``/v1``: the assistant behind the interface that chat front ends already speak.

The last user message is the question, earlier ones its history; system messages, temperature
and the like are taken and change nothing. Citations stand in the message and in a field.

Source: OpenAI API reference, chat completions and models.
"""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StrictStr
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response, StreamingResponse

from assistant.answer import Answer, citation_json
from index.errors import NotFoundError, QuestionError
from web.contact import Contact, contact
from web.loaded import LoadedAssistant, remember
from web.loaded import asked as answer_to
from web.schemas import Text
from web.turns import lead, notice_address

MODEL = "tongbao"

router = APIRouter(prefix="/v1", tags=["chat front ends"])


class TextPart(BaseModel):
    """One part of a message; parts that are no text are refused."""

    type: Literal["text"]
    text: Text


class Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[TextPart] | None = None

    def plain(self) -> str:
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    include_usage: bool = False


class CompletionRequest(BaseModel):
    """Fields that change nothing here are taken and passed over."""

    model_config = ConfigDict(extra="ignore")

    model: StrictStr = MODEL
    messages: list[Message] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None


@router.get("/models")
async def models() -> Response:
    """The one model there is."""
    return JSONResponse({"object": "list", "data": [_model()]})


@router.get("/models/{model}")
async def model(model: str) -> Response:
    """The model by name."""
    if model != MODEL:
        raise NotFoundError(f"no model {model[:80]!r}", hint=f"there is {MODEL!r}")
    return JSONResponse(_model())


@router.post("/chat/completions")
async def complete(
    body: CompletionRequest, assistant: LoadedAssistant, request: Request
) -> Response:
    """One answer as a chat completion, whole or streamed."""
    asked = [message.plain() for message in body.messages if message.role == "user"]
    if not asked:
        raise QuestionError("no message with the role user", code="question_empty")
    answer = await answer_to(request.app.state, asked[-1], asked[:-1][-200:])
    kept = BackgroundTask(remember, request.app.state, "openai", answer)
    base = str(request.base_url).rstrip("/")
    text = message_text(answer, contact(assistant.notices[answer.notice.id]), base)
    head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
    if body.stream:
        usage = bool(body.stream_options and body.stream_options.include_usage)
        return StreamingResponse(
            _chunks(head, answer, text, asked, usage=usage),
            media_type="text/event-stream",
            background=kept,
        )
    message = {"role": "assistant", "content": text, "refusal": None}
    return JSONResponse(
        head
        | {
            "object": "chat.completion",
            "choices": [
                {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
            ],
            "usage": _usage(asked, text),
        }
        | _extras(answer),
        background=kept,
    )


def message_text(answer: Answer, way: Contact, base: str) -> str:
    """The sentence, every quotation with its source as Markdown, and where to ask further."""
    if answer.reason == "emergency":
        return answer.opening
    lines = [lead(answer)]
    for citation in answer.citations:
        notice_id, _, short = citation.id.partition("/")
        quote = "\n".join(f"> {line}" for line in citation.quote.splitlines())
        address = base + notice_address(notice_id, short)
        lines.append(f"{quote}\n>\n> —— [{citation.label}]({address})")
    if answer.status != "answered" and way.phone:
        lines.append(f"{way.phone} {way.email or ''}".strip())
    lines.append(f"《{answer.notice.title}》 {answer.notice.issued}".strip())
    return "\n\n".join(line for line in lines if line)


def _chunks(
    head: dict[str, Any], answer: Answer, text: str, asked: list[str], *, usage: bool
) -> Iterator[str]:
    """Role, then the text paragraph by paragraph, then the citations with the finish."""

    def chunk(delta: dict[str, Any], finish: str | None = None, **extra: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        document = head | {"object": "chat.completion.chunk", "choices": [choice]} | extra
        return f"data: {json.dumps(document, ensure_ascii=False)}\n\n"

    yield chunk({"role": "assistant", "content": ""})
    paragraphs = text.split("\n\n")
    for place, paragraph in enumerate(paragraphs):
        end = "\n\n" if place < len(paragraphs) - 1 else ""
        yield chunk({"content": paragraph + end})
    yield chunk({}, "stop", **_extras(answer))
    if usage:
        counted = head | {
            "object": "chat.completion.chunk",
            "choices": [],
            "usage": _usage(asked, text),
        }
        yield f"data: {json.dumps(counted)}\n\n"
    yield "data: [DONE]\n\n"


def _extras(answer: Answer) -> dict[str, Any]:
    """What the interface has no word for; its clients keep unknown fields."""
    return {
        "citations": [citation_json(citation) for citation in answer.citations],
        "status": answer.status,
        "reason": answer.reason,
        "confidence": answer.confidence,
    }


def _usage(asked: list[str], text: str) -> dict[str, int]:
    """Counted in characters: there are no tokens here."""
    sent = sum(len(question) for question in asked)
    return {
        "prompt_tokens": sent,
        "completion_tokens": len(text),
        "total_tokens": sent + len(text),
    }


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
