"""Lists by a name, a subject or a word: places, organisations, 养老方面, “台账”."""

import re
from collections.abc import Sequence

from assistant import list_asks
from assistant.list_asks import Asked
from assistant.list_items import (
    Catalogue,
    Listing,
    Profile,
    about,
    content,
    general,
    holding,
    items,
    subject_words,
    terms_in,
    titled,
    weight,
)
from assistant.signs import signs
from assistant.words import matching_form

_SHARE = 0.6  # of what is left of a question, the part that the words it is listed by must make up


def by_name(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """Where a quoted word, a place, an organisation or another printed name stands."""
    if not asked.asks & {"which", "command", "count", "open", "serves", "measures"}:
        return None
    if asked.foreign:
        return _by_foreign_name(asked, known)
    if asked.quoted and not holding(known, asked.rest[:1]):
        rows = holding(known, map(matching_form, asked.quoted))
        return Listing("、".join(asked.quoted), "term", tuple(rows)) if rows else None
    if not asked.mention and subject_words(asked.rest, profile):
        return None  # a subject, even where its name happens to be printed
    for parts in (asked.rest, asked.rest_replaced):
        name = _whole_name(parts[0], asked.text, known) if len(parts) == 1 else ""
        if name and (found := _named(name, asked, known, profile)):
            return found
    return None


def _whole_name(part: str, text: str, known: Catalogue) -> str:
    """A name with the first character that was taken for one of the frame: 上海凤寰."""
    place = text.find(part)
    if place < 1 or text[place - 1] not in signs("lists")["edges"]["joined"]:
        return part
    longer = text[place - 1] + part
    times = sum(folded.count(part) for folded in known.folded)
    always = times == sum(folded.count(longer) for folded in known.folded)
    return longer if times and always else part


def _by_foreign_name(asked: Asked, known: Catalogue) -> Listing | None:
    terms = [term for term in asked.terms if term not in general()]
    if not terms or not asked.asks & {"which", "command"} or re.search(r"\d", asked.text):
        return None
    rows = holding(known, [matching_form(terms[0])])
    return Listing(terms[0], "term", tuple(rows)) if rows else None


def _named(part: str, asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """A part of a question as a name that the notice prints."""
    kind = _name_kind(part, known, profile)
    forms = _forms(part, known)
    if not forms or (len(part) < 2):
        return None
    if kind == "term" and not (asked.firm or "serves" in asked.asks):
        return None  # 制度几项 asks a figure, 魏都区几条 asks the items
    if kind == "term" and part in general():
        return None
    if kind == "term" and asked.about and not asked.mention:
        return None
    if kind == "term" and len(part) > 4 and _printed_without(part, known):
        forms = [*forms, part[2:]]
    rows = holding(known, forms)
    if not rows or ("serves" in asked.asks and len(rows) < 2):
        return None
    return Listing(part, kind, tuple(rows))


def _name_kind(part: str, known: Catalogue, profile: Profile | None) -> str:
    for kind in ("place", "organisation"):
        values = {fact.value for facts in known.facts for fact in facts if fact.kind == kind}
        if profile is not None:
            values |= set(profile.areas if kind == "place" else profile.organisations)
        if any(_short_of(part, matching_form(value)) for value in values):
            return kind
    ends = part.endswith(("县", "区", "市", "镇", "乡", "村", "街道"))
    return "place" if ends and part not in signs("lists")["edges"]["suffixes"] else "term"


def _short_of(part: str, name: str) -> bool:
    """鄢陵 is 鄢陵县; 省民政厅 is itself; 市场监管局 is 市场监管."""
    return (
        part == name
        or (len(part) > 1 and (name.startswith(part) or name.endswith(part)))
        or (_without_suffix(part) == name)
    )


def _without_suffix(part: str) -> str:
    for suffix in signs("lists")["edges"]["suffixes"]:
        if part.endswith(suffix) and len(part) - len(suffix) > 1:
            return part[: -len(suffix)]
    return part


def _forms(part: str, known: Catalogue) -> list[str]:
    """How the notice prints a name: as asked, or without 局, 部门, 县."""
    for form in (part, _without_suffix(part)):
        if len(form) > 1 and any(form in text for text in known.folded):
            return [form]
    return []


def by_subject(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """Whole findings that their title puts under a subject, other measures by what they do."""
    if not (asked.firm or ("open" in asked.asks and (asked.about or asked.mention))):
        return None
    if asked.asks <= {"measures", "open"} and not asked.about:
        return None  # of one finding, and it was not found
    if any(re.search(r"\d", part) for part in asked.rest):
        return None  # 5条线索 are not items of the notice
    words = subject_words((*asked.rest, *asked.rest_replaced), profile)
    if not words or not (asked.about or asked.firm):
        return None
    return Listing(_subject_name(asked, profile), "subject", tuple(about(words, known)))


def _subject_name(asked: Asked, profile: Profile | None) -> str:
    words = subject_words((*asked.rest, *asked.rest_replaced), profile)
    subjects = profile.subjects if profile is not None else ()
    names = (s.name for s in subjects if [matching_form(w) for w in s.words] == words)
    return next(names, words[0])


def by_term(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """By the notice's own words, when they are nearly all that a question names."""
    if not asked.firm or asked.foreign or re.search(r"\d", asked.text):
        return None  # 10项制度 are not items of the notice
    for parts in (asked.rest, asked.rest_replaced):
        found = terms_in(parts, known) or [p for p in parts if len(parts) == 1 and _forms(p, known)]
        if not found or weight(found) < _SHARE * content(parts):
            continue
        rows = _term_rows(found, parts, asked, known)
        if rows:
            return Listing("、".join(found), "term", rows)
    return None


def _term_rows(
    terms: Sequence[str], parts: Sequence[str], asked: Asked, known: Catalogue
) -> tuple[int, ...]:
    """Rows that hold one of the terms named side by side (火化、公墓), or all of the others."""
    # 微信公众号 is also meant where 公众号 alone is printed
    forms = [*terms, *(t[2:] for t in terms if len(t) > 4 and _printed_without(t, known))]
    side_by_side = any(set(terms) <= set(list_asks.halves(part)) for part in parts)
    if len(terms) > 1 and not side_by_side:
        return tuple(
            row
            for row, p in items(known)
            if all(term in known.folded[row] or term in known.titles[row] for term in terms)
        )
    rows = set(holding(known, forms))
    if asked.about:
        whole = titled(known, forms)
        groups = {known.passages[row].group for row in whole}
        rows = {row for row in rows if known.passages[row].group not in groups} | set(whole)
    return tuple(sorted(rows))


def _printed_without(term: str, known: Catalogue) -> bool:
    """Whether a term also stands without its first word of two characters."""
    return any(text.count(term[2:]) > text.count(term) for text in known.folded)
