"""Text for matching: normalisation and the tokens that lexical search counts.

Never used on what is quoted: normalising changes offsets. ``matching_form`` keeps one
character for one character, so that a match in it can be pointed at in the notice.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import jieba  # type: ignore[import-untyped]
import opencc

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:[.%][^\W_{HAN}]+)*", re.UNICODE)
_SYLLABIC = re.compile(r"[\u3040-\u30ff\uac00-\ud7af\u0e00-\u0e7f]")
# Blank by looks, though Unicode counts them as letters or marks (Hangul fillers, selectors).
_INVISIBLE = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


@cache
def _converter(direction: str) -> opencc.OpenCC:
    return opencc.OpenCC(direction)


def simplified(text: str) -> str:
    """Traditional characters as simplified ones; every other character as it is."""
    return str(_converter("t2s").convert(text))


def traditional(text: str) -> str:
    """Simplified characters as traditional ones."""
    return str(_converter("s2t").convert(text))


def matching_form(text: str) -> str:
    """Lower case, half width, simplified: as many characters as ``text`` has."""
    if text.isascii():
        return text.lower()
    folded = "".join(_fold(character) for character in text)
    converted = simplified(folded)
    return converted if len(converted) == len(text) else folded


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    mapped = unicodedata.normalize("NFKC", character)
    mapped = (mapped if len(mapped) == 1 else character).lower()
    return mapped if len(mapped) == 1 else character


def visible(text: str) -> str:
    """Without zero-width, bidi and control characters; runs of blanks become one."""
    text = _INVISIBLE.sub("", text)
    return " ".join("".join(map(_shown, text)).split())


@lru_cache(maxsize=8192)
def _shown(character: str) -> str:
    """A control character as a blank, a format character (zero-width, bidi, tag) as nothing."""
    kind = unicodedata.category(character)
    return " " if kind == "Cc" else "" if kind == "Cf" else character


class Words:
    """Cuts text into jieba words and character bigrams.

    ``user_terms`` are kept whole (高龄津贴 would be split otherwise).
    """

    def __init__(self, user_terms: Iterable[str] = ()) -> None:
        self._segmenter = jieba.Tokenizer()
        jieba.setLogLevel(60)
        folder = Path(jieba.__file__).parent
        self._segmenter.set_dictionary(str(folder / "dict.txt"))
        for term in sorted(map(matching_form, user_terms)):  # a term's weight hangs on the earlier
            self._segmenter.add_word(term)
        self._remembered = lru_cache(maxsize=16_384)(self._tokens)

    def words(self, text: str) -> list[str]:
        """The words alone, in order, repeats kept."""
        found: list[str] = []
        for match in _RUN.finditer(matching_form(text)):
            run = match.group()
            if "\u3400" <= run[0] <= "\u9fff":
                found.extend(self._segmenter.cut(run, HMM=False))
            else:
                found.append(run)
        return found

    def frequency(self, word: str) -> int:
        """How often general Chinese uses the word (jieba's count); 0 when it is unknown."""
        return int(self._segmenter.FREQ.get(word) or 0)

    def tokens(self, text: str) -> tuple[str, ...]:
        """What lexical search counts: words of two characters or more and character bigrams.

        Other scripts give words and their first five letters (a crude stem that serves
        every alphabet), kana and Hangul bigrams.
        """
        return self._remembered(text)

    def _tokens(self, text: str) -> tuple[str, ...]:
        found: list[str] = []
        for match in _RUN.finditer(matching_form(text)):
            run = match.group()
            if "\u3400" <= run[0] <= "\u9fff":
                found.extend(word for word in self._segmenter.cut(run, HMM=False) if len(word) > 1)
                found.extend(_bigrams(run))
            elif _SYLLABIC.match(run):
                found.extend(_bigrams(run))
            else:
                found.append(run)
                if len(run) > 5 and run.isalpha():
                    found.append(run[:5] + "~")
        return tuple(found)


def _bigrams(run: str) -> list[str]:
    return [run[i : i + 2] + "_" for i in range(len(run) - 1)] or [run]
