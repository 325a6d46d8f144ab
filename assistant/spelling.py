"""Pinyin and initials, for search as one types: ``gaolingjintie`` and ``gljt`` find 高龄津贴."""

import re
from collections.abc import Iterable, Sequence

from pypinyin import Style, lazy_pinyin

from assistant.words import matching_form
from index.passages import Passage

_SPELLED = re.compile(r"[a-z][a-z' ]{1,40}")
_MOST_TERMS = 6


class Speller:
    """Finds the terms a run of letters spells, and the passages that hold them."""

    def __init__(self, passages: Sequence[Passage], terms: Iterable[str]) -> None:
        kept = sorted({t for t in terms if 2 <= len(t) <= 12})
        self._full = {t: "".join(lazy_pinyin(t)) for t in kept}
        self._initials = {t: "".join(lazy_pinyin(t, style=Style.FIRST_LETTER)) for t in kept}
        self._passages = passages

    def terms(self, letters: str) -> list[str]:
        """Terms that begin with what was spelled, the closest first."""
        spelled = letters.replace(" ", "").replace("'", "")
        whole = [t for t, full in self._full.items() if full.startswith(spelled)]
        short = [t for t, first in self._initials.items() if first.startswith(spelled)]
        found = sorted(set(whole), key=lambda t: (len(self._full[t]), t))
        found += sorted(set(short) - set(whole), key=lambda t: (len(t), t))
        return found[:_MOST_TERMS]

    def rows(self, query: str) -> list[tuple[int, float]]:
        """Rows of passages that hold a term the query spells, with a score in (0, 1]."""
        letters = matching_form(query).strip()
        if not _SPELLED.fullmatch(letters):
            return []
        scores: dict[int, float] = {}
        for place, term in enumerate(self.terms(letters)):
            for row, passage in enumerate(self._passages):
                if passage.finest and (term in passage.text or term in passage.title):
                    value = 1.0 / (1 + place) + 0.01 * passage.text.count(term)
                    scores[row] = max(scores.get(row, 0.0), min(1.0, value))
        return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
