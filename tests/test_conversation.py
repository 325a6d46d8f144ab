"""A conversation as state: what a message means after what was said before."""

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.answer import Answer
from assistant.conversation import LAST, Conversation, State, Taken
from assistant.understand import Understanding, Understood
from assistant.words import Words
from tests.serving import shared_assistant

TERMS = ("火化手续", "火化", "公墓", "高龄津贴", "低保", "殡仪馆", "安葬费", "养老机构")
PLACES = ("禹州市", "鄢陵县")
CREMATION = "火化手续现在要多久"
ENGLISH = "How long does cremation take now?"
RANKING = np.array([0.6, 0.4], dtype=np.float32)

WORDS = Words((*TERMS, *PLACES))
UNDERSTANDING = Understanding((), TERMS, WORDS)
CONVERSATION = Conversation(WORDS, TERMS, PLACES, lambda word: 1.0)


def understand(text: str) -> Understood:
    return UNDERSTANDING.of(text)


def after(question: str, *, items: tuple[int, ...] = (3, 4, 5), at: int = 0) -> State:
    """What the conversation is about after a question whose passage prints its own words."""
    taken = Taken("alone", understand(question), 0.0, question)
    return CONVERSATION.state(taken, None, RANKING, (3,), items, question, at)


def moves(message: str, state: State | None = None) -> tuple[Taken, ...]:
    counted = len(state.items) if state else 0
    return CONVERSATION.moves(understand(message), state, understand, counted)


def first(message: str, earlier: str = CREMATION) -> Taken:
    return moves(message, after(earlier))[0]


# -- alone ------------------------------------------------------------------------------------


def test_without_anything_before_a_message_stands_alone() -> None:
    [taken] = moves("那第二条呢")
    assert (taken.kind, taken.shown_as) == ("alone", "那第二条呢")


@pytest.mark.parametrize(
    "message",
    [
        "高龄津贴每个月给多少钱",
        "低保标准现在提高到了多少",
        "对了,公墓安葬费有减免吗",
        "第37项第二点",
        "37.2",
        "第十二项呢",
        "不是低保户能不能申请高龄津贴",
        "我问是不是养老机构都要检查",
    ],
)
def test_a_complete_question_stands_alone_whatever_was_said(message: str) -> None:
    [taken] = moves(message, after(CREMATION))
    assert taken.kind == "alone"
    assert taken.understood.text == understand(message).text


# -- another topic, asked the same ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "message", "meant"),
    [
        (CREMATION, "那公墓呢", "公墓现在要多久"),
        (CREMATION, "公墓呢", "公墓现在要多久"),
        ("高龄津贴每月多少钱", "那低保呢", "低保每月多少钱"),
        ("禹州市殡仪馆什么时候投用", "那鄢陵县呢", "鄢陵县殡仪馆什么时候投用"),
        ("禹州殡仪馆什么时候投用", "那鄢陵呢", "鄢陵殡仪馆什么时候投用"),
        ("殡仪馆什么时候投用", "那鄢陵县呢", "鄢陵县殡仪馆什么时候投用"),
        ("养老机构9月份检查了几次", "那10月份呢", "养老机构10月份检查了几次"),
        ("养老机构检查了几次", "去年呢", "去年养老机构检查了几次"),
        ("9月份干了啥", "那公墓呢", "公墓9月份干了啥"),
        ("那些救助站在哪里", "那公墓呢", "公墓在哪里"),
    ],
)
def test_another_topic_takes_the_place_of_the_last_and_is_asked_the_same(
    earlier: str, message: str, meant: str
) -> None:
    taken = first(message, earlier)
    assert (taken.kind, taken.understood.text, taken.shown_as) == ("swap", meant, meant)


def test_where_nothing_was_asked_another_topic_is_no_swap() -> None:
    assert all(taken.kind != "swap" for taken in moves("那高龄津贴呢", after("公墓")))


# -- bare kinds ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "shown_as"),
    [
        ("多少钱", "火化手续多少钱"),
        ("什么时候", "火化手续什么时候"),
        ("那多少钱", "火化手续多少钱"),
        ("这个多少钱", "火化手续多少钱"),
        ("那这个什么时候", "火化手续什么时候"),
        ("谁管", "火化手续谁管"),
    ],
)
def test_a_bare_kind_takes_the_topic(message: str, shown_as: str) -> None:
    taken = first(message)
    assert (taken.kind, taken.shown_as) == ("topic", shown_as)
    assert taken.understood.text.startswith("火化手续")


def test_a_bare_kind_keeps_the_topic_over_two_questions() -> None:
    state = after(CREMATION)
    [taken] = moves("多少钱", state)
    later = CONVERSATION.state(taken, state, RANKING, (3,), (), CREMATION, 0)
    assert moves("什么时候", later)[0].shown_as == "火化手续什么时候"


# -- going on -----------------------------------------------------------------------------------


@pytest.mark.parametrize("message", ["还有呢", "还有吗", "继续", "接着说", "别的呢", "what else"])
def test_going_on_is_told(message: str) -> None:
    assert first(message).kind == "more"


@pytest.mark.parametrize("message", ["说详细点", "具体说说", "原文呢", "tell me more"])
def test_more_detail_is_told(message: str) -> None:
    assert first(message).kind == "detail"


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("第二条", 2),
        ("那第二条呢", 2),
        ("第三个", 3),
        ("第2点说了啥", 2),
        ("第一条是什么", 1),
        ("最后一条", LAST),
        ("头一条呢", 1),
        ("the last one", LAST),
    ],
)
def test_an_item_is_told_by_its_place(message: str, number: int) -> None:
    taken = first(message)
    assert (taken.kind, taken.item) == ("item", number)


@pytest.mark.parametrize(("at", "number"), [(0, 1), (2, 3)])
def test_the_next_item_follows_the_one_spoken_of(at: int, number: int) -> None:
    assert moves("下一条", after(CREMATION, at=at))[0].item == number


@pytest.mark.parametrize(
    "message", ["第一季度的低保标准", "第十届集体葬是哪天", "最后一条公墓措施"]
)
def test_an_ordinal_with_a_subject_of_its_own_is_no_item(message: str) -> None:
    assert first(message).kind != "item"


def test_a_number_beyond_the_items_shown_is_that_of_a_finding() -> None:
    assert moves("第五项", after(CREMATION, items=(3, 4, 5)))[0].kind == "alone"
    assert moves("第三项", after(CREMATION, items=(3, 4, 5)))[0].kind == "item"


# -- corrections ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        "不是,我问的是高龄津贴",
        "不对,高龄津贴",
        "错了,是高龄津贴",
        "我问的是高龄津贴",
        "俺说的是高龄津贴",
        "你理解错了,我想问高龄津贴",
    ],
)
def test_a_correction_replaces_the_question(message: str) -> None:
    taken = first(message)
    assert (taken.kind, taken.understood.text) == ("alone", "高龄津贴")


def test_an_english_correction_replaces_the_question() -> None:
    taken = moves("no, i meant the allowance", after(ENGLISH))[0]
    assert taken.understood.text == "the allowance"
    assert moves("no fees for burial at the cemetery?", after(ENGLISH))[0].shown_as == (
        "no fees for burial at the cemetery?"
    )


# -- English --------------------------------------------------------------------------------------


def test_an_english_follow_up_keeps_what_was_asked_and_shows_what_was_typed() -> None:
    taken = first("what about cemeteries?", ENGLISH)
    assert (taken.kind, taken.shown_as) == ("swap", "what about cemeteries?")
    assert taken.understood.text == "cemeteries how long"


def test_an_english_pronoun_takes_the_topic() -> None:
    taken = first("and how much does it cost?", ENGLISH)
    assert (taken.kind, taken.shown_as) == ("topic", "and how much does it cost?")
    assert "cremation" in taken.understood.text


# -- what is shown ----------------------------------------------------------------------------------

EARLIER = (CREMATION, "公墓", "低保标准提高到了多少", "9月份干了啥", ENGLISH)
MESSAGES = (
    *("多少钱", "那公墓呢", "那鄢陵县呢", "去年呢", "这个是谁管的", "还有呢", "第二条", "说详细点"),
    *("不是,我问的是高龄津贴", "今天天气怎么样", "怎么办", "它呢", "那些人都是谁", "and when?"),
)


def glued(shown: str, earlier: str, message: str) -> bool:
    """Whether an earlier question stands whole beside other words, a place or a time aside.

    What had no subject of its own (9月份干了啥) takes another's whole.
    """
    clean = {"", "鄢陵县", "去年", message} | ({"公墓"} if earlier == "9月份干了啥" else set())
    rest = shown.replace(earlier, "", 1)
    return earlier in shown and len(earlier) > 2 and rest not in clean


@pytest.mark.parametrize("earlier", EARLIER)
@pytest.mark.parametrize("message", MESSAGES)
def test_nothing_glued_is_ever_shown(earlier: str, message: str) -> None:
    for taken in moves(message, after(earlier)):
        if taken.kind in ("alone", "topic", "swap"):
            assert not glued(taken.shown_as, earlier, message), taken
            assert "," not in taken.shown_as.removeprefix(message), taken


# -- asked of the shipped notice -------------------------------------------------------------------


def ask(*questions: str) -> Answer:
    return shared_assistant().ask(questions[-1], questions[:-1])


def cited(answer: Answer) -> list[str]:
    return [c.id.rpartition("/")[2] for c in answer.citations]


def rule(*questions: str) -> str:
    return ask(*questions).rule


@pytest.mark.parametrize(
    ("questions", "by", "ids"),
    [
        ([CREMATION, "还有呢"], "more", ["37.1", "37.3", "37.4"]),
        ([CREMATION, "第二条"], "item", ["37.2"]),
        ([CREMATION, "那第二条呢"], "item", ["37.2"]),
        ([CREMATION, "最后一条"], "item", ["37.4"]),
        ([CREMATION, "下一条"], "item", ["37.3"]),
        ([CREMATION, "说详细点"], "detail", ["37.1", "37.2", "37.3", "37.4"]),
        (["公墓有哪些措施", "第二条"], "item", ["38.2"]),
        (["公墓有哪些措施", "第二条", "下一条"], "item", ["38.3"]),
        ([CREMATION, "第37项第二点"], "reference", ["37.2"]),
        ([CREMATION, "第12项呢"], "reference", ["12.1", "12.2"]),
        ([CREMATION, "第九条"], "reference", ["9.1", "9.2", "9.3"]),
        ([ENGLISH, "next one"], "item", ["37.3"]),
        ([ENGLISH, "tell me more"], "detail", ["37.1", "37.2", "37.3", "37.4"]),
    ],
)
def test_what_goes_on_is_counted_in_what_was_shown(
    questions: Sequence[str], by: str, ids: list[str]
) -> None:
    answer = ask(*questions)
    assert (answer.rule, answer.status, cited(answer)) == (by, "answered", ids)


def test_all_that_was_cited_was_shown() -> None:
    whole = "第3项 压力传导 整改措施"
    assert cited(ask(whole)) == ["3.1", "3.2", "3.3", "3.4"]
    assert ask(whole, "还有呢").opening == "与此有关的，通报就写了这些。"


def test_when_all_was_shown_that_is_said() -> None:
    answer = ask(CREMATION, "还有呢", "还有呢")
    assert answer.rule == "more"
    assert answer.opening == "与此有关的，通报就写了这些。"


@pytest.mark.parametrize(
    ("questions", "understood_as"),
    [
        ([CREMATION, "多少钱"], "火化手续多少钱"),
        ([CREMATION, "今天天气怎么样", "多少钱"], "火化手续多少钱"),
        ([CREMATION, "那公墓呢"], "公墓现在要多久"),
        (["高龄津贴什么时候发", "低保呢"], "低保什么时候发"),
        (["9月份干了啥", "那10月呢"], "10月干了啥"),
        (["禹州殡仪馆什么时候投入运行", "那鄢陵呢"], "鄢陵殡仪馆什么时候投入运行"),
        ([CREMATION, "低保标准是多少"], "低保标准是多少"),
        (["今天天气怎么样", "多少钱"], "多少钱"),
        ([ENGLISH, "and how much does it cost?"], "and how much does it cost?"),
    ],
)
def test_what_is_understood_is_a_clean_question(
    questions: Sequence[str], understood_as: str
) -> None:
    assert ask(*questions).understood_as == understood_as


def test_a_bare_kind_after_a_topic_is_about_its_finding() -> None:
    answer = ask(CREMATION, "多少钱")
    assert (answer.status, answer.reason) == ("not_stated", "amount_not_stated")
    assert cited(answer)[0] == "37.2"


def test_off_topic_after_a_topic_is_off_topic_and_leaves_the_topic() -> None:
    assert ask(CREMATION, "今天天气怎么样").status == "out_of_scope"
    assert cited(ask(CREMATION, "今天天气怎么样", "第二条")) == ["37.2"]


def test_a_corrected_topic_is_answered_as_if_it_had_been_asked() -> None:
    corrected, asked = ask(CREMATION, "不是,我问的是高龄津贴"), ask("高龄津贴")
    assert (corrected.rule, cited(corrected)) == (asked.rule, cited(asked))


def test_a_complete_question_gets_the_same_answer_after_any_other() -> None:
    alone = ask("低保标准提高到了多少")
    later = ask(CREMATION, "低保标准提高到了多少")
    assert (later.status, cited(later)) == (alone.status, cited(alone))


@pytest.mark.parametrize("earlier", EARLIER)
def test_no_answer_shows_an_earlier_question_glued_to_another(earlier: str) -> None:
    for message in MESSAGES:
        shown = ask(earlier, message).understood_as
        assert not glued(shown, earlier, message), (earlier, message, shown)


def test_words_of_one_length_are_tried_in_one_order_however_they_are_handed_over() -> None:
    words = ["整改", "电话", "火化", "公墓", "高龄津贴", "魏都区", "鄢陵县"]
    made = [
        Conversation(Words(), order, order, lambda _: 1.0)
        for order in (words, words[::-1], sorted(words))
    ]
    assert len({tuple(one._terms) for one in made}) == 1
    assert len({tuple(one._places) for one in made}) == 1
