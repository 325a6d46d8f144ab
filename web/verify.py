"""``POST /api/verify``: each sentence of a text, word for word in the notice or what differs."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from assistant.verify import verify as against_notices
from index.errors import QuestionError
from web.forms import VerifyRequest
from web.loaded import LoadedAssistant
from web.pools import on

router = APIRouter(prefix="/api", tags=["questions"])


@router.post("/verify")
@on("drafts")
def verify(body: VerifyRequest, request: Request, assistant: LoadedAssistant) -> Response:
    """One record a sentence, in order, with offsets into the text sent and into the notice."""
    try:
        body.text.encode()
    except UnicodeEncodeError as error:
        raise QuestionError("text is not text", code="text_not_text") from error
    found = against_notices(body.text, assistant.notices, assistant.passages.values())
    verdicts = [one.verdict for one in found]
    return JSONResponse(
        {
            "sentences": [one.to_json() for one in found],
            "counts": {
                name: verdicts.count(name)
                for name in ("verbatim", "same_words", "differs", "not_found")
            },
        }
    )
