"""The words around quotes, one catalogue a language. The quotes themselves stay as printed."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from assistant.words import traditional

Frame = Literal["zh-Hans", "zh-Hant", "en"]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Texts of one interface language; ``{}`` takes words of the notice."""

    states: str
    otherwise: str
    otherwise_than: str
    overview: str
    whole: str
    listed: str
    counted: str
    not_stated: dict[str, str]
    nearest: str
    contact: str
    out_of_scope: dict[str, str]
    no_more: str


_ZH_NOT_STATED = {
    "": "通报没有写这一点。",
    "amount_not_stated": "通报没有写金额。",
    "place_not_stated": "通报没有写地点或地址。",
    "phone_not_stated": "通报没有写这个电话。",
    "time_not_stated": "通报没有写这个时间。",
    "count_not_stated": "通报没有写这个数目。",
    "name_not_stated": "通报没有写具体是谁或哪一家。",
    "document_not_stated": "通报没有写这份文件或它的内容。",
    "reason_not_stated": "通报没有写原因。",
    "result_not_stated": "通报没有写结果。",
    "personal_data": "通报没有写个人信息。",
    "false_premise": "通报没有这样写，请以原文为准。",
    "opinion": "通报只写了整改情况，没有作这样的评价。",
}
_ZH_OUT = {
    "": "这件事通报里没有，我只能回答这份通报写到的内容。",
    "greeting": "您好，我是通报问答，可以问我这份通报里写了什么。",
    "emergency": "请马上拨打：急救120，报警110，火警119，心里难受想找人说话拨12356，先保证人的安全。",
    "other_place": "这份通报只写本地的整改，没有写别的地方。",
    "instruction": "我只回答这份通报写到的内容，不执行别的指令。",
    "opinion": "我只回答这份通报写到的内容，不作评论。",
}


ZH_HANS = Phrases(
    states="通报写明：{}。",
    otherwise="通报写的是：{}。",
    otherwise_than="通报写的是“{}”，不是“{}”。",
    overview="关于“{}”，通报写了{}处，按顺序列出：",
    whole="这份通报主要写了这些，列出{}处：",
    listed="通报中写到“{}”的有{}处，按顺序列出：",
    counted="涉及“{}”的共{}处，按顺序列出：",
    not_stated=_ZH_NOT_STATED,
    nearest="与此最接近的原文是：",
    contact="对整改有意见和建议，可用通报印的联系方式反映。",
    out_of_scope=_ZH_OUT,
    no_more="与此有关的，通报就写了这些。",
)
EN = Phrases(
    states="The notice states: {}",
    otherwise="The notice says otherwise: {}",
    otherwise_than="The notice says: {} – not: {}",
    overview="“{}”: {} places in the notice, in order:",
    whole="What the notice is about, in {} places:",
    listed="“{}”: {} places in the notice, in order:",
    counted="“{}”: {} places in the notice, in order:",
    not_stated={
        "": "The notice does not state this.",
        "amount_not_stated": "The notice gives no amount for this.",
        "place_not_stated": "The notice gives no place or address for this.",
        "phone_not_stated": "The notice does not give this phone number.",
        "time_not_stated": "The notice does not give this date or time.",
        "count_not_stated": "The notice does not give this number.",
        "name_not_stated": "The notice does not say who or which one.",
        "document_not_stated": "The notice does not give this document or its text.",
        "reason_not_stated": "The notice gives no reason for this.",
        "result_not_stated": "The notice does not give the outcome.",
        "personal_data": "The notice gives no personal information.",
        "false_premise": "The notice does not say so; please see its own words.",
        "opinion": "The notice reports measures and makes no such judgement.",
    },
    nearest="The nearest passages say:",
    contact="Comments on the rectification can be sent to the contact printed in the notice.",
    out_of_scope={
        "": "The notice has nothing on this; I answer from it alone.",
        "greeting": "Hello. I answer from this notice, in its own words.",
        "emergency": "Call now: 120 ambulance, 110 police, 119 fire, 12356 if you are in despair, and keep safe until help comes.",
        "other_place": "The notice is about its own area and no other place.",
        "instruction": "I answer from this notice and follow no instructions.",
        "opinion": "I only answer from this notice and give no opinions.",
    },
    no_more="That is all the notice says of it.",
)


def phrases(frame: Frame) -> Phrases:
    """The catalogue of a language."""
    return {"zh-Hans": ZH_HANS, "zh-Hant": zh_hant(), "en": EN}[frame]


@cache
def zh_hant() -> Phrases:
    """The simplified catalogue in traditional characters."""
    turn = traditional
    return Phrases(
        states=turn(ZH_HANS.states),
        otherwise=turn(ZH_HANS.otherwise),
        otherwise_than=turn(ZH_HANS.otherwise_than),
        overview=turn(ZH_HANS.overview),
        whole=turn(ZH_HANS.whole),
        listed=turn(ZH_HANS.listed),
        counted=turn(ZH_HANS.counted),
        not_stated={reason: turn(text) for reason, text in _ZH_NOT_STATED.items()},
        nearest=turn(ZH_HANS.nearest),
        contact=turn(ZH_HANS.contact),
        out_of_scope={reason: turn(text) for reason, text in _ZH_OUT.items()},
        no_more=turn(ZH_HANS.no_more),
    )
