"""What lists are made of: the passages with their facts, and the ways a passage meets words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from assistant import list_asks
from assistant.signs import any_of, sign_pattern, signs
from assistant.words import matching_form
from index import chinese
from index.extraction import Fact
from index.passages import Passage

NEARLY = 0.7  # of a subject's characters, and of its pairs, must stand in the title meant
_MARKED = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》")


class Subject(Protocol):
    """A subject of a notice and the words that tell it."""

    @property
    def name(self) -> str: ...
    @property
    def words(self) -> tuple[str, ...]: ...


class Profile(Protocol):
    """What is known of a notice beside its text: its area, organisations and subjects."""

    @property
    def area(self) -> str: ...
    @property
    def areas(self) -> tuple[str, ...]: ...
    @property
    def organisations(self) -> tuple[str, ...]: ...
    @property
    def subjects(self) -> Sequence[Subject]: ...


@dataclass(frozen=True, slots=True)
class Listing:
    """The passages that meet a criterion, in reading order.

    ``criterion`` is in words fit to show; ``kind`` is what it is (date, frequency, place,
    organisation, document, title, subject, action, status, structure, figure, term, measures);
    ``facts`` are the spans that made the passages members, none if a word did; ``counted``
    says that how many is asked.
    """

    criterion: str
    kind: str
    rows: tuple[int, ...]
    facts: tuple[Fact, ...] = ()
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Passages with the facts inside the finest of them; ``terms`` are the notice's own words,
    ``folded`` the passages' texts in matching form without marks, ``issued`` the day of issue.
    """

    passages: tuple[Passage, ...]
    facts: tuple[tuple[Fact, ...], ...]
    terms: frozenset[str]
    folded: tuple[str, ...]
    titles: tuple[str, ...]
    issued: str


def catalogue(
    passages: Sequence[Passage],
    facts: Mapping[str, Sequence[Fact]],
    terms: Iterable[str],
    *,
    issued: str = "",
) -> Catalogue:
    """Assign facts to the finest passages that hold them."""
    held = tuple(
        tuple(
            fact
            for fact in facts[passage.notice_id]
            if passage.finest and passage.start <= fact.start and fact.end <= passage.end
        )
        for passage in passages
    )
    days = [f.value for inside in held for f in inside if f.kind == "date" and len(f.value) == 10]
    return Catalogue(
        passages=tuple(passages),
        facts=held,
        terms=frozenset(term for term in terms if len(term) > 1),
        folded=tuple(list_asks.plain(matching_form(passage.text)) for passage in passages),
        titles=tuple(matching_form(passage.title) for passage in passages),
        issued=issued or (days[-1] if days else ""),  # the signature's day closes a notice
    )


@cache
def sign(*keys: str) -> re.Pattern[str]:
    return sign_pattern("lists", *keys)


def items(known: Catalogue) -> list[tuple[int, Passage]]:
    return [(row, passage) for row, passage in enumerate(known.passages) if passage.finest]


def gathered(criterion: str, kind: str, pairs: Iterable[tuple[int, Fact]]) -> Listing:
    found = list(pairs)
    rows = tuple(dict.fromkeys(row for row, _ in found))
    return Listing(criterion, kind, rows, tuple(fact for _, fact in found))


def facts_of(known: Catalogue, kind: str) -> list[tuple[int, Fact]]:
    return [
        (row, fact) for row, facts in enumerate(known.facts) for fact in facts if fact.kind == kind
    ]


def titled(known: Catalogue, words: Iterable[str]) -> list[int]:
    """Rows of whole findings whose title holds one of the words."""
    wanted = list(words)
    return [
        row
        for row, p in enumerate(known.passages)
        if p.kind == "finding" and any(word in known.titles[row] for word in wanted)
    ]


def holding(known: Catalogue, words: Iterable[str]) -> list[int]:
    """Rows of the finest passages whose own text holds one of the words."""
    wanted = list(words)
    return [row for row, _ in items(known) if any(word in known.folded[row] for word in wanted)]


def covered(word: str, title: str) -> float:
    """The share of a word's characters that stand in a title, in order: 公墓安葬 in 公墓安葬工作效率低."""
    if word in title:
        return 1.0
    place, found = 0, 0
    for character in word:
        at = title.find(character, place)
        if at >= 0:
            found, place = found + 1, at + 1
    # Scattered characters say little: most pairs must stand together.
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    together = sum(pair in title for pair in pairs)
    return found / len(word) if pairs and together >= NEARLY * len(pairs) else 0.0


def weight(parts: Iterable[str]) -> int:
    return sum(map(len, parts))


def terms_in(parts: Sequence[str], known: Catalogue) -> list[str]:
    """The longest words of the notice inside the parts."""
    text = " ".join(parts)
    found = [t for t in known.terms if t in text and t not in general()]
    found = [t for t in found if not any(t != other and t in other for other in found)]
    return sorted(found, key=text.find)


@cache
def general() -> frozenset[str]:
    return frozenset(signs("lists")["edges"]["general"])


@cache
def _frame_words() -> tuple[str, ...]:
    """Frame and general words, the longest first; ties by the word, for a set has no order."""
    return tuple(sorted(general() | _short_edges(), key=lambda word: (-len(word), word)))


def content(parts: Sequence[str]) -> int:
    """How much of the parts is neither frame nor a general word."""
    text = " ".join(parts)
    for word in _frame_words():
        text = text.replace(word, "")
    return len(text.replace(" ", ""))


@cache
def _short_edges() -> frozenset[str]:
    return frozenset(signs("lists")["edges"]["words"])


def subject_words(parts: Iterable[str], profile: Profile | None) -> list[str]:
    """The words of the subject that parts of a question name or stand under; none else.

    One thing of a subject (公墓) is no subject; several of them, or its name, are.
    """
    if profile is None:
        return []
    halves = [half for part in parts for half in (part, *list_asks.halves(part))]
    for subject in profile.subjects:
        words = [matching_form(word) for word in subject.words]
        pieces = list_asks.halves(subject.name)
        named = [
            half
            for half in halves
            if half in pieces or (len(half) > 1 and half in subject.name and half not in general())
        ]
        if named:
            own = [word for word in words if len(pieces) > 1 and word == named[0]]
            return own or words  # of 资金与财务, 资金 alone
        if len({word for word in words for half in halves if word in half}) > 1:
            return words
    return []


def about(words: Sequence[str], known: Catalogue) -> list[int]:
    """Whole findings titled so, and measures of other findings that do something about it."""
    pattern = any_of(map(re.escape, words))
    whole = [
        row
        for row, p in enumerate(known.passages)
        if p.kind == "finding" and pattern.search(known.titles[row])
    ]
    groups = {known.passages[row].group for row in whole}
    other = [
        row
        for row, p in items(known)
        if p.kind != "section" and p.group not in groups and _does(p, pattern)
    ]
    return sorted([*whole, *other])


def _does(passage: Passage, words: re.Pattern[str]) -> bool:
    """Whether a measure's first sentence is about the words: not in a title it names, nor as
    one of many in an enumeration.
    """
    spans = chinese.sentences(passage.text)
    if not spans:
        return False
    start, end = spans[0]
    if end - start < 24 and len(spans) > 1:  # a headline (一是加强政策宣传。): what follows says it
        end = spans[1][1]
    text = _MARKED.sub("", matching_form(passage.text[start:end]))
    return any(not _enumerated(text, match.start(), match.end()) for match in words.finditer(text))


def _enumerated(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 8) : start], text[end : end + 8]
    return "、" in before and ("、" in after or "等" in after)
