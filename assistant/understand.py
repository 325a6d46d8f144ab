"""A question as typed or spoken becomes a question that can be searched.

Nothing here changes what is quoted: mending, normalising and expanding concern the
question alone, and what was understood is shown to the person who asked.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from assistant import numbers, slots
from assistant.typos import Mender
from assistant.words import HAN, Words, matching_form, simplified, visible
from index.vocabulary import Synonym

Language = Literal[
    "zh-Hans", "zh-Hant", "en", "ja", "ko", "vi", "ru", "es", "fr", "de", "ar", "other"
]

_HAN = re.compile(f"[{HAN}]")
_SCRIPTS: tuple[tuple[Language, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("other", re.compile(r"[\u0900-\u0dff\u0e00-\u0eff\u0370-\u03ff\u0590-\u05ff]")),
)
_LATIN: tuple[tuple[Language, re.Pattern[str]], ...] = (
    ("vi", re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")),
    ("es", re.compile(r"[¿¡ñ]|\b(el|los|las|una|qué|cómo|para|del|está|hay)\b")),
    ("de", re.compile(r"[äöüß]|\b(der|die|das|und|wie|ist|wurde|für|werden|welche|wann|nicht)\b")),
    ("fr", re.compile(r"[çœêèàùûîâ]|\b(le|les|des|est|quel|quelle|une|pour|comment|dans|qui)\b")),
)
_FILLERS = re.compile(
    r"^(?:(?:来电人?|市民|群众|有人|对方|打电话的|电话里)[^,，:：。?]{0,6}?(?:问|说|反映|咨询|想知道|投诉)(?:的是)?[,，:：]?"
    r"|请问(?:一下)?|麻烦问一下|劳驾|我?想(?:问|了解|咨询|打听)(?:一下|下)?|问一下|问下|打听(?:一下|下)|你好[,，!！]?|您好[,，!！]?"
    r"|嗯+|呃+|那个那个|就是说|哎+|喂[,，]?|同志[,，]?|师傅[,，]?|闺女[,，]?|(?:这份)?通报(?:里|中|上)(?:面)?(?:有没有)?(?:说|写|提)?)+"
)


@dataclass(frozen=True, slots=True)
class Understood:
    """A question made ready. ``text`` is the mended question, ``terms`` the notice's own
    terms its words stand for, ``mended`` the (typed, meant) pairs.
    """

    original: str
    text: str
    language: Language
    terms: tuple[str, ...]
    replaced: str
    mended: tuple[tuple[str, str], ...]
    slots: frozenset[slots.Slot]
    reference: tuple[int, int] | None


def detect_language(text: str) -> Language:
    """The language of a question by its script, then by telltale words."""
    for language, pattern in _SCRIPTS:
        if pattern.search(text):
            return language
    if _HAN.search(text):
        return "zh-Hant" if simplified(text) != text else "zh-Hans"
    lowered = text.lower()
    for language, pattern in _LATIN:
        if len(pattern.findall(lowered)) >= (1 if language == "vi" else 2):
            return language
    return "en" if re.search(r"[a-z]", lowered) else "zh-Hans"


_READS: dict[Language, tuple[str, ...]] = {
    "zh-Hans": ("zh", "zh-Hant"),
    "zh-Hant": ("zh", "zh-Hant"),
    "ja": ("ja", "zh"),
    "other": ("en",),
}


class Understanding:
    """Understands questions against the vocabulary of the loaded notices."""

    def __init__(
        self,
        synonyms: Iterable[Synonym],
        terms: Iterable[str],
        words: Words,
        printed: Iterable[str] = (),
    ) -> None:
        """``printed`` are the notices' texts: no stretch of them is ever mended."""
        synonyms = tuple(synonyms)
        self._synonyms = _by_language(synonyms)
        self._lengths = _lengths(self._synonyms.values())
        chinese = self._synonyms.get("zh", {})
        sayings = {s.word for s in synonyms if s.lang == "zh" and s.kind != "typo"}
        slips = {
            matching_form(s.word): matching_form(s.terms[0])
            for s in synonyms
            if s.lang == "zh" and s.kind == "typo"
        }
        self.mender = Mender(
            sayings.union(terms), frozenset(chinese), words, slips=slips, printed=printed
        )

    def of(self, question: str) -> Understood:
        """Understand one question on its own; follow-ups are resolved elsewhere."""
        text = visible(question)
        language = detect_language(text)
        text = _FILLERS.sub("", matching_form(text)).strip() or matching_form(text)
        typed = text
        mended: tuple[tuple[str, str], ...] = ()
        if language in ("zh-Hans", "zh-Hant"):
            text, mended = self.mender.mend(text)
        terms, replaced = self.expand(text, language)
        return Understood(
            original=question,
            text=text,
            language=language,
            terms=terms,
            replaced=replaced,
            mended=mended,
            slots=slots.asked(text),
            # A number is no slip of the pen: 第27项里 names a finding though 乡里 is a word.
            reference=numbers.finding_reference(typed) or numbers.finding_reference(text),
        )

    def expand(self, text: str, language: Language) -> tuple[tuple[str, ...], str]:
        """The notice's terms for the words of a text, and the text with them put in place."""
        dictionaries = [
            self._synonyms.get(lang, {}) for lang in _READS.get(language, (language, "zh"))
        ]
        found: dict[str, None] = {}
        replaced: list[str] = []
        place = 0
        while place < len(text):
            length, terms = self._longest_at(text, place, dictionaries)
            if not length:
                replaced.append(text[place])
                place += 1
                continue
            found.update(dict.fromkeys(terms))
            replaced.append(f" {terms[0]} " if text[place].isascii() else terms[0])
            place += length
        return tuple(found), "".join(replaced)

    def _longest_at(
        self, text: str, place: int, dictionaries: Sequence[Mapping[str, tuple[str, ...]]]
    ) -> tuple[int, tuple[str, ...]]:
        if _alphabetic(text[place]) and place and _alphabetic(text[place - 1]):
            return 0, ()
        for length in self._lengths.get(text[place], ()):
            word = text[place : place + length]
            for dictionary in dictionaries:
                terms = dictionary.get(word)
                if terms and not _inside_own_term(text, place, word, terms):
                    return len(word), terms
        return 0, ()


def _inside_own_term(text: str, place: int, word: str, terms: Iterable[str]) -> bool:
    """魏都 in 魏都区 already says the term."""
    return any(
        word in term and text.startswith(term, max(0, place - term.index(word))) for term in terms
    )


def _alphabetic(character: str) -> bool:
    """Letters of scripts that write words apart (Arabic glues its article on: left out)."""
    return character.isalpha() and not (
        "\u2e80" <= character <= "\uffdc" or "\u0600" <= character <= "\u06ff"
    )


def _lengths(dictionaries: Iterable[Iterable[str]]) -> dict[str, tuple[int, ...]]:
    """How long the words with each first character are, longest first."""
    found: dict[str, set[int]] = {}
    for word in chain.from_iterable(dictionaries):
        found.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def _by_language(synonyms: Iterable[Synonym]) -> dict[str, dict[str, tuple[str, ...]]]:
    merged: dict[str, dict[str, dict[str, None]]] = {}
    for synonym in synonyms:
        words = merged.setdefault(synonym.lang, {})
        words.setdefault(matching_form(synonym.word), {}).update(dict.fromkeys(synonym.terms))
    return {
        lang: {word: tuple(terms) for word, terms in words.items() if word}
        for lang, words in merged.items()
    }
