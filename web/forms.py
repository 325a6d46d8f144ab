"""The JSON that our own pages send to the rooms; ``schemas.py`` is for other programs."""

from typing import Annotated

from pydantic import BaseModel, Field, StrictBool, StrictStr

from web.memory.records import Outcome

Question = Annotated[StrictStr, Field(max_length=500)]
Note = Annotated[StrictStr, Field(max_length=500)]
PassageId = Annotated[StrictStr, Field(max_length=140)]


class FeedbackRequest(BaseModel):
    """A resident's thumb; ``citations`` are the ids that were shown, best first."""

    question: Annotated[StrictStr, Field(min_length=1, max_length=500)]
    helpful: StrictBool
    note: Note | None = None
    notice: Annotated[StrictStr, Field(max_length=100)] | None = None
    citations: Annotated[list[PassageId], Field(max_length=50)] = []


class VerifyRequest(BaseModel):
    """A text whose sentences are held against the notices."""

    text: StrictStr = Field(examples=["办理手续时间已由15分钟简化为3分钟"])


class FindRequest(BaseModel):
    """What an operator has typed so far."""

    query: Annotated[StrictStr, Field(max_length=300)]


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
