"""A question about a notice becomes a cited answer."""

from assistant.answer import Answer, Citation, NoticeReference
from assistant.assistant import Assistant

__all__ = ["Answer", "Assistant", "Citation", "NoticeReference"]
