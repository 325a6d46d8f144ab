"""Personal numbers never reach the database, however they are written."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.masking_cases import negatives, positives
from web.memory import masking
from web.memory.masking import LONGEST, mask, publish, storable


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打13812345678找我", "打〔电话〕找我"),
        ("１３８ １２３４ ５６７８", "〔电话〕"),
        ("138-1234-5678", "〔电话〕"),
        ("手机138.1234.5678行吗", "手机〔电话〕行吗"),
        ("+86 138 1234 5678", "〔电话〕"),
        ("幺三八零零幺三八零零零", "〔电话〕"),
        ("①③⑧①②③④⑤⑥⑦⑧", "〔电话〕"),
        ("座机0374-2965034", "座机〔电话〕"),
        ("电话(0374)2965034转", "电话〔电话〕转"),
        ("400-123-4567", "〔电话〕"),
        ("家里2965034", "家里〔号码〕"),
        ("身份证41100219500101123X吧", "身份证〔证件号〕吧"),
        ("4110 0219 5001 0112 3x", "〔证件号〕"),
        ("老证411002500101123", "老证〔证件号〕"),
        ("护照E12345678", "护照〔证件号〕"),
        ("卡号6222 0210 0100 1234 567", "卡号〔银行卡号〕"),
        ("a.b@qq.com", "〔邮箱〕"),
        ("张三ａ＠ｂ．ｃｎ", "张三〔邮箱〕"),
        ("QQ 123456789", "QQ 〔号码〕"),
        ("号411002195001011234电话13812345678", "号〔证件号〕电话〔电话〕"),
    ],
)
def test_a_personal_number_is_replaced_by_its_name(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2024年11月27日至28日",
        "2024-11-27至2024-11-28",
        "20241231公布",
        "156个助餐场所8.3万人次",
        "1041个养殖场,7200条地名,1600个站",
        "补贴1000000元",
        "一是二是三是四是五是六是七是",
        "2021、2022、2023、2024",
        "第37项37.2",
    ],
)
def test_dates_amounts_and_counts_stay(text: str) -> None:
    assert mask(text) == text


@pytest.fixture(autouse=True, scope="module")
def nothing_public() -> Iterator[None]:
    """Servers of other tests have published the telephone of the notice."""
    before, masking._public = masking._public, frozenset()
    yield
    masking._public = before


POSITIVES, NEGATIVES = positives(), negatives()


def test_of_three_hundred_ways_to_name_a_person_99_in_100_leave_nothing() -> None:
    assert len(POSITIVES) >= 300
    left = [(text, mask(text)) for text, part in POSITIVES if part in mask(text)]
    untouched = [text for text, _ in POSITIVES if "〔" not in mask(text)]
    assert len(left) + len(untouched) <= len(POSITIVES) // 100, left + untouched


def test_of_three_hundred_texts_without_a_person_every_one_stays_as_it_is() -> None:
    assert len(NEGATIVES) >= 300
    assert [(text, mask(text)) for text in NEGATIVES if mask(text) != text] == []


def test_what_is_masked_is_masked_once_and_for_all() -> None:
    for text, _ in POSITIVES:
        assert mask(mask(text)) == mask(text)


def test_of_the_notice_only_its_phone_and_mail_are_masked(real_text: str) -> None:
    restored = mask(real_text).replace("〔电话〕", "0374-2965034")
    assert restored.replace("〔邮箱〕", "xcsmzjdb@163.com") == real_text


def test_what_the_notice_prints_for_everybody_stays_however_it_is_written(
    real_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masking, "_public", frozenset())
    publish(["0374-2965034", "xcsmzjdb@163.com", ""])
    assert mask(real_text) == real_text
    assert mask("打0374 2965034吗") == "打0374 2965034吗"
    assert mask("打0374-2965035吗") == "打〔电话〕吗"
    assert mask("XCSMZJDB@163.com") == "XCSMZJDB@163.com"


@given(st.text("0123456789 -、,/元年月日OoXx我叫张三豫Kk@.qcom〔〕()", max_size=60))
def test_no_arrangement_takes_long_or_changes_a_second_time(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(
    st.text("火化手续，。 ab", max_size=12),
    st.text("0123456789", min_size=9, max_size=9),
    st.lists(st.sampled_from(["", " ", "-", " - ", "－"]), min_size=10, max_size=10),
    st.text("火化手续，。？", max_size=12),
)
def test_a_mobile_number_with_any_separators_never_stays(
    before: str, rest: str, separators: list[str], after: str
) -> None:
    digits = "13" + rest
    written = "".join(
        digit + between[:2] for digit, between in zip(digits, [*separators, ""], strict=True)
    )
    masked = mask(before + written + after)
    assert sum(character.isdigit() for character in masked) == 0
    assert mask(masked) == masked


@given(st.text(max_size=400))
def test_masking_twice_changes_nothing_and_the_result_can_be_stored(text: str) -> None:
    kept = storable(text)
    assert len(kept) <= LONGEST
    assert "\0" not in kept
    assert storable(kept) == kept
    kept.encode()


def test_what_no_database_takes_is_left_out() -> None:
    assert storable("火\0化\ud800") == "火化?"
    assert len(storable("火" * 10_000)) == LONGEST
