"""Mends homophones and slips against the notice's own terms, by sound and edit distance.

What stands in the notice, or what the vocabulary or the dictionary knows, is never touched.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from pypinyin import lazy_pinyin

from assistant.words import HAN, Words, matching_form

_RUN = re.compile(f"[{HAN}]{{2,}}")
_COMMON = 60
_LONGEST = 8
_SIMILAR_SOUNDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("h", "f"))
# Spoken in every other sentence: beside them any character sounds like some term.
_PARTICLES = frozenset(
    "是的了吗呢啊吧在有和与及或就都也又还很不没我俺你您恁他她它这那哪啥咋什么怎谁几多个"
)
_NO_SLIPS: Mapping[str, str] = MappingProxyType({})


@cache
def _syllable(character: str) -> str:
    return lazy_pinyin(character)[0]


def _spelled(word: str) -> str:
    return "".join(map(_syllable, word))


def sound(word: str) -> tuple[str, ...]:
    """Syllables without tone, with sounds that Henan speech and voice input mix up made one."""
    return tuple(_merged(_syllable(character)) for character in word)


@cache
def _merged(syllable: str) -> str:
    for given, kept in _SIMILAR_SOUNDS:
        if given == "ng":
            syllable = syllable[:-1] if syllable.endswith("ng") else syllable
        elif given in ("l", "h"):
            syllable = kept + syllable[1:] if syllable.startswith(given) else syllable
        elif syllable.startswith(given):
            syllable = kept + syllable[2:]
    return syllable


class Mender:
    """Mends words of a question that sound like a term of the notice but are written otherwise.

    ``known`` words are left alone; ``slips`` are curated wrong spellings with the right ones;
    ``printed`` are texts whose every stretch is left alone.
    """

    def __init__(
        self,
        terms: Iterable[str],
        known: frozenset[str],
        words: Words,
        *,
        slips: Mapping[str, str] = _NO_SLIPS,
        printed: Iterable[str] = (),
    ) -> None:
        cleaned = {matching_form(term) for term in terms}
        self._terms = {t for t in cleaned if 2 <= len(t) <= _LONGEST and _RUN.fullmatch(t)}
        self._known = (known | self._terms) - slips.keys()
        self._words = words
        self._printed = "\n".join(map(matching_form, printed))
        self._slips = {s: m for s, m in slips.items() if _is_slip(s, m) and s not in self._printed}
        self._exact: dict[str, str] = {}
        self._by_sound: dict[tuple[str, ...], str] = {}
        self._by_gap: dict[str, str] = {}
        for term in sorted(self._terms, key=lambda t: (len(t), t)):
            self._exact.setdefault(_spelled(term), term)
            self._by_sound.setdefault(sound(term), term)
            if len(term) >= 4:
                for blanked in _blanked(term):
                    self._by_gap.setdefault(blanked, term)
        self._longest = max(map(len, (*self._terms, *self._slips)), default=0)

    def mend(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The mended text and the (typed, meant) pairs, in order."""
        mended: list[tuple[str, str]] = []

        def run(match: re.Match[str]) -> str:
            return self._mend_run(match.group(), mended)

        return _RUN.sub(run, text), tuple(mended)

    def _mend_run(self, run: str, mended: list[tuple[str, str]]) -> str:
        kept = self._protected(run)
        place = 0
        while place < len(run) - 1:
            for length in range(min(self._longest, len(run) - place), 1, -1):
                span = run[place : place + length]
                meant = None if span in self._known else self._meant(span)
                if meant and self._may_become(span, meant, kept[place : place + length]):
                    mended.append((span, meant))
                    run = run[:place] + meant + run[place + length :]
                    kept[place : place + length] = [True] * len(meant)
                    place += len(meant) - 1
                    break
            place += 1
        return run

    def _protected(self, run: str) -> list[bool]:
        """Marks the characters of words that are known or common: they are left alone."""
        kept = [False] * len(run)
        for length in range(min(_LONGEST, len(run)), 1, -1):
            for place in range(len(run) - length + 1):
                if run[place : place + length] in self._known:
                    kept[place : place + length] = [True] * length
        place = 0
        for word in self._words.words(run):
            if len(word) > 1 and self._is_word(word):
                kept[place : place + len(word)] = [True] * len(word)
            place += len(word)
        return kept

    def _is_word(self, word: str) -> bool:
        """Whether the dictionary vouches for a word; a rare short one may still be a slip."""
        frequency = self._words.frequency(word)
        return frequency > _COMMON or (len(word) > 2 and frequency > 0)

    def _may_become(self, span: str, meant: str, kept: list[bool]) -> bool:
        """Whether no character to be changed belongs to a word, nor the span to the notice."""
        if span in self._printed:
            return False
        if len(span) > 2 and span in self._slips:
            return True
        changed = [place for place, typed in enumerate(span) if typed != meant[place]]
        return not any(
            kept[place] or span[place] in _PARTICLES or meant[place] in _PARTICLES
            for place in changed
        )

    def _meant(self, span: str) -> str | None:
        if meant := self._slips.get(span):
            return meant
        term = self._exact.get(_spelled(span))
        if term and _is_slip(span, term):
            return term
        if len(span) >= 3:
            term = self._by_sound.get(sound(span))
            if term and _is_slip(span, term):
                return term
        if len(span) >= 4:
            near = (self._by_gap.get(blanked) for blanked in _blanked(span))
            return next((term for term in near if term and _one_slip(span, term)), None)
        return None


def _is_slip(span: str, term: str) -> bool:
    """As long as the term and half of it right: 公幕 is one for 公墓, 四是 is none for 死尸."""
    right = sum(typed == meant for typed, meant in zip(span, term, strict=False))
    return len(span) == len(term) and len(span) // 2 <= right < len(span)


def _blanked(word: str) -> list[str]:
    """The word with each character in turn blanked out."""
    return [f"{word[:place]}*{word[place + 1 :]}" for place in range(len(word))]


def _one_slip(span: str, term: str) -> bool:
    """One character off, and that one sounds like a slip: it begins with the same sound."""
    pairs = [(typed, meant) for typed, meant in zip(span, term, strict=True) if typed != meant]
    return len(pairs) == 1 and _syllable(pairs[0][0])[:1] == _syllable(pairs[0][1])[:1]
