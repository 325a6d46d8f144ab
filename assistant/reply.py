"""Writes a decision down as an Answer: opening, text, citations, suggestions. Decides nothing."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from assistant import compose, slots
from assistant.answer import Answer, Citation, NoticeReference, Span
from assistant.case import MessageCase
from assistant.catalogue import Frame, Phrases, phrases
from assistant.decide import SHOWN, Decision
from assistant.reading import PassageReading
from assistant.search import Retriever
from assistant.understand import Understood
from assistant.words import Words, matching_form

_UNASKABLE = frozenset({"opinion", "rumour", "reason"})  # kinds that no clause can state
_UNSUGGESTED = frozenset({"emergency", "greeting", "instruction", "empty"})  # nothing is offered
_TOPIC_LENGTH = 24


class Writer:
    """Turns decisions into answers over the passages of one retriever."""

    def __init__(
        self,
        retriever: Retriever,
        words: Words,
        reference: Callable[[str], NoticeReference],
    ) -> None:
        self._retriever = retriever
        self._words = words
        self._reference = reference
        self._contacts = {
            p.notice_id: row for row, p in enumerate(retriever.passages) if p.id == "contact"
        }

    def write(
        self, question: str, case: MessageCase, decision: Decision, language: str | None
    ) -> Answer:
        """The Answer of a decision; falls back to the bare quotes when the guard refuses it."""
        frame = _frame(language or case.understood.language)
        said = phrases(frame)
        citations = self._citations(case, decision)
        claim = self._claim(citations, decision)
        opening = self._opening(decision, claim, citations, said)
        text = self._text(decision, opening, citations, said)
        if claim and not compose.guard(claim, citations):
            quotes = [citation.quote for citation in citations]
            start, end = compose.whole_clauses(quotes[0], (0, 1))
            opening = quotes[0][start:end]
            text = "\n".join((opening, *quotes))
        return Answer(
            question=question,
            understood_as=self._understood(case, decision),
            status=decision.status,
            reason=decision.reason,
            opening=opening,
            text=text,
            citations=citations,
            confidence=round(decision.confidence, 4),
            suggestions=self._suggestions(case, decision, frame),
            notice=self._reference(self._notice_of(decision.rows)),
            rule=decision.rule,
        )

    @staticmethod
    def _understood(case: MessageCase, decision: Decision) -> str:
        """The clean question that was answered; as typed where nothing was resolved."""
        if decision.reason in _UNSUGGESTED:
            return case.message
        if case.move in ("more", "detail", "item"):
            return case.text
        return case.chosen.taken.shown_as if case.state is not None else case.text

    def _notice_of(self, rows: Sequence[int]) -> str:
        return self._retriever.passages[rows[0] if rows else 0].notice_id

    # -- citations ----------------------------------------------------------------------

    def _citations(self, case: MessageCase, decision: Decision) -> tuple[Citation, ...]:
        if not decision.rows:
            return ()
        topical = decision.overview is not None or decision.listing is not None
        reading = None if topical or decision.rule == "reference" else case.chosen
        understood = reading.taken.understood if reading else case.understood
        found = []
        for place, row in enumerate(decision.rows):
            read = reading.read.get(row) if reading else None
            span = decision.said if place == 0 else None
            score = float(reading.ranked.ranking[row]) if reading else 1.0
            found.append(self._cite(row, score, understood, read, span))
        if decision.status == "not_stated":
            contact = self._contacts.get(self._notice_of(decision.rows))
            if contact is not None and contact not in decision.rows:
                found.append(self._cite(contact, 0.0, understood, None, None))
        return tuple(found)

    def _cite(
        self,
        row: int,
        score: float,
        understood: Understood,
        read: PassageReading | None,
        said: Span | None,
    ) -> Citation:
        text = self._retriever.passages[row].text
        weigh = self._weigher(understood.text, understood.terms)
        if said is not None:
            span = compose.whole_clauses(text, said)
        else:
            span = compose.answering_span(text, weigh, understood.slots - _UNASKABLE, read)
        return self._citation(row, score, span)

    def _citation(self, row: int, score: float, span: Span) -> Citation:
        passage = self._retriever.passages[row]
        start, end = span
        return Citation(
            id=passage.full_id,
            label=passage.label,
            quote=passage.text,
            start=passage.start,
            end=passage.end,
            highlights=((passage.start + start, passage.start + end),) if end > start else (),
            score=round(score, 4),
        )

    def cite(self, row: int, score: float, query: str, terms: Sequence[str] = ()) -> Citation:
        """A passage for typing along: the searched words marked, else the clause about them."""
        passage = self._retriever.passages[row]
        folded = matching_form(passage.text)
        for word in (matching_form(query), *terms):
            if len(word) > 1 and (place := folded.find(word)) >= 0:
                return self._citation(row, score, (place, place + len(word)))
        text = matching_form(query)
        span = compose.answering_span(
            passage.text, self._weigher(text, terms), slots.asked(text) - _UNASKABLE
        )
        return self._citation(row, score, span)

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

    # -- words --------------------------------------------------------------------------

    @staticmethod
    def _claim(citations: Sequence[Citation], decision: Decision) -> str:
        """The part of the opening that is presented as the notice's fact."""
        if not citations or decision.overview or decision.listing:
            return ""
        if decision.status != "answered" and decision.reason != "false_premise":
            return ""
        top = citations[0]
        start, end = top.highlights[0] if top.highlights else (top.start, top.end)
        return top.quote[start - top.start : end - top.start].strip(",，。;；:：、 ")

    @staticmethod
    def _opening(
        decision: Decision, claim: str, citations: Sequence[Citation], said: Phrases
    ) -> str:
        if decision.overview:
            topic = "、".join(decision.overview.topics)
            if decision.overview.kind == "notice":
                return said.whole.format(len(citations))
            return said.overview.format(compose.shortened(topic, _TOPIC_LENGTH), len(citations))
        if decision.listing:
            template = said.counted if decision.listing.counted else said.listed
            return template.format(
                compose.shortened(decision.listing.criterion, _TOPIC_LENGTH), len(citations)
            )
        if decision.status == "answered":
            return said.states.format(claim)
        if decision.reason == "false_premise" and claim and decision.rule == "premise":
            if decision.asserted:
                return said.otherwise_than.format(claim, decision.asserted)
            return said.otherwise.format(claim)
        if decision.rule == "more":
            return said.no_more
        table = said.not_stated if decision.status == "not_stated" else said.out_of_scope
        return table.get(decision.reason or "", table[""])

    @staticmethod
    def _text(
        decision: Decision, opening: str, citations: Sequence[Citation], said: Phrases
    ) -> str:
        if not citations:
            return opening
        lines = [opening]
        if decision.status == "not_stated":
            lines.append(said.nearest)
        for citation in citations:
            lines.append(f"【{citation.label}】{citation.quote}")
        if decision.status == "not_stated" and citations[-1].id.endswith("/contact"):
            lines.insert(len(lines) - 1, said.contact)
        return "\n".join(lines)

    def matched_words(self, understood: Understood, row: int) -> list[str]:
        """Words of the question, or the terms they stand for, that a passage holds."""
        passage = self._retriever.passages[row]
        words = [w for w in self._words.words(understood.text) if len(w) > 1]
        return [
            word
            for word in dict.fromkeys([*words, *understood.terms])
            if word in passage.text or word in passage.title
        ]

    def _suggestions(self, case: MessageCase, decision: Decision, frame: Frame) -> tuple[str, ...]:
        """Up to three questions with an answer: near what was asked, one a finding."""
        if decision.status == "answered" or decision.reason in _UNSUGGESTED:
            return ()
        lang = {"zh-Hans": "zh", "zh-Hant": "zh-Hant", "en": "en"}[frame]
        phrasings = self._retriever.phrasings
        evidence = case.ranked.evidence
        together = (evidence.lexical_rows + evidence.dense_rows)[: len(phrasings)]
        found: dict[int, str] = {}
        for place in np.argsort(-together, kind="stable"):
            phrasing = phrasings[place]
            finding = int(self._retriever.finding_of[self._retriever.owners[place]])
            plain = phrasing.who != "hotline" and re.search(r"[?？吗呢]$", phrasing.question)
            if phrasing.lang == lang and plain and finding not in found:
                found[finding] = phrasing.question
            if len(found) == SHOWN:
                break
        return tuple(found.values())


def _frame(language: str) -> Frame:
    return language if language in ("zh-Hans", "zh-Hant") else "en"  # type: ignore[return-value]
