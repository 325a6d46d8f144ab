"""The engine and the memory behind a request, or the error that says why there is no engine."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Request

from assistant import Assistant
from assistant.answer import Answer
from index.errors import IndexStoreError


def engine_of(state: Any) -> Assistant:
    """The assistant of an application's state.

    Raises:
        IndexStoreError: the server started without a usable index; says what mends it.
    """
    assistant: Assistant | None = state.assistant
    if assistant is None:
        raise state.unavailable or IndexStoreError(
            "no index is loaded", hint="run: python -m index build"
        )
    return assistant


async def asked(state: Any, question: str, history: Sequence[str] = (), **options: Any) -> Answer:
    """An answer, worked out in the engine's own threads.

    Raises:
        BusyError: too many questions are waiting.
        QuestionError: no answer can be given to it.
    """
    ask = partial(engine_of(state).ask, question, history, **options)
    answer: Answer = await state.pools.engine.run(ask)
    return answer


def remember(state: Any, door: str, answer: Answer) -> None:
    """Count an answer and, if the server has a memory, keep the masked question."""
    state.metrics.answered(door, answer)
    if state.memory is not None:
        state.memory.record_question(answer)


async def loaded_assistant(request: Request) -> Assistant:
    """``engine_of`` for a route; async, so that no thread is taken for it."""
    return engine_of(request.app.state)


LoadedAssistant = Annotated[Assistant, Depends(loaded_assistant)]
