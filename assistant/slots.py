"""What kind of thing a question asks for, and whether a text states such a thing."""

from collections.abc import Collection
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


def asking(text: str, kinds: Collection[Slot]) -> list[str]:
    """The words of a question that ask for these kinds, in their order (how long)."""
    lowered = text.lower()
    found = [sign(f"asks_{slot}", "kinds").search(lowered) for slot in kinds]
    spans = sorted({match.span() for match in found if match})
    return [lowered[start:end] for start, end in spans]


def stated(slot: Slot, text: str) -> bool:
    """Whether a text of the notice states a thing of that kind at all."""
    return slot not in _UNSTATED and bool(sign(f"states_{slot}", "kinds").search(text))
