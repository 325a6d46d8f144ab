"""Drafts an answer from a reading and writes it: status, citations, text, suggestions."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from assistant import compose, judge, slots
from assistant.answer import Answer, Citation, NoticeReference, Span, Status
from assistant.catalogue import Frame, Phrases, phrases
from assistant.conversation import Reading
from assistant.facts import Listing
from assistant.search import Retriever
from assistant.words import Words, matching_form
from index.notice import Notice

SHOWN = 3
NEAR_TIE = 0.2  # of two probabilities; chosen on the development questions
_LEAST_SHARE = 0.03
_REASONS = (
    "amount_not_stated", "place_not_stated", "phone_not_stated", "time_not_stated", "personal_data",
    "false_premise", "opinion", "greeting", "emergency", "other_topic", "other_place", "instruction",
)  # fmt: skip
_SLOT_REASONS: tuple[tuple[slots.Slot, str], ...] = (
    ("phone", "phone_not_stated"),
    ("amount", "amount_not_stated"),
    ("place", "place_not_stated"),
    ("date", "time_not_stated"),
    ("duration", "time_not_stated"),
    ("opinion", "opinion"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision before it is put into words. ``rows`` are the passages to cite, best first;
    ``nearest`` those of a not_stated answer.
    """

    status: Status
    reason: str | None
    rows: tuple[int, ...]
    nearest: tuple[int, ...]
    confidence: float
    listing: Listing | None = None
    spans: Mapping[int, Span] = field(default_factory=dict)


class Writer:
    """Turns readings into answers over the passages of one retriever."""

    def __init__(
        self,
        retriever: Retriever,
        words: Words,
        notices: Mapping[str, Notice],
        reference: Callable[[str], NoticeReference],
    ) -> None:
        self._retriever = retriever
        self._words = words
        self._notices = notices
        self._reference = reference
        self._contacts = {
            p.notice_id: row for row, p in enumerate(retriever.passages) if p.id == "contact"
        }
        self._measures: dict[tuple[str, str], list[int]] = {}
        for row, passage in enumerate(retriever.passages):
            if passage.kind == "measure":
                self._measures.setdefault((passage.notice_id, passage.group), []).append(row)
            for start, end in compose.clauses(passage.text):
                words.tokens(passage.text[start:end])  # remembered: no question waits for them

    # -- what to answer -------------------------------------------------------------

    def judged(self, asked: str, reading: Reading, parts: Sequence[Reading]) -> Draft:
        """Status, reason and rows of a reading that asks for no list."""
        verdict = reading.verdict
        confidence = round(float(verdict[0]), 4)
        if reading.measure:
            return self._measure(reading)
        if reading.understood.reference and verdict[2] < 0.9:
            return self._referred(reading)
        gap = self._nearest_gap(reading)
        if self._is_emergency(asked, reading):
            return Draft("out_of_scope", "emergency", (), (), min(confidence, 0.02))
        status, confidence = self._status(reading, confidence)
        if status == "out_of_scope":
            return Draft("out_of_scope", self._elsewhere_reason(asked, gap), (), (), confidence)
        if status == "answered" and judge.PRIVATE.search(reading.understood.text):
            return Draft(
                "not_stated",
                "personal_data",
                (),
                self._nearest_rows(reading, gap),
                min(confidence, 0.05),
            )
        if status == "not_stated":
            rows = self._nearest_rows(reading, gap)
            return Draft("not_stated", self._gap_reason(reading, gap), (), rows, confidence)
        return Draft("answered", None, self._answer_rows(reading, parts), (), confidence)

    def _status(self, reading: Reading, confidence: float) -> tuple[Status, float]:
        """What the judge says, unless somebody wrote this very question down.

        Between its two ways of saying no, the one that shows what is printed goes first when
        both are about as likely.
        """
        known = -1 if reading.inherited else self._retriever.known_question(reading.understood.text)
        if known >= 0:
            status = judge.CLASSES[int(self._retriever.row_classes[:, known].argmax())]
            sure = max(confidence, 0.95) if status == "answered" else min(confidence, 0.05)
            return status, sure
        answered, not_stated, elsewhere = reading.verdict
        if not_stated > answered and elsewhere - not_stated < NEAR_TIE:
            return "not_stated", confidence
        return judge.CLASSES[int(reading.verdict.argmax())], confidence

    def _is_emergency(self, asked: str, reading: Reading) -> bool:
        return bool(judge.EMERGENCY.search(matching_form(asked))) and reading.verdict[0] < 0.5

    def _measure(self, reading: Reading) -> Draft:
        """第二条呢, asked of the finding spoken of."""
        best = self._retriever.passages[int(reading.ranking.argmax())]
        rows = self._measures.get((best.notice_id, best.group), [])
        if 0 < reading.measure <= len(rows):
            return Draft("answered", None, (rows[reading.measure - 1],), (), 0.97)
        return Draft(
            "not_stated", "false_premise", (), tuple(rows) or (int(reading.ranking.argmax()),), 0.05
        )

    def _referred(self, reading: Reading) -> Draft:
        """第37项第二点: shown as it stands, or that there is no such number."""
        number, measure = reading.understood.reference or (0, 0)
        groups = [p for p in self._retriever.passages if p.group == str(number)]
        if not groups:
            return Draft("not_stated", "false_premise", (), self._ranked(reading)[:1], 0.05)
        rows = self._measures.get((groups[0].notice_id, str(number)), [])
        if measure and not 0 < measure <= len(rows):
            return Draft("not_stated", "false_premise", (), tuple(rows)[:SHOWN], 0.05)
        confidence = round(max(0.6, float(reading.verdict[0])), 4)
        return Draft("answered", None, self._answer_rows(reading, ()), (), confidence)

    def _answer_rows(self, reading: Reading, parts: Sequence[Reading]) -> tuple[int, ...]:
        rows = self._ranked(reading)
        if len(parts) < 2:
            return rows
        firsts = [self._ranked(part)[0] for part in parts if part.verdict[0] >= 0.4]
        return tuple(dict.fromkeys([*firsts, *rows]))[: max(SHOWN, len(firsts))]

    def _ranked(self, reading: Reading) -> tuple[int, ...]:
        """Rows to cite, best first; a whole finding stands for its measures, in their order."""
        order = [int(row) for row in np.argsort(-reading.ranking, kind="stable")[:16]]
        order = [row for row in order if row not in reading.skip]
        passages = self._retriever.passages
        rows: list[int] = []
        for row in order:
            if len(rows) >= SHOWN or (rows and reading.ranking[row] < _LEAST_SHARE):
                break
            whole = not passages[row].finest
            if whole and not rows and not reading.understood.slots & slots.POINTED:
                measures = self._measures[passages[row].notice_id, passages[row].group]
                return tuple(m for m in measures if m not in reading.skip) or (row,)
            if not whole:
                rows.append(row)
        return tuple(dict.fromkeys(rows)) or tuple(order[:1])

    def _nearest_gap(self, reading: Reading) -> int:
        """The curated gap most like the question, -1 when there is none at all."""
        count = len(self._retriever.phrasings)
        together = (reading.evidence.lexical_rows + reading.evidence.dense_rows)[count:]
        return int(together.argmax()) if len(together) else -1

    def _near(self, reading: Reading, gap: int) -> bool:
        place = len(self._retriever.phrasings) + gap
        return gap >= 0 and bool(
            reading.evidence.lexical_rows[place] + reading.evidence.dense_rows[place] > 0.9
        )

    def _nearest_rows(self, reading: Reading, gap: int) -> tuple[int, ...]:
        """The passages to show when something is not stated."""
        shows = self._retriever.gap_shows[gap] if gap >= 0 else ()
        ranked = self._ranked(reading)
        groups = self._retriever.finding_of
        if shows and (self._near(reading, gap) or groups[shows[0]] == groups[ranked[0]]):
            return tuple(dict.fromkeys([*shows[:2], *ranked]))[:SHOWN]
        return ranked[:SHOWN]

    def _gap_reason(self, reading: Reading, gap: int) -> str | None:
        text = reading.understood.text
        if judge.PERSONAL.search(text):
            return "personal_data"
        if gap >= 0 and self._near(reading, gap):
            reason = self._retriever.gaps[gap].reason
            if self._retriever.gaps[gap].status == "not_stated" and reason in _REASONS:
                return reason
        for slot, reason in _SLOT_REASONS:
            if slot in reading.understood.slots:
                return reason
        return "false_premise" if "rumour" in reading.understood.slots else None

    def _elsewhere_reason(self, asked: str, gap: int) -> str:
        text = matching_form(asked)
        if judge.GREETING.match(text):
            return "greeting"
        if judge.INSTRUCTION.search(text):
            return "instruction"
        if judge.elsewhere(text, judge.read_places(), ()):
            return "other_place"
        if gap >= 0 and self._retriever.gaps[gap].status == "out_of_scope":
            reason = self._retriever.gaps[gap].reason
            if reason in ("greeting", "opinion") or (
                reason == "instruction" and judge.TASK.search(text)
            ):
                return reason
        return "instruction" if judge.TASK.search(text) else "other_topic"

    # -- how to say it ----------------------------------------------------------------

    def write(self, question: str, reading: Reading, draft: Draft, language: str | None) -> Answer:
        """The Answer of a draft; falls back to the bare quotes when the guard refuses the text."""
        frame = _frame(language or reading.understood.language)
        said = phrases(frame)
        rows = draft.rows or draft.nearest
        citations = [self.cite(row, self._score(reading, row), question, reading) for row in rows]
        if draft.status == "not_stated":
            contact = self._contacts.get(self._notice_of(rows))
            if contact is not None and contact not in rows:
                citations.append(self.cite(contact, 0.0, question))
        opening = self._opening(draft, citations, said)
        text = self._text(draft, opening, citations, said)
        if not compose.guard(_claims(draft, opening, said), citations):
            text = "\n".join(citation.quote for citation in citations)
        return Answer(
            question=question,
            understood_as=reading.understood.text,
            status=draft.status,
            reason=draft.reason,
            text=text,
            citations=tuple(citations),
            confidence=draft.confidence,
            suggestions=self._suggestions(reading, draft, frame),
            notice=self._reference(self._notice_of(rows)),
        )

    def _notice_of(self, rows: Sequence[int]) -> str:
        return self._retriever.passages[rows[0] if rows else 0].notice_id

    def _score(self, reading: Reading, row: int) -> float:
        return round(float(reading.ranking[row]), 4)

    def _opening(self, draft: Draft, citations: Sequence[Citation], said: Phrases) -> str:
        if draft.status == "answered" and draft.listing:
            template = said.counted if wants_count_in(draft.listing) else said.listed
            return template.format(compose.shortened(draft.listing.criterion, 24), len(citations))
        if draft.status == "answered":
            top = citations[0]
            start, end = top.highlights[0] if top.highlights else (top.start, top.end)
            words = top.quote[start - top.start : end - top.start]
            room = compose.LONGEST_OPENING - len(said.states) + 1
            return said.states.format(compose.shortened(words, max(room, 40)).rstrip(",，。;")) + (
                "" if said.states.isascii() else "。"
            )
        table = said.not_stated if draft.status == "not_stated" else said.out_of_scope
        return table.get(draft.reason or "", table[""])

    def _text(
        self, draft: Draft, opening: str, citations: Sequence[Citation], said: Phrases
    ) -> str:
        if not citations:
            return opening
        lines = [opening]
        if draft.status == "not_stated":
            lines.append(said.nearest)
        for citation in citations:
            lines.append(f"【{citation.label}】{citation.quote}")
        if draft.status == "not_stated" and citations[-1].id.endswith("/contact"):
            lines.insert(len(lines) - 1, said.contact)
        return "\n".join(lines)

    def cite(
        self, row: int, score: float, question: str, reading: Reading | None = None
    ) -> Citation:
        """A passage as a citation, the words that answer highlighted."""
        passage = self._retriever.passages[row]
        text = matching_form(question) if reading is None else reading.understood.text
        terms = () if reading is None else reading.understood.terms
        asked = slots.asked(text) if reading is None else compose.clean_asked(reading.understood)
        start, end = compose.answering_span(passage.text, self._weigher(text, terms), asked)
        return Citation(
            id=passage.full_id,
            label=passage.label,
            quote=passage.text,
            start=passage.start,
            end=passage.end,
            highlights=((passage.start + start, passage.start + end),) if end > start else (),
            score=round(score, 4),
        )

    def _weigher(self, text: str, terms: Sequence[str]) -> Callable[[str], float]:
        """Weight of a question's words in a text, as a share of all its words' weight."""
        idf = self._retriever.text_idf
        wanted = {token: idf(token) for token in self._words.tokens(text)}
        for term in terms:
            for token in self._words.tokens(term):
                wanted.setdefault(token, 0.6 * idf(token))
        total = sum(wanted.values()) or 1.0

        def weigh(part: str) -> float:
            held = wanted.keys() & self._words.tokens(part)
            return sum(wanted[token] for token in sorted(held)) / total

        return weigh

    def matched_words(self, reading: Reading, row: int) -> list[str]:
        """Words of the question, or the terms they stand for, that a passage holds."""
        passage = self._retriever.passages[row]
        words = [w for w in self._words.words(reading.understood.text) if len(w) > 1]
        return [
            word
            for word in dict.fromkeys([*words, *reading.understood.terms])
            if word in passage.text or word in passage.title
        ]

    def _suggestions(self, reading: Reading, draft: Draft, frame: Frame) -> tuple[str, ...]:
        """Up to three questions with an answer: near what was asked, one a finding."""
        if draft.status == "answered":
            return ()
        lang = {"zh-Hans": "zh", "zh-Hant": "zh-Hant", "en": "en"}[frame]
        count = len(self._retriever.phrasings)
        together = (reading.evidence.lexical_rows + reading.evidence.dense_rows)[:count]
        found: dict[int, str] = {}
        for place in np.argsort(-together, kind="stable"):
            phrasing = self._retriever.phrasings[place]
            finding = int(self._retriever.finding_of[self._retriever.owners[place]])
            plain = phrasing.who != "hotline" and re.search(r"[?？吗呢]$", phrasing.question)
            if phrasing.lang == lang and plain and finding not in found:
                found[finding] = phrasing.question
            if len(found) == SHOWN:
                break
        return tuple(found.values())


def wants_count_in(listing: Listing) -> bool:
    return listing.kind == "term"


def _frame(language: str) -> Frame:
    return language if language in ("zh-Hans", "zh-Hant") else "en"  # type: ignore[return-value]


def _claims(draft: Draft, opening: str, said: Phrases) -> str:
    """The part of the opening that is presented as the notice's fact."""
    if draft.status != "answered" or draft.listing:
        return ""
    before, after = said.states.split("{}")
    return opening[len(before) : len(opening) - len(after) or None]
