"""What kind of thing a question asks for, and whether a text states such a thing."""

from typing import Literal, get_args

from assistant.signs import sign

Slot = Literal[
    "amount", "duration", "frequency", "date", "place", "phone", "person", "count", "document",
    "condition", "procedure", "names", "reason", "opinion", "rumour",
]  # fmt: skip

# One measure states these; a question for one of them is not about a whole finding.
POINTED: frozenset[Slot] = frozenset(
    {"amount", "duration", "frequency", "date", "place", "phone", "person", "count", "document"}
)
SLOTS: tuple[Slot, ...] = get_args(Slot)
_UNSTATED = frozenset({"opinion", "rumour"})  # no text states one


def asked(text: str) -> frozenset[Slot]:
    """The kinds of thing a question asks for; empty when none is recognisable."""
    lowered = text.lower()
    return frozenset(slot for slot in SLOTS if sign(f"asks_{slot}", "kinds").search(lowered))


def stated(slot: Slot, text: str) -> bool:
    """Whether a text of the notice states a thing of that kind at all."""
    return slot not in _UNSTATED and bool(sign(f"states_{slot}", "kinds").search(text))
