"""Overviews of bare topics: 火化, 低保 日期, 介绍一下公墓, 这个通报说了什么.

A word or two that ask nothing get what the notice says of them, item by item in its order.
A complete question, or a fragment that asks something (火化 多久), gets none.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, Protocol

from assistant import list_asks
from assistant.lists import Catalogue, Profile
from assistant.signs import any_of, sign_pattern, signs
from assistant.understand import Understood
from assistant.words import Words, matching_form
from index import chinese

MOST = 8
_LONGEST = 40  # a topic is no longer, unless it is the title of a document
_MOST_PIECES = 5
_BETWEEN = re.compile(r"[\s,，、;；.。?？!！+&/]+")
_LETTERS = re.compile(r"[a-z]{3,40}")


@dataclass(frozen=True, slots=True)
class Overview:
    """What the notice says of a topic: rows of the finest passages in reading order.

    ``topics`` are the words as the notice prints them; ``kind`` is notice when the whole of it
    is asked for.
    """

    topics: tuple[str, ...]
    rows: tuple[int, ...]
    kind: Literal["topic", "notice"] = "topic"


class Spells(Protocol):
    """Reads pinyin and initials as terms of the notice, the closest first."""

    def terms(self, letters: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class _Topic:
    """One thing named: the forms in which the notice prints it; any of them is it."""

    forms: tuple[str, ...]


def overview(
    understood: Understood,
    known: Catalogue,
    words: Words,
    profile: Profile | None = None,
    *,
    speller: Spells | None = None,
) -> Overview | None:
    """The overview a bare topic asks for; None for questions and for words not in the notice.

    ``speller`` reads pinyin and initials (gaolingjintie) where no word is meant.
    """
    spelled = _spelled(understood, speller)
    text = spelled or understood.text
    if _whole_notice(text):
        return _of_notice(known, profile)
    bare = _bare(text, known)
    if not bare:
        return None
    replaced = "" if spelled else _bare(understood.replaced, known, asking=True)
    terms = (spelled,) if spelled else understood.terms
    read = _topics(bare, replaced, terms, known, words)
    if read is None:
        return None
    topics, kinds = read
    rows = _rows(topics, kinds, known)
    return Overview(tuple(t.forms[0] for t in topics), rows) if rows else None


def _spelled(understood: Understood, speller: Spells | None) -> str:
    if speller is None or understood.terms or not _LETTERS.fullmatch(understood.text):
        return ""
    return next(iter(speller.terms(understood.text)), "")


def _whole_notice(text: str) -> bool:
    return bool(_notice_asked().fullmatch(text.strip("?。!,. ")))


@cache
def _notice_asked() -> re.Pattern[str]:
    lead = any_of(signs("overview")["frame"]["lead"]).pattern
    return re.compile(
        f"(?:{lead})?(?:{sign_pattern('overview', 'notice', 'words').pattern})(?:的|呢|呀|啊)?"
    )


def _of_notice(known: Catalogue, profile: Profile | None) -> Overview:
    """The preface, then one finding a subject (else a few from the front), then what is next."""
    first = [row for row, p in enumerate(known.passages) if p.kind == "section"][:1]
    findings = [row for row, p in enumerate(known.passages) if p.kind == "finding"]
    chosen: dict[int, None] = {}
    for subject in profile.subjects if profile is not None else ():
        names = any_of(re.escape(matching_form(word)) for word in subject.words)
        titled = (row for row in findings if row not in chosen and names.search(known.titles[row]))
        chosen.update(dict.fromkeys(list(titled)[:1]))
    if not chosen:
        step = max(1, len(findings) // (MOST - 2))
        chosen.update(dict.fromkeys(findings[::step][: MOST - 2]))
    last = [row for row, p in enumerate(known.passages) if p.group.startswith("next.")][:1]
    return Overview((), tuple(sorted({*first, *list(chosen)[: MOST - 1], *last})), "notice")


def _bare(text: str, known: Catalogue, *, asking: bool = False) -> str:
    """The topic without the words around it, blank when something is asked of it.

    ``asking`` leaves the signs of asking alone: they were looked for already.
    """
    text = list_asks.plain(text).strip(" ?。!,.？！，;；")
    if text in signs("overview")["none"]["words"]:
        return ""
    if _is_printed(text, known):
        return text if len(text) <= 2 * _LONGEST else ""
    for _ in range(2):
        text = _lead().sub("", text, count=1).strip()
        text = _tail().sub("", text, count=1).strip()
    if not text or len(text) > _LONGEST:
        return ""
    if not asking and not _is_printed(text, known) and _asks().search(text):
        return ""
    return text


@cache
def _stops() -> frozenset[str]:
    return frozenset(signs("overview")["stops"]["words"])


@cache
def _lead() -> re.Pattern[str]:
    return re.compile(f"^(?:{sign_pattern('overview', 'frame', 'lead').pattern})")


@cache
def _tail() -> re.Pattern[str]:
    return re.compile(f"(?:{sign_pattern('overview', 'frame', 'tail').pattern})$")


@cache
def _asks() -> re.Pattern[str]:
    return sign_pattern("overview", "asks", "words")


def _is_printed(word: str, known: Catalogue) -> bool:
    return len(word) > 1 and (
        any(word in text for text in known.folded) or any(word in title for title in known.titles)
    )


def _topics(
    bare: str, replaced: str, terms: Sequence[str], known: Catalogue, words: Words
) -> tuple[list[_Topic], list[str]] | None:
    """The topics and the kinds named beside them; None when a piece is not of the notice."""
    pieces = [piece for piece in _BETWEEN.split(bare) if piece and piece not in _stops()]
    others = [piece for piece in _BETWEEN.split(replaced) if piece and piece not in _stops()]
    if _is_printed(bare, known):
        pieces = [bare]
    if len(pieces) == 1:
        others = [replaced]  # one word, though its term holds marks: 县(市、区)
    if not 0 < len(pieces) <= _MOST_PIECES:
        return None
    topics: list[_Topic] = []
    kinds: list[str] = []
    for place, piece in enumerate(pieces):
        other = others[place] if len(others) == len(pieces) else ""
        said_otherwise = _is_printed(other, known) and (len(pieces) == 1 or other != piece)
        piece, kind = _kind(piece, known, alone=len(pieces) == 1, said_otherwise=said_otherwise)
        if kind:
            kinds.append(kind)
        if not piece:
            continue
        other = "" if kind else other
        terms = [term for term in terms if len(pieces) == 1 or term not in others or term == other]
        named = _forms(piece, other, terms, known, words)
        if not named:
            return None
        topics += named
    return (topics, kinds) if topics else None


def _kind(piece: str, known: Catalogue, *, alone: bool, said_otherwise: bool) -> tuple[str, str]:
    """A piece as what it names and the kind of thing asked of it: 接访日 is 接访 and a date.

    What the notice prints as it stands (安葬日期) is a topic of its own, unless it stands
    beside one as a mere kind (低保 日期); so is what a synonym says whole (民政局电话).
    """
    for name, table in signs("overview")["kinds"].items():
        if not alone and piece in table["words"]:
            return "", str(name)
    if _is_printed(piece, known) or said_otherwise:
        return piece, ""
    for name, table in signs("overview")["kinds"].items():
        tail = next((tail for tail in table.get("tails", ()) if piece.endswith(tail)), "")
        head = piece.removesuffix(tail) if tail else ""
        if head and (_is_printed(head, known) or not alone):
            return (head if _is_printed(head, known) else ""), str(name)
    return piece, ""


def _forms(
    piece: str, other: str, terms: Sequence[str], known: Catalogue, words: Words
) -> list[_Topic]:
    """How the notice prints a piece: as it stands, by a synonym, or word for word."""
    if _is_printed(piece, known):
        also = [other] if other != piece and other in terms and _is_printed(other, known) else []
        return [_Topic((piece, *also))]
    meant = [matching_form(list_asks.plain(term)) for term in terms]
    meant = [term for term in meant if _is_printed(term, known)]
    # All of the piece must be said by its synonyms: 火化证 is, 火化机厂家 is not.
    if other and _is_printed(other, known):
        return [_Topic(tuple(dict.fromkeys((other, *meant))))]
    cut = [word for word in words.words(other or piece) if word not in ("的", "和", "与", "及")]
    if 1 < len(cut) <= 4 and all(len(word) > 1 and _is_printed(word, known) for word in cut):
        together = [_Topic((word,)) for word in cut]
        return together if any(_holds(row, together, known) for row in _finest(known)) else []
    return []


def _finest(known: Catalogue) -> list[int]:
    return [row for row, passage in enumerate(known.passages) if passage.finest]


def _holds(row: int, topics: Iterable[_Topic], known: Catalogue) -> bool:
    """Whether a passage, its title included, names every topic, and its text at least one."""
    text, title = known.folded[row], known.titles[row]
    topics = list(topics)
    return all(any(f in text or f in title for f in topic.forms) for topic in topics) and (
        len(topics) == 1 or any(f in text for topic in topics for f in topic.forms)
    )


def _rows(topics: Sequence[_Topic], kinds: Sequence[str], known: Catalogue) -> tuple[int, ...]:
    """The items of an overview, at most ``MOST``: those nearest the topics, in reading order."""
    rows = [row for row in _finest(known) if _holds(row, topics, known)]
    for kind in kinds:
        stated = signs("overview")["kinds"][kind]["states"]
        rows = [row for row in rows if stated and _states(row, any_of(stated), topics, known)]
    nearest = sorted(rows, key=lambda row: (*_distance(row, topics, known), row))
    return tuple(sorted(nearest[:MOST]))


def _states(row: int, stated: re.Pattern[str], topics: Sequence[_Topic], known: Catalogue) -> bool:
    """Whether a sentence states the kind, in one that names a topic or under its title."""
    text = known.folded[row]
    titled = any(form in known.titles[row] for topic in topics for form in topic.forms)
    return any(
        stated.search(text[start:end])
        and (titled or any(form in text[start:end] for topic in topics for form in topic.forms))
        for start, end in chinese.sentences(text)
    )


def _distance(row: int, topics: Sequence[_Topic], known: Catalogue) -> tuple[int, int]:
    """How far a passage is from the topics: its title's subject, its first words, or by the way.

    What is printed as it was said comes before a synonym.
    """
    forms = [form for topic in topics for form in topic.forms]
    text = known.folded[row]
    titled = next((place for place, form in enumerate(forms) if form in known.titles[row]), None)
    if titled is not None:
        return 0, titled
    times = sum(text.count(form) for form in forms)
    first = text[: chinese.sentences(text)[0][1]] if text.strip() else ""
    return (1 if any(form in first for form in forms) else 2), -times
