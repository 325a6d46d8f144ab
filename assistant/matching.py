"""Signs of a language, kept as data, and which of them stand in a message.

A sign is one or more parts that follow each other within a few characters, each part one of
several texts; the file that holds them explains how they are written. Nothing here is a
regular expression: what may begin at a character is looked up, so that the work grows with
the message's length and with nothing else.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pypinyin.pinyin_dict import pinyin_dict

from assistant.words import matching_form, visible

# A sign's side: speaks for, hints at, goes with, speaks against, or only frames what is said.
SIDES = ("strong", "hint", "weak", "damper", "frame")
# How many characters may stand between two parts of a sign.
_GAP_SYLLABIC = 6
_GAP_ALPHABETIC = 20
_CUT_OUT = "\ue000"  # stands for a figure of speech that was taken out
_SYLLABIC = frozenset({"han", "kana", "thai", "lao", "khmer", "myanmar", "tibetan"})
# First words of Unicode's character names, and the script whose signs such a text may hold.
_SCRIPTS = {
    "CJK": "han", "HIRAGANA": "kana", "KATAKANA": "kana", "HANGUL": "hangul", "LATIN": "latin",
    "CYRILLIC": "cyrillic", "ARABIC": "arabic", "DEVANAGARI": "devanagari", "BENGALI": "bengali",
    "THAI": "thai", "LAO": "lao", "KHMER": "khmer", "MYANMAR": "myanmar", "TIBETAN": "tibetan",
    "HEBREW": "hebrew", "GREEK": "greek",
}  # fmt: skip
# Letters whose mark Unicode does not take apart.
_UNMARKED = str.maketrans({"đ": "d", "ı": "i", "ł": "l", "ø": "o", "ß": "ss"})
_ARABIC_ARTICLES = ("ال", "وال", "بال", "فال", "لل")


@dataclass(frozen=True, slots=True)
class Sign:
    """Parts that follow each other, each one of several texts; ``gap`` in characters.

    ``group`` says what the sign speaks for: family (han or other), side and subject.
    """

    group: str
    parts: tuple[tuple[str, ...], ...]
    gap: int

    @property
    def side(self) -> str:
        return self.group.split(".")[1]


@dataclass(frozen=True, slots=True)
class Language:
    """The signs of one language, found by the first characters of their first parts.

    ``words`` tell the language from others of its script; ``sounds`` are signs by syllables,
    ``whole`` texts that are a sign when nothing else is said.
    """

    by_start: Mapping[str, tuple[tuple[str, Sign], ...]]
    figures: tuple[Sign, ...]
    words: frozenset[str]
    sounds: tuple[Sign, ...]
    whole: Mapping[str, Sign]


@cache
def read_signs(path: Path) -> dict[str, tuple[Language, ...]]:
    """The languages of a file of signs, by script."""
    data: dict[str, dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))
    scripts = sorted({str(language["script"]) for language in data.values()})
    return {
        script: tuple(_language(v) for v in data.values() if v["script"] == script)
        for script in scripts
    }


def signs_in(text: str, languages: Mapping[str, tuple[Language, ...]]) -> set[Sign]:
    """Every sign of the text's languages that stands in a ``plain`` text."""
    found: set[Sign] = set()
    likely = [one for script in scripts(text) for one in _likely(text, languages.get(script, ()))]
    literal = text
    for language in likely:
        literal = _without_figures(literal, language.figures)
    for language in likely:
        found |= set(_standing(literal, language))
        found |= set(_sounding(literal, language))
        if sign := language.whole.get(text.strip()):
            found.add(sign)
    return found


def plain(message: str) -> str:
    """Lower case, simplified, no accents; blanks where punctuation stood and at both ends."""
    folded = _without_accents(matching_form(visible(message)))
    kept = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in folded)
    words = kept.split()
    return f" {' '.join(map(_without_article, words))} " if words else " "


def scripts(text: str) -> frozenset[str]:
    """Scripts of the text's letters; Chinese characters beside kana count as kana."""
    found = frozenset(map(_script, text)) - {""}
    return found - {"han"} if "kana" in found else found


def syllables(text: str) -> list[str]:
    """How each character of a Chinese text sounds, first reading, without tones."""
    return [_sound(character) for character in text if character != " "]


@lru_cache(maxsize=8192)
def _sound(character: str) -> str:
    readings = pinyin_dict.get(ord(character))
    return _without_accents(str(readings).split(",")[0]) if readings else character


@lru_cache(maxsize=8192)
def _script(character: str) -> str:
    name = unicodedata.name(character, "")
    return _SCRIPTS.get(name.split(" ", 1)[0].split("-", 1)[0], "")


def _without_accents(text: str) -> str:
    """Without marks over Latin, Greek, Cyrillic and Arabic letters; other scripts need theirs."""
    if text.isascii():
        return text
    letters = (c for c in unicodedata.normalize("NFD", text) if not _is_accent(c))
    return unicodedata.normalize("NFC", "".join(letters)).translate(_UNMARKED)


def _is_accent(character: str) -> bool:
    return "\u0300" <= character <= "\u036f" or "\u064b" <= character <= "\u0655"


def _without_article(word: str) -> str:
    for article in _ARABIC_ARTICLES:
        if word.startswith(article) and len(word) > len(article) + 1:
            return word[len(article) :]
    return word


def _likely(text: str, languages: tuple[Language, ...]) -> list[Language]:
    """The languages that most of the text's words belong to; all of them if none does."""
    words = text.split()
    counts = [sum(word in language.words for word in words) for language in languages]
    most = max(counts, default=0)
    return [found for found, count in zip(languages, counts, strict=True) if count == most]


def _standing(text: str, language: Language) -> Iterator[Sign]:
    for place in range(len(text)):
        for length in (1, 2, 3):
            for start, sign in language.by_start.get(text[place : place + length], ()):
                if _stands(text, place, start, sign) >= 0:
                    yield sign


def _sounding(text: str, language: Language) -> Iterator[Sign]:
    if language.sounds:
        heard = f" {' '.join(syllables(text))} "
        yield from (sign for sign in language.sounds if sign.parts[0][0] in heard)


def _stands(text: str, place: int, start: str, sign: Sign) -> int:
    """Where a sign ends that begins with ``start`` at ``place``, its parts in reach, else -1."""
    if not text.startswith(start, place):
        return -1
    end = place + len(start)
    for part in sign.parts[1:]:
        reached = [e for other in part if (e := _end(text, end, other, sign.gap)) >= 0]
        if not reached:
            return -1
        end = min(reached)
    return end


def _end(text: str, place: int, part: str, gap: int) -> int:
    """Where ``part`` ends if it begins within ``gap`` characters after ``place``, else -1."""
    # A part that begins with a word's blank may share it with the part before.
    begin = place - 1 if part[0] == " " and text[place - 1 : place] == " " else place
    found = text.find(part, begin, place + gap + len(part))
    return found + len(part) if found >= 0 else -1


def _without_figures(text: str, figures: Iterable[Sign]) -> str:
    for figure in figures:
        for start in figure.parts[0]:
            place = text.find(start)
            while place >= 0:
                if (end := _stands(text, place, start, figure)) >= 0:
                    text = text[:place] + _CUT_OUT + text[end:]
                place = text.find(start, place + 1)
    return text


def _language(data: Mapping[str, Any]) -> Language:
    script = str(data["script"])
    by_start: dict[str, list[tuple[str, Sign]]] = {}
    for sign in _written_signs(script, data):
        for start in sign.parts[0]:
            by_start.setdefault(_key(start), []).append((start, sign))
    return Language(
        by_start={key: tuple(found) for key, found in by_start.items()},
        figures=tuple(_sign("figure", text, script) for text in data.get("figures", ())),
        words=frozenset(plain(word).strip() for word in data.get("words", ())),
        sounds=tuple(
            Sign(f"{_family(script)}.strong.{group}", ((f" {text} ",),), 0)
            for group, texts in data.get("sound", {}).items()
            for text in texts
        ),
        whole={
            (key := plain(text).strip()): Sign(f"{_family(script)}.strong.whole", ((key,),), 0)
            for text in data.get("whole", ())
        },
    )


def _written_signs(script: str, data: Mapping[str, Any]) -> Iterator[Sign]:
    for side in SIDES:
        for group, texts in data.get(side, {}).items():
            name = f"{_family(script)}.{side}.{group}"
            yield from (_sign(name, text, script) for text in texts)


def _family(script: str) -> str:
    return "han" if script == "han" else "other"


def _key(start: str) -> str:
    return start[:3] if start[0] == " " else start[:2]


def _sign(group: str, text: str, script: str) -> Sign:
    parts = tuple(
        tuple(_as_plain(other, script) for other in part.split("/")) for part in text.split(" ~ ")
    )
    return Sign(group, parts, _GAP_SYLLABIC if script in _SYLLABIC else _GAP_ALPHABETIC)


def _as_plain(text: str, script: str) -> str:
    """A sign's text as it stands in a ``plain`` message, with its word's limits."""
    before = "" if script in _SYLLABIC else " "
    after = " " if text.endswith(("$", " ")) else ""
    return before + plain(text).strip() + after
