"""Finds the passages a question is about: evidence per passage, then one weighted sum.

Every row of the index (passages, windows, phrasings, gaps) is compared with the question
twice, by BM25 and by embedding. Reciprocal rank fusion was tried and loses: it throws the
margins away (see eval/LOG.md).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import slots
from assistant.kept import TokenLists, token_lists
from assistant.lexical import LexicalIndex
from assistant.understand import Language, Understanding, Understood
from assistant.words import Words, matching_form
from index.chinese import sentences
from index.encoder import Encoder
from index.passages import Passage
from index.store import Index
from index.vocabulary import Gap, Phrasing

FEATURES = (
    "lexical_text", "lexical_title", "lexical_phrasing", "lexical_phrasings",
    "dense_text", "dense_phrasing", "dense_phrasings",
    "finding_lexical", "finding_dense", "states_what_is_asked", "whole_finding",
)  # fmt: skip
EXPANSION_WEIGHT = 0.6
_TOP = 3

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the index says about one question.

    ``features`` is float32 (passages, len(FEATURES)). ``lexical_rows`` and ``dense_rows``
    are the similarities of every curated question (phrasings, then gaps), float32 (rows,).
    ``known`` is the share of the question's IDF mass that the notice's own words cover,
    ``familiar`` the share that notice and curated questions together cover, both [0, 1].
    """

    features: NDArray[np.float32]
    lexical_rows: Vector
    dense_rows: Vector
    known: float
    familiar: float


class _Groups:
    """The rows that belong to each passage, for taking best and best-three per passage."""

    def __init__(self, owners: Sequence[int], passages: int) -> None:
        lists: list[list[int]] = [[] for _ in range(passages)]
        for row, owner in enumerate(owners):
            lists[owner].append(row)
        width = max([_TOP, *(len(rows) for rows in lists)])
        self._table = np.full((passages, width), len(owners), dtype=np.int64)
        for passage, rows in enumerate(lists):
            self._table[passage, : len(rows)] = rows

    def best(self, values: Vector) -> tuple[Vector, Vector]:
        """Largest value and mean of the three largest per passage, 0 where there is none."""
        padded = np.append(values, np.float32(0.0))[self._table]
        top = -np.partition(-padded, _TOP - 1, axis=1)[:, :_TOP]
        return top[:, 0], top.mean(axis=1)


class Retriever:
    """Compares questions with a loaded index."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        understanding: Understanding,
        words: Words,
        kept: Path | None = None,
    ) -> None:
        """``kept`` is the folder for what is cut once and read at later starts."""
        self.passages: tuple[Passage, ...] = index.passages
        self._index = index
        self.encoder = encoder
        self._words = words
        places = {passage.full_id: row for row, passage in enumerate(self.passages)}
        self._places = places
        self.phrasings: list[Phrasing] = []
        self.gaps: list[Gap] = []
        self.gap_shows: list[tuple[int, ...]] = []
        owners: list[int] = []
        for source in index.sources:
            name = source.notice.id
            self.phrasings += source.vocabulary.phrasings
            owners += [places[f"{name}/{p.id}"] for p in source.vocabulary.phrasings]
            self.gaps += source.vocabulary.gaps
            self.gap_shows += [
                tuple(places[f"{name}/{i}"] for i in gap.show) for gap in source.vocabulary.gaps
            ]
        self.owners = owners
        self.row_classes = _row_classes(len(self.phrasings), self.gaps)
        self._phrasing_groups = _Groups(owners, len(self.passages))
        self._order_rows(index)
        self._lexical(understanding, kept)
        self._findings()

    def _order_rows(self, index: Index) -> None:
        """Where each row of the vectors goes: text rows to passages, curated rows in order."""
        offsets: dict[str, dict[str, int]] = {}
        counted = {"passage": 0, "phrasing": 0, "gap": 0}
        for source in index.sources:
            offsets[source.notice.id] = dict(counted)
            counted["passage"] += sum(p.notice_id == source.notice.id for p in self.passages)
            counted["phrasing"] += len(source.vocabulary.phrasings)
            counted["gap"] += len(source.vocabulary.gaps)
        text_rows: list[int] = []
        text_owners: list[int] = []
        curated = np.zeros(len(self.phrasings) + len(self.gaps), dtype=np.int64)
        for row, what in enumerate(index.rows):
            start = offsets[what.notice_id]
            if what.kind in ("passage", "window"):
                text_rows.append(row)
                text_owners.append(start["passage"] + what.position)
            elif what.kind == "phrasing":
                curated[start["phrasing"] + what.position] = row
            else:
                curated[len(self.phrasings) + start["gap"] + what.position] = row
        self._text_rows = np.array(text_rows, dtype=np.int64)
        self._text_groups = _Groups(text_owners, len(self.passages))
        self._curated_rows = curated

    def _lexical(self, understanding: Understanding, kept: Path | None) -> None:
        tokens = self._words.tokens
        self._texts = LexicalIndex([tokens(passage.text) for passage in self.passages])
        self._titles = LexicalIndex([tokens(passage.title) for passage in self.passages])
        self._sentences = [
            [(sentence, frozenset(tokens(sentence))) for sentence in _sentences(p.text)]
            for p in self.passages
        ]
        curated = self._curated_questions()

        def cut() -> TokenLists:
            return [
                self._question_tokens(form, understanding.expand(form, _read_as(lang))[0])[0]
                for form, lang in curated
            ]

        self._curated = LexicalIndex(token_lists(kept, self._index.name, len(curated), cut))
        known: dict[str, list[int]] = {}
        for row, (form, _) in enumerate(curated):
            known.setdefault(_letters(form), []).append(row)
        self._known = {letters: tuple(rows) for letters, rows in known.items() if letters}

    def known_questions(self, text: str) -> tuple[int, ...]:
        """The curated rows that ask the same word for word, marks aside, in their order.

        Width, case and traditional characters are one; ``text`` may be typed or mended.
        """
        return self._known.get(_letters(matching_form(text)), ())

    def _curated_questions(self) -> list[tuple[str, str]]:
        asked = [(phrasing.question, phrasing.lang) for phrasing in self.phrasings]
        asked += [(gap.question, gap.lang) for gap in self.gaps]
        return [(matching_form(question), lang) for question, lang in asked]

    def _findings(self) -> None:
        groups: dict[tuple[str, str], int] = {}
        self.finding_of = np.array(
            [
                groups.setdefault((passage.notice_id, passage.group), len(groups))
                for passage in self.passages
            ]
        )
        self._finding_count = len(groups)
        phrasings: list[list[int]] = [[] for _ in groups]
        for row, owner in enumerate(self.owners):
            phrasings[self.finding_of[owner]].append(row)
        gaps: list[list[int]] = [[] for _ in groups]
        for row, shows in enumerate(self.gap_shows, start=len(self.owners)):
            for finding in {int(self.finding_of[passage]) for passage in shows}:
                gaps[finding].append(row)
        self._finding_rows = [
            (np.array(own, dtype=np.int64), np.array(others, dtype=np.int64))
            for own, others in zip(phrasings, gaps, strict=True)
        ]
        self._whole = np.array(
            [p.kind == "finding" and not p.finest for p in self.passages], dtype=np.float32
        )
        self.states = {
            slot: np.array([slots.stated(slot, p.text) for p in self.passages])
            for slot in slots.SLOTS
        }

    def _question_tokens(self, text: str, terms: Sequence[str]) -> tuple[list[str], list[float]]:
        own = list(self._words.tokens(text))
        seen = set(own)
        added = [token for term in terms for token in self._words.tokens(term) if token not in seen]
        return own + added, [1.0] * len(own) + [EXPANSION_WEIGHT] * len(added)

    def embed(self, understood: Understood) -> Vector:
        """Unit vector of a question: the words as asked and the notice's terms, averaged."""
        forms = [understood.text]
        if understood.replaced != understood.text:
            forms.append(understood.replaced)
        vectors = self.encoder.encode(forms, role="query")
        mean: Vector = vectors.mean(axis=0)
        norm = float(np.linalg.norm(mean))
        return mean / norm if norm else mean

    def evidence(self, understood: Understood, *, without: Sequence[int] = ()) -> Evidence:
        """Compare a question with everything; ``without`` leaves curated rows out (for fitting)."""
        tokens, weights = self._question_tokens(understood.text, understood.terms)
        text_mass = _mass(self._texts, tokens, weights)
        lexical_rows = self._curated.scores(tokens, weights) / _mass(self._curated, tokens, weights)
        similarities = self._index.similarities(self.embed(understood))
        dense_rows = similarities[self._curated_rows]
        if without:
            lexical_rows[list(without)] = dense_rows[list(without)] = 0.0
        count = len(self.phrasings)
        lexical, lexical_top = self._phrasing_groups.best(lexical_rows[:count])
        dense, dense_top = self._phrasing_groups.best(dense_rows[:count])
        dense_text, _ = self._text_groups.best(similarities[self._text_rows])
        states = np.zeros(len(self.passages), dtype=np.float32)
        for slot in understood.slots:
            states = np.maximum(states, self.states[slot])
        features = np.stack(
            [
                self._texts.scores(tokens, weights) / text_mass,
                self._titles.scores(tokens, weights) / text_mass,
                lexical,
                lexical_top,
                dense_text,
                dense,
                dense_top,
                self._over_finding(lexical),
                self._over_finding(dense),
                states,
                self._whole,
            ],
            axis=1,
        )
        own = self._words.tokens(understood.text)
        return Evidence(
            features=features.astype(np.float32),
            lexical_rows=lexical_rows,
            dense_rows=dense_rows,
            known=self._texts.coverage(own),
            familiar=_either(self._texts, self._curated, own),
        )

    def _over_finding(self, values: Vector) -> Vector:
        best = np.zeros(self._finding_count, dtype=np.float32)
        np.maximum.at(best, self.finding_of, values)
        found: Vector = best[self.finding_of]
        return found

    def best_sentence(self, understood: Understood, row: int) -> tuple[float, str]:
        """The sentence of a passage that holds most of a question's weight, and that share, [0, 1]."""
        tokens, weights = self._question_tokens(understood.text, understood.terms)
        wanted = {t: w * self._texts.idf(t) for t, w in zip(tokens, weights, strict=True)}
        total = sum(wanted.values()) or 1.0
        best = (0.0, self.passages[row].text)
        for sentence, tokens_held in self._sentences[row]:
            held = sorted(wanted.keys() & tokens_held)
            share = sum(wanted[token] for token in held) / total
            best = max(best, (share, sentence), key=lambda pair: pair[0])
        return best

    def rows_of_finding(self, finding: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Curated rows that point to a finding: its phrasings, and the gaps that show it."""
        return self._finding_rows[finding]

    def text_idf(self, token: str) -> float:
        """Inverse document frequency of a token among the passages."""
        return self._texts.idf(token)

    def place(self, full_id: str) -> int:
        """Row of a passage in ``passages``."""
        return self._places[full_id]


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text)


def _row_classes(phrasings: int, gaps: Sequence[Gap]) -> NDArray[np.bool_]:
    """For the curated rows: answerable, not stated, elsewhere; bool (3, rows)."""
    kinds = ["answered"] * phrasings + [gap.status for gap in gaps]
    return np.array([[k == c for k in kinds] for c in ("answered", "not_stated", "out_of_scope")])


def _read_as(lang: str) -> Language:
    """A curated line's language tag as a question's language."""
    tags: dict[str, Language] = {"zh": "zh-Hans", "zh-Hant": "zh-Hant"}
    return tags.get(lang, lang)  # type: ignore[arg-type]


def _mass(index: LexicalIndex, tokens: Sequence[str], weights: Sequence[float]) -> float:
    """IDF mass of a question: the scale on which its BM25 scores can be compared with others'."""
    return sum(w * index.idf(t) for t, w in zip(tokens, weights, strict=True)) or 1.0


def _either(first: LexicalIndex, second: LexicalIndex, tokens: Sequence[str]) -> float:
    unique = dict.fromkeys(tokens)
    total = sum(first.idf(token) for token in unique)
    known = sum(first.idf(t) for t in unique if first.knows(t) or second.knows(t))
    return known / total if total else 0.0
