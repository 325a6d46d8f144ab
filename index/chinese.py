"""Cuts text into sentences and clauses: the one splitter of the program.

Full-width and half-width marks count alike, and what stands between a pair of marks (《…》,
“…”, (…)) is never cut. Offsets are code points into the text as it was given.
"""

import re

Span = tuple[int, int]

_SENTENCE_ENDS = "。;；!！?？؟।…\n"
_CLAUSE_ENDS = ",，:："
_OPENING, _CLOSING = "《〈“‘(（【「『", "》〉”’)）】」』"
_DIGITS = frozenset("0123456789０１２３４５６７８９")
_MEASURE = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}是|[一二三四五六七八九十]要|其[一二三四五六七八九十][,，、])"
)


def sentences(text: str) -> list[Span]:
    """Spans of the sentences of a text, in order, blank ends left out, final mark included.

    Latin full stops end a sentence where a blank or the end follows.
    """
    return _cut(text, 0, len(text), _SENTENCE_ENDS, full_stops=True)


def worded(text: str) -> list[Span]:
    """The sentences that hold at least one letter, character or digit."""
    return [(a, b) for a, b in sentences(text) if any(map(str.isalnum, text[a:b]))]


def clauses(text: str) -> list[Span]:
    """Spans of the clauses of a text: sentences cut at commas and colons too."""
    return [
        clause
        for start, end in sentences(text)
        for clause in _cut(text, start, end, _SENTENCE_ENDS + _CLAUSE_ENDS, full_stops=True)
    ]


def without_marker(text: str, span: Span) -> Span:
    """The span without 一是, 1. or (一) before it and without the mark at its end."""
    start, end = span
    if marker := _LEADING.match(text, start, end):
        start = marker.end()
    while end > start + 1 and text[end - 1] in _SENTENCE_ENDS + _CLAUSE_ENDS + "、. ":
        end -= 1
    return start, end


_LEADING = re.compile(
    rf"\s*(?:{_MEASURE.pattern}|\d{{1,3}}(?:[.、．]+(?!\d)|[)）])|[(（](?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[)）]|[①-⑳])+[,，、:：]?"
)


def _cut(text: str, start: int, end: int, marks: str, *, full_stops: bool) -> list[Span]:
    found: list[Span] = []
    begun = start
    for place in range(start, end):
        mark = text[place]
        if place < begun:
            continue
        if mark in marks:
            stop = not (mark in _CLAUSE_ENDS and _inside_figure(text, place, end))
        else:
            stop = full_stops and mark == "." and _ends_latin(text, place, end)
        if not stop:
            continue
        after = place + 1
        if (
            mark in _SENTENCE_ENDS and mark != "\n"
        ):  # what closes right behind the mark belongs to the sentence
            while after < end and text[after] in _CLOSING + _SENTENCE_ENDS.replace("\n", ""):
                after += 1
        if mark == "\n" or not enclosed(text, begun, after):
            _keep(found, text, begun, after)
            begun = after
    _keep(found, text, begun, end)
    return found


def _keep(found: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        found.append((start, end))


def enclosed(text: str, start: int, place: int) -> bool:
    """Whether a pair of marks that began in this stretch is still open and closes soon."""
    part = text[start:place]
    for opening, closing in zip(_OPENING, _CLOSING, strict=True):
        if part.count(opening) > part.count(closing):
            closes = text.find(closing, place, place + 80)
            if closes >= 0 and "\n" not in text[place:closes]:
                return True
    return False


def _inside_figure(text: str, place: int, end: int) -> bool:
    """1,234 and 9:30 are not cut."""
    return (
        place > 0 and place + 1 < end and text[place - 1] in _DIGITS and text[place + 1] in _DIGITS
    )


def _ends_latin(text: str, place: int, end: int) -> bool:
    before = text[place - 1] if place else " "
    after = text[place + 1] if place + 1 < end else " "
    return before.isascii() and before.isalpha() and after.isspace()
