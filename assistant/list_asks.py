"""Whether a question asks for a list or a count over the notice, and what it lists by.

The question falls into what asks (哪几条, 列出来, 一共几项) and the rest; the rest, freed of the
words around it, is what the list is about. Source of the words: ``signs/lists.toml``.
"""

import re
from dataclasses import dataclass
from functools import cache

from assistant.signs import any_of, sign_pattern, signs
from assistant.understand import Understood
from index import dates

_QUOTED = re.compile(r"[“\"「『‘]([^“”\"「」『』‘’]{1,30})[”\"」』’]")
_DOCUMENT = re.compile(r"《([^《》]{2,60}(?:《[^《》]{1,60}》[^《》]{0,20})?)》")
_MARKS = re.compile(r"[,，。;；:：!！?？、\s]+")
_SPLIT = re.compile(r"[、/\s]+|以及|还有|或者|或|和|与|跟|及")
_NAMED_PARTS = re.compile(r"[“”\"「」『』‘’《》<>〈〉()\[\]【】]")
_LONGEST = 400  # what asks for a list is never longer; nothing beyond is read


@dataclass(frozen=True, slots=True)
class Asked:
    """A question read as one for a list.

    ``asks`` names the signs found (which, open, command, count, measures, figures, serves,
    documents); ``finding`` is the number of the finding named, 0 if none;
    ``rest`` and ``rest_replaced`` are what remains of the question and of the question with the
    notice's own terms put in; ``mention`` and ``about`` say how the items relate to it.
    """

    text: str
    asks: frozenset[str]
    rest: tuple[str, ...]
    rest_replaced: tuple[str, ...]
    quoted: tuple[str, ...]
    documents: tuple[str, ...]
    mention: bool
    about: bool
    terms: tuple[str, ...]
    foreign: bool
    finding: int

    @property
    def counted(self) -> bool:
        return "count" in self.asks

    @property
    def firm(self) -> bool:
        """Whether the items of the notice are asked for in so many words."""
        if self.asks & {"which", "command"}:
            return True
        related = self.mention or self.about
        return ("open" in self.asks and related) or (
            self.counted and (related or bool(self.quoted))
        )


def read(understood: Understood) -> Asked:
    """Read a question; ``asks`` is empty when nothing in it asks for a list."""
    text = understood.text[:_LONGEST]
    foreign = understood.language not in ("zh-Hans", "zh-Hant")
    asks = frozenset(kind for kind in signs("lists")["asks"] if _pattern("asks", kind).search(text))
    if _pattern("documents", "asked").search(text):
        asks |= {"documents"}
    asks = _wanted(asks, text)
    documents = tuple(match.strip() for match in _DOCUMENT.findall(text))
    quoted = tuple(q.strip() for q in _QUOTED.findall(text) if q.strip())
    return Asked(
        text=text,
        asks=asks,
        rest=_rest(_undated(text)),
        rest_replaced=_rest(_undated(understood.replaced[:_LONGEST])),
        quoted=quoted,
        documents=documents,
        mention=bool(_words("mentions").search(text)),
        about=bool(_words("about").search(text)),
        terms=understood.terms,
        foreign=foreign,
        finding=understood.reference[0] if understood.reference else 0,
    )


def _wanted(asks: frozenset[str], text: str) -> frozenset[str]:
    """Without the signs that a yes-or-no question carries by the way."""
    yes_or_no = "yes_or_no" in asks
    asks -= {"yes_or_no"}
    if yes_or_no and not re.search(r"[哪几啥]|什么|多少|which|what|how many", text):
        return asks & {"command"}
    return asks


@cache
def _pattern(*keys: str) -> re.Pattern[str]:
    return sign_pattern("lists", *keys)


@cache
def _words(key: str) -> re.Pattern[str]:
    return any_of(map(re.escape, signs("lists")[key]["words"]))


@cache
def _frame() -> re.Pattern[str]:
    """Everything that asks, as one pattern to cut the question at."""
    kinds = signs("lists")["asks"]
    pieces = [piece for kind in kinds if kind != "yes_or_no" for piece in kinds[kind]]
    return any_of([*pieces, *signs("lists")["structure"]["title"]])


@cache
def _edges() -> tuple[str, ...]:
    return tuple(sorted(signs("lists")["edges"]["words"], key=len, reverse=True))


def _undated(text: str) -> str:
    """Without the dates: they are a criterion of their own."""
    for named in reversed(dates.asked(text)):
        text = f"{text[: named.start]}\n{text[named.end :]}"
    return text


def plain(text: str) -> str:
    """Without quotation marks and brackets: “临沅医保”小程序 as one name."""
    return _NAMED_PARTS.sub("", text)


def _rest(text: str) -> tuple[str, ...]:
    """What is left of a question when what asks is cut out, each part freed at both ends."""
    parts: dict[str, None] = {}
    for part in _MARKS.split(_frame().sub("\n", text)):
        freed = freed_of_edges(plain(part))
        if len(freed) > 1:
            parts[freed] = None
    return tuple(parts)


def freed_of_edges(part: str) -> str:
    """跟鄢陵有关的 becomes 鄢陵: words of the frame go from both ends, never from within."""
    edges = _edges()
    while part:
        before = part
        if front := next((edge for edge in edges if part.startswith(edge)), ""):
            part = part[len(front) :].strip()
        if back := next((edge for edge in edges if part.endswith(edge)), ""):
            part = part[: -len(back)].strip()
        if part == before:
            return part
    return part


def halves(part: str) -> tuple[str, ...]:
    """The things named side by side in a part: 火化和公墓."""
    found = (freed_of_edges(half) for half in _SPLIT.split(part))
    return tuple(half for half in found if len(half) > 1)
