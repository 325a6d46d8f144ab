"""The assistant: loads an index once, then answers questions and searches as one types.

Deterministic: the same question on the same index gives the same Answer, timings aside.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant import answer as answers
from assistant import door, facts, judge, spelling
from assistant.answer import Answer, Citation, NoticeReference
from assistant.conversation import Reader, Reading
from assistant.fitted import Fitted
from assistant.fitted import read as read_fitted
from assistant.reply import Draft, Writer
from assistant.search import Retriever
from assistant.understand import Understanding
from assistant.words import Words
from index import store
from index.encoder import Encoder, load_encoder
from index.errors import IndexStoreError, NotFoundError
from index.extraction import Fact, extract
from index.notice import Notice
from index.passages import Passage
from index.settings import Settings


@dataclass(frozen=True, slots=True)
class _Clock:
    """Times the steps of one answer, in milliseconds."""

    laps: dict[str, float]

    def lap(self, name: str, since: float) -> float:
        now = time.perf_counter()
        self.laps[name] = round((now - since) * 1000, 3)
        return now


class Assistant:
    """Answers from the notices of one index. Safe to share between threads."""

    def __init__(self, index: store.Index, encoder: Encoder, fitted: Fitted | None = None) -> None:
        if not index.sources:
            raise IndexStoreError("the index holds no notice", hint="run: python -m index build")
        self.index = index
        self.notices: dict[str, Notice] = {s.notice.id: s.notice for s in index.sources}
        self.facts: dict[str, tuple[Fact, ...]] = {
            s.notice.id: extract(s.notice, s.profile) for s in index.sources
        }
        self.passages: dict[str, Passage] = {p.full_id: p for p in index.passages}
        synonyms = [s for source in index.sources for s in source.vocabulary.synonyms]
        terms = {t for source in index.sources for t in source.vocabulary.terms}
        terms |= {term for synonym in synonyms for term in synonym.terms}
        terms |= {
            f.value for known in self.facts.values() for f in known if f.kind == "organisation"
        }
        self.words = words = Words(terms)
        understanding = Understanding(
            synonyms, terms, words, [notice.text for notice in self.notices.values()]
        )
        self.retriever = Retriever(index, encoder, understanding, words)
        self._catalogue = facts.catalogue(self.retriever.passages, dict(self.facts), terms)
        places = judge.read_places()
        own = sorted(t for t in terms if any(place in t for place in places))
        self.reader = Reader(self.retriever, understanding, words, fitted or read_fitted(), own)
        self._writer = Writer(self.retriever, words, self.notices, self.reference)
        self._speller = spelling.Speller(self.retriever.passages, terms)

    @classmethod
    def load(cls, settings: Settings | None = None) -> "Assistant":
        """Load the index of the settings with the encoder of the settings.

        Raises:
            IndexStoreError: there is no usable index; the hint names the mending command.
            EncoderError: the named encoder cannot be had.
        """
        settings = settings or Settings.from_environment()
        store.read_manifest(settings.index_folder)
        encoder = load_encoder(settings.encoder)
        return cls(store.load(settings.index_folder, encoder), encoder)

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        explain: bool = False,
        language: str | None = None,
    ) -> Answer:
        """Answer a question; ``history`` holds the earlier questions, oldest first.

        ``explain`` adds ``why``; ``language`` (zh-Hans, zh-Hant, en) fixes the frame's language.

        Raises:
            QuestionError: the question or the history is not of the form that can be asked.
        """
        clock = _Clock({})
        begun = now = time.perf_counter()
        asked = door.checked_question(question)
        earlier = door.checked_history(history)
        now = clock.lap("understand", now)
        reading = self.reader.read(asked, earlier)
        now = clock.lap("retrieve", now)
        draft = self._judged(asked, reading)
        now = clock.lap("judge", now)
        reply = self._writer.write(question, reading, draft, language)
        answers.prove(reply.citations, self.notices)
        clock.lap("compose", now)
        clock.lap("total", begun)
        why = self._why(reading) if explain else None
        return replace(reply, timings_ms=clock.laps, why=why)

    def _judged(self, asked: str, reading: Reading) -> Draft:
        """Status and rows of an answer: lists first, then what ranking and verdict say."""
        if not re.search(r"\w", asked):
            return Draft("out_of_scope", "empty", (), (), confidence=0.0)
        listing = facts.listing(
            reading.understood, self._catalogue, inherited=reading.inherited and reading.same_time
        )
        if listing and reading.verdict[2] < 0.6:
            rows = tuple(row for row in listing.rows if row not in self._shown_before(reading))
            return Draft("answered", None, rows, (), confidence=0.97, listing=listing)
        return self._writer.judged(asked, reading, self._parts(asked, reading))

    def _shown_before(self, reading: Reading) -> frozenset[int]:
        return frozenset(reading.skip)

    def _parts(self, asked: str, reading: Reading) -> tuple[Reading, ...]:
        """Readings of the single questions in a message that holds several."""
        parts = [part for part in re.split(r"[?？]", asked) if len(part.strip()) >= 6]
        if len(parts) < 2 or reading.inherited:
            return ()
        return tuple(self.reader.read(part, ()) for part in parts[:3])

    def search(self, query: str, limit: int = 10) -> tuple[Citation, ...]:
        """Passages for typing along, best first; pinyin and initials are understood.

        Raises:
            QuestionError: the query is not text, blank or too long.
        """
        asked = door.checked_question(query)
        spelled = self._speller.found(asked)[:limit]
        if spelled:
            return tuple(self._writer.cite(s.row, s.score, s.term) for s in spelled)
        reading = self.reader.read(asked, ())
        order = np.argsort(-reading.ranking, kind="stable")
        rows = [int(row) for row in order if self.retriever.passages[row].finest][:limit]
        return tuple(
            self._writer.cite(row, float(reading.ranking[row]), asked, reading) for row in rows
        )

    def passage(self, identifier: str) -> Passage:
        """A passage by full id, or by short id when one notice is loaded.

        Raises:
            NotFoundError: there is no such passage.
        """
        full = identifier if "/" in identifier else f"{next(iter(self.notices))}/{identifier}"
        if "/" not in identifier and len(self.notices) > 1:
            raise NotFoundError(
                f"short id {identifier!r} with {len(self.notices)} notices loaded",
                hint=f"write <notice>/{identifier}",
            )
        found = self.passages.get(full)
        if found is None:
            raise NotFoundError(f"no passage {identifier!r}", hint="ids look like 37.2 or contact")
        return found

    def reference(self, notice_id: str) -> NoticeReference:
        """Title, date and digest of a loaded notice."""
        notice = self.notices[notice_id]
        return NoticeReference(notice.id, notice.title, notice.issued, notice.sha256)

    def _why(self, reading: Reading) -> Mapping[str, object]:
        """What the answer rests on, for whoever asks: shares, ranks, words, thresholds."""
        order = np.argsort(-reading.ranking, kind="stable")[:3]
        features = reading.evidence.features
        lexical = np.argsort(np.argsort(-features[:, 0], kind="stable"), kind="stable")
        dense = np.argsort(np.argsort(-features[:, 4], kind="stable"), kind="stable")
        verdict = dict(
            zip(judge.CLASSES, (round(float(v), 4) for v in reading.verdict), strict=True)
        )
        return {
            "verdict": verdict,
            "distance_to_threshold": round(
                float(np.sort(reading.verdict)[-1] - np.sort(reading.verdict)[-2]), 4
            ),
            "asked_for": sorted(reading.understood.slots),
            "terms": list(reading.understood.terms),
            "mended": [list(pair) for pair in reading.understood.mended],
            "follow_up": reading.inherited,
            "passages": [
                {
                    "id": self.retriever.passages[row].full_id,
                    "share": round(float(reading.ranking[row]), 4),
                    "lexical_rank": int(lexical[row]) + 1,
                    "dense_rank": int(dense[row]) + 1,
                    "matched_words": self._writer.matched_words(reading, int(row)),
                }
                for row in order
            ],
        }
