"""The contact a notice prints, so that every page can offer it as a link."""

import re
from dataclasses import dataclass
from functools import lru_cache

from index.notice import Notice, half_width

_PHONE = re.compile(r"电话[^\d]{0,4}(\d{3,4}-\d{7,8}|\d{11}|\d{7,8}|1\d{4})")
_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Contact:
    """Phone and mail as printed; None where the notice prints none."""

    phone: str | None
    email: str | None


@lru_cache(maxsize=64)
def contact(notice: Notice) -> Contact:
    """Read from the notice's contact section, else from its last thousand characters."""
    section = next((s for s in notice.sections if s.id == "contact"), None)
    text = notice.text[section.start : section.end] if section else notice.text[-1000:]
    phone = _PHONE.search(half_width(text))
    email = _EMAIL.search(text)
    return Contact(phone[1] if phone else None, email.group() if email else None)
