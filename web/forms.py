"""The JSON that our own pages send to the rooms; ``schemas.py`` is for other programs."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field, StrictBool

from web.memory.records import Outcome
from web.schemas import Text

Question = Annotated[Text, Field(max_length=500)]
Note = Annotated[Text, Field(max_length=500)]
# What a column for a number takes; larger ones are nobody's.
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
PassageId = Annotated[Text, Field(max_length=140)]


class FeedbackRequest(BaseModel):
    """A resident's thumb; ``citations`` are the ids that were shown, best first."""

    question: Annotated[Text, Field(min_length=1, max_length=500)]
    helpful: StrictBool
    note: Note | None = None
    notice: Annotated[Text, Field(max_length=100)] | None = None
    citations: Annotated[list[PassageId], Field(max_length=50)] = []


class VerifyRequest(BaseModel):
    """A text whose sentences are held against the notices."""

    text: Text = Field(examples=["办理手续时间已由15分钟简化为3分钟"])


class FindRequest(BaseModel):
    """What an operator has typed so far."""

    query: Annotated[Text, Field(max_length=300)]


class EndCallRequest(BaseModel):
    outcome: Outcome
    note: Note = ""
    searches: Annotated[list[Question], Field(max_length=200)] = []


class MarkRequest(BaseModel):
    """A passage that is wrong for a question, or a question whose passage is missing."""

    query: Question
    passage: PassageId = ""
    missing: StrictBool
    note: Note = ""
