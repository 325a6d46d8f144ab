"""Pinyin and initials, for search as one types: ``gaolingjintie`` and ``gljt`` find 高龄津贴."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pypinyin import Style, lazy_pinyin

from assistant.words import matching_form
from index.passages import Passage

_SPELLED = re.compile(r"[a-z][a-z' ]{1,40}")
_MOST_TERMS = 6


@dataclass(frozen=True, slots=True)
class Spelled:
    """A row of the passages that holds a spelled term; the score lies in (0, 1]."""

    row: int
    term: str
    score: float


class Speller:
    """Finds the terms a run of letters spells, and the passages that hold them."""

    def __init__(self, passages: Sequence[Passage], terms: Iterable[str]) -> None:
        self._terms = sorted({t for t in terms if 2 <= len(t) <= 12})
        self._passages = passages

    @cached_property
    def _full(self) -> dict[str, str]:
        return {t: "".join(lazy_pinyin(t)) for t in self._terms}

    @cached_property
    def _initials(self) -> dict[str, str]:
        return {t: "".join(lazy_pinyin(t, style=Style.FIRST_LETTER)) for t in self._terms}

    def terms(self, letters: str) -> list[str]:
        """Terms that begin with what was spelled, the closest first."""
        spelled = letters.replace(" ", "").replace("'", "")
        whole = [t for t, full in self._full.items() if full.startswith(spelled)]
        short = [t for t, first in self._initials.items() if first.startswith(spelled)]
        found = sorted(set(whole), key=lambda t: (len(self._full[t]), t))
        found += sorted(set(short) - set(whole), key=lambda t: (len(t), t))
        return found[:_MOST_TERMS]

    def found(self, query: str) -> list[Spelled]:
        """Passages that hold a term the query spells, best first."""
        letters = matching_form(query).strip()
        if not _SPELLED.fullmatch(letters):
            return []
        best: dict[int, Spelled] = {}
        for place, term in enumerate(self.terms(letters)):
            for row, passage in enumerate(self._passages):
                if passage.finest and (term in passage.text or term in passage.title):
                    score = 0.9 / (1 + place) + 0.01 * min(10, passage.text.count(term))
                    if row not in best or score > best[row].score:
                        best[row] = Spelled(row, term, score)
        return sorted(best.values(), key=lambda spelled: (-spelled.score, spelled.row))
