"""Puts an answer into words: one plain opening sentence out of the notice, then the quotes.

The opening is a clause of the notice, never a paraphrase. The guard refuses a claim that no
cited quote holds word for word, and one that cuts a figure, a unit or a title in two: so
every figure with its unit, date, title and organisation is the quote's own.
"""

import re
from collections.abc import Callable, Sequence

from assistant import slots
from assistant.answer import Citation, Span
from assistant.understand import Understood
from index.notice import half_width

LONGEST_OPENING = 60
_SENTENCE = re.compile(r"[^。;;!?!?\n]+[。;;!?!?]?")
_CLAUSE = re.compile(r"[^,,:：]+[,,:：]?")
_MARKER = re.compile(r"^(?:[一二三四五六七八九十]{1,2}是|\d{1,2}[.、]+|\([一二三四五六七八九十]\))")
_CLAIM_END = re.compile(r"[。;!?\n]+")
_DIGIT = "0-9零〇一二两三四五六七八九十百千万亿"
# A figure at the end of a claim, with what may be the beginning of its unit.
_FIGURE_AT_END = re.compile(
    rf"(?:[0-9]|[{_DIGIT}]{{2,}})[{_DIGIT}.,\-—]*[余多]?[\u4e00-\u9fff]{{0,2}}$"
)
_GOES_ON = re.compile(rf"[{_DIGIT}\u4e00-\u9fff%㎡]|[.,\-—][0-9]")
_BEFORE_FIGURE = re.compile(rf"(?:[{_DIGIT}第]|[0-9][.,\-—])$")

Weigh = Callable[[str], float]


def spans(text: str, pattern: re.Pattern[str], start: int = 0) -> list[Span]:
    """Offsets of a pattern's matches, blank ends trimmed, shifted by ``start``."""
    found = []
    for match in pattern.finditer(text):
        lead = len(match.group()) - len(match.group().lstrip())
        kept = match.group().strip()
        if kept:
            found.append((start + match.start() + lead, start + match.start() + lead + len(kept)))
    return found


def clauses(text: str) -> list[Span]:
    """Offsets of the clauses of a text, in order."""
    return [
        clause
        for start, end in spans(text, _SENTENCE)
        for clause in spans(text[start:end], _CLAUSE, start)
    ]


def answering_span(passage_text: str, weigh: Weigh, asked: frozenset[slots.Slot]) -> Span:
    """The clause or clauses of a passage that answer, at most LONGEST_OPENING characters.

    ``weigh`` gives the weight of the question's words found in a text.
    """
    parts = clauses(passage_text)
    if not parts:
        return 0, len(passage_text)
    scores = [_clause_score(passage_text[a:b], weigh, asked) for a, b in parts]
    best, best_score = (0, 1), -1.0
    for first in range(len(parts)):
        for last in range(first, len(parts)):
            start, end = parts[first][0], parts[last][1]
            if end - start > LONGEST_OPENING and last > first:
                break
            size = last - first + 1
            score = sum(scores[first : last + 1]) - 0.15 * (size - 1)
            crosses = re.search(r"[。;;]", passage_text[start : end - 1])
            score -= 1.0 if crosses else 0.0
            if score > best_score + 1e-9:
                best, best_score = (start, end), score
    return _without_marker(passage_text, best)


def _clause_score(clause: str, weigh: Weigh, asked: frozenset[slots.Slot]) -> float:
    stated = sum(slots.stated(slot, clause) for slot in asked)
    return weigh(clause) + 0.6 * min(1, stated)


def _without_marker(text: str, span: Span) -> Span:
    start, end = span
    if marker := _MARKER.match(text[start:end]):
        start += marker.end()
    while end > start + 1 and text[end - 1] in ",,:：;;。":
        end -= 1
    return start, end


def shortened(text: str, limit: int = LONGEST_OPENING) -> str:
    """The text if it is short enough to say, else its beginning up to a mark, word for word."""
    if len(text) <= limit:
        return text
    cut = max(text.rfind(mark, 0, limit) for mark in ",,、;;:：")
    return text[: cut if cut > limit // 3 else limit]


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


def clean_asked(understood: Understood) -> frozenset[slots.Slot]:
    """The asked kinds that a clause can state."""
    return understood.slots - {"opinion", "rumour", "reason"}
