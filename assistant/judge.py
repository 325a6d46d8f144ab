"""Decides whether the notice states what is asked: answered, not stated, or out of scope.

Retrieval scores alone cannot tell (see eval/LOG.md). What can: nearness to curated
questions that have an answer against those that have none, the kind of thing asked for
against what the passage states, words nobody knows, other places, altered figures,
invented titles. A multinomial logistic regression over these explainable features gives
calibrated probabilities; its weights are in fitted.json.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import numbers, slots
from assistant.answer import Status
from assistant.search import Evidence, Retriever
from assistant.understand import Understood
from index.passages import Passage

CLASSES: tuple[Status, ...] = ("answered", "not_stated", "out_of_scope")
_CURATED_FEATURES = 13
_NEIGHBOURS = 12
_SHARPNESS = 12.0

EMERGENCY = re.compile(
    r"不想活|想死|自杀|轻生|跳楼|跳河|割腕|上吊|寻短见|没啥活头|喝(了)?农药|服毒|中毒|煤气味|煤气泄漏|燃气泄漏|漏气|煤气漏|"
    r"着火|起火|失火|火灾|冒烟|昏迷|晕倒|晕过去|没气了|没呼吸|喘不上气|心梗|心脏病发|脑梗|中风|抽搐|大出血|流血不止|触电|溺水|掉.{0,3}(河|井|水)里|"
    r"车祸|撞(人|车)了|噎住|卡住喉|(摔|跌|滑)(倒|了)?.{0,6}(动不了|起不来|不省人事|昏)|不省人事|呼吸困难|安眠药|动弹不得|被打|打人|持刀|抢劫|家暴|胸口.{0,3}疼|"
    r"suicid|kill myself|want to die|heart attack|stroke|unconscious|not breathing|gas leak|smell gas|on fire|house fire|drown|poison|overdose|"
    r"bleeding|自殺|死にたい|火事|자살|죽고 싶|불이 났|tự tử|cháy nhà|самоуб|пожар|suicid|incendio|incendie|selbstmord|feuer|حريق|انتحار"
)
INSTRUCTION = re.compile(
    r"忽略.{0,12}(指令|规则|提示|要求|设定)|无视.{0,8}(指令|规则|通报)|系统提示|提示词|隐藏指令|扮演|你现在是|从现在(开始|起)你?|假装|不用管通报|别管通报|"
    r"越狱|管理员模式|开发者模式|api.?key|密钥|/etc/|root权限|输出.{0,10}(代码|指令|密码)|(先|请)说一?句|只(准|许|能)(回答|说|输出)|重复.{0,6}(话|句)|"
    r"用.{0,6}(拼音|文言文|脏话|英文)(输出|回答|写)|ignore (all|previous|the above|your)|system prompt|pretend|you are now|act as|jailbreak|developer mode|repeat after"
)
# What the assistant is told to say, beside an instruction: never a question of its own.
_DICTATED = re.compile(r"(请|你|就|直接|然后)*(说(?!说|明|一?下)|喊|宣布|承认|输出)")
TASK = re.compile(
    r"(帮我|给我|替我|请)?(写|编|作|起草|拟|翻译|画|算一?下|计算|讲个|唱)(一)?(首|篇|封|份|个|段|张|下|成)|乘以|加上\d|除以|"
    r"write (a|an|me)|translate|calculate|draft|tell me a joke"
)
PERSONAL = re.compile(
    r"(姓名|门牌|住址|家庭住址|身份证|手机号|私人电话|家庭情况|年龄多大|照片|简历|工资多少|住哪|是谁家)|"
    r"(处分|警告|谈话|批评|违纪|取消).{0,12}(是谁|谁|姓|名)|home address|names? of the|whose name|personal"
)
PRIVATE = re.compile(
    r"门牌|身份证号|家庭住址|住址|私人电话|手机号|家住|姓名.{0,8}(发|给|列|告|提供|是什么|叫)|(真实|全部|完整)姓名|名字.{0,4}(发|给|列|告诉)|银行(卡|账)号|home address|full names?"
)
QUESTIONING = re.compile(r"[吗么?]|是不是|对不对|对吧|是吧|确认|right\?|correct\?|真的假的")
GREETING = re.compile(
    r"^(你好|您好|在吗|在不在|喂|哈喽|嗨|谢谢|多谢|再见|拜拜|早上好|晚上好|下午好|辛苦了|hello|hi|hey|thanks?|thank you|bye)[啊呀呢吗了您你,.!!。 ]*$"
)
_DOCUMENT = re.compile(r"《([^》]{2,60})》?")

FEATURES = (
    "lexical_answerable", "lexical_not_stated", "lexical_elsewhere",
    "dense_answerable", "dense_not_stated", "dense_elsewhere",
    "share_answerable", "share_not_stated", "share_elsewhere",
    "finding_lexical_answerable", "finding_dense_answerable",
    "finding_lexical_not_stated", "finding_dense_not_stated",
    "rank_probability", "rank_finding", "text_lexical", "text_dense",
    "sentence", "sentence_states", "sentence_lacks", "known", "familiar", "other_place", "strange_figure", "strange_title",
    "wording_answered", "wording_not_stated", "wording_elsewhere",
    "instruction", "task", "greeting", "emergency", "personal", "questioning", "foreign", "brevity",
    *(f"asks_{slot}" for slot in slots.SLOTS),
    *(f"asks_{slot}_unstated" for slot in slots.SLOTS),
)  # fmt: skip


def read_places(path: Path = Path(__file__).parent / "places.txt") -> frozenset[str]:
    """Places outside the notice's area."""
    lines = path.read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def elsewhere(text: str, places: Collection[str], own_words: Sequence[str]) -> bool:
    """Whether a question names a place outside the notice's area.

    Names of the notice that contain a place (上海凤寰) do not count as that place.
    """
    for word in own_words:
        text = text.replace(word, " ")
    return any(place in text for place in places)


def without_instructions(question: str) -> str:
    """A question freed of clauses that instruct the assistant; unchanged if nothing would stay."""
    if not INSTRUCTION.search(question.lower()):
        return question
    clauses = [c for c in re.split(r"[,，。;；!！\n]", question) if c.strip()]
    kept = [c for c in clauses if not (INSTRUCTION.search(c.lower()) or _DICTATED.match(c.strip()))]
    kept = [
        re.sub(r"^(然后|接着|之后|再|并|最后)+(请)?(告诉我|回答|说说)?", "", c.strip())
        for c in kept
    ]
    return ",".join(c for c in kept if c) if sum(map(len, kept)) >= 5 else question


def features(
    understood: Understood,
    evidence: Evidence,
    probabilities: NDArray[np.float32],
    retriever: Retriever,
    places: Collection[str],
    own_words: Sequence[str],
    wording: NDArray[np.float64],
    *,
    curated: bool = True,
) -> NDArray[np.float32]:
    """The judge's view of a question, float32 (len(FEATURES),).

    ``curated`` False leaves out all that rests on curated questions.
    """
    best = int(probabilities.argmax())
    passages = retriever.passages
    group = retriever.finding_of == retriever.finding_of[best]
    near = [0.0] * _CURATED_FEATURES
    if curated:
        near = _neighbourhood(evidence, retriever) + _in_finding(evidence, retriever, best)
    shown = _finding_text(passages, group)
    text = understood.text
    strange = [
        elsewhere(text, places, own_words),
        _strange_figure(understood, shown),
        _strange_title(text, passages),
    ]
    flags = [
        INSTRUCTION.search(text) is not None,
        TASK.search(text) is not None,
        GREETING.match(text) is not None,
        EMERGENCY.search(text) is not None,
        PERSONAL.search(text) is not None,
        QUESTIONING.search(text) is not None,
        understood.language not in ("zh-Hans", "zh-Hant"),
    ]
    asked = [slot in understood.slots for slot in slots.SLOTS]
    unstated = [
        is_asked and not slots.stated(slot, passages[best].text)
        for slot, is_asked in zip(slots.SLOTS, asked, strict=True)
    ]
    scores = [
        float(probabilities[best]),
        float(probabilities[group].sum()),
        float(evidence.features[:, 0].max()),
        float(evidence.features[:, 4].max()),
        *_sentence(understood, retriever, best),
        evidence.known,
        evidence.familiar if curated else evidence.known,
    ]
    brevity = 1.0 / max(2, len(text))
    return np.array(
        [*near, *scores, *strange, *wording, *flags, brevity, *asked, *unstated], dtype=np.float32
    )


def _neighbourhood(evidence: Evidence, retriever: Retriever) -> list[float]:
    """Best similarity per class, lexical and dense, and the classes' shares of the nearest rows."""
    masks = retriever.row_classes
    found = [
        _largest(rows, m) for rows in (evidence.lexical_rows, evidence.dense_rows) for m in masks
    ]
    together = evidence.lexical_rows + evidence.dense_rows
    if not len(together):
        return [*found, 0.0, 0.0, 0.0]
    nearest = np.argpartition(-together, min(_NEIGHBOURS, len(together)) - 1)[:_NEIGHBOURS]
    weight = np.exp(_SHARPNESS * (together[nearest] - together[nearest].max()))
    shares = [float(weight[mask[nearest]].sum() / weight.sum()) for mask in masks]
    return [*found, *shares]


def _in_finding(evidence: Evidence, retriever: Retriever, best: int) -> list[float]:
    """Best similarity to the curated questions of the best passage's own finding, per kind."""
    finding = retriever.finding_of[best]
    answerable, gaps = retriever.rows_of_finding(int(finding))
    pairs = [
        (rows, kind)
        for kind in (answerable, gaps)
        for rows in (evidence.lexical_rows, evidence.dense_rows)
    ]
    return [float(rows[kind].max()) if len(kind) else 0.0 for rows, kind in pairs]


def _sentence(understood: Understood, retriever: Retriever, best: int) -> list[float]:
    """How much of the question the best passage's best sentence holds; whether that sentence
    states what is asked, or lacks it.
    """
    share, sentence = retriever.best_sentence(understood, best)
    pointed = understood.slots & slots.POINTED
    states = any(slots.stated(slot, sentence) for slot in pointed)
    return [share, share * (bool(pointed) and states), float(bool(pointed) and not states)]


def _largest(values: NDArray[np.float32], mask: NDArray[np.bool_]) -> float:
    return float(values[mask].max()) if mask.any() else 0.0


def _finding_text(passages: Sequence[Passage], group: NDArray[np.bool_]) -> str:
    return "\n".join(passages[int(row)].text for row in np.flatnonzero(group))


def _strange_figure(understood: Understood, shown: str) -> bool:
    """A figure in the question that the finding it is about does not print."""
    asked = {f for f in numbers.figures(understood.text) if len(f) > 1}
    if understood.reference:
        asked -= {str(understood.reference[0])}
    return bool(asked - numbers.figures(shown))


def _strange_title(text: str, passages: Sequence[Passage]) -> bool:
    """A 《title》 in the question that no passage prints."""
    titles = [match.strip() for match in _DOCUMENT.findall(text)]
    return any(not any(title in passage.text for passage in passages) for title in titles)


class Judge:
    """The fitted classifier. ``weights`` is (3, len(FEATURES)), ``bias`` (3,)."""

    def __init__(self, weights: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
        self._weights = weights
        self._bias = bias

    def probabilities(self, view: NDArray[np.float32]) -> NDArray[np.float64]:
        """Of the three classes, in the order of ``CLASSES``."""
        scores = self._weights @ view + self._bias
        raised = np.exp(scores - scores.max())
        shares: NDArray[np.float64] = raised / raised.sum()
        return shares
