"""A conversation as state: what it is about, what was asked of it, what was shown.

A complete question stands alone. 那X呢 puts another topic in the place of the last one and
keeps what is asked; a bare kind (多少钱, 什么时候) takes the topic; 还有呢, 第二条 and 说详细点
go on from what was shown; 不是,我问的是… replaces the question. Nothing here sets a status.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant import slots
from assistant.numbers import integer
from assistant.signs import sign, words
from assistant.understand import Understood
from assistant.words import Words

Move = Literal["alone", "topic", "swap", "more", "detail", "item"]
_SHORT = 14  # characters: a question this short may lean on the last one
_WIDE_SCRIPTS = ("zh-Hans", "zh-Hant", "ja", "ko")
_ITEM = re.compile(
    r"第(\d{1,3}|[一二三四五六七八九十]{1,3})(?:[条个项点处款]|(?=[呢吧啊是说讲?]|$))"
)
LAST = -1


@dataclass(frozen=True, slots=True)
class State:
    """What a conversation is about after a question.

    ``topic`` is the subject in the asker's words, ``asked`` the words of what was asked of it,
    ``entity`` a term of the notice fit to be shown, ``ranking`` the passages it was about,
    ``shown`` rows of the last answers, ``items`` those that 第二条 counts in, ``at`` the place
    in them that was spoken of last (0: none yet).
    """

    understood: Understood
    topic: str
    asked: str
    entity: str
    ranking: NDArray[np.float32]
    shown: tuple[int, ...]
    items: tuple[int, ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """One way of taking a message. ``shown_as`` is the clean sentence for people, ``item`` the
    place of what is meant among the items shown, from 1, or LAST.
    """

    kind: Move
    understood: Understood
    context: float
    shown_as: str
    item: int = 0


class Conversation:
    """Works out how a message may be meant after what was said before."""

    def __init__(
        self,
        cut: Words,
        terms: Sequence[str],
        places: Sequence[str],
        idf: Callable[[str], float],
    ) -> None:
        """``terms`` and ``places`` are the notice's own, ``idf`` weighs a word among passages."""
        self._words = cut
        short = {place[:-1] for place in places if len(place) > 2}
        self._places = sorted({*places, *short}, key=lambda p: (-len(p), p))
        self._terms = sorted({t for t in terms if len(t) > 1}, key=lambda t: (-len(t), t))
        self._idf = idf

    def moves(
        self,
        current: Understood,
        state: State | None,
        understand: Callable[[str], Understood],
        counted: int = 0,
    ) -> tuple[Taken, ...]:
        """The ways to take a message, likeliest first; never empty.

        The first is meant unless another's passages state clearly more. ``counted`` is how many
        items were shown: 第五项 of three items is the finding of that number.
        """
        alone = Taken("alone", current, 0.0, current.text)
        if state is None:
            return (alone,)
        text = current.text
        if sign("switch").match(text):
            return (alone,)
        if match := sign("correction").match(text):
            meant = text[match.end() :].strip(" ,，")
            if len(meant) > 1:
                return self.moves(understand(meant), replace(state, shown=()), understand, counted)
        if sign("more").match(text):
            return (Taken("more", state.understood, 0.0, state.understood.text),)
        if sign("detail").match(text):
            return (Taken("detail", state.understood, 0.0, state.understood.text),)
        number = self._item(text, state)
        if number and (number <= counted or not current.reference):
            return (Taken("item", state.understood, 0.0, state.understood.text, number),)
        if current.reference:
            return (alone,)
        return self._leaning(current, state, alone, understand)

    def _leaning(
        self,
        current: Understood,
        state: State,
        alone: Taken,
        understand: Callable[[str], Understood],
    ) -> tuple[Taken, ...]:
        text = current.text
        content = self.content(text)
        lead = bool(sign("lead").match(text))
        tail = bool(sign("tail").search(text))
        pointing = bool(sign("anaphora").search(text))
        short = len(text) <= (_SHORT if current.language in _WIDE_SCRIPTS else 4 * _SHORT)
        if not content and short:
            timed = sign("time_name").fullmatch(_subject(text))
            swapped = self._swap(current, state, understand) if timed else None
            return (swapped or self._topic(current, state, 3.0),)
        asks = bool(current.slots) or bool(sign("asking").search(text))
        known = any(term in text for term in self._terms) or bool(current.terms)
        if (lead or tail) and short and not asks:
            swapped = self._swap(current, state, understand)
            return (swapped, alone) if swapped else (self._topic(current, state, 3.0), alone)
        if pointing or (short and (lead or (asks and not known and len(content) <= 2))):
            return (self._topic(current, state, 3.0), alone)
        if short and len(content) < 2 and not (known and asks):
            return (alone, self._topic(current, state, 1.5))
        return (alone,)

    def _item(self, text: str, state: State) -> int:
        """Which of the items shown a message means, from 1; LAST, or 0 when it means none."""
        if sign("next").match(text):
            return state.at + 1
        for name, number in (("first", 1), ("last", LAST)):
            if (match := sign(name).search(text)) and not self._beside(text, match):
                return number
        if (match := _ITEM.search(text)) and not self._beside(text, match):
            return integer(match[1])
        return 0

    def _beside(self, text: str, match: re.Match[str]) -> list[str]:
        """What a message speaks of besides the number of an item."""
        return self.content(text[: match.start()] + " " + text[match.end() :])

    def content(self, text: str) -> list[str]:
        """The words of a text that carry a subject: not those of asking, pointing or counting."""
        kept = sign("asking").sub(" ", text)
        bare = words("function")
        return [
            word
            for word in self._words.words(kept)
            if word not in bare and (len(word) > 1 or self._idf(word) > 0) and not word.isdigit()
            and not (len(word) == 1 and "\u4e00" <= word <= "\u9fff")
        ]  # fmt: skip

    def _topic(self, current: Understood, state: State, context: float) -> Taken:
        """The topic spoken of, asked what this message asks."""
        own = _without_pointing(current.text) or current.text
        joined = _joined(state.topic, own, current, state.understood.terms)
        bare = self._chinese(current) and state.entity and not self.content(own)
        return Taken("topic", joined, context, f"{state.entity}{own}" if bare else current.text)

    def _swap(
        self, current: Understood, state: State, understand: Callable[[str], Understood]
    ) -> Taken | None:
        """Another topic in the place of the last one, asked the same."""
        subject = _subject(current.text)
        if not subject or not state.asked or sign("clause").search(subject):
            return None
        whole = self._replaced(subject, state)
        return Taken(
            "swap", understand(whole), 1.0, whole if self._chinese(current) else current.text
        )

    def _replaced(self, subject: str, state: State) -> str:
        """The last question with a place for a place and a time for a time; else the new subject
        with what was asked.
        """
        earlier = state.understood.text
        if sign("time_name").fullmatch(subject):
            replaced, count = sign("time_name").subn(subject, earlier, count=1)
            return replaced if count else subject + earlier
        if sign("place_name").fullmatch(subject) or subject in self._places:
            named = next((place for place in self._places if place in earlier), "")
            return earlier.replace(named, subject, 1) if named else subject + earlier
        blank = "" if self._chinese(state.understood) else " "
        return f"{subject}{blank}{state.asked}"

    def state(
        self,
        move: Taken,
        earlier: State | None,
        ranking: NDArray[np.float32],
        shown: tuple[int, ...],
        items: tuple[int, ...],
        text_of: str,
        at: int,
    ) -> State:
        """What the conversation is about once a message was answered. ``text_of`` is the title
        and text of what was cited first.
        """
        if move.kind in ("more", "detail", "item") and earlier is not None:
            return replace(
                earlier, shown=(*earlier.shown, *shown), items=items or earlier.items, at=at
            )
        understood = move.understood
        subject, asked = self.split(understood)
        if move.kind == "topic" and earlier is not None:
            subject = earlier.topic
        entity = next((t for t in self._terms if t in subject and t in text_of), "")
        if not entity and move.kind == "topic" and earlier is not None:
            entity = earlier.entity
        return State(
            understood, subject or understood.text, asked, entity, ranking, shown, items, at
        )

    def split(self, understood: Understood) -> tuple[str, str]:
        """A question as its subject and the words of what is asked (村里的寄递物流站, 排查了多少个)."""
        text = understood.text.strip(" ?？。!！")
        if not self._chinese(understood):
            return text, " ".join(slots.asking(text, understood.slots))
        asking = list(sign("asking").finditer(text)) or list(sign("question_words").finditer(text))
        if not asking:
            return text, ""
        place = asking[-1].start()
        subject = sign("question_words").sub("", text).strip(" ,，;?!。") or text
        last = self._last_term(text[:place])
        if not last and self.content(sign("time_name").sub(" ", text[:place])):
            last = place  # a subject that is no known term is no part of what is asked
        return subject, text[last:]

    def _last_term(self, text: str) -> int:
        """Where the last known term of a text ends; where its last clause begins without one."""
        ends = [text.rfind(term) + len(term) for term in self._terms if term in text]
        return max(ends, default=max(text.rfind(","), text.rfind("，")) + 1)

    @staticmethod
    def _chinese(understood: Understood) -> bool:
        return understood.language in ("zh-Hans", "zh-Hant")


def _subject(text: str) -> str:
    """那公墓呢 without the words that lean on what was said: 公墓."""
    return sign("tail").sub("", sign("lead").sub("", text)).strip(" ,，?？")


def _without_pointing(text: str) -> str:
    """那这个多少钱 as what it asks: 多少钱."""
    for name in ("anaphora", "lead", "anaphora"):
        if match := sign(name).match(text):
            text = text[match.end() :]
    return text.strip(" ,，")


def _joined(topic: str, own: str, current: Understood, terms: Sequence[str]) -> Understood:
    """The current question with the topic put before it; for search and reading only."""
    blank = "" if current.language in ("zh-Hans", "zh-Hant", "ja") else " "
    text = f"{topic}{blank or ','}{own}"
    return replace(
        current,
        text=text,
        replaced=f"{topic}{blank or ','}{current.replaced}",
        terms=tuple(dict.fromkeys((*terms, *current.terms))),
        slots=current.slots or slots.asked(own),
    )
