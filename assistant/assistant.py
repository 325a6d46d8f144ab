"""The assistant: loads an index once, then answers questions and searches as one types.

Deterministic: the same question on the same index gives the same Answer, timings aside.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant import answer as answers
from assistant import decide, door, judge, lists, spelling
from assistant.answer import Answer, Citation, NoticeReference
from assistant.case import Engine, MessageCase
from assistant.conversation import Conversation, State
from assistant.decide import Decision
from assistant.fitted import Fitted
from assistant.fitted import read as read_fitted
from assistant.ranking import Ranker
from assistant.reading import FOLDER as READER_FOLDER
from assistant.reading import Reader
from assistant.reply import Writer
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

    def __init__(
        self,
        index: store.Index,
        encoder: Encoder,
        fitted: Fitted | None = None,
        reader: Reader | None = None,
        kept: Path | None = None,
    ) -> None:
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
        self.retriever = Retriever(index, encoder, understanding, words, kept)
        places = judge.read_places()
        printed = "".join(notice.text for notice in self.notices.values())
        own = {t for t in terms if any(place in t for place in places)}
        own |= {place for place in places if place in printed}
        parameters = fitted or read_fitted()
        self.ranker = Ranker(self.retriever, understanding, parameters, sorted(own))
        self.reader = reader
        self._speller = spelling.Speller(self.retriever.passages, terms)
        self.engine = Engine(
            retriever=self.retriever,
            ranker=self.ranker,
            conversation=Conversation(
                words, sorted(terms), sorted(self._places()), self.retriever.text_idf
            ),
            estimator=self.ranker.estimator,
            reader=reader,
            lists=lists.catalogue(
                self.retriever.passages, self.facts, terms, issued=self._issued()
            ),
            profile=next(iter(index.sources)).profile,
            words=words,
            speller=self._speller,
            places=tuple(sorted(self._places())),
            measures=_measures(self.retriever.passages),
        )
        self._writer = Writer(self.retriever, words, self.reference)
        self._remembered = lru_cache(maxsize=512)(self._state_after)

    def _issued(self) -> str:
        return next(iter(self.notices.values())).issued

    def _places(self) -> set[str]:
        """Places that the notices print."""
        return {f.value for facts in self.facts.values() for f in facts if f.kind == "place"}

    @classmethod
    def load(cls, settings: Settings | None = None) -> "Assistant":
        """Load the index of the settings with the encoder and the reader of the settings.

        Raises:
            IndexStoreError: there is no usable index; the hint names the mending command.
            EncoderError: the named encoder or reader cannot be had.
        """
        settings = settings or Settings.from_environment()
        store.read_manifest(settings.index_folder)
        reader = None if settings.reader == "none" else Reader(_reader_folder(settings))
        encoder = load_encoder(settings.encoder)
        return cls(
            store.load(settings.index_folder, encoder),
            encoder,
            reader=reader,
            kept=settings.kept_folder,
        )

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
        state = self._remembered(earlier) if earlier else None
        case = MessageCase(asked, state, self.engine)
        now = clock.lap("understand", now)
        decision = decide.decide(case)
        now = clock.lap("decide", now)
        reply = self._writer.write(question, case, decision, language)
        now = clock.lap("compose", now)
        answers.prove(reply.citations, self.notices)
        clock.lap("prove", now)
        clock.lap("total", begun)
        why = self._why(case, decision) if explain else None
        return replace(reply, timings_ms=clock.laps, why=why)

    def _state_after(self, history: tuple[str, ...]) -> State | None:
        """What a conversation is about after these questions, without reading them again."""
        earlier = self._remembered(history[:-1]) if len(history) > 1 else None
        case = MessageCase(history[-1], earlier, self.engine, read=False)
        decision = decide.decide(case)
        if not decision.rows:
            return earlier
        top = self.retriever.passages[decision.rows[0]]
        return self.engine.conversation.state(
            case.chosen.taken,
            earlier,
            case.ranked.ranking,
            decision.rows,
            decision.items,
            f"{top.title}{top.text}",
            self._at(decision, case),
        )

    def _at(self, decision: Decision, case: MessageCase) -> int:
        """The place, among the items it belongs to, of what an answer spoke of; 0 for a list."""
        if decision.items:
            return 0
        row = decision.rows[0]
        passage = self.retriever.passages[row]
        own = self.engine.measures.get((passage.notice_id, passage.group), ())
        items = case.items if row in case.items else own
        return items.index(row) + 1 if row in items else 0

    def search(self, query: str, limit: int = 10) -> tuple[Citation, ...]:
        """Passages for typing along, best first; pinyin and initials are understood.

        Never waits for the reader.

        Raises:
            QuestionError: the query is not text, blank or too long.
        """
        asked = door.checked_question(query)
        spelled = self._speller.found(asked)[:limit]
        if spelled:
            return tuple(self._writer.cite(s.row, s.score, s.term) for s in spelled)
        understood = self.ranker.understanding.of(judge.without_instructions(asked))
        ranked = self.ranker.rank(understood)
        rows = [row for row in ranked.order(len(self.passages)) if self._finest(row)][:limit]
        return tuple(
            self._writer.cite(row, float(ranked.ranking[row]), understood.text, understood.terms)
            for row in rows
        )

    def _finest(self, row: int) -> bool:
        return self.retriever.passages[row].finest

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

    def _why(self, case: MessageCase, decision: Decision) -> Mapping[str, object]:
        """What the answer rests on, for whoever asks: the rule, and what it looked at."""
        if decision.rule in ("empty", "emergency", "instruction", "greeting"):
            return {"rule": decision.rule}
        ranked, chosen = case.ranked, case.chosen
        features = ranked.evidence.features
        lexical = np.argsort(np.argsort(-features[:, 0], kind="stable"), kind="stable")
        dense = np.argsort(np.argsort(-features[:, 4], kind="stable"), kind="stable")
        estimate = dict(zip(judge.CLASSES, case.estimate, strict=True))
        return {
            "rule": decision.rule,
            "estimate": {name: round(value, 4) for name, value in estimate.items()},
            "taken": chosen.taken.kind,
            "asked_for": sorted(case.kinds),
            "terms": list(chosen.taken.understood.terms),
            "mended": [list(pair) for pair in case.understood.mended],
            "passages": [
                {
                    "id": self.retriever.passages[row].full_id,
                    "share": round(float(ranked.ranking[row]), 4),
                    "lexical_rank": int(lexical[row]) + 1,
                    "dense_rank": int(dense[row]) + 1,
                    "matched_words": self._writer.matched_words(chosen.taken.understood, row),
                    "read": _relation(case, row),
                }
                for row in ranked.order(3)
            ],
        }


def _reader_folder(settings: Settings) -> Path:
    return Path(settings.reader) if settings.reader else READER_FOLDER


def _relation(case: MessageCase, row: int) -> dict[str, float] | None:
    """What the reader says of a passage, None when it was not read."""
    said = case.chosen.read.get(row)
    if said is None:
        return None
    return {
        "states": said.states,
        "lacks": said.lacks,
        "contradicts": said.contradicts,
        "unrelated": said.unrelated,
    }


def _measures(passages: Sequence[Passage]) -> dict[tuple[str, str], tuple[int, ...]]:
    """The rows of each finding's measures, in order."""
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for row, passage in enumerate(passages):
        if passage.kind == "measure":
            key = passage.notice_id, passage.group
            found[key] = (*found.get(key, ()), row)
    return found
