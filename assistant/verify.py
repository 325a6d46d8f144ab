"""Holds a pasted text against the notices, sentence by sentence: word for word, or what differs.

Nothing is judged true or false. A sentence either stands in a notice, and the places are
named, or the nearest stretch is shown with the characters that differ on both sides.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Literal

from rapidfuzz import fuzz, process

from index.chinese import clauses, worded
from index.errors import QuestionError
from index.notice import Notice, half_width
from index.passages import Passage

Verdict = Literal["verbatim", "same_words", "differs", "not_found"]

MAX_LENGTH = 20_000
MAX_SENTENCES = 500
NEAR = 0.55
_CANDIDATES = 8
_CLAUSES_TOGETHER = 6
_MARKS = "。，；：！？、.,;:!?"
_WORD = re.compile(r"\w")
_MARKER = re.compile(r"[一二三四五六七八九十]+是")
_UNIT = "人次|台次|㎡|平方米|分钟|小时|个月|月份|元|年|月|日|岁|户|人|家|个|条|件|起|次|期|份|场|名|篇|幅|批|项|届|号|楼|处|块|%"
_FIGURE = re.compile(
    rf"\d+(?:\.\d+)?\s?[万亿]?[余多]?(?:{_UNIT})?|[一二两三四五六七八九十百千万]+[余多]?(?:{_UNIT})"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand in a notice; ``id`` is the full passage id, offsets code points."""

    id: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Characters that differ; spans are into the pasted text and into the notice."""

    written: str
    written_start: int
    written_end: int
    printed: str
    printed_start: int
    printed_end: int


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """A figure of the pasted text that is not the printed one; ``printed`` None: there is none."""

    written: str
    written_start: int
    written_end: int
    printed: str | None


@dataclass(frozen=True, slots=True)
class Verification:
    """One sentence of the pasted text and what the notices print.

    ``verbatim``: every character stands in a notice. ``same_words``: only width, blanks or
    punctuation differ. ``differs``: ``quote`` is near. ``not_found``: nothing is near, and
    ``quote`` is the least distant stretch. ``similarity`` is in [0, 1].
    """

    sentence: str
    start: int
    end: int
    verdict: Verdict
    places: tuple[Place, ...]
    quote: str
    similarity: float
    differences: tuple[Difference, ...]
    figures: tuple[FigureDifference, ...]

    def to_json(self) -> dict[str, Any]:
        """The form of ``POST /api/verify``; the field names are those of the records."""
        return {
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
            "verdict": self.verdict,
            "places": [_fields(place) for place in self.places],
            "quote": self.quote,
            "similarity": round(self.similarity, 4),
            "differences": [_fields(difference) for difference in self.differences],
            "figures": [_fields(figure) for figure in self.figures],
        }


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Neighbouring clauses of a passage, half width for comparing."""

    passage: Passage
    start: int
    end: int
    flat: str


def verify(
    text: str, notices: Mapping[str, Notice], passages: Iterable[Passage]
) -> tuple[Verification, ...]:
    """Hold every sentence of ``text`` against the notices; () when it holds no words.

    Raises:
        QuestionError: longer than ``MAX_LENGTH`` code points or ``MAX_SENTENCES`` sentences.
    """
    spans = worded(text[: MAX_LENGTH + 1])
    if len(text) > MAX_LENGTH or len(spans) > MAX_SENTENCES:
        raise QuestionError(
            f"the text has {len(text)} characters; at most {MAX_LENGTH} characters and"
            f" {MAX_SENTENCES} sentences are compared",
            hint="paste it in parts",
            code="text_too_long",
        )
    known = sorted(passages, key=lambda passage: not passage.finest)
    stretches = _stretches(tuple(passage for passage in known if passage.finest))
    return tuple(
        _verify_sentence(text, start, end, notices, known, stretches) for start, end in spans
    )


def _verify_sentence(
    text: str,
    start: int,
    end: int,
    notices: Mapping[str, Notice],
    passages: Sequence[Passage],
    stretches: Sequence[_Stretch],
) -> Verification:
    sentence = text[start:end]
    if places := _exact(sentence, notices, passages):
        return Verification(sentence, start, end, "verbatim", places, sentence, 1.0, (), ())
    if places := _same_words(sentence, notices, passages):
        verdict: Verdict = "same_words"
        similarity = 1.0
    else:
        nearest, similarity = _nearest(sentence, stretches)
        if nearest is None:
            return Verification(sentence, start, end, "not_found", (), "", 0.0, (), ())
        places = (_place(nearest.passage, nearest.start, nearest.end),)
        verdict = "differs" if similarity >= NEAR else "not_found"
    first = places[0]
    quote = notices[first.id.split("/", 1)[0]].text[first.start : first.end]
    differences = _differences(sentence, start, quote, first.start)
    nearby = quote if verdict != "not_found" else ""
    figures = _figures(sentence, start, nearby, first.start, differences)
    return Verification(
        sentence, start, end, verdict, places, quote, similarity, differences, figures
    )


def _place(passage: Passage, start: int, end: int) -> Place:
    return Place(passage.full_id, passage.label, start, end)


def _located(notice_id: str, start: int, end: int, passages: Sequence[Passage]) -> Place:
    """The finest passage where a stretch begins; between passages the notice itself."""
    for passage in passages:
        if passage.notice_id == notice_id and passage.start <= start < passage.end:
            return _place(passage, start, end)
    return Place(notice_id, "", start, end)


def _exact(
    sentence: str, notices: Mapping[str, Notice], passages: Sequence[Passage]
) -> tuple[Place, ...]:
    places = []
    for notice in notices.values():
        start = notice.text.find(sentence)
        while start >= 0:
            places.append(_located(notice.id, start, start + len(sentence), passages))
            start = notice.text.find(sentence, start + 1)
    return tuple(places)


def _same_words(
    sentence: str, notices: Mapping[str, Notice], passages: Sequence[Passage]
) -> tuple[Place, ...]:
    words, _ = _words(sentence)
    if len(words) < 2:
        return ()
    places = []
    for notice in notices.values():
        flat, offsets = _words(notice.text)
        found = flat.find(words)
        while found >= 0:
            end = _closed(notice.text, offsets[found + len(words) - 1] + 1, sentence)
            places.append(_located(notice.id, offsets[found], end, passages))
            found = flat.find(words, found + 1)
    return tuple(places)


def _closed(text: str, end: int, sentence: str) -> int:
    """One further character where both the sentence and the notice close with a mark."""
    both = text[end : end + 1] in _MARKS and sentence[-1] in _MARKS
    return end + 1 if both and end < len(text) else end


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[str, tuple[int, ...]]:
    """The word characters of a text in half width, and the offset of each."""
    flat = half_width(text).lower()
    if len(flat) != len(text):
        flat = half_width(text)
    kept = [
        (character, place)
        for place, character in enumerate(flat)
        if _WORD.match(character) or (character in ".%" and flat[place - 1 : place].isdigit())
    ]
    return "".join(character for character, _ in kept), tuple(place for _, place in kept)


@lru_cache(maxsize=8)
def _stretches(passages: tuple[Passage, ...]) -> tuple[_Stretch, ...]:
    found = []
    for passage in passages:
        for start, end in _windows(passage.text):
            flat = half_width(passage.text[start:end])
            found.append(_Stretch(passage, passage.start + start, passage.start + end, flat))
    return tuple(found)


def _windows(text: str) -> list[tuple[int, int]]:
    """Spans of every run of neighbouring clauses, with and without a leading 一是."""
    parts = clauses(text)
    windows = [
        (parts[first][0], parts[last][1])
        for first in range(len(parts))
        for last in range(first, min(first + _CLAUSES_TOGETHER, len(parts)))
    ]
    unmarked = [
        (start + marker.end(), end)
        for start, end in windows
        if (marker := _MARKER.match(text[start:end])) and marker.end() < end - start
    ]
    return windows + unmarked


def _nearest(sentence: str, stretches: Sequence[_Stretch]) -> tuple[_Stretch | None, float]:
    """The stretch that shares most characters in order; the longer one on a near tie."""
    flat = half_width(sentence)
    found = process.extract(
        flat, [stretch.flat for stretch in stretches], scorer=fuzz.ratio, limit=_CANDIDATES
    )
    if not found or not found[0][1]:
        return None, 0.0
    _, score, place = max(found, key=lambda one: (one[1], len(one[0]), -one[2]))
    return stretches[place], score / 100


def _differences(
    written: str, written_start: int, printed: str, printed_start: int
) -> tuple[Difference, ...]:
    matcher = SequenceMatcher(None, written, printed, autojunk=False)
    return tuple(
        Difference(
            written[a:b],
            written_start + a,
            written_start + b,
            printed[c:d],
            printed_start + c,
            printed_start + d,
        )
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    )


def _figures(
    written: str,
    written_start: int,
    printed: str,
    printed_start: int,
    differences: Sequence[Difference],
) -> tuple[FigureDifference, ...]:
    """Figures that a difference touches; the printed one stands where the difference points."""
    found = []
    printed_figures = list(_FIGURE.finditer(half_width(printed)))
    for match in _FIGURE.finditer(half_width(written)):
        start, end = written_start + match.start(), written_start + match.end()
        touched = [d for d in differences if d.written_start <= end and start <= d.written_end]
        counterpart = next(
            (
                figure.group()
                for figure in printed_figures
                for d in touched
                if d.printed_start <= printed_start + figure.end()
                and printed_start + figure.start() <= d.printed_end
            ),
            None,
        )
        if touched and counterpart != match.group():
            found.append(
                FigureDifference(written[match.start() : match.end()], start, end, counterpart)
            )
    return tuple(found)


def _fields(record: Place | Difference | FigureDifference) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}
