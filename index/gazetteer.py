"""The shapes of place names and of public bodies, common to every office's notice.

General rules only: what one office calls its own companies or channels stands in its
``notice.toml``. A name is first seen in a clear place (after a mark, after 在, 对, 向 …); once
known it is found everywhere, because in running text nothing tells where a name begins.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

_HAN = r"[\u4e00-\u9fff]"
_CLEAR = rf"(?:(?<!{_HAN})|(?<=其中)|(?<=[在对向至到从由为与和及给共省市县区乡镇州旗]))"
_LEVELS = "省|自治区|自治州|州|盟|市|县|区|旗|镇|乡|街道|社区|村"
# What stands before a name and is none of it.
_VERBS = (
    "关于|根据|按照|指导|督促|组织|会同|联合|配合|借力|清退|写入|确因|协调|要求|包括|其中|千年"
    "|中共|[全各该本我每不在至与从到由经向对给再入]"
)
_IN_NAME = r"[^\W\da-zA-Z_的了对等个各每该本我是有为以将把被由所就其并或至可]"
_PLACE = re.compile(
    rf"{_CLEAR}(?:{_VERBS})?(?P<name>(?!{_VERBS}){_IN_NAME}{{2,3}}?(?P<level>{_LEVELS}))"
    r"(?!场|域|划|级|民(?!政)|庄|委会|容|居|落)"
)
# Ends that are common words, no names: 社区 of 进社区, 县 of 各县.
_COMMON = re.compile(
    r"(?:[社小景园辖校片地灾库禁郊市县院厂矿专]区|(?:农|乡|行政|自然|示范|贫困|驻|进|到)村|[乡城集全本]镇"
    r"|[城全地上股超县省入外门都]市|[全外市区到]县|[城下全家老返故还入]乡|(?:镇|乡|办|建|及|村)街道"
    r"|(?:村|农村|城市|进|到|入|镇|街道|老旧|智慧)社区|(?:广|杭|苏|郑)?州)$"
)
_WIDE = frozenset(("省", "自治区", "自治州", "州", "盟", "市", "县", "区", "旗"))
_ISSUER_AREA = re.compile(rf"(?:中共)?((?:{_HAN}{{2,4}}?(?:{_LEVELS}))+)")
_ONE_AREA = re.compile(rf"{_HAN}{{2,4}}?(?:{_LEVELS})")

_DEPARTMENTS = (
    "民政|财政|审计|公安|司法|教育|卫生健康|卫健|医疗保障|医保|人力资源和社会保障|人社|交通运输"
    "|住房和城乡建设|住建|农业农村|自然资源|生态环境|市场监督管理|市场监管|文化和旅游|文旅|水利"
    "|林业|统计|信访|税务|应急管理|退役军人事务|发展和改革|发改|科技|工业和信息化|商务|体育"
    "|城市管理|城管|机关事务|行政审批|消防救援|气象|乡村振兴|民族宗教"
)
_FACILITIES = "医院|学院|学校|中学|小学|福利院|敬老院|卫生院|殡仪馆|图书馆|汽车总站|血站"
_BODIES = (
    r"委第[一二三四五六七八九十]+巡[察视]组|委网信办|委组织部|委宣传部|委编办|委政法委|委党校"
    r"|纪委监委|纪委|直工委|殡仪馆|殡仪服务中心|康复医院|精神康复福利中心|社会福利院|福利院"
    r"|儿童福利院|救助管理站|机关党委|机关纪委|纪检监察组|纪检组|县政府|区政府|市政府|政府(?=发|向)"
    rf"|(?:{_DEPARTMENTS})(?:委员会|局|厅|委(?!托)|部(?!门))(?:党组)?"
)
_FIRM = re.compile(
    rf"{_CLEAR}(?:{_VERBS})?(?P<name>(?!{_VERBS}){_IN_NAME}{{2,14}}?(?:有限(?:责任)?公司|农商银行))"
)
# Departments named without their kind, and a platform every office uses.
_SHORT = r"市场监管(?!局|总局)|残联|人社|公安|消防|住建|学习强国"


def place_names(flat: str) -> tuple[str, ...]:
    """The places a text names, in the order they first appear.

    A city, county or district must be named twice: 会同县财政局 is no county of that name.
    """
    names: dict[str, None] = {}
    for match in _PLACE.finditer(flat):
        name, level = match["name"], match["level"]
        twice = level not in _WIDE or flat.count(name) > 1
        if twice and not _COMMON.search(name):
            names.setdefault(name)
    return tuple(names)


def issuer_areas(issuer: str) -> tuple[str, ...]:
    """The areas an issuer's name begins with, widest first; none for 中共某学院委员会."""
    match = _ISSUER_AREA.match(issuer)
    pieces = _ONE_AREA.findall(match[1]) if match else []
    return tuple(takewhile(lambda piece: not _COMMON.search(piece), pieces))


def organisation_names(flat: str, areas: Iterable[str]) -> tuple[str, ...]:
    """The bodies and companies a text names, by their general shapes, in order."""
    names: dict[str, None] = {}
    for start, end in organisation_spans(flat, areas):
        names.setdefault(flat[start:end])
    return tuple(names)


def organisation_spans(flat: str, areas: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where bodies of general shape stand, in order; ``areas`` may stand before them."""
    known = "".join(f"{re.escape(area)}|" for area in longest_first(areas))
    own = f"(?:{known}(?<!{_HAN})[市县])(?:{_IN_NAME}{{0,6}}?)(?:{_FACILITIES})"
    pattern = re.compile(
        rf"(?:中共)?(?:{known}驻局|省|市|县|区|局|镇)?(?:{_BODIES})|{own}|{_SHORT}"
    )
    found = [match.span() for match in pattern.finditer(flat)]
    found += [match.span("name") for match in _FIRM.finditer(flat)]
    yield from without_overlaps(found)


def name_spans(flat: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where given names stand, the longest first where two begin together."""
    wanted = longest_first(names)
    if wanted:
        guarded = (re.escape(name) + ("(?!门)" if name.endswith("部") else "") for name in wanted)
        yield from (match.span() for match in re.finditer("|".join(guarded), flat))


def longest_first(names: Iterable[str]) -> list[str]:
    return sorted(set(names), key=lambda name: (-len(name), name))


def without_overlaps(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order; of two that overlap the longer stays, of equals the first."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if kept and start < kept[-1][1]:
            if end - start > kept[-1][1] - kept[-1][0]:
                kept[-1] = (start, end)
        else:
            kept.append((start, end))
    return kept
