"""What a finding is about, by the words of its title and body: a coarse sorting for the staff's picture."""

import re

from index.notice import Finding, Notice

OTHER = "其他"
# Cues common to civil affairs notices; the title decides five times as much as the body.
_CUES: tuple[tuple[str, str], ...] = (
    ("养老服务", "养老|老年|日间照料|助餐|适老|高龄"),
    ("殡葬", "殡葬|殡仪|火化|公墓|安葬|棺木"),
    ("救助与福利", "救助|低保|特困|困难群众|儿童|残疾|福利|孤儿|政策宣传|死亡人员|民政保障"),
    ("社会组织与地名", "社会组织|地名"),
    ("资金与财务", "资金|财务|公务卡|资产|采购|拨付|经费"),
    ("干部与人事", "干部|人事|轮岗|选拔|梯队|班子"),
    ("党建与纪律", "党组|党建|党的|治党|纪检|议题|组织生活|监督责任|讲话|巡察|违规|违纪|线索|舆情"),
)
_PATTERNS = tuple((name, re.compile(cues)) for name, cues in _CUES)
_TITLE_WEIGHT = 5


def subjects(notice: Notice) -> dict[int, str]:
    """Finding number to subject; ``其他`` where no cue is found."""
    return {finding.number: _subject(notice, finding) for finding in notice.findings}


def _subject(notice: Notice, finding: Finding) -> str:
    body = notice.text[finding.body_start : finding.end]
    scores = [
        (_TITLE_WEIGHT * len(pattern.findall(finding.title)) + len(pattern.findall(body)) / 5, name)
        for name, pattern in _PATTERNS
    ]
    best = max(score for score, _ in scores)
    return next(name for score, name in scores if score == best) if best else OTHER


def order(found: set[str]) -> list[str]:
    """The subjects that occur, always in the same order."""
    return [name for name, _ in (*_CUES, (OTHER, "")) if name in found]
