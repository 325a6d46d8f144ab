"""Lists of documents: where a 《document》 stands, and which were issued, made or revised."""

import re
from collections.abc import Sequence

from assistant import list_asks
from assistant.list_asks import Asked
from assistant.list_items import (
    Catalogue,
    Listing,
    Profile,
    covered,
    facts_of,
    gathered,
    general,
    sign,
    subject_words,
    titled,
    weight,
)
from assistant.signs import signs
from assistant.words import matching_form
from index import dates
from index.extraction import Fact
from index.passages import Passage


def by_document(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """Where a 《document》 stands, or which were issued or revised."""
    if asked.documents or (asked.firm and asked.mention):
        named = _named_documents(asked, known)
        if named and (asked.firm or asked.mention):
            return named
    if not sign("documents", "asked").search(asked.text):
        return None
    return _documents(asked, known, profile)


def _named_documents(asked: Asked, known: Catalogue) -> Listing | None:
    tails = tuple(signs("lists")["documents"]["tails"]["words"])
    called = [matching_form(name) for name in asked.documents]
    called += [part for part in asked.rest if len(part) >= 5 and part.endswith(tails)]
    for name in called:
        pairs = [
            (row, fact)
            for row, fact in facts_of(known, "document")
            if _is_title(name, matching_form(fact.value).strip("《》"))
        ]
        if pairs:
            return gathered(f"《{pairs[0][1].value.strip('《》')}》", "document", pairs)
    return None


def _is_title(name: str, title: str) -> bool:
    """Whether a document is called so: by a part of its title or by its main words in order."""
    if name in title or (len(title) > 5 and title in name):
        return True
    return len(name) >= 6 and covered(name, title) >= 0.99


def _documents(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """Documents issued, revised or named, of a kind, by date and by subject as asked."""
    verb = _verb(asked.text)
    rest = [part for part in asked.rest if not _of_documents(part)]
    groups = _subject_groups(rest, asked, known, profile)
    days = dates.asked(asked.text, known.issued)
    if verb is None and not (asked.mention or (groups and asked.asks)):
        return None
    if groups is None and rest and not days and weight(rest) > 4:
        return None  # something is asked that the notice's documents are not listed by
    pairs = []
    for row, fact in facts_of(known, "document"):
        if groups is not None and known.passages[row].group not in groups:
            continue
        if not _of_kind(asked.text, fact.value) or (days and not _dated(row, known, days)):
            continue
        if verb and not _issued(known.passages[row], fact, verb):
            continue
        pairs.append((row, fact))
    return gathered(_document_words(asked.text), "document", pairs)


def _of_documents(part: str) -> bool:
    """Whether a part of a question speaks of documents and of nothing else."""
    verbs = signs("lists")["documents"]["verbs"]
    words = [word for verb in verbs.values() for word in verb["asked"]]
    words += [
        *signs("lists")["documents"]["nouns"],
        "文件",
        "材料",
        "新",
        "不",
        "没",
        "份",
        "个",
        "局里",
        "民政局",
        "本局",
        "单位",
        "谁",
    ]
    left = part
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return not list_asks.freed_of_edges(left)


def _verb(text: str) -> str | None:
    """The way of issuing that is asked for; a verb that is denied (不是新出的) is not."""
    verbs: tuple[str, ...] = tuple(signs("lists")["documents"]["verbs"])
    for name in verbs:
        for match in sign("documents", "verbs", name, "asked").finditer(text):
            if not re.search(r"(?:不是|不要|没有?|除了|而非)[^,，。]{0,2}$", text[: match.start()]):
                return name
    return None


def _issued(passage: Passage, fact: Fact, verb: str) -> bool:
    """Whether the document is what the verb before it issues."""
    before = passage.text[: fact.start - passage.start]
    printed = "|".join(signs("lists")["documents"]["verbs"][verb]["printed"])
    return bool(
        re.search(
            rf"(?:{printed})[^。;；》]{{0,10}}(?:《[^《》]*》[^。;；]{{0,3}})*$", before[-160:]
        )
    )


def _of_kind(text: str, title: str) -> bool:
    nouns: dict[str, list[str]] = {
        noun: held
        for noun, held in signs("lists")["documents"]["nouns"].items()
        if isinstance(held, list) and noun in text
    }
    if not nouns or "文件" in text or "材料" in text:
        return True
    return any(word in title for held in nouns.values() for word in held)


def _document_words(text: str) -> str:
    return next((n for n in signs("lists")["documents"]["nouns"] if n in text), "文件")


def _dated(row: int, known: Catalogue, days: Sequence[dates.Dated]) -> bool:
    return any(
        fact.kind == "date" and dates.falls_in(fact.value, day.interval, any_year=day.any_year)
        for fact in known.facts[row]
        for day in days
    )


def _subject_groups(
    rest: Sequence[str], asked: Asked, known: Catalogue, profile: Profile | None
) -> frozenset[str] | None:
    """Findings under the subject or thing that a question names; None when it names none."""
    words = subject_words(rest, profile)
    if not words:
        words = [w for part in rest for w in (part, *list_asks.halves(part)) if w not in general()]
        words = [w for w in words if len(w) > 1 and any(w in title for title in known.titles)]
    if not words:
        return None
    return frozenset(known.passages[row].group for row in titled(known, words))
