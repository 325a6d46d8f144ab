"""``/staff``: browse, verify, the board, phrasings and synonyms, the notice at a glance, the audit trail.

Pages work without a script; forms answer with a redirect or the page itself.
"""

import re
from dataclasses import fields
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from starlette.responses import RedirectResponse, Response

from assistant import Assistant
from assistant.verify import Verification
from assistant.verify import verify as against_notices
from index.errors import QuestionError, SettingsError, TongbaoError, VocabularyError
from index.notice import Notice
from web import browse, edits, glance
from web.browse import Row, Wanted
from web.forms import Number
from web.grouping import grouped
from web.loaded import LoadedAssistant
from web.login import Visit, checked_staff, staff
from web.memory import memory_of
from web.memory.records import BOARD_STATUSES, BoardStatus, EditKind
from web.pages import render
from web.pools import on
from web.subjects import order, subjects
from web.turns import marked, notice_address

router = APIRouter(prefix="/staff", include_in_schema=False)

Staff = Annotated[Visit, Depends(staff)]
Checked = Annotated[Visit, Depends(checked_staff)]
ShortText = Annotated[str, Form(max_length=300)]
_TRIED = 300
_FIELDS = tuple(field.name for field in fields(Wanted))


def wanted(request: Request) -> Wanted:
    """The filters of the address; anything else in it is ignored."""
    sent = {name: request.query_params.get(name, "")[:200].strip() for name in _FIELDS}
    filters = Wanted(**{name: value for name, value in sent.items() if value})
    for month in (filters.month_from, filters.month_to):
        if month and not re.fullmatch(r"[0-9]{4}-[0-9]{2}", month):
            raise QuestionError(
                f"月份 {month[:20]!r} 不是 2024-11 这样的写法", code="filter_invalid"
            )
    return filters


Filters = Annotated[Wanted, Depends(wanted)]


def _notice(assistant: Assistant) -> Notice:
    return next(iter(assistant.notices.values()))


def _rows(assistant: Assistant, filters: Wanted) -> list[Row]:
    notice = _notice(assistant)
    return browse.rows(notice, assistant.passages.values(), assistant.facts[notice.id], filters)


def _page(request: Request, visit: Visit, template: str, tab: str, **context: Any) -> Response:
    status = context.pop("status", 200)
    response = render(
        request, template, status=status, language="zh-Hans", languages=(), visit=visit,
        room="staff", tab=tab, **context,
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return response


@router.get("")
@on("memory")
def browse_page(
    request: Request, visit: Staff, assistant: LoadedAssistant, filters: Filters
) -> Response:
    """Every passage that meets the filters, with counts."""
    notice, found = _notice(assistant), _rows(assistant, filters)
    everything = _rows(assistant, Wanted(unit=filters.unit))
    query = {n: getattr(filters, n) for n in _FIELDS if getattr(filters, n) != getattr(Wanted(), n)}
    return _page(
        request,
        visit,
        "staff_browse.html",
        "browse",
        filters=filters,
        rows=[(row, marked(row.passage.text, row.matches, row.passage.start)) for row in found],
        total=len(everything),
        counts=browse.counts(found),
        choices=browse.counts(everything),
        subjects=order(set(subjects(notice).values())),
        query=urlencode(query),
        narrowed=lambda kind, value: urlencode(query | {kind: value}),
        address=notice_address,
        filtered=any(n not in ("sort", "unit") for n in query),
    )


@router.get("/export.{form}")
@on("memory")
def export(
    form: str, request: Request, visit: Staff, assistant: LoadedAssistant, filters: Filters
) -> Response:
    """What the page lists, as a file."""
    found, notice = _rows(assistant, filters), _notice(assistant)
    address = str(request.base_url).rstrip("/")
    if form == "csv":
        body, media = browse.to_csv(found, address), "text/csv; charset=utf-8"
    elif form == "md":
        body, media = (
            browse.to_markdown(found, notice.title, address),
            "text/markdown; charset=utf-8",
        )
    else:
        raise HTTPException(404)
    memory_of(request).audit(visit.user.name, "export", f"{form}, {len(found)} rows")
    name = f"{notice.id}.{form}"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(body.encode("utf-8", "replace"), media_type=media, headers=headers)


@router.get("/verify")
@on("memory")
def verify_page(request: Request, visit: Staff, assistant: LoadedAssistant) -> Response:
    """An empty form."""
    return _page(request, visit, "staff_verify.html", "verify", text="", results=None, problem="")


@router.post("/verify")
@on("drafts")
def verify(
    request: Request,
    visit: Checked,
    assistant: LoadedAssistant,
    text: Annotated[str, Form()] = "",
) -> Response:
    """The sentences of a draft against the notice; the draft is not kept."""
    text = text.replace("\r\n", "\n")
    try:
        found = against_notices(text, assistant.notices, assistant.passages.values())
        problem = ""
    except QuestionError as error:
        found, problem = (), f"{error.message}。{error.hint}"
    results = [(one, *_both_sides(one)) for one in found]
    return _page(
        request, visit, "staff_verify.html", "verify", text=text, results=results, problem=problem,
        address=notice_address, verdicts=[one.verdict for one in found],
    )  # fmt: skip


def _both_sides(one: Verification) -> tuple[Any, Any]:
    """The sentence and the printed words, with the differing characters marked."""
    written = [(d.written_start, d.written_end) for d in one.differences]
    printed = [(d.printed_start, d.printed_end) for d in one.differences]
    start = one.places[0].start if one.places else 0
    return marked(one.sentence, written, one.start), marked(one.quote, printed, start)


@router.get("/board")
@on("memory")
def board_page(
    request: Request, visit: Staff, assistant: LoadedAssistant, status: str = "new"
) -> Response:
    """What the notice did not answer, alike questions together, with what they would get now."""
    memory = memory_of(request)
    shown: BoardStatus | None = next((one for one in BOARD_STATUSES if one == status), None)
    groups = grouped(memory.board(shown))
    now = {group.question: _told(assistant, group.question) for group in groups[:100]}
    return _page(
        request, visit, "staff_board.html", "board", groups=groups, now=now, chosen=shown,
        counts=memory.board_counts(), calls=memory.call_counts(), feedback=memory.feedback_counts(),
        notice_id=_notice(assistant).id, labels={p.id: p.label for p in assistant.passages.values()},
    )  # fmt: skip


def _told(assistant: Assistant, question: str) -> edits.Told | None:
    try:
        return edits.told(assistant.ask(question))
    except QuestionError:
        return None


@router.post("/board")
@on("memory")
def set_status(
    request: Request,
    visit: Checked,
    items: Annotated[str, Form(max_length=8000)],
    status: Annotated[BoardStatus, Form()],
    shown: ShortText = "new",
) -> Response:
    """Give every item of a group a status."""
    numbers = [int(part) for part in items.split(",") if re.fullmatch(r"[0-9]{1,9}", part)]
    memory = memory_of(request)
    count = memory.set_board_status(numbers, status)
    memory.audit(visit.user.name, "board", f"{status}: {count} items ({items[:80]})")
    where = shown if shown in BOARD_STATUSES else "all"
    return RedirectResponse(f"/staff/board?status={where}", 303)


@router.get("/words")
@on("memory")
def words_page(
    request: Request,
    visit: Staff,
    assistant: LoadedAssistant,
    question: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """Forms for a phrasing and a synonym, and what has been proposed."""
    return _words(request, visit, assistant, {"question": question})


@router.post("/words")
@on("drafts")
def propose(
    request: Request,
    visit: Checked,
    assistant: LoadedAssistant,
    kind: Annotated[EditKind, Form()],
    act: Annotated[str, Form()] = "preview",
    passage: ShortText = "",
    question: ShortText = "",
    word: ShortText = "",
    terms: ShortText = "",
) -> Response:
    """Try an edit out on the questions so far, or keep it as pending."""
    notice, memory = _notice(assistant), memory_of(request)
    sent = {"passage": passage, "question": question, "word": word, "terms": terms}
    content = (
        edits.phrasing(passage, question)
        if kind == "phrasing"
        else edits.synonym(word, terms.replace("，", "|").replace("、", "|").split("|"))
    )
    ids = edits.known_ids(assistant.passages, notice.id)
    try:
        edits.check(kind, content, notice, ids)
        if act == "keep":
            number = memory.propose_edit(notice.id, kind, content, visit.user.name)
            memory.audit(visit.user.name, "edit proposed", f"{kind} {number}")
            return RedirectResponse("/staff/words?kept=1", 303)
        asked = [question or word] + [q.text for q in memory.questions(_TRIED)]
        settings = request.app.state.settings
        trial = edits.preview(assistant, settings, notice.id, (kind, content), asked)
    except VocabularyError as error:
        return _words(request, visit, assistant, sent, kind=kind, problem=error.message, status=422)
    except TongbaoError as error:
        return _words(
            request, visit, assistant, sent, kind=kind, problem=error.one_line(), status=503
        )
    return _words(request, visit, assistant, sent, kind=kind, trial=trial)


@router.post("/words/{number}")
@on("memory")
def decide(
    number: Number,
    request: Request,
    visit: Checked,
    assistant: LoadedAssistant,
    decision: Annotated[str, Form(pattern="^(accepted|rejected)$")],
) -> Response:
    """Accept a pending edit, which writes it for the next build, or reject it."""
    memory = memory_of(request)
    edit = memory.edit(number)
    if edit is None:
        raise HTTPException(404)
    accepted = decision == "accepted"
    # Decided before it is written: of two who decide at once only one goes on.
    if not memory.decide_edit(number, "accepted" if accepted else "rejected", visit.user.name):
        return RedirectResponse("/staff/words?settled=1", 303)
    if accepted:
        try:
            folder = request.app.state.settings.edits_folder
            edits.write(folder, edit.notice_id, edit.kind, edit.content)
        except OSError as error:
            memory.reopen_edit(number)
            raise SettingsError(
                f"补充文件写不进去：{error.strerror}", hint="检查磁盘空间和权限后再采用"
            ) from error
    memory.audit(visit.user.name, f"edit {decision}", f"{edit.kind} {number}")
    return RedirectResponse(f"/staff/words?{'accepted' if accepted else 'rejected'}=1", 303)


def _words(
    request: Request,
    visit: Visit,
    assistant: Assistant,
    sent: dict[str, str],
    *,
    kind: EditKind = "phrasing",
    problem: str = "",
    trial: edits.Trial | None = None,
    status: int = 200,
) -> Response:
    passages = [p for p in assistant.passages.values() if p.notice_id == _notice(assistant).id]
    return _page(
        request, visit, "staff_words.html", "words", sent=sent, kind=kind, problem=problem,
        trial=trial, edits=memory_of(request).edits(), passages=passages, status=status,
        labels={p.id: p.label for p in passages}, told=dict(request.query_params),
    )  # fmt: skip


@router.get("/glance")
@on("memory")
def glance_page(request: Request, visit: Staff, assistant: LoadedAssistant) -> Response:
    """Findings by subject, measures and figures over the months."""
    notice = _notice(assistant)
    found = _rows(assistant, Wanted())
    return _page(
        request, visit, "staff_glance.html", "glance", picture=glance.picture(notice, found),
        sizes=glance, measures=sum(len(f.measures) for f in notice.findings),
        figures=sum(1 for f in assistant.facts[notice.id] if f.kind == "figure"),
        documents=len({f.value for f in assistant.facts[notice.id] if f.kind == "document"}),
    )  # fmt: skip


@router.get("/log")
@on("memory")
def log_page(request: Request, visit: Staff) -> Response:
    """Who did what."""
    return _page(request, visit, "staff_log.html", "log", entries=memory_of(request).audit_trail())
