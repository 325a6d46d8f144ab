"""What a question asks for, and whether a text states such a thing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.slots import POINTED, SLOTS, asked, stated


@pytest.mark.parametrize(
    ("question", "slot"),
    [
        ("高龄津贴每月多少钱", "amount"),
        ("How much is the allowance?", "amount"),
        ("火化手续现在要多久", "duration"),
        ("多久认证一次", "frequency"),
        ("啥时候举行的", "date"),
        ("殡仪馆在哪", "place"),
        ("救助站电话", "phone"),
        ("负责人是谁", "person"),
        ("一共培训了几个人", "count"),
        ("印发了什么文件", "document"),
        ("俺爹够不够格", "condition"),
        ("咋办手续", "procedure"),
        ("有没有名单", "names"),
        ("为啥要整改", "reason"),
        ("你觉得他们该不该处分", "opinion"),
        ("听说涨了是真的吗", "rumour"),
        ("¿Cuánto cuesta?", "amount"),
        ("Wo ist das?", "place"),
        ("いつですか", "date"),
        ("얼마나 걸리나요", "duration"),
    ],
)
def test_a_question_asks_for_a_kind_of_thing(question: str, slot: str) -> None:
    assert slot in asked(question)


@pytest.mark.parametrize(
    ("question", "slot"),
    [
        ("which two findings are about coffee", "place"),
        ("which two findings are about coffee", "amount"),
        ("the answer was given", "person"),
        ("alternative measures", "condition"),
        ("介绍一下火化流程", "amount"),
    ],
)
def test_a_word_inside_another_word_asks_for_nothing(question: str, slot: str) -> None:
    assert slot not in asked(question)


@pytest.mark.parametrize(
    ("slot", "text", "states"),
    [
        ("amount", "不低于500元", True),
        ("amount", "129.7万元运营补贴", True),
        ("amount", "减免安葬费", False),
        ("duration", "由15分钟简化为5分钟", True),
        ("duration", "11月份", False),
        ("date", "10月28日,启动", True),
        ("phone", "电话0374-2965034", True),
        ("phone", "公布救助热线电话", False),
        ("count", "设立临时救助点173个", True),
        ("document", "印发《办法》", True),
        ("document", "印发文件", False),
        ("opinion", "任何话", False),
    ],
)
def test_a_text_states_a_kind_of_thing_or_not(slot: str, text: str, states: bool) -> None:
    assert stated(slot, text) is states  # type: ignore[arg-type]


def test_pointed_slots_are_slots() -> None:
    assert set(SLOTS) > POINTED


HOSTILE = ("多" * 300, "谁" * 300, "几个" * 150, "一" * 300, "1" * 300, "a" * 300, "、" * 300)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_read_quickly(text: str) -> None:
    begun = time.process_time()
    asked(text)
    for slot in SLOTS:
        stated(slot, text)
    assert time.process_time() - begun < 0.3


@given(st.text(max_size=80))
def test_any_text_can_be_asked_of(text: str) -> None:
    assert asked(text) <= set(SLOTS)
