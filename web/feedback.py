"""``POST /api/feedback``: whether an answer helped. No address and no account is kept with it."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from index.errors import QuestionError
from web.forms import FeedbackRequest
from web.loaded import LoadedAssistant
from web.memory import memory_of
from web.pools import on

router = APIRouter(prefix="/api", tags=["questions"])


@router.post("/feedback", status_code=201)
@on("memory")
def feedback(body: FeedbackRequest, request: Request, assistant: LoadedAssistant) -> Response:
    """Keep a thumb, masked; one down goes on the staff's board. ``stored`` is false without memory."""
    memory = memory_of(request)
    notices = list(assistant.notices)
    notice_id = body.notice if body.notice in assistant.notices else notices[0]
    if not body.question.strip():
        raise QuestionError("the question is empty", code="question_empty")
    known = {passage.id for passage in assistant.passages.values()}
    short = [identifier.rpartition("/")[2] for identifier in body.citations]
    memory.record_feedback(
        notice_id,
        body.question,
        helpful=body.helpful,
        note=(body.note or "").strip() or None,
        passages=[identifier for identifier in short if identifier in known],
    )
    return JSONResponse({"stored": memory.stores}, 201)
