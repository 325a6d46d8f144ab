"""How every page is rendered: one Jinja environment, one context, the reader's language."""

from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup
from starlette.responses import HTMLResponse

from index.notice import Notice
from web import languages
from web.contact import contact

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(),
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of ours; ``?lang=`` wins over the browser's languages."""
    language = context.pop("language", None) or language_of(request)
    html = _TEMPLATES.get_template(template).render(
        page_context(request, language) | context | {"status_code": status}
    )
    return HTMLResponse(html, status)


def fragment(template: str, **context: Any) -> Markup:
    """A part of a page, already escaped."""
    return Markup(_TEMPLATES.get_template(template).render(context))


def language_of(request: Request) -> str:
    return languages.chosen(
        request.query_params.get("lang"), request.headers.get("accept-language")
    )


def page_context(request: Request, language: str) -> dict[str, Any]:
    """What every template may use: texts, language, the notice in sight and its contact."""
    notice = notice_in_sight(request)
    return {
        "t": languages.texts(language),
        "language": language,
        "languages": languages.names(),
        "html_lang": languages.HTML_LANGUAGE[language],
        "notice": notice,
        "contact": contact(notice) if notice else None,
    }


def notice_in_sight(request: Request) -> Notice | None:
    """The notice named in the path, else the first one loaded."""
    assistant = request.app.state.assistant
    if assistant is None:
        return None
    notices: dict[str, Notice] = assistant.notices
    named = request.path_params.get("notice")
    return notices.get(named) if named in notices else next(iter(notices.values()), None)
