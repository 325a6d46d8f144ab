"""``/staff/people``: accounts and sessions, seen and ended by staff."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from web.login import Visit, checked_staff, staff
from web.memory import memory_of
from web.pages import render
from web.pools import on

router = APIRouter(prefix="/staff", include_in_schema=False)

Act = Literal["disable", "enable", "end", "end_session"]


@router.get("/people")
@on("memory")
def people_page(request: Request, visit: Annotated[Visit, Depends(staff)]) -> Response:
    """Everybody who may sign in, and everybody who is."""
    return _page(request, visit)


@router.post("/people")
@on("memory")
def change(
    request: Request,
    visit: Annotated[Visit, Depends(checked_staff)],
    act: Annotated[Act, Form()],
    name: Annotated[str, Form(max_length=64)] = "",
    session: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Switch an account off or on, end its sessions or one of them."""
    memory = memory_of(request)
    if act == "disable" and name == visit.user.name:
        return _page(request, visit, problem="不能停用自己的账号。", status=422)
    if act in ("disable", "enable"):
        done = memory.set_disabled(name, disabled=act == "disable")
    elif act == "end":
        done = memory.end_sessions(name) > 0
    else:
        done = memory.end_open_session(session)
    if not done:
        return _page(request, visit, problem="没有这个账号或登录。", status=404)
    memory.audit(visit.user.name, f"user {act}", name or session)
    return RedirectResponse("/staff/people", 303)


def _page(request: Request, visit: Visit, **context: Any) -> Response:
    memory = memory_of(request)
    response = render(
        request, "staff_people.html", status=context.get("status", 200), language="zh-Hans",
        languages=(), visit=visit, room="staff", tab="people", accounts=memory.accounts(),
        sessions=memory.open_sessions(), problem=context.get("problem", ""),
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return response
