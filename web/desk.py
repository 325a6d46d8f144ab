"""``/desk``: what a hotline operator consults during a call. Typed words travel in bodies, never in addresses."""

import time
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import JSONResponse, Response

from assistant.answer import Answer, Citation, citation_json
from assistant.words import matching_form
from index.errors import QuestionError
from index.notice import Notice
from index.passages import Passage
from web.aloud import aloud, quoted
from web.contact import contact
from web.forms import EndCallRequest, FindRequest, MarkRequest, Number
from web.loaded import LoadedAssistant
from web.login import Visit, checked_operator, operator
from web.memory import memory_of
from web.pages import render
from web.pools import on
from web.turns import notice_address

HITS = 9
NEAR = 0.1
# Reasons that a bare word gets as well: it is no question yet.
_UNJUDGED = frozenset((None, "other_topic", "greeting", "empty"))

router = APIRouter(include_in_schema=False)
Checked = Annotated[Visit, Depends(checked_operator)]


@router.get("/desk")
async def page(request: Request, visit: Annotated[Visit, Depends(operator)]) -> Response:
    """The page; everything on it happens by script."""
    response = render(
        request, "desk.html", language="zh-Hans", languages=(), visit=visit, room="desk"
    )
    response.headers["cache-control"] = "no-store"
    return response


@router.post("/desk/find")
@on("engine")
def find(
    body: FindRequest, request: Request, visit: Checked, assistant: LoadedAssistant
) -> Response:
    """The line to say, and the passages, for what has been typed so far."""
    started = time.perf_counter()
    query = body.query.strip()
    try:
        found = assistant.search(query, HITS) if query else ()
        answer = assistant.ask(query, language="zh-Hans") if query else None
    except QuestionError:
        found, answer = (), None
    notice = next(iter(assistant.notices.values()))
    hits = _hits(answer, found, query)
    status = _status(answer, hits, query)
    return JSONResponse(
        {
            "status": status,
            "reason": answer.reason if answer else None,
            "aloud": _said(answer, hits, status, notice),
            "hits": [hit_json(hit, assistant.notices, assistant.passage(hit.id)) for hit in hits],
            "ms": round((time.perf_counter() - started) * 1000, 1),
        }
    )


@router.post("/desk/call", status_code=201)
@on("memory")
def start_call(request: Request, visit: Checked) -> Response:
    """A call begins."""
    return JSONResponse({"call": memory_of(request).start_call(visit.user)}, 201)


@router.post("/desk/call/{call}/end")
@on("memory")
def end_call(
    call: Number, body: EndCallRequest, request: Request, visit: Checked, assistant: LoadedAssistant
) -> Response:
    """A call ends, with what came of it."""
    ended = memory_of(request).end_call(
        visit.user,
        call,
        body.outcome,
        notice_id=next(iter(assistant.notices)),
        note=body.note.strip(),
        searches=body.searches,
    )
    if not ended:
        raise HTTPException(404, {"code": "call_unknown", "message": "没有这通电话"})
    return JSONResponse({"ended": True})


@router.post("/desk/mark", status_code=201)
@on("memory")
def mark(
    body: MarkRequest, request: Request, visit: Checked, assistant: LoadedAssistant
) -> Response:
    """A passage that is wrong, or missing, for what was typed: for the staff's board."""
    passage = assistant.passage(body.passage) if body.passage else None
    notice_id = passage.notice_id if passage else next(iter(assistant.notices))
    memory_of(request).put_on_board(
        notice_id,
        "passage_missing" if body.missing else "passage_wrong",
        body.query,
        passage.id if passage else "",
        body.note.strip() or None,
    )
    return JSONResponse({"marked": True}, 201)


def hit_json(hit: Citation, notices: dict[str, Notice], passage: Passage) -> dict[str, Any]:
    """A citation with its page and the words that go into a ticket."""
    notice = notices[passage.notice_id]
    return citation_json(hit) | {
        "short": passage.id,
        "href": notice_address(notice.id, passage.id, hit.highlights),
        "ticket": ticket(hit, notice),
    }


def ticket(hit: Citation, notice: Notice) -> str:
    """For a ticket: the quote, then finding, measure, title and date of the notice."""
    place = hit.label.replace(" · ", "·")
    return f"“{hit.quote}”\n——{place}｜{notice.title}｜{notice.issued}"


def _spelled(query: str) -> bool:
    """Pinyin or initials: letters to find a word by, not yet a question."""
    return query.isascii() and query.replace(" ", "").replace("'", "").isalpha()


def _stands(query: str, hit: Citation) -> bool:
    """Whether the typed characters themselves stand in a passage or its title."""
    typed = matching_form(query)
    return len(typed) > 1 and typed in matching_form(f"{hit.label} {hit.quote}")


def _hits(answer: Answer | None, found: Sequence[Citation], query: str) -> list[Citation]:
    """What answers first, then what else is near; each passage once."""
    if answer and answer.reason == "emergency":
        return []
    first = answer.citations if answer and not _spelled(query) else ()
    near = [hit for hit in found if hit.score >= NEAR or _stands(query, hit)]
    merged = {hit.id: hit for hit in (*near, *first)}
    ordered = dict.fromkeys([hit.id for hit in first] + [hit.id for hit in near])
    return [merged[identifier] for identifier in ordered][:HITS]


def _status(answer: Answer | None, hits: Sequence[Citation], query: str) -> str:
    """``near`` is for a fragment: no question that could be judged, but the notice has the word."""
    if not query or answer is None:
        return "blank"
    if not hits or answer.reason == "emergency":
        return answer.status
    absent = answer.status == "out_of_scope" and answer.reason in _UNJUDGED
    if _spelled(query) or (absent and _stands(query, hits[0])):
        return "near"
    return answer.status


def _said(answer: Answer | None, hits: Sequence[Citation], status: str, notice: Notice) -> str:
    if answer is None:
        return ""
    return quoted(hits[0]) if status == "near" else aloud(answer, contact(notice).phone)
