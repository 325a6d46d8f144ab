"""Compares what a question asserts with what a passage prints.

A question that says 70% where the notice says 60%, 涨 where it says 减免, 禹州 where it says 鄢陵
rests on something that is not so; the answer is what is printed instead. Nothing is denied
unless the passage prints another value of the same kind in the clause that the assertion is
about: what a passage merely does not mention is left open. Never decides a status.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

from assistant.mentions import Mention, compare, mentions, places, signs
from assistant.words import matching_form
from index import chinese

Verdict = Literal["confirmed", "denied", "open"]
Kind = Literal[
    "",
    "figure",
    "date",
    "place",
    "organisation",
    "direction",
    "scope",
    "negation",
    "aspect",
    "order",
]
Frame = Literal["asserts", "states", "asks", "open"]
Span = tuple[int, int]

_HAN = re.compile(r"[\u4e00-\u9fff]")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z]{3,}")


@dataclass(frozen=True, slots=True)
class Premise:
    """What became of a question's assertions.

    ``asserted`` is what is wrong (or agrees), as the question says it; ``printed`` the whole
    clauses of the passage that say what is so, as offsets into it, None when open; ``kind`` is
    empty when open.
    """

    verdict: Verdict
    asserted: str = ""
    printed: Span | None = None
    kind: Kind = ""


OPEN = Premise("open")


@dataclass(frozen=True, slots=True)
class _Clause:
    start: int
    end: int
    text: str
    sentence: int
    words: frozenset[str]


def _start(clause: _Clause) -> int:
    return clause.start


@dataclass(frozen=True, slots=True)
class _Passage:
    """A passage read once: its clauses, the words of its sentences, its values and places."""

    text: str
    clauses: tuple[_Clause, ...]
    sentences: tuple[frozenset[str], ...]
    mentions: tuple[Mention, ...]
    places: tuple[Mention, ...]
    weights: Mapping[str, float]

    def clause_at(self, place: int) -> _Clause:
        return self.clauses[max(0, bisect_right(self.clauses, place, key=_start) - 1)]


@dataclass(frozen=True, slots=True)
class _Question:
    """A question read for what it asserts; ``words`` without its values and its frame."""

    text: str
    frame: Frame
    words: frozenset[str]
    mentions: tuple[Mention, ...]
    places: tuple[Mention, ...]

    @property
    def han(self) -> bool:
        """Whether its words can be looked for in a Chinese passage at all."""
        return _HAN.search(self.text) is not None


def check(
    question: str, passage_text: str, *, context: str = "", gazetteer: Collection[str] = ()
) -> Premise:
    """What a passage says to the assertions of a question.

    Args:
        question: the mended question in matching form.
        passage_text: the measure or finding that the question is about, as printed.
        context: the title and the rest of the finding.
        gazetteer: places of the notice beyond the passage and its context.

    Returns:
        ``denied`` when one assertion disagrees (the first, by kind: figures and dates before
        places, then directions, then the rest), ``confirmed`` when there is one that can be
        checked and none disagrees, else ``open``.
    """
    passage = _passage(passage_text)
    if not passage.clauses:
        return OPEN
    asked = _question(question, _stems(passage_text, context, tuple(sorted(gazetteer))))
    if _matches("supposes", asked.text):
        return OPEN
    confirmed = OPEN
    for checker in (_values, _pairs, _places, _organisations, _directions, _scopes, _opposites,
                    _negations, _orders):  # fmt: skip
        for premise in checker(asked, passage):
            if premise.verdict == "denied":
                return premise
            if not confirmed.printed:
                confirmed = premise
    return confirmed if _vouched(asked, passage) else OPEN


def _vouched(asked: _Question, passage: _Passage) -> bool:
    """Whether the passage holds enough of what is asserted to stand for all of it.

    Every value, and half of the words: one that merely shares a date confirms nothing.
    """
    if asked.frame == "open":
        return False
    if not all(place.name[:2] in passage.text for place in asked.places):
        return False
    if not all(any(compare(m, p) == "same" for p in passage.mentions) for m in asked.mentions):
        return False
    if not asked.han:
        return bool(asked.mentions)
    shared = sum(any(pair in words for words in passage.sentences) for pair in asked.words)
    return shared >= _VOUCHED * len(asked.words)


_VOUCHED = 0.4


# What is read of a passage and of a question.


@lru_cache(maxsize=1024)
def _passage(text: str) -> _Passage:
    flat = matching_form(text)
    values = mentions(flat)
    sentences = chinese.sentences(text)
    clauses: list[_Clause] = []
    for number, (start, end) in enumerate(sentences):
        for first, last in _whole_clauses(chinese.clauses(text[start:end]), values, start):
            clauses.append(_Clause(first, last, flat[first:last], number, _words(flat[first:last])))
    counted = Counter(pair for clause in clauses for pair in clause.words)
    return _Passage(
        flat,
        tuple(clauses),
        tuple(_words(flat[start:end]) for start, end in sentences),
        values,
        places(flat),
        {pair: held**-0.5 for pair, held in counted.items()},
    )


def _whole_clauses(cut: Sequence[Span], values: Sequence[Mention], offset: int) -> Iterator[Span]:
    """The clauses of a sentence; one that only says when (每月5日前,) goes with the next."""
    begun: int | None = None
    for place, (start, end) in enumerate(cut):
        start, end = start + offset, end + offset
        begun = start if begun is None else begun
        dated = any(
            v.kind == "date" and start <= v.start and end - v.end <= 4
            for v in values
            if v.end <= end
        )
        if not dated or place + 1 == len(cut):
            yield begun, end
            begun = None


@lru_cache(maxsize=64)
def _stems(text: str, context: str, gazetteer: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Names of places without their level, and the level: 禹州 for 禹州市."""
    named = places(matching_form(" ".join((text, context, *gazetteer))))
    return tuple(sorted({(place.name[:2], place.unit) for place in named}))


@lru_cache(maxsize=64)
def _question(text: str, stems: tuple[tuple[str, str], ...]) -> _Question:
    values = mentions(text)
    bare = list(text)
    for mention in values:
        bare[mention.start : mention.end] = "|" * (mention.end - mention.start)
    empty = _pattern("empty").sub("|", "".join(bare))
    frame = _frame(text)
    known = {stem for stem, _ in stems}
    # What only looks like a name (如何盘活社区) is left out where a place is hardly asserted.
    named = [place for place in places(text) if frame != "open" or place.name[:2] in known]
    for stem, level in stems:
        at = text.find(stem)
        if at >= 0 and not any(place.name[:2] == stem for place in named):
            named.append(Mention("place", level, (), at, at + len(stem), stem))
    return _Question(text, frame, _words(empty), values, tuple(named))


def _words(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, words of other scripts whole."""
    found: set[str] = set()
    for run in _HAN_RUN.findall(text):
        found.update([run] if run.isascii() else (run[i : i + 2] for i in range(len(run) - 1)))
    return frozenset(found)


def _frame(text: str) -> Frame:
    """How a question is put: with a tag that claims, asking for what is unsaid, asking whether."""
    if _matches("asserts", text):
        return "asserts"
    if _matches("open", text):
        return "open"
    if _matches("asks", text) or _matches("fragment", text):
        return "asks"
    surprised = text.endswith("?") and len(text) > 8 and _HAN.search(text)
    return "asserts" if surprised or _matches("claims", text) else "states"


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """A sign of the frame, all languages in one pattern."""
    frame = signs()["frame"]
    listed = [frame[name]] if name in frame else []
    listed += [sign for lang in ("zh", "en") for sign in frame[lang].get(name, ())]
    return re.compile("|".join(f"(?:{sign})" for sign in listed))


def _matches(name: str, text: str) -> bool:
    return _pattern(name).search(text) is not None


@lru_cache(maxsize=256)
def _any_of(group: str, side: str) -> re.Pattern[str]:
    return re.compile("|".join(signs()[group][side]))


# How near a place in the passage is to what the question speaks of.


def _share(asked: _Question, passage: _Passage, clause: _Clause) -> float:
    """How much of the question stands in a clause; a pair of every clause counts little."""
    return _weigh(passage, asked.words & clause.words)


def _weigh(passage: _Passage, pairs: Iterable[str]) -> float:
    return sum(passage.weights[pair] for pair in sorted(pairs))


def _evidence(asked: _Question, passage: _Passage, printed: Mention) -> float:
    """How surely a printed value is the one the question speaks of."""
    clause = passage.clause_at(printed.start)
    rest = (asked.words & passage.sentences[clause.sentence]) - clause.words
    label = asked.words & _words(_label(passage.text, passage.mentions, clause.start, printed))
    return _share(asked, passage, clause) + 0.5 * _weigh(passage, rest) + float(len(label))


def _label(text: str, values: Sequence[Mention], start: int, one: Mention) -> str:
    """What stands between the value before it in the clause and a value: what it is a value of."""
    before = [m for m in values if start <= m.start < one.start]
    if before and _pair("between").match(text[before[-1].end : one.start]):
        before = before[:-1]  # of 由3800元降至1500元 both are of one thing
    return text[before[-1].end if before else start : one.start]


def _adjacent(asked: _Question, passage: _Passage, one: Mention, printed: Mention) -> int:
    """How many characters around two values are the same, outwards."""
    return sum(_sides(asked, passage, one, printed))


def _sides(asked: _Question, passage: _Passage, one: Mention, printed: Mention) -> tuple[int, int]:
    mine, theirs = asked.text, passage.text
    return (
        _alike(
            mine[max(0, one.start - _AROUND) : one.start][::-1],
            theirs[max(0, printed.start - _AROUND) : printed.start][::-1],
        ),
        _alike(mine[one.end : one.end + _AROUND], theirs[printed.end : printed.end + _AROUND]),
    )


_AROUND = 20


def _alike(one: str, other: str) -> int:
    """How long the beginning is that two texts share."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _span(passage: _Passage, clause: _Clause) -> Span:
    return chinese.without_marker(passage.text, (clause.start, clause.end))


def _premise(
    verdict: Verdict, asserted: str, passage: _Passage, clause: _Clause, kind: Kind
) -> Premise:
    return Premise(verdict, asserted, _span(passage, clause), kind)


# The checks, one kind after another.


def _values(asked: _Question, passage: _Passage) -> Iterator[Premise]:
    """Figures and dates: equal to the value in the same slot, or another value there."""
    equals = [_best(asked, passage, one, "same", frozenset()) for one in asked.mentions]
    claimed = frozenset(equal[1].start for equal in equals if equal)
    for one, equal in zip(asked.mentions, equals, strict=True):
        kind: Kind = "date" if one.kind == "date" else "figure"
        same, instead = _verbatim(asked, passage, one)
        if not same and not instead and _may_deny(asked, one):
            other = _best(asked, passage, one, "other", claimed)
            if equal:
                instead = _labelled(asked, passage, one, equal[1])
            elif other and _denies(asked, passage, one, other):
                instead = other[1]
        if instead:
            yield _premise("denied", one.name, passage, passage.clause_at(instead.start), kind)
        elif equal and (same or equal[0] > 0 or not (asked.words and asked.han)):
            yield _premise("confirmed", one.name, passage, passage.clause_at(equal[1].start), kind)


def _verbatim(asked: _Question, passage: _Passage, one: Mention) -> tuple[bool, Mention | None]:
    """Whether the question's words around a value are printed around the same value, and what
    other value is printed between them if they are not.
    """
    near = {"same": 0, "other": 0}
    instead = None
    listed = passage.places if one.kind == "place" else passage.mentions
    equal = any(compare(one, printed) == "same" for printed in listed)
    named = equal and one.kind == "place"
    enough = _VERBATIM * (2 if equal and asked.frame == "open" else 1)
    for printed in listed:
        verdict = compare(one, printed)
        if verdict == "unknown" or (verdict == "other" and one.unit != printed.unit):
            continue
        sides = _sides(asked, passage, one, printed)
        if named and verdict == "other" and not min(sides):
            continue  # 东荷村、石桥社区老年食堂: the hall of 东荷 as well
        if sum(sides) > near[verdict]:
            near[verdict] = sum(sides)
            instead = printed if verdict == "other" else instead
    if near["other"] >= enough and near["other"] > near["same"] + 1:
        return False, instead
    return near["same"] >= _VERBATIM, None


_VERBATIM = 4


Scored = tuple[float, Mention]


def _best(
    asked: _Question, passage: _Passage, one: Mention, wanted: str, claimed: frozenset[int]
) -> Scored | None:
    """The printed value of a kind that is nearest to what the question says of its own."""
    found = [
        (_slot(asked, passage, one, printed), printed)
        for printed in passage.mentions
        if printed.start not in claimed
        and compare(one, printed) == wanted
        and (wanted == "same" or one.unit in ("", printed.unit))
    ]
    return max(found, key=lambda scored: (scored[0], -scored[1].start), default=None)


def _slot(asked: _Question, passage: _Passage, one: Mention, printed: Mention) -> float:
    """The evidence, what stands around both, and other values of the question beside it."""
    anchors = _anchors(asked, passage, passage.clause_at(printed.start).sentence, one)
    near = 0.7 * min(8, _adjacent(asked, passage, one, printed))
    return _evidence(asked, passage, printed) + near + anchors


def _anchors(asked: _Question, passage: _Passage, sentence: int, but: Mention) -> int:
    """How many other values and places of the question a sentence prints."""
    values = (*passage.mentions, *passage.places)
    printed = [m for m in values if passage.clause_at(m.start).sentence == sentence]
    others = [m for m in (*asked.mentions, *asked.places) if m is not but]
    return sum(any(compare(m, p) == "same" for p in printed) for m in others)


# How much must speak for a value's being the one meant before it is held against a question:
# fitted on constructed notices, highest where the question only takes the value along.
_ENOUGH: dict[Frame, float] = {"asserts": 1.5, "states": 3.0, "asks": 4.0, "open": 5.0}
_VAGUE_UNITS = ("", "piece")


def _may_deny(asked: _Question, one: Mention) -> bool:
    """Not what people say of themselves: 我妈七十五了, 毕业四年了还能申请吗, 十二点半去能办吗."""
    if asked.frame == "asserts":
        return True
    elapsed = one.unit in _OF_A_LIFE and _matches("elapsed", asked.text[one.end : one.end + 2])
    return not (elapsed or one.unit == "clock" or _matches("own", asked.text))


def _denies(asked: _Question, passage: _Passage, one: Mention, other: Scored) -> bool:
    """Whether a value that the passage does not print stands where it prints another."""
    clause = passage.clause_at(other[1].start)
    if _turned(asked.text[max(0, one.start - 8) : one.end + 8]) and not _turned(clause.text):
        return False  # 三成没有正常运转 beside 正常运转率70%
    sole = len({m.value for m in passage.mentions if m.unit == one.unit}) == 1
    if not asked.han:
        return sole and asked.frame in ("asserts", "asks") and one.unit not in _VAGUE_UNITS
    if sole and not asked.words and one.kind == "date":
        return True  # the question is nothing but a date, and the passage prints one
    needed = _ENOUGH[asked.frame] + (one.unit in _VAGUE_UNITS) - 0.5 * sole
    return other[0] >= needed


def _labelled(asked: _Question, passage: _Passage, one: Mention, equal: Mention) -> Mention | None:
    """Another value of the clause that is printed for what the question says its value of.

    石篆敬老院118万 where it prints 柳渚敬老院118万元、石篆敬老院96万元.
    """
    if asked.frame != "asserts":
        return None
    clause = passage.clause_at(equal.start)
    mine = _words(_label(asked.text, asked.mentions, 0, one))
    best, instead = 0, None
    apart = not _sides(asked, passage, one, equal)[0]
    for printed in passage.mentions:
        verdict = compare(one, printed)
        where = passage.clause_at(printed.start)
        beside = where is not clause and where.sentence == clause.sentence
        close = beside and verdict == "other" and one.unit == printed.unit
        if apart and close and _sides(asked, passage, one, printed)[0] > 1:
            return printed  # 善本12册 where it prints 古籍12册,其中善本3册
        if where is not clause or verdict == "unknown":
            continue
        label = _words(_label(passage.text, passage.mentions, clause.start, printed))
        shared = len(mine & label)
        if shared + (verdict == "same") > best:  # on a tie the equal value is the one meant
            best = shared + (verdict == "same")
            instead = None if verdict == "same" else printed
    return instead


_OF_A_LIFE = ("month", "day", "age", "week")


def _turned(text: str) -> bool:
    return bool(_negated(text)[0]) or re.search(signs()["negation"]["rest"], text) is not None


def _pairs(asked: _Question, passage: _Passage) -> Iterator[Premise]:
    """由15分钟简化为5分钟: who says 15 now, or turns the two round, is wrong."""
    if _matches("own", asked.text) and asked.frame != "asserts":
        return
    for before, after in _before_and_after(passage):
        same = [m for m in asked.mentions if m.unit in ("", before.unit)]
        old = next((m for m in same if compare(m, before) == "same"), None)
        new = next((m for m in same if compare(m, after) == "same"), None)
        clause = passage.clause_at(after.start)
        if old and new and old is not new and new.start < old.start and _turns(asked, new, old):
            name = asked.text[new.start : old.end]
            yield _premise("denied", name, passage, clause, "direction")
        elif old and not new and _claims_now(asked, old):
            enough = min(2.0, _ENOUGH[asked.frame])
            bare = not (asked.han and asked.words)  # nothing to look for but the value
            if bare or _evidence(asked, passage, before) >= enough:
                yield _premise("denied", old.name, passage, clause, "figure")


def _claims_now(asked: _Question, old: Mention) -> bool:
    """Whether a value is said of today; other languages must name its unit and a known frame."""
    if asked.frame == "open" or _matches("past", asked.text):
        return False
    return asked.han or (old.unit != "" and asked.frame != "states")


def _before_and_after(passage: _Passage) -> Iterator[tuple[Mention, Mention]]:
    values = passage.mentions
    for before, after in pairwise(values):
        ahead = passage.text[max(0, before.start - 12) : before.start]
        between = passage.text[before.end : after.start]
        joined = _pair("before").search(ahead) and _pair("between").match(between)
        if joined and compare(before, after) == "other":
            yield before, after


def _turns(asked: _Question, first: Mention, second: Mention) -> bool:
    return _pair("between").match(asked.text[first.end : second.start]) is not None


@cache
def _pair(side: str) -> re.Pattern[str]:
    return re.compile(signs()["pair"][side])


def _places(asked: _Question, passage: _Passage) -> Iterator[Premise]:
    """Another place of the same level where the question puts its own."""
    for one in asked.places:
        same, instead = _verbatim(asked, passage, one)
        if instead:
            clause = passage.clause_at(instead.start)
            yield _premise("denied", one.name, passage, clause, "place")
            continue
        if same or one.name[:2] in passage.text:
            clause = passage.clause_at(passage.text.index(one.name[:2]))
            if _share(asked, passage, clause) > 1:
                yield _premise("confirmed", one.name, passage, clause, "place")
            continue
        for printed in passage.places:
            if printed.unit != one.unit or printed.name[:2] in asked.text:
                continue
            if _in_place_of(asked, passage, one, printed):
                clause = passage.clause_at(printed.start)
                yield _premise("denied", one.name, passage, clause, "place")
                break


def _in_place_of(asked: _Question, passage: _Passage, one: Mention, printed: Mention) -> bool:
    """Whether the question puts its place where the passage prints another.

    Right behind both names stands the same thing (禹州|殡仪馆, 鄢陵县|殡仪馆), or the passage's
    sentence names no second place that could be meant.
    """
    clause = passage.clause_at(printed.start)
    evidence = _evidence(asked, passage, printed) + _anchors(asked, passage, clause.sentence, one)
    if evidence < max(2.0, _ENOUGH[asked.frame]):
        return False
    mine, theirs = asked.text[one.end :].lstrip("县区市镇乡村的那"), passage.text[printed.end :]
    if mine[:2] == theirs[:2] or _adjacent(asked, passage, one, printed) > 1:
        return True
    rivals = {
        place.name
        for place in passage.places
        if place.unit == one.unit and passage.clause_at(place.start).sentence == clause.sentence
    }
    return asked.frame == "asserts" and len(rivals) == 1 and evidence >= 2.5


def _organisations(asked: _Question, passage: _Passage) -> Iterator[Premise]:
    """Another body behind the same word for its part (移交县公安局, 移交县市场监督管理局)."""
    pattern = re.compile(signs()["organisations"]["suffix"])
    for match in pattern.finditer(asked.text):
        if match[0] in passage.text or asked.frame == "open":
            continue
        role = _role(asked.text[: match.start()])
        for printed in pattern.finditer(passage.text) if role else ():
            clause = passage.clause_at(printed.start())
            same = _role(passage.text[clause.start : printed.start()]) == role
            if same and printed[0] not in asked.text and _share(asked, passage, clause) >= 2:
                yield _premise("denied", match[0], passage, clause, "organisation")
                break


def _role(before: str) -> str:
    """The part that the body behind these words plays, empty when none is said."""
    for role, listed in signs()["roles"].items():
        if re.search(f"(?:{'|'.join(listed)})[\\u4e00-\\u9fff]{{0,3}}$", before):
            return str(role)
    return ""


def _directions(asked: _Question, passage: _Passage) -> Iterator[Premise]:
    """涨 where the passage prints 减免 of the same thing."""
    if asked.frame not in ("asserts", "open"):
        return
    for mine, theirs in (("up", "down"), ("down", "up")):
        said = _any_of("direction", mine).search(asked.text)
        if not said or _any_of("direction", theirs).search(asked.text):
            continue
        if asked.text[max(0, said.start() - 1) : said.start()] in ("不", "没", "未"):
            continue
        for clause in _body(passage):
            turned = _any_of("direction", theirs).search(clause.text)
            if _share(asked, passage, clause) < 1.5:
                continue
            if _any_of("direction", mine).search(clause.text):
                yield _premise("confirmed", said[0], passage, clause, "direction")
            elif turned and _speaks_of(asked, said.span(), clause, turned.span()):
                yield _premise("denied", said[0], passage, clause, "direction")


def _speaks_of(asked: _Question, said: Span, clause: _Clause, printed: Span) -> bool:
    """Whether the words close to both are partly the same."""
    mine = _words(asked.text[max(0, said[0] - 8) : said[1] + 6])
    theirs = _words(clause.text[max(0, printed[0] - 8) : printed[1] + 8])
    return bool(mine & theirs)


def _opposites(asked: _Question, passage: _Passage) -> Iterator[Premise]:
    """收费 where it prints 免费, 没通过 where it prints 通过."""
    if asked.frame != "asserts":
        return
    for row in range(len(signs()["opposite"])):
        said, side = _side(row, asked.text)
        kind: Kind = signs()["opposite"][row]["kind"]
        found: list[Found] = []
        for clause in _body(passage) if said else ():
            _, theirs = _side(row, clause.text)
            if theirs:
                verdict: Verdict = "confirmed" if theirs == side else "denied"
                premise = _premise(verdict, said, passage, clause, kind)
                found.append((_topic(asked, passage, clause), premise))
        yield from _foremost(found, 2)


Found = tuple[float, Premise]


def _foremost(found: Sequence[Found], least: float) -> Iterator[Premise]:
    """What the clause says that holds most of the question; agreement before a contradiction."""
    ranked = sorted(found, key=lambda item: (-item[0], item[1].verdict == "denied"))
    if ranked and ranked[0][0] >= least:
        yield ranked[0][1]


def _topic(asked: _Question, passage: _Passage, clause: _Clause) -> float:
    """How much of the question a clause and, for half, the rest of its sentence hold."""
    rest = (asked.words & passage.sentences[clause.sentence]) - clause.words
    near = _weigh(passage, rest)
    inside = [m for m in passage.mentions if clause.start <= m.start < clause.end]
    values = sum(any(compare(m, p) == "same" for p in inside) for m in asked.mentions)
    return _share(asked, passage, clause) + 0.5 * near + values


def _side(row: int, text: str) -> tuple[str, str]:
    """The side of a pair of opposites that a text takes, both or none give nothing."""
    found = []
    for side in ("one", "other"):
        match = _opposite(row, side).search(text)
        if match and not re.search("[不没未][\u4e00-\u9fff]{0,3}$", text[: match.start()]):
            found.append((match[0], side))
            text = text.replace(match[0], "|")
    return found[0] if len(found) == 1 else ("", "")


@cache
def _opposite(row: int, side: str) -> re.Pattern[str]:
    return re.compile("|".join(signs()["opposite"][row][side]))


def _scopes(asked: _Question, passage: _Passage) -> Iterator[Premise]:
    """全部 where it prints a part, 一半 where it prints all, 只能 where it prints 或."""
    if asked.frame not in ("asserts", "open"):
        return
    for mine, theirs in (("all", "part"), ("some", "whole"), ("only", "either")):
        said = _any_of("scope", mine).search(asked.text)
        if not said or _any_of("scope", "both").search(asked.text):
            continue
        if mine == "all" and (clause := _part_of_count(asked, passage)):
            yield _premise("denied", said[0], passage, clause, "scope")
        found: list[Found] = []
        for clause in _body(passage) if asked.frame == "asserts" else ():
            whole = _any_of("scope", mine).search(clause.text)
            part = _any_of("scope", theirs).search(clause.text)
            verdict: Verdict = "confirmed" if whole else "denied"
            if whole or part or (mine == "all" and _prints_a_share(passage, clause)):
                premise = _premise(verdict, said[0], passage, clause, "scope")
                found.append((_topic(asked, passage, clause), premise))
        yield from _foremost(found, 2)


def _prints_a_share(passage: _Passage, clause: _Clause) -> bool:
    """正常运转率70%."""
    inside = [m for m in passage.mentions if clause.start <= m.start < clause.end]
    return "率" in clause.text and any(m.unit == "percent" and m.value[1] < 100 for m in inside)


def _part_of_count(asked: _Question, passage: _Passage) -> _Clause | None:
    """The clause that says what was done of the question's own count (15个问题…已完成13个)."""
    for one in asked.mentions:
        for whole in passage.mentions if one.kind == "figure" else ():
            if compare(one, whole) != "same" or whole.unit in ("percent", "money", "month"):
                continue
            sentence = passage.clause_at(whole.start).sentence
            for part in passage.mentions:
                clause = passage.clause_at(part.start)
                smaller = part.unit == whole.unit and part.value < whole.value
                if any(compare(m, part) == "same" for m in asked.mentions):
                    continue
                if smaller and clause.sentence - sentence in (0, 1) and part.start > whole.start:
                    between = passage.text[max(clause.start, whole.end) : part.end + 4]
                    if _any_of("scope", "share").search(between):
                        return clause
    return None


def _body(passage: _Passage) -> Iterator[_Clause]:
    """The clauses but for the heading: a finding's title names the fault, not what was done."""
    heading = re.match(r"\s*\d{1,3}[.、]+(?!\d)", passage.text) is not None
    return (c for c in passage.clauses if not (heading and c.sentence == 0))


def _negations(asked: _Question, passage: _Passage) -> Iterator[Premise]:
    """What the question denies and the passage affirms, or the other way round."""
    if asked.frame != "asserts" or _matches("own", asked.text):
        return
    mine, plain = _negated(asked.text)
    denied, affirmed = mine - plain, plain - mine
    read = [(clause, *_negated(clause.text)) for clause in _body(passage)]
    turned = frozenset().union(*(theirs for _, theirs, _ in read))
    found: list[Found] = []
    for clause, theirs, straight in read:
        wrong = (denied & straight) - theirs | (affirmed & theirs)
        alike = denied & theirs | affirmed & turned & straight - theirs
        topic = _topic(asked, passage, clause)
        if wrong:
            topic -= _weigh(passage, wrong)
            found.append((topic, _premise("denied", min(wrong), passage, clause, "negation")))
        elif alike:
            found.append((topic, _premise("confirmed", min(alike), passage, clause, "negation")))
    yield from _foremost(found, 1.5)


def _negated(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The pairs of characters right behind a negation, and all pairs that no negation governs.

    未评级的机构 says which ones are meant and denies nothing: neither holds 评级.
    """
    text = re.sub(signs()["negation"]["idle"], "|", text)
    found: set[str] = set()
    plain = text
    for match in re.finditer(signs()["negation"]["turns"], text):
        plain = plain.replace(match[0], "|")
        if "的" not in match["rest"]:
            found.add(match["what"])
    return frozenset(found), _words(plain)


def _orders(asked: _Question, passage: _Passage) -> Iterator[Premise]:
    """先…再… the other way round than the clauses of the passage stand."""
    said = re.search(signs()["order"]["first"], asked.text)
    if (
        not said
        or asked.frame != "asserts"
        or not re.search(signs()["order"]["sequence"], passage.text)
    ):
        return
    first, second = (_clause_of(_words(said[part]), passage) for part in ("a", "b"))
    if first and second and first.start > second.start:
        span = (_span(passage, second)[0], _span(passage, first)[1])
        yield Premise("denied", said[0], span, "order")
    elif first and second and first.start < second.start:
        yield _premise("confirmed", said[0], passage, first, "order")


def _clause_of(words: frozenset[str], passage: _Passage) -> _Clause | None:
    """The one clause that holds most of some words, None when two hold as many."""
    scored = sorted(
        ((len(words & clause.words), clause.start, clause) for clause in passage.clauses),
        key=lambda item: (-item[0], item[1]),
    )
    best = scored[0]
    return best[2] if best[0] and (len(scored) < 2 or scored[1][0] < best[0]) else None
