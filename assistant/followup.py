"""Follow-ups without a language model: what an elliptical question inherits from earlier ones."""

import re
from dataclasses import dataclass, replace

from assistant.understand import Understood

_CONNECTOR = re.compile(
    r"^(那么?|还有|另外|其他|别的|同样|再(?!见)|然后|接着|上面|刚才|刚刚|其中|这|它|该|后来|完了|要是|如果|and\b|what about|how about|then\b|"
    r"それ|では|그럼|그러면|그리고|vậy|thế|còn|а\s|и\s|y\s|¿y\s|et\s|und\s|و)"
)
_ANAPHORA = re.compile(
    r"(这个|那个|这项|那项|这些|那些|这种|那种|这事|那事|这儿|那儿|上面|刚才|它们?|这两天|同一天|当天|此|前者|后者|"
    r"\b(it|its|that|this|those|these|they|there)\b)"
)
_TAIL = re.compile(r"(呢|呐)[?!。]*$")
_SWITCH = re.compile(r"^(对了|换个问题|另外问|问个别的|不说这个|别的事|by the way|顺便问)")
_MORE = re.compile(
    r"^(还有(吗|没有?|没|呢|别的吗?|其他的吗?)?|别的呢|其他呢|继续|下一条|再来|更多|more|anything else)[?。!]*$"
)
_SAME_TIME = re.compile(r"这两天|同一天|当天|那天|那两天|同月|这个月|那个月")
_QUESTION_WORDS = re.compile(
    r"什么时候|为什么|是不是|有没有|能不能|会不会|多长时间|多久|多少|什么|怎么样?|哪些|哪里|哪儿|哪个|几个|是否|请问|告诉我|"
    r"咋整|咋样|咋|啥|[吗呢吧啊呀么嘛][?!。,]?|[?!]"
)
_SHORT = 14


@dataclass(frozen=True, slots=True)
class Lead:
    """How much a question leans on the conversation.

    ``marked``: it says so itself (那…呢, 这个, 第二条). ``may``: it is short enough to.
    ``more``: it asks for what comes after the last answer. ``same_time``: 这两天, 同一天.
    ``switch``: it says that it is about something else (对了, 换个问题).
    """

    marked: bool
    may: bool
    more: bool
    same_time: bool
    switch: bool = False


def lead(understood: Understood) -> Lead:
    """Read the signs of a follow-up off a question."""
    text = understood.text
    if _SWITCH.match(text):
        return Lead(False, False, False, False, switch=True)
    if understood.reference and not understood.ordinal:
        return Lead(False, False, False, False)
    more = bool(_MORE.match(text))
    marked = bool(
        more
        or understood.ordinal
        or _CONNECTOR.match(text)
        or _ANAPHORA.search(text)
        or _TAIL.search(text)
    )
    wide = _SHORT if understood.language in ("zh-Hans", "zh-Hant", "ja", "ko") else 4 * _SHORT
    return Lead(marked, len(text) <= wide, more, bool(_SAME_TIME.search(text)))


def topic(understood: Understood) -> str:
    """What an earlier question was about: the question without its question words."""
    if understood.language not in ("zh-Hans", "zh-Hant"):
        return understood.text
    return _QUESTION_WORDS.sub("", understood.text).strip(" ,;?!。") or understood.text


def joined(earlier: Understood, current: Understood, about: str) -> Understood:
    """The current question with the subject of the earlier one put before it."""
    own = _CONNECTOR.sub("", current.text).strip(",， ") or current.text
    blank = "" if current.language in ("zh-Hans", "zh-Hant", "ja") else " "
    return replace(
        current,
        text=f"{about}{blank or ','}{own}",
        replaced=f"{about}{blank or ','}{current.replaced}",
        terms=tuple(dict.fromkeys((*earlier.terms, *current.terms))),
        dates=current.dates or earlier.dates,
    )
