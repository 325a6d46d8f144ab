"""One message with everything a rule of ``decide`` may ask about it, worked out when asked for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant import judge, lists, overview, premises, slots
from assistant.answer import REASONS
from assistant.conversation import Conversation, State, Taken
from assistant.decide import CONTRADICTED, SHOWN, Contradiction, Curated, Referred
from assistant.emergency import is_emergency
from assistant.estimate import Estimate, Estimator
from assistant.lists import Listing
from assistant.overview import Overview
from assistant.ranking import Ranked, Ranker
from assistant.reading import PassageReading, ReadablePassage, Reader
from assistant.search import Retriever
from assistant.signs import sign
from assistant.spelling import Speller
from assistant.understand import Understood
from assistant.words import Words, matching_form
from index.passages import Passage
from index.profile import Profile

READ = 4  # passages that are read for a question
_LEAST_SHARE = 0.03
_CLEARLY_MORE = 0.25  # of two probabilities: another way of taking a message wins by this
_NEAR_GAP = 0.9
_MOST_OF_IT = 0.5  # of a question's weight, found in one sentence
_LIKELY_ROWS = 16


@dataclass(frozen=True, slots=True)
class Engine:
    """What every case works with. ``reader`` is None where there is none."""

    retriever: Retriever
    ranker: Ranker
    conversation: Conversation
    estimator: Estimator
    reader: Reader | None
    lists: lists.Catalogue
    profile: Profile
    words: Words
    speller: Speller
    places: tuple[str, ...]
    measures: Mapping[tuple[str, str], tuple[int, ...]]

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.retriever.passages


@dataclass(frozen=True, slots=True)
class Reading:
    """A message taken in one way: compared with everything, its likeliest passages read."""

    taken: Taken
    ranked: Ranked
    read: Mapping[int, PassageReading]
    estimate: Estimate


class MessageCase:
    """See ``decide.Case``."""

    def __init__(
        self, message: str, state: State | None, engine: Engine, *, read: bool = True
    ) -> None:
        self.message = message
        self.state = state
        self.engine = engine
        self._reader = engine.reader if read else None

    # -- signs --------------------------------------------------------------------

    @cached_property
    def emergency(self) -> bool:
        return is_emergency(self.message)

    @cached_property
    def _freed(self) -> str:
        return judge.without_instructions(self.message)

    @cached_property
    def only_instruction(self) -> bool:
        told = sign("instruction").search(matching_form(self.message)) is not None
        return told and self._freed == self.message and not self._known_subject

    @cached_property
    def _known_subject(self) -> bool:
        return bool(self.understood.terms) and bool(self.understood.slots)

    @cached_property
    def understood(self) -> Understood:
        return self.engine.ranker.understanding.of(self._freed)

    @property
    def text(self) -> str:
        return self.understood.text

    # -- conversation ---------------------------------------------------------------

    @cached_property
    def moves(self) -> tuple[Taken, ...]:
        understand = self.engine.ranker.understanding.of
        return self.engine.conversation.moves(
            self.understood, self.state, understand, counted=len(self.items)
        )

    @property
    def move(self) -> str:
        return self.moves[0].kind

    @property
    def item(self) -> int:
        return self.moves[0].item

    @cached_property
    def items(self) -> tuple[int, ...]:
        if self.state is None:
            return ()
        return self.state.items or self.whole

    @cached_property
    def whole(self) -> tuple[int, ...]:
        if self.state is None:
            return ()
        row = self.state.shown[0] if self.state.shown else int(self.state.ranking.argmax())
        return self._finding(row)

    def _finding(self, row: int) -> tuple[int, ...]:
        passage = self.engine.passages[row]
        return self.engine.measures.get((passage.notice_id, passage.group), (row,))

    @cached_property
    def unseen(self) -> tuple[int, ...]:
        if self.state is None:
            return ()
        shown = set(self.state.shown)
        left = [row for row in self.state.items if row not in shown]
        if not left:
            left = [row for row in self.whole if row not in shown]
        return tuple(left[:SHOWN])

    # -- cheap look-ups ----------------------------------------------------------------

    @cached_property
    def referred(self) -> Referred | None:
        if self.understood.reference is None or self.move == "item":
            return None
        number, measure = self.understood.reference
        groups = [row for row, p in enumerate(self.engine.passages) if p.group == str(number)]
        if not groups:
            return Referred((), self.nearest)
        rows = self._finding(groups[0])
        if not measure:
            return Referred(self._asked_of(rows), ())
        known = 0 < measure <= len(rows) and rows != tuple(groups[:1])
        return Referred((rows[measure - 1],), ()) if known else Referred((), rows[:SHOWN])

    def _asked_of(self, rows: tuple[int, ...]) -> tuple[int, ...]:
        """The finding's measures, the one that holds an asked kind first when one is asked."""
        if not self.understood.slots & slots.POINTED:
            return rows
        ranking = self.ranked.ranking
        return tuple(sorted(rows, key=lambda row: -float(ranking[row])))

    @cached_property
    def curated(self) -> Curated | None:
        if self.state is not None and self.moves[0].kind != "alone":
            return None
        retriever = self.engine.retriever
        known = retriever.known_questions(self.message)
        known = known or retriever.known_questions(self._read_first.text)
        if not known:
            return None
        count = len(retriever.phrasings)
        if known[0] >= count:
            return self._curated_gap(known[0] - count)
        own = [r for row in known if row < count for r in self._parts(retriever.owners[row])]
        rows = tuple(dict.fromkeys((*own, *self.answering)))
        return Curated("answered", None, rows[: max(SHOWN, len(set(own)))])

    def _parts(self, row: int) -> tuple[int, ...]:
        """The measures of a whole finding; any other passage by itself."""
        return (row,) if self.engine.passages[row].finest else self._finding(row)

    def _curated_gap(self, place: int) -> Curated:
        gap = self.engine.retriever.gaps[place]
        reason = gap.reason if gap.reason in REASONS else None
        if gap.status == "out_of_scope":
            return Curated("out_of_scope", reason, ())
        shows = (*self.engine.retriever.gap_shows[place], *self.nearest)
        return Curated("not_stated", reason, tuple(dict.fromkeys(shows))[:SHOWN])

    @cached_property
    def overview(self) -> Overview | None:
        if self.moves[0].kind != "alone":
            return None
        engine = self.engine
        return overview.overview(
            self._read_first, engine.lists, engine.words, engine.profile, speller=engine.speller
        )

    @cached_property
    def listing(self) -> Listing | None:
        earlier = self.state.items if self.state and self.moves[0].kind == "topic" else ()
        known, profile = self.engine.lists, self.engine.profile
        return lists.listed(self._read_first, known, profile, within=earlier or None)

    @property
    def _read_first(self) -> Understood:
        """The message as it is most likely meant: corrections and topics taken over."""
        return self.moves[0].understood

    @cached_property
    def elsewhere(self) -> bool:
        ranker = self.engine.ranker
        return judge.elsewhere(self.text, ranker.places, ranker.own_words)

    # -- reading -------------------------------------------------------------------------

    @cached_property
    def chosen(self) -> Reading:
        """The way of taking the message that its passages speak for."""
        readings = [self._reading(taken) for taken in self.moves]
        best = readings[0]
        for other in readings[1:]:
            if other.estimate.answered > best.estimate.answered + _CLEARLY_MORE:
                best = other
        return best

    def _reading(self, taken: Taken) -> Reading:
        topic = self.state.ranking if self.state and taken.context else None
        ranked = self.engine.ranker.rank(taken.understood, topic, taken.context)
        rows = self._finest(ranked)[:READ]
        read: dict[int, PassageReading] = {}
        if self._reader is not None:
            wanted = [
                ReadablePassage(p.title if p.kind == "measure" else "", p.text)
                for p in (self.engine.passages[row] for row in rows)
            ]
            read = dict(zip(rows, self._reader.read(taken.understood.text, wanted), strict=True))
        estimate = self.engine.estimator.estimate(ranked.verdict, read)
        return Reading(taken, ranked, read, estimate)

    def _finest(self, ranked: Ranked) -> list[int]:
        """The likeliest rows that are no whole finding with measures of its own."""
        return [r for r in ranked.order(_LIKELY_ROWS) if self.engine.passages[r].finest]

    @property
    def ranked(self) -> Ranked:
        return self.chosen.ranked

    @property
    def kinds(self) -> frozenset[slots.Slot]:
        return self.chosen.taken.understood.slots

    @property
    def estimate(self) -> tuple[float, float, float]:
        e = self.chosen.estimate
        return e.answered, e.not_stated, e.elsewhere

    def _premise(self, row: int) -> premises.Premise:
        """What the message itself asserts against a passage; words taken over from earlier
        questions assert nothing.
        """
        passage = self.engine.passages[row]
        return premises.check(
            self.text, passage.text, context=passage.title, gazetteer=self.engine.places
        )

    @cached_property
    def contradiction(self) -> Contradiction | None:
        chosen = self.chosen
        for row in self._best_rows[:2]:
            found = self._premise(row)
            if found.verdict == "denied":
                return Contradiction(row, found.printed, found.asserted)
        if chosen.estimate.contradicted > CONTRADICTED:
            row = max(chosen.read, key=lambda r: chosen.read[r].contradicts)
            return Contradiction(row, None)
        return None

    @cached_property
    def confirmed(self) -> bool:
        if sign("asking").search(self.text) or not sign("questioning").search(self.text):
            return False
        row = self._best_rows[0]
        read = self.chosen.read.get(row)
        if read is not None and read.states < max(read.lacks, read.contradicts):
            return False
        return self._premise(row).verdict == "confirmed"

    @property
    def states(self) -> float | None:
        read = self.chosen.read
        return max(reading.states for reading in read.values()) if read else None

    @cached_property
    def stated_in_sentence(self) -> bool:
        understood = self.chosen.taken.understood
        pointed = understood.slots & slots.POINTED
        if not pointed:
            return False
        row = self._best_rows[0]
        share, sentence = self.engine.retriever.best_sentence(understood, row)
        about = share > _MOST_OF_IT or self._all_about(understood, sentence)
        return about and any(slots.stated(slot, sentence) for slot in pointed)

    def _all_about(self, understood: Understood, sentence: str) -> bool:
        """Whether every subject word of a question, two at least, stands in a sentence."""
        subjects = self.engine.conversation.content(understood.replaced)
        return len(subjects) > 1 and all(word in matching_form(sentence) for word in subjects)

    @cached_property
    def _best_rows(self) -> list[int]:
        """Rows of finest passages, best first by ranking and reading together."""
        rows, reading = self._finest(self.ranked), self.chosen
        if not reading.read:
            return rows
        return sorted(
            rows,
            key=lambda row: -self.engine.estimator.rank(reading.ranked.ranking, reading.read, row),
        )

    @cached_property
    def answering(self) -> tuple[int, ...]:
        return self._parts_first(self._likely)

    @cached_property
    def _likely(self) -> tuple[int, ...]:
        """Rows to cite; a whole finding stands for its measures, in their order."""
        reading, ranked = self.chosen, self.ranked
        whole = not self.engine.passages[ranked.best].finest
        if whole and not self.kinds & slots.POINTED and not self._one_clause(reading):
            return self._finding(ranked.best)
        rows = self._best_rows
        kept = [
            r for r in rows[1:] if ranked.ranking[r] >= _LEAST_SHARE or self._states(reading, r)
        ]
        return (*rows[:1], *kept[: SHOWN - 1])

    def _one_clause(self, reading: Reading) -> bool:
        """Whether one measure is clearly what is asked about."""
        states = sorted((r.states for r in reading.read.values()), reverse=True)
        return len(states) > 1 and states[0] > 0.8 and states[1] < 0.4

    @staticmethod
    def _states(reading: Reading, row: int) -> bool:
        return row in reading.read and reading.read[row].states > 0.5

    def _parts_first(self, rows: tuple[int, ...]) -> tuple[int, ...]:
        """With several questions in one message, the best passage of each goes first."""
        parts = [part for part in re.split(r"[?？]", self._freed) if len(part.strip()) >= 6]
        if len(parts) < 2 or self.chosen.taken.kind != "alone":
            return rows
        firsts: list[int] = []
        for part in parts[:3]:
            case = MessageCase(part, None, self.engine, read=self._reader is not None)
            if case.estimate[0] >= 0.4:
                firsts += case.answering[:1]
        return tuple(dict.fromkeys((*firsts, *rows)))[: max(SHOWN, len(firsts))]

    # -- what is missing ----------------------------------------------------------------

    @cached_property
    def _gap(self) -> int:
        """The curated gap close to the question, -1 when none is."""
        evidence = self.ranked.evidence
        count = len(self.engine.retriever.phrasings)
        together = (evidence.lexical_rows + evidence.dense_rows)[count:]
        if not len(together) or together.max() < _NEAR_GAP:
            return -1
        return int(together.argmax())

    @cached_property
    def gap_reason(self) -> str | None:
        if self._gap < 0 or self.engine.retriever.gaps[self._gap].status != "not_stated":
            return None
        reason = self.engine.retriever.gaps[self._gap].reason
        return reason if reason in REASONS else None

    @cached_property
    def nearest(self) -> tuple[int, ...]:
        shows: Sequence[int] = ()
        rows = self._likely
        if self._gap >= 0:
            shows = self.engine.retriever.gap_shows[self._gap][:2]
        return tuple(dict.fromkeys((*shows, *rows)))[:SHOWN]
