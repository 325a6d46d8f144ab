"""The words by which the parts of a notice are told: labels, headings, defects, states of completion.

Data and the few functions that read it; all of it is matched against folded text.
"""

import re
from collections.abc import Sequence
from typing import Literal

StatusKind = Literal["done", "under_way", "long_term"]

_OPEN, _SHUT = r"[【\[*]*", r"[】\]*]"
BODY_LABEL = re.compile(
    rf"{_OPEN}(?:整改|办理|处理|处置)(?:落实|进展|完成|工作|推进|到位)?"
    r"(?:情况|措施|举措|成效|成果|进展|结果|做法)?"
    r"(?:[及和与、](?:主要|取得)?(?:成效|效果|进展|措施|结果|完成情况|落实情况))?(?:如下)?"
    rf"(?:{_SHUT}+:?|{_SHUT}*:)"
    rf"|(?<![^\n]){_OPEN}(?:落实|具体|主要|采取|工作)(?:情况|措施|做法|举措)(?:如下)?"
    rf"(?:{_SHUT}+:?|{_SHUT}*:)"
)
_STATE = r"(?:整改)?(?:完成情况|状态|进度|整改状态|进展情况)"
_KEPT_BESIDE = (
    r"(?:整改|完成|办结)(?:时限|时间|期限)|(?:责任|牵头|配合|分管|整改责任|主要责任)"
    r"(?:领导|单位|部门|科室|股室|处室|人|人员)|整改类型|整改目标"
)
STATE_LINE = re.compile(rf"{_OPEN}(?P<key>{_STATE})(?:{_SHUT}+:?|{_SHUT}*:)\s*(?P<value>.*)")
_OTHER_LINE = re.compile(rf"{_OPEN}(?:{_KEPT_BESIDE})(?:{_SHUT}+:?|{_SHUT}*:)\s*(?P<value>.*)")
_LONGEST_STATE = 40
_LONGEST_VALUE = 80

_DONE = re.compile(
    r"(?:现?已经?|均|全部|全面|按期|按时)*(?:完成整改|整改完成|整改到位|落实到位|完成|办结|销号|解决)"
    r"(?:整改|销号)?(?=$|[,。;、(\s])"
)
_LONG = re.compile(r"长期|持续|常态")
_UNDER = re.compile(
    r"正在|推进|基本完成|未完成|尚未|阶段|部分完成|按计划|序时|限期|办理中|进行中|整改中|未办结"
)
_TOLD_FIRST = re.compile(
    r"(?:(?:该|此|本|上述|以上)(?:项|条|个)?(?:问题|事项|工作|任务)?)"
    r"(?P<value>(?:现?已|正在|基本|需|将|仍)[^。;,]{1,20})[。;,]"
)
IN_BRACKETS = re.compile(r"[(【\[](?P<value>[^()【】\[\]]{2,16})[)】\]]\s*[。:]?\s*$")

NEXT_STEPS = re.compile(r"下一步|下步|今后|后续")
ORGANISATION = re.compile(r"组织|责任|担当|站位|领导|统领|基本情况|总体情况")
ABOUT = re.compile(r"关于.+(问题|情况)")
# A title that names what is wrong; 不断, 坚持不懈 and the like praise.
_DEFECT = re.compile(
    r"不(?![断移懈忘放折打留])|未|缺|欠|差(?!旅)|乱|慢|难(?!题)|弱|偏|滞后|宽松软|违反|违规|轻监管|重.轻|浮于|漏洞"
    r"|问题$|隐患|虚报|流于|走过场|存在|繁琐|[效率度]+低|超标|超时|多付|重复|脱节|混乱|闲置|挪用|拖欠|短板"
)
_REMEDY = re.compile(
    r"(?:进一步|持续|全面|认真|切实|积极|及时|深入|扎实|不断|已|大力|严格|从严)*"
    r"(?:完善|建立|健全|加强|强化|开展|制定|印发|修订|组织|推进|推动|提升|提高|规范|加大|加快|落实|压实"
    r"|严肃|严格|召开|成立|明确|督促|指导|深化|优化|整治|改造|清理|清退|追回|追缴|调整|扩大|公布|公开|实行"
    r"|推行|抓|深入|认真|持续|对|将|通过|学习|梳理|畅通|创新|丰富|补|坚持|列|设立|安排|利用|增|发放|下发"
    r"|营造|把|以|按照|针对|聚焦|核查|查处|取消|压缩|精简|下放|整理|定期|待|为|与|在|从|充分|经过|向)"
)
_ASPECT = re.compile(r"方面(?:存在的?问题)?$|方面的?(?:整改)?(?:落实)?情况$")
_ANNOUNCED = re.compile(
    r"(?<![\d.])(\d{1,3})(?:个|项|条)(?:具体|主要|突出|反馈|整改)?问题|问题(\d{1,3})(?:个|项|条)"
)


def about_a_defect(title: str) -> bool:
    """Whether a title names a problem rather than a field of work or a remedy."""
    if _ASPECT.search(title):
        return False
    return bool(ABOUT.search(title) or _DEFECT.search(title))


def a_remedy(title: str) -> bool:
    """Whether a line begins as measures do: 完善…, 加强…, 已印发…"""
    return bool(_REMEDY.match(title)) and not ABOUT.search(title)


def announced(flat: str) -> set[int]:
    """How many problems the text says there are: each number of 22个问题."""
    return {int(match[1] or match[2]) for match in _ANNOUNCED.finditer(flat)}


def status_of(value: str) -> StatusKind | None:
    """What a printed state means; None for words that state none."""
    words = value.strip().strip("。;,")
    if not words or len(words) > _LONGEST_STATE:
        return None
    if _DONE.match(words):
        return "done"
    if _LONG.search(words):
        return "long_term"
    return "under_way" if _UNDER.search(words) else None


def state_span(flat: str) -> tuple[int, int] | None:
    """Where a line prints a state of completion: the words after 完成情况:."""
    match = STATE_LINE.match(flat)
    if match and status_of(match["value"]):
        return match.span("value")
    return None


def told_first(flat: str) -> tuple[int, int] | None:
    """Where a body begins by telling its state: 该问题已完成整改。"""
    match = _TOLD_FIRST.match(flat)
    return match.span("value") if match and status_of(match["value"]) else None


def kept_beside(flat: str) -> bool:
    """A line about a finding that is no part of its measures: its state, who answers for it."""
    other = _OTHER_LINE.match(flat)
    return bool(state_span(flat)) or bool(other and len(other["value"]) <= _LONGEST_VALUE)


def labelled(flat: str) -> bool:
    """Whether a line begins with the label of a body."""
    return bool(BODY_LABEL.match(flat)) or bool(
        (match := STATE_LINE.match(flat)) and match["value"] and not state_span(flat)
    )


def cells_of(flat: str) -> list[tuple[int, int]]:
    """Spans of the cells of a row, between tabs or upright strokes; an empty cell is one too."""
    found: list[tuple[int, int]] = []
    for match in re.finditer(r"[^\t|│]*(?:[\t|│]|$)", flat):
        words = match.group().rstrip("\t|│").strip()
        start = match.start() + match.group().index(words)
        at_edge = match.start() == 0 or match.end() == match.start()
        if words or not at_edge:
            found.append((start, start + len(words)))
    return found


def columns_of(cells: Sequence[str]) -> tuple[int, int, int | None] | None:
    """Which cells of a heading row hold problem, measures and state; None if it is none."""
    if any(len(cell) > 16 for cell in cells):
        return None

    def first(pattern: str) -> int | None:
        return next((at for at, cell in enumerate(cells) if re.search(pattern, cell)), None)

    problem = first(r"问题")
    measures = first(r"措施|举措|做法|整改情况|落实情况|成效")
    state = first(r"完成情况|状态|进度|进展")
    if problem is None or measures is None or problem == measures:
        return None
    return problem, measures, None if state == measures else state
