"""Lists and counts answered from the structure: complete, in the order of the notice.

"11月份开展了哪些活动", "印发了哪些文件", "涉及魏都区的有哪些", "养老方面有几条": every
passage that meets the criterion is an item, never the best few of a search.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.numbers import AskedDate
from assistant.understand import Understood
from index.extraction import Fact
from index.passages import Passage

_LISTS = re.compile(
    r"哪些|哪几|列出|列一?下|列举|罗列|都有(哪|啥|什么)|找出来|全部|所有|汇总|统计|盘点|一共.{0,4}(几|多少)(条|项|处)|(几|多少)(条|项|处)(?!规定)|几次提到|"
    r"都(写|说|提)(到|了)?(啥|什么)|有啥|有(什么|啥)(活动|文件|制度|整改|措施|工作|动作|做法)|提到.{0,6}(哪|几)|(哪|几).{0,4}提到|which (findings|measures|parts|items)|list (all|every)|"
    r"where does the notice|find (all|every)|どの項目|すべて|모두|모든|tất cả|все упоминания|todos los|tous les|alle "
)
_DOCUMENTS = re.compile(
    r"(哪些|什么|几[个份项]|多少[个份项]?|啥).{0,6}(文件|制度|办法|通知|规定|方案|规范|意见|材料)|(文件|制度|办法|通知)(名称?)?(都|各|分别)?(有|是)?(哪些|啥|汇总|列)"
)
# With a date this asks for all that falls into it: 9月份干了啥.
_DONE = re.compile(r"(干|做|办|搞|忙|开展|组织|举办|整改|发生)(了|过|的)?些?(啥|什么|哪)")
_ISSUED = re.compile(r"(印发|出台|修订|制定|下发|发布|发了|出了|新出|发出)")
_MENTIONED = re.compile(r"(提到|写到|涉及|出现|列)")
_FIGURES = re.compile(r"(数字|数据|数量|numbers|figures)")
_COUNTS = re.compile(r"(几|多少)(条|项|处|个问题)|how many (findings|measures)")
_TOO_GENERAL = (
    "整改 措施 工作 活动 开展 情况 问题 宣传 加强 管理 制度 文件 监督 服务 组织 利用 内容 日期 时间 提出 方面 全面 我市 全市 有关 相关 进行 建立 完善 学习 落实 数据 市民 "
    "通知 规定 办法 意见 发放 印发 资金 公开 检查 指导 推进 推动 公布 做好 机制 单位 部门 干部"
)
_GENERIC = frozenset(_TOO_GENERAL.split())
MOST = 40  # a word that more passages hold is too common to list by


@dataclass(frozen=True, slots=True)
class Listing:
    """The passages that meet a criterion, in reading order. ``criterion`` is in words of the
    question or the notice; ``facts`` are the spans that made them members, none if a word did.
    """

    criterion: str
    kind: str
    rows: tuple[int, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Passages with the facts inside them; ``terms`` are the notice's words to list by."""

    passages: tuple[Passage, ...]
    facts: tuple[tuple[Fact, ...], ...]
    terms: frozenset[str]


def catalogue(
    passages: Sequence[Passage], facts: dict[str, Sequence[Fact]], terms: Iterable[str]
) -> Catalogue:
    """Assign facts to the finest passages that hold them."""
    held = tuple(
        tuple(
            fact
            for fact in facts[passage.notice_id]
            if passage.finest and passage.start <= fact.start and fact.end <= passage.end
        )
        for passage in passages
    )
    return Catalogue(tuple(passages), held, frozenset(t for t in terms if len(t) > 1))


def listing(understood: Understood, known: Catalogue, *, inherited: bool = False) -> Listing | None:
    """The list a question asks for; None when it asks for none or nothing meets it.

    ``inherited`` says that the date came from an earlier question (同一天还…).
    """
    text = understood.text
    dated = bool(understood.dates and _DONE.search(text))
    if not (_LISTS.search(text) or inherited or dated or _DOCUMENTS.search(text)):
        return None
    for attempt in (_by_date, _by_place, _by_document, _by_figure, _by_term):
        found = attempt(understood, known)
        if found and found.rows:
            return found
    return None


def _gather(criterion: str, kind: str, wanted: Iterable[tuple[int, Fact]]) -> Listing:
    pairs = list(wanted)
    rows = tuple(dict.fromkeys(row for row, _ in pairs))
    return Listing(criterion, kind, rows, tuple(fact for _, fact in pairs))


def _all(known: Catalogue, kind: str) -> list[tuple[int, Fact]]:
    return [(row, f) for row, facts in enumerate(known.facts) for f in facts if f.kind == kind]


def _by_date(understood: Understood, known: Catalogue) -> Listing | None:
    if not understood.dates:
        return None
    pairs = [
        (row, fact)
        for row, fact in _all(known, "date")
        if any(_falls_in(fact.value, date) for date in understood.dates)
    ]
    return _gather("、".join(map(_printed, understood.dates)), "date", pairs)


def _printed(date: AskedDate) -> str:
    units = ((date.year, "年"), (date.month, "月"), (date.day, "日"))
    return "".join(f"{value}{unit}" for value, unit in units if value)


def _falls_in(value: str, date: AskedDate) -> bool:
    """A day asked for may lie inside a range; a month must hold one of its ends."""
    if date.day:
        return date.covers(value)
    return bool(date.month) and any(date.covers(end) for end in value.split("/"))


def _by_place(understood: Understood, known: Catalogue) -> Listing | None:
    text = understood.text + " ".join(understood.terms)
    places = {fact.value for _, fact in _all(known, "place")} - {"许昌市", "河南省"}
    asked = [
        place
        for place in sorted(places, key=len, reverse=True)
        if place in text or (len(place) == 3 and place[:2] in text)
    ]
    if not asked:
        return None
    pairs = [(row, fact) for row, fact in _all(known, "place") if fact.value in asked]
    return _gather("、".join(asked), "place", pairs)


def _by_document(understood: Understood, known: Catalogue) -> Listing | None:
    if not _DOCUMENTS.search(understood.text):
        return None
    verb = _ISSUED.search(understood.text)
    subject = _subject_rows(understood, known)
    if not verb and subject is None and not _MENTIONED.search(understood.text):
        return None
    pairs = []
    for row, fact in _all(known, "document"):
        if subject is not None and row not in subject:
            continue
        passage = known.passages[row]
        before = passage.text[: fact.start - passage.start]
        if verb and not re.search(_issued_like(verb[1]) + r"(?:[^。;]){0,16}$", before):
            continue
        pairs.append((row, fact))
    return _gather("文件", "document", pairs)


def _issued_like(verb: str) -> str:
    """Verbs of issuing that are meant together: 出台了哪些 asks for 印发 and 修订 as well."""
    if verb == "修订":
        return "修订"
    return "(印发|出台|修订|制定|下发|发出|形成|发放)"


def _by_figure(understood: Understood, known: Catalogue) -> Listing | None:
    subject = _subject_rows(understood, known)
    if not _FIGURES.search(understood.text) or subject is None:
        return None
    pairs = [(row, fact) for row, fact in _all(known, "figure") if row in subject]
    return _gather("数字", "figure", pairs)


def _by_term(understood: Understood, known: Catalogue) -> Listing | None:
    if not _LISTS.search(understood.text):
        return None
    terms = _asked_terms(understood, known)
    if not terms:
        return None
    rows = [
        row
        for row, passage in enumerate(known.passages)
        if passage.finest and any(term in f"{passage.title} {passage.text}" for term in terms)
    ]
    if not 1 < len(rows) <= MOST:
        return None
    return Listing("、".join(terms), "term", tuple(rows), ())


def _asked_terms(understood: Understood, known: Catalogue) -> tuple[str, ...]:
    """The notice's words a list is asked by: quoted ones first, else the longest it knows."""
    quoted = re.findall(r"[“\"「『]([^”\"」』]{2,20})[”\"」』]", understood.text)
    if quoted:
        return tuple(quoted)
    found = [t for t in known.terms if t in understood.text and t not in _GENERIC]
    found = [t for t in found if not any(t != other and t in other for other in found)]
    if not found and understood.language not in ("zh-Hans", "zh-Hant") and understood.terms:
        found = [understood.terms[0]]
    if len(found) != 1:
        return ()
    term = found[0]
    tails = [term[place:] for place in range(1, len(term) - 2) if term[place:] in known.terms]
    return (term, *tails)


def _subject_rows(understood: Understood, known: Catalogue) -> frozenset[int] | None:
    """Rows of the findings whose title, or else whose text, names a subject of the question."""
    terms = [t for t in known.terms if t in understood.text and t not in _GENERIC]
    terms += [t for t in understood.terms if t not in _GENERIC]
    if not terms:
        return None
    titled = {p.group for p in known.passages if any(term in p.title for term in terms)}
    groups = titled or {p.group for p in known.passages if any(term in p.text for term in terms)}
    return frozenset(row for row, p in enumerate(known.passages) if p.group in groups and p.finest)


def wants_count(understood: Understood) -> bool:
    """Whether how many there are is asked, besides which."""
    return bool(_COUNTS.search(understood.text))
