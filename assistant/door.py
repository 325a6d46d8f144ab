"""The door: what may be asked at all. Everything else is an error that says what mends it."""

import re
from collections.abc import Sequence

from assistant.words import visible
from index.errors import QuestionError

LONGEST_QUESTION = 300
_LONGEST_TYPED = 10 * LONGEST_QUESTION  # invisible characters and all
LONGEST_HISTORY = 200
USED_HISTORY = 6
_SURROGATE = re.compile("[\ud800-\udfff]")


def checked_question(question: object) -> str:
    """The question without invisible characters.

    Raises:
        QuestionError: not a string, blank, too long, or not valid Unicode.
    """
    if not isinstance(question, str):
        raise QuestionError(
            f"question is of type {type(question).__name__}; expected a string",
            hint='send {"question": "火化手续现在要多久"}',
            code="question_not_text",
        )
    if _SURROGATE.search(question):
        raise QuestionError(
            "question holds half of a surrogate pair; expected valid Unicode",
            hint="send the text as UTF-8",
            code="question_not_text",
        )
    shown = visible(question[: _LONGEST_TYPED + 1])
    if not shown:
        raise QuestionError(
            "question is blank; expected at least one visible character",
            hint="ask something",
            code="question_empty",
        )
    size = len(question) if len(question) > _LONGEST_TYPED else len(shown)
    if size > LONGEST_QUESTION:
        raise QuestionError(
            f"question has {size} characters; at most {LONGEST_QUESTION} are read",
            hint="ask one thing at a time",
            code="question_too_long",
        )
    return shown


def checked_history(history: object) -> tuple[str, ...]:
    """The latest earlier questions, oldest first, invisible characters removed, blanks dropped.

    Raises:
        QuestionError: not a list of strings, or longer than a conversation can be.
    """
    if isinstance(history, str) or not isinstance(history, Sequence):
        raise QuestionError(
            f"history is of type {type(history).__name__}; expected a list of strings",
            hint='send {"history": ["earlier question"]} or leave it out',
            code="history_invalid",
        )
    if len(history) > LONGEST_HISTORY:
        raise QuestionError(
            f"history has {len(history)} entries; at most {LONGEST_HISTORY} are read",
            hint="start a new conversation",
            code="history_invalid",
        )
    kept = []
    for entry in history:
        if not isinstance(entry, str) or _SURROGATE.search(entry):
            seen = "half a surrogate pair" if isinstance(entry, str) else type(entry).__name__
            raise QuestionError(
                f"history holds {seen}; expected valid strings only",
                hint="send the earlier questions as strings",
                code="history_invalid",
            )
    for entry in history[-USED_HISTORY:]:
        if shown := visible(entry[:_LONGEST_TYPED])[:LONGEST_QUESTION].strip():
            kept.append(shown)
    return tuple(kept)
