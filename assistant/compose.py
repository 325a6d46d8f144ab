"""Puts an answer into words: one plain opening out of the notice, then the quotes.

The opening is whole clauses of the notice, never a paraphrase, never a title. The guard refuses
a claim that no cited quote holds word for word, and one that cuts a figure, a unit or a title in
two: so every figure with its unit, date, title and organisation is the quote's own.
"""

import re
from collections.abc import Callable, Sequence

from assistant import slots
from assistant.answer import Citation, Span
from assistant.reading import PassageReading
from index.chinese import clauses, enclosed, without_marker
from index.notice import half_width

LONGEST_OPENING = 80
_CLAIM_END = re.compile(r"[。;!?\n]+")
_DIGIT = "0-9零〇一二两三四五六七八九十百千万亿"
# A figure at the end of a claim, with what may be the beginning of its unit.
_FIGURE_AT_END = re.compile(
    rf"(?:[0-9]|[{_DIGIT}]{{2,}})[{_DIGIT}.,\-—]*[余多]?[\u4e00-\u9fff]{{0,2}}$"
)
_GOES_ON = re.compile(rf"[{_DIGIT}\u4e00-\u9fff%㎡]|[.,\-—][0-9]")
_BEFORE_FIGURE = re.compile(rf"(?:[{_DIGIT}第]|[0-9][.,\-—])$")
_PAUSES = ",，、;；:：。!！?？\n"
_SENTENCE_MARK = re.compile(r"[。;；!！?？\n]")

# Weights of a stretch: how much of the answer the reader holds there, how much of the question's
# words stand in it, whether it holds the asked kind, and what each clause more and a crossing of
# sentences cost. Where nobody read, a fuller stretch gains (the subject and the figures beside
# what the words point at); where the reader points at the answer, it costs.
_HELD, _WORDS, _KIND, _EACH_CLAUSE, _CROSSING = 2.8, 1.0, 0.76, 0.02, 0.5
_FULLER, _FULLER_READ = 0.2, -0.1


Weigh = Callable[[str], float]


def answering_span(
    text: str, weigh: Weigh, asked: frozenset[slots.Slot], reading: PassageReading | None = None
) -> Span:
    """The whole clauses of a passage that answer, at most LONGEST_OPENING characters.

    ``weigh`` gives the share of the question's words, by weight, found in a text; ``reading``
    what the reader holds for the answer.
    """
    parts = clauses(text)
    if not parts:
        return 0, len(text)
    total = sum(p for _, _, p in reading.tokens) if reading else 0.0
    best, best_score = parts[0], -1.0
    for first in range(len(parts)):
        for last in range(first, len(parts)):
            span = parts[first][0], parts[last][1]
            if span[1] - span[0] > LONGEST_OPENING + 6 and last > first:
                break
            score = _score(text, span, last - first, weigh, asked)
            if reading and total > 0:
                held = sum(p for a, b, p in reading.tokens if span[0] <= a < span[1])
                score += _HELD * held / total
                score += (_FULLER_READ - _FULLER) * (span[1] - span[0]) / LONGEST_OPENING
            if score > best_score + 1e-9:
                best, best_score = span, score
    return fitting(text, without_marker(text, best))


def _score(text: str, span: Span, joins: int, weigh: Weigh, asked: frozenset[slots.Slot]) -> float:
    stretch = text[span[0] : span[1]]
    kind = any(slots.stated(slot, stretch) for slot in asked)
    crossing = bool(_SENTENCE_MARK.search(stretch[:-1]))
    said = _WORDS * weigh(stretch) + _KIND * kind + _FULLER * len(stretch) / LONGEST_OPENING
    return said - _EACH_CLAUSE * joins - _CROSSING * crossing


def whole_clauses(text: str, span: Span, limit: int = LONGEST_OPENING) -> Span:
    """The smallest stretch of whole clauses that holds a span, at most ``limit`` characters."""
    parts = [(a, b) for a, b in clauses(text) if a < span[1] and b > span[0]]
    if not parts:
        return fitting(text, span, limit)
    return fitting(text, without_marker(text, (parts[0][0], parts[-1][1])), limit)


def fitting(text: str, span: Span, limit: int = LONGEST_OPENING) -> Span:
    """The span if it is short enough to be heard, else its beginning up to a mark.

    Where there is none, no figure and no pair of marks is cut.
    """
    start, end = span
    if end - start <= limit:
        return span
    cuts = [
        place
        for place in range(start + limit // 4, start + limit + 1)
        if text[place] in _PAUSES and not enclosed(text, start, place)
    ]
    if cuts:
        return start, cuts[-1]
    stop = start + limit
    while stop > start + 1 and (_cuts(text, start, stop) or enclosed(text, start, stop)):
        stop -= 1
    return start, stop


def shortened(text: str, limit: int) -> str:
    """Words of a question, short enough to stand in a sentence of ours."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def guard(claims: str, citations: Sequence[Citation]) -> bool:
    """Whether every sentence of the claims stands in a cited quote, no figure or title cut."""
    quotes = [half_width(citation.quote) for citation in citations]
    sentences = [part.strip() for part in _CLAIM_END.split(half_width(claims))]
    return all(any(_holds(quote, part) for quote in quotes) for part in sentences if part)


def _holds(quote: str, claim: str) -> bool:
    """Whether a quote has the claim in it, at a place where nothing is cut in two."""
    if claim.count("《") != claim.count("》"):
        return False
    place = quote.find(claim)
    while place >= 0:
        if not _cuts(quote, place, place + len(claim)):
            return True
        place = quote.find(claim, place + 1)
    return False


def _cuts(quote: str, start: int, end: int) -> bool:
    """Whether a stretch begins inside a figure, or ends inside one or its unit."""
    before, claim, after = quote[:start], quote[start:end], quote[end:]
    begins = re.match(rf"[{_DIGIT}.]", claim) and _BEFORE_FIGURE.search(before)
    figure = _FIGURE_AT_END.search(claim)
    ends = figure and _GOES_ON.match(after)
    return bool(begins or ends)
