"""Values in every spelling, worked by hand, and the words that look like values and are none."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.mentions import compare, mentions, number, places


@pytest.mark.parametrize(
    ("spelled", "value"),
    [
        ("1,600", 1600),
        ("三十七", 37),
        ("两", 2),
        ("一百零一", 101),
        ("一千五", 1500),
        ("二点五", 2.5),
        ("二〇二四", 2024),
        ("十", 10),
        ("fifteen", 15),
    ],
)
def test_a_number_is_read_in_every_spelling(spelled: str, value: float) -> None:
    assert number(spelled) == value


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("百分之七十", "percent", (70, 70)),
        ("七成半", "percent", (75, 75)),
        ("一半", "percent", (50, 50)),
        ("半年", "month", (6, 6)),
        ("一年半", "month", (18, 18)),
        ("三个月", "month", (3, 3)),
        ("2小时", "minute", (120, 120)),
        ("129.7万元", "money", (1_297_000, 1_297_000)),
        ("一百五十多万元", "money", (1_500_000, 1_600_000)),
        ("一万八千块", "money", (18_000, 18_000)),
        ("70余户", "household", (70, 80)),
        ("不低于500元", "money", (500, inf)),
        ("不超过3000元", "money", (-inf, 3000)),
        ("1-2个", "piece", (1, 2)),
        ("三五家", "house", (3, 5)),
        ("第十届", "nth session", (10, 10)),
        ("晚上八点半", "clock", (1230, 1230)),
        ("9:30", "clock", (570, 570)),
        ("0374-2965034", "digits", (3_742_965_034, 3_742_965_034)),
        ("每月", "every", (30,)),
        ("一年交一次", "every", (365,)),
        ("2024年9月19日", "date", (2024, 9, 19)),
        ("9月21举行", "date", (0, 9, 21)),
        ("15号", "date", (0, 0, 15)),
        ("二〇二三年八月", "date", (2023, 8, 0)),
        ("on 1 october 2025", "date", (2025, 10, 1)),
    ],
)
def test_a_value_is_read_with_its_unit(text: str, unit: str, value: tuple[float, ...]) -> None:
    found = {mention.unit: mention.value for mention in mentions(text)}
    assert found[unit] == value


@pytest.mark.parametrize(
    "text", ["一个人", "几十项", "一是加强", "第三项措施", "统一部署", "c1驾照"]
)
def test_words_that_only_look_like_figures_are_none(text: str) -> None:
    assert mentions(text) == ()


@pytest.mark.parametrize(
    ("asked", "printed", "verdict"),
    [
        ("七成", "70%", "same"),
        ("百分之百", "70%", "other"),
        ("七十多户", "70余户", "same"),
        ("过了九成", "90.6%", "same"),
        ("不到九成", "90.6%", "other"),
        ("60至79岁", "60至99岁", "other"),
        ("65岁", "60至79岁", "same"),
        ("300元", "不低于500元", "other"),
        ("800元", "不低于500元", "unknown"),
        ("5天", "5元", "unknown"),
        ("203个", "203具", "same"),
        ("9月", "2024年9月19日", "same"),
        ("2023年9月", "2024年9月19日", "other"),
        ("2024年", "9月19日", "unknown"),
        ("每年", "每月", "other"),
    ],
)
def test_values_compare_inside_one_class(asked: str, printed: str, verdict: str) -> None:
    assert compare(mentions(asked)[-1], mentions(printed)[-1]) == verdict


def test_places_are_named_with_their_level() -> None:
    found = [place.name for place in places("督促禹州市、襄城县对马栏镇南郑社区进行整治")]
    assert found == ["禹州市", "襄城县", "马栏镇", "南郑社区"]


@pytest.mark.parametrize(
    "text", ["各县区", "全市养老院", "根据市委部署", "转到县里", "城乡低保", "各乡镇"]
)
def test_what_only_ends_like_a_place_is_none(text: str) -> None:
    assert places(text) == ()


@given(
    st.text("零一二两三十百千万亿半成百分之年月日号点时:.-0123456789第多余元个%岁每", max_size=40)
)
def test_no_text_breaks_the_reading_and_offsets_hold(text: str) -> None:
    for mention in mentions(text):
        assert text[mention.start : mention.end] == mention.name
