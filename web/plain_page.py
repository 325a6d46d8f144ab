"""``/plain``: the assistant as an ordinary form, for browsers without scripts.

The conversation travels in hidden fields; the server keeps nothing. It answers GET as well,
so that a question can be a link.
"""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from index.errors import QuestionError
from web import languages
from web.loaded import LoadedAssistant, asked, remember
from web.pages import language_of, render
from web.turns import failure_html, turn_html

_KEPT = 20
_FIELDS = 64

router = APIRouter(include_in_schema=False)


@router.get("/plain")
async def asked_by_link(
    request: Request, assistant: LoadedAssistant, question: Annotated[str, Query()] = ""
) -> Response:
    """The empty form, or the answer to a question given in the address."""
    return await _page(request, assistant, question, [])


@router.post("/plain")
async def asked_by_form(request: Request, assistant: LoadedAssistant) -> Response:
    """The answer, with the earlier questions of the form as its history."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(
            415,
            {"code": "body_not_form", "message": "the body is not a form", "hint": "use /api/ask"},
        )
    try:
        fields = parse_qsl(
            (await request.body()).decode("utf-8", "replace"), max_num_fields=_FIELDS
        )
    except ValueError as error:
        told = f"the form has more than {_FIELDS} fields"
        raise QuestionError(told, hint="start anew", code="body_invalid") from error
    question = next((value for name, value in fields if name == "question"), "")
    earlier = [value for name, value in fields if name == "earlier"]
    return await _page(request, assistant, question, earlier[-_KEPT:])


async def _page(
    request: Request, assistant: LoadedAssistant, question: str, earlier: list[str]
) -> Response:
    language = language_of(request)
    turn, status, kept = None, 200, None
    if question:
        try:
            answer = await asked(request.app.state, question, earlier)
            kept = BackgroundTask(remember, request.app.state, "plain", answer)
            notice = assistant.notices[answer.notice.id]
            turn = turn_html(answer, notice, language, scripted=False)
        except QuestionError as error:
            t, status = languages.texts(language), 422
            told = t["too_long"] if error.code == "question_too_long" else t["status_error"]
            turn = failure_html(told, question[:300], language)
    page = render(
        request,
        "plain.html",
        language=language,
        status=status,
        turn=turn,
        earlier=[*earlier, question][-_KEPT:] if question and status == 200 else earlier,
        examples=languages.texts(language)["example_questions"][:4],
    )
    page.background = kept
    return page
