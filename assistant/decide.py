"""The one place that sets a status, a reason and what is cited: an ordered table of rules.

The first rule that yields a decision has the last word; its name travels with the Answer, in
``why`` and in the metrics. A rule looks at a ``Case`` and nothing else; a case works out what
a rule asks for when it is first asked for, so that a cheap rule that decides costs little.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from assistant import slots
from assistant.answer import Span, Status
from assistant.conversation import LAST
from assistant.lists import Listing
from assistant.overview import Overview
from assistant.signs import sign

SHOWN = 3
CONTRADICTED = 0.5
CAUTION = 0.05  # by so much must an answer be likelier: to affirm what is not printed is worse
SURE, DOUBTED = 0.8, 0.1  # P(states) above which, and below which, the reader has the last word
_SLOT_REASONS: tuple[tuple[slots.Slot, str], ...] = (
    ("phone", "phone_not_stated"),
    ("amount", "amount_not_stated"),
    ("place", "place_not_stated"),
    ("date", "time_not_stated"),
    ("duration", "time_not_stated"),
    ("frequency", "time_not_stated"),
    ("count", "count_not_stated"),
    ("names", "name_not_stated"),
    ("person", "name_not_stated"),
    ("document", "document_not_stated"),
    ("reason", "reason_not_stated"),
    ("opinion", "opinion"),
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision before it is put into words.

    ``rows`` are the passages to cite, best first: those that answer, or the nearest ones.
    ``said`` is the stretch of the first of them (offsets into its text) that must stand in the
    opening, where a rule knows it better than the composer.
    """

    rule: str
    status: Status
    reason: str | None
    rows: tuple[int, ...]
    confidence: float
    listing: Listing | None = None
    overview: Overview | None = None
    said: Span | None = None
    asserted: str = ""
    items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Curated:
    """A question somebody wrote down: what its line says."""

    status: Status
    reason: str | None
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Referred:
    """第37项第二点: the rows it names; none when there is no such number."""

    rows: tuple[int, ...]
    nearest: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What the reader or the structure holds against a question's premise."""

    row: int
    printed: Span | None
    asserted: str = ""


class Case(Protocol):
    """Everything that a rule may ask about one message."""

    @property
    def message(self) -> str: ...  # as typed
    @property
    def text(self) -> str: ...  # in matching form, mended
    @property
    def emergency(self) -> bool: ...
    @property
    def only_instruction(self) -> bool: ...
    @property
    def move(self) -> str: ...  # how it goes on from what was said before
    @property
    def item(self) -> int: ...
    @property
    def items(self) -> tuple[int, ...]: ...  # what 第二条 counts in
    @property
    def unseen(self) -> tuple[int, ...]: ...  # what goes on after what was shown
    @property
    def whole(self) -> tuple[int, ...]: ...  # all of what was spoken of, in its order
    @property
    def referred(self) -> Referred | None: ...
    @property
    def curated(self) -> Curated | None: ...
    @property
    def overview(self) -> Overview | None: ...
    @property
    def listing(self) -> Listing | None: ...
    @property
    def elsewhere(self) -> bool: ...  # names a place outside the notice's area
    @property
    def kinds(self) -> frozenset[slots.Slot]: ...
    @property
    def estimate(self) -> tuple[float, float, float]: ...  # answered, not stated, out of scope
    @property
    def states(self) -> float | None: ...  # the reader's P(states) of the best passage, if it read
    @property
    def contradiction(self) -> Contradiction | None: ...
    @property
    def confirmed(self) -> bool: ...  # asks whether it is so, and it is printed so
    @property
    def stated_in_sentence(self) -> bool: ...  # the sentence asked about holds the asked kind
    @property
    def gap_reason(self) -> str | None: ...  # of a curated gap close by
    @property
    def answering(self) -> tuple[int, ...]: ...
    @property
    def nearest(self) -> tuple[int, ...]: ...


Rule = Callable[[Case], Decision | None]


def _out(rule: str, reason: str, confidence: float = 0.0) -> Decision:
    return Decision(rule, "out_of_scope", reason, (), confidence)


def empty(case: Case) -> Decision | None:
    """Marks and blanks only."""
    return None if re.search(r"\w", case.message) else _out("empty", "empty")


def emergency(case: Case) -> Decision | None:
    """A life in danger: the numbers and nothing else, whatever else is asked."""
    return _out("emergency", "emergency") if case.emergency else None


def instruction(case: Case) -> Decision | None:
    """Told what to do or say, and nothing asked beside it."""
    return _out("instruction", "instruction") if case.only_instruction else None


def greeting(case: Case) -> Decision | None:
    """Hello, thanks, goodbye, who are you."""
    return _out("greeting", "greeting") if sign("greeting").search(case.text) else None


def curated(case: Case) -> Decision | None:
    """A question somebody wrote down, word for word: its status and its passage."""
    line = case.curated
    if line is None:
        return None
    sure = 0.98 if line.status == "answered" else 0.02
    return Decision("curated", line.status, line.reason, line.rows, sure)


def task(case: Case) -> Decision | None:
    """Asked to write, translate or reckon something: not what this is for."""
    return _out("task", "instruction") if sign("task").search(case.text) else None


def opinion(case: Case) -> Decision | None:
    """Asked for a view of its own: it has none."""
    return _out("opinion", "opinion") if sign("your_view").search(case.text) else None


def reference(case: Case) -> Decision | None:
    """A finding or measure by its number: shown as it stands, or that there is none such."""
    referred = case.referred
    if referred is None:
        return None
    if not referred.rows:
        return Decision("reference", "not_stated", "false_premise", referred.nearest, 0.03)
    return Decision("reference", "answered", None, referred.rows, 0.97, items=referred.rows)


def item(case: Case) -> Decision | None:
    """第二条呢: the second of what was shown."""
    if case.move != "item" or not case.items:
        return None
    number = len(case.items) if case.item == LAST else case.item
    if not 0 < number <= len(case.items):
        return Decision("item", "not_stated", "false_premise", case.items[:SHOWN], 0.05)
    return Decision("item", "answered", None, (case.items[number - 1],), 0.97)


def more(case: Case) -> Decision | None:
    """还有呢: what comes after what was shown."""
    if case.move != "more":
        return None
    if not case.unseen:
        return Decision("more", "not_stated", None, case.whole[:SHOWN], 0.05)
    return Decision("more", "answered", None, case.unseen, 0.8)


def detail(case: Case) -> Decision | None:
    """说详细点: all of what was spoken of."""
    if case.move != "detail" or not case.whole:
        return None
    return Decision("detail", "answered", None, case.whole, 0.9, items=case.whole)


def overview(case: Case) -> Decision | None:
    """A bare topic: what the notice says of it, item by item."""
    found = case.overview
    if found is None:
        return None
    return Decision(
        "overview", "answered", None, found.rows, 0.95, overview=found, items=found.rows
    )


def listing(case: Case) -> Decision | None:
    """A list or a count that the question really asks for."""
    found = case.listing
    if found is None:
        return None
    return Decision("list", "answered", None, found.rows, 0.95, listing=found, items=found.rows)


def other_place(case: Case) -> Decision | None:
    """About another place than the notice's."""
    return _out("other_place", "other_place", 0.02) if case.elsewhere else None


def private(case: Case) -> Decision | None:
    """What is asked about a person is not given, whatever is printed near it."""
    if not sign("private").search(case.text) or case.estimate[2] > 0.6:
        return None
    return Decision("private", "not_stated", "personal_data", case.nearest, 0.02)


def confirmed(case: Case) -> Decision | None:
    """The question asserts just what the passage it is about prints."""
    if not case.confirmed or case.estimate[2] > max(case.estimate[:2]):
        return None
    return Decision("confirmed", "answered", None, case.answering, max(0.7, case.estimate[0]))


def premise(case: Case) -> Decision | None:
    """The question asserts what the passage it is about prints otherwise."""
    found = case.contradiction
    if found is None:
        return None
    rows = tuple(dict.fromkeys((found.row, *case.nearest)))[:SHOWN]
    return Decision(
        "premise",
        "not_stated",
        "false_premise",
        rows,
        min(0.2, case.estimate[0]),
        said=found.printed,
        asserted=found.asserted,
    )


def read(case: Case) -> Decision | None:
    """The reader is sure that a passage states what is asked."""
    if case.states is None or case.states < SURE or case.estimate[2] > case.estimate[0]:
        return None
    return Decision("read", "answered", None, case.answering, max(case.estimate[0], case.states))


def stated(case: Case) -> Decision | None:
    """The notice states what is asked, and the reader does not rule it out."""
    answered, not_stated, elsewhere = case.estimate
    if answered < max(not_stated, elsewhere) + CAUTION:
        return None
    if case.states is not None and case.states < DOUBTED:
        return None
    return Decision("stated", "answered", None, case.answering, answered)


def sentence(case: Case) -> Decision | None:
    """Close, and the sentence that the question is about holds the kind of thing asked for."""
    answered, _, elsewhere = case.estimate
    if not case.stated_in_sentence or elsewhere > answered:
        return None
    return Decision("sentence", "answered", None, case.answering, max(0.5, answered))


def spoken_of(case: Case) -> Decision | None:
    """The notice speaks of it and does not state what is asked."""
    answered, not_stated, elsewhere = case.estimate
    if elsewhere > not_stated:
        return None
    return Decision("spoken_of", "not_stated", _missing(case), case.nearest, answered)


def _missing(case: Case) -> str | None:
    if sign("personal").search(case.text):
        return "personal_data"
    if case.gap_reason:
        return case.gap_reason
    return next((reason for slot, reason in _SLOT_REASONS if slot in case.kinds), None)


def other_topic(case: Case) -> Decision | None:
    """The notice has nothing on it."""
    if sign("instruction").search(case.text):
        reason = "instruction"
    else:
        reason = "opinion" if sign("opinion").search(case.text) else "other_topic"
    return _out("other_topic", reason, case.estimate[0])


RULES: tuple[Rule, ...] = (
    empty, emergency, instruction, greeting, curated, task, opinion, reference, item, more, detail, overview,
    listing, other_place, private, premise, confirmed, read, stated, sentence, spoken_of, other_topic,
)  # fmt: skip


def decide(case: Case) -> Decision:
    """What the first rule that applies says; the last one always does."""
    for rule in RULES:
        if (decision := rule(case)) is not None:
            return decision
    raise AssertionError("the last rule decides every case")
