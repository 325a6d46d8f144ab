"""The residents' chat: a Gradio application inside a page of ours.

Gradio carries the question to the engine and the answer back; the page around it (head,
notice strip, panel) is drawn by our own template, so that it is there before any script.
What of Gradio can be reached at all stands in ``chat_door.py``.
"""

import contextlib
import importlib
import json
import logging
import os
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from starlette.routing import Mount

from assistant import Assistant
from index.errors import QuestionError, TongbaoError
from web import languages
from web.chat_door import Door
from web.loaded import asked, remember
from web.pools import BusyError
from web.turns import failure_html, turn_html

_LONGEST = 300
_EXAMPLES = 16
_LOG = logging.getLogger("tongbao.web")
_TAKE = "(question, conversation) => window.tongbao.take(question)"


def mount_chat(app: FastAPI) -> None:
    """Put the chat at ``/``; every address that nobody else answers ends here as well."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("MPLBACKEND", "agg")
    import gradio  # slow to import, and it reads the environment when it is

    with contextlib.suppress(ImportError):  # gradio would do so while the first question waits
        importlib.import_module("matplotlib")

    gradio.mount_gradio_app(
        app,
        _blocks(gradio, app),
        "/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        max_file_size=1,
        theme=gradio.themes.Base(font=["sans-serif"], font_mono=["monospace"]),
        css=None,
    )
    mount = app.router.routes[-1]
    if not isinstance(mount, Mount):
        raise RuntimeError("gradio did not mount the chat as the last route")
    mount.app = Door(mount.app, _prepared(app.state))


def _prepared(state: Any) -> dict[str, list[str]]:
    """Example questions by language; on the way every template and the engine have run once."""
    questions = {code: examples(state.assistant, code) for code in languages.LANGUAGES}
    for code, some in questions.items():
        for question in some[:1]:
            answer = state.assistant.ask(question)
            turn_html(answer, state.assistant.notices[answer.notice.id], code, scripted=True)
    return questions


def _blocks(gradio: Any, app: FastAPI) -> Any:
    """Two boxes and two buttons; what they look like is in ``chat.css``."""
    with gradio.Blocks(title="通报问答", analytics_enabled=False) as blocks:
        reply = gradio.HTML(elem_id="reply", js_on_load=None, apply_default_css=False)
        with gradio.Row(elem_id="composer"):
            question = gradio.Textbox(
                elem_id="question", label="您的问题", lines=1, max_lines=4, autofocus=False
            )
            conversation = gradio.Textbox(elem_id="conversation", visible=False)
            send = gradio.Button("提问", elem_id="send", variant="primary")

        async def ask(_: str, carried: str) -> str:
            return await reply_html(app.state, carried)

        gradio.on(
            [question.submit, send.click],
            ask,
            [question, conversation],
            [reply],
            js=_TAKE,
            queue=False,
            show_progress="hidden",
            api_name="ask",
            concurrency_limit=16,
        )
    return blocks


async def reply_html(state: Any, carried: str) -> str:
    """One turn of the conversation as HTML; ``carried`` is what the page's script sends.

    ``{"number": 3, "question": "…", "history": ["…"], "frame": "en" or null, "language": "en"}``
    """
    number, question, history, frame, language = _carried(carried)
    try:
        html = await _turn(state, question, history, frame, language)
    except Exception as error:  # noqa: BLE001 - gradio would print whole pages of it
        _LOG.error("failed", exc_info=error, extra={"route": "chat"})
        html = failure_html(languages.texts(language)["status_error"], "", language)
    return f'<div class="delivered" data-number="{number}">{html}</div>'


def _carried(text: str) -> tuple[int, str, list[str], str | None, str]:
    """Whatever a client may send instead becomes a blank question."""
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError, TypeError):
        sent = {}
    sent = sent if isinstance(sent, dict) else {}
    number, history = sent.get("number"), sent.get("history")
    return (
        number if isinstance(number, int) else 0,
        sent["question"] if isinstance(sent.get("question"), str) else "",
        [q for q in history if isinstance(q, str)] if isinstance(history, list) else [],
        sent.get("frame") if sent.get("frame") in languages.LANGUAGES else None,
        languages.chosen(str(sent.get("language")), None),
    )


async def _turn(
    state: Any, question: str, history: Sequence[str], frame: str | None, language: str
) -> str:
    assistant: Assistant | None = state.assistant
    t = languages.texts(language)
    if assistant is None:
        return failure_html(state.unavailable.one_line(), question, language)
    try:
        answer = await asked(state, question, history, language=frame)
    except BusyError:
        return failure_html(t["busy"], question[:_LONGEST], language)
    except TongbaoError as error:
        told = t["too_long"] if error.code == "question_too_long" else t["status_error"]
        if not isinstance(error, QuestionError):
            told = error.one_line()
        shown = question.encode("utf-8", "replace").decode()[:_LONGEST]
        return failure_html(told, shown, language)
    remember(state, "chat", answer)
    return turn_html(answer, assistant.notices[answer.notice.id], language, scripted=True)


def examples(assistant: Assistant | None, language: str) -> list[str]:
    """Questions that the loaded notice answers: curated ones first, else its own titles."""
    if assistant is None:
        return []
    wanted = languages.texts(language)["example_questions"]
    asked = [question for question in wanted if assistant.ask(question).status == "answered"]
    notice = next(iter(assistant.notices.values()), None)
    titles = [finding.title for finding in notice.findings] if notice else []
    return (asked or titles)[:_EXAMPLES]
