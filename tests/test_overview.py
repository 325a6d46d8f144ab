"""Overviews: every word of the notice has one, no question does."""

import pytest

from assistant.lists import Catalogue, catalogue
from assistant.overview import MOST, Overview, overview
from assistant.understand import Understanding
from assistant.words import Words
from index import store
from index.extraction import extract


class Topics:
    """Overviews of the shipped notice."""

    def __init__(self, index: store.Index) -> None:
        source = index.sources[0]
        self.terms = source.vocabulary.terms
        self.words = Words(self.terms)
        self.facts = extract(source.notice)
        self.known: Catalogue = catalogue(
            index.passages, {source.notice.id: self.facts}, self.terms
        )
        self.understanding = Understanding(
            source.vocabulary.synonyms, self.terms, self.words, [source.notice.text]
        )

    def of(self, text: str) -> Overview | None:
        return overview(self.understanding.of(text), self.known, self.words, speller=Letters())

    def ids(self, text: str) -> str:
        found = self.of(text)
        return " ".join(self.known.passages[row].id for row in found.rows) if found else ""


class Letters:
    def terms(self, letters: str) -> list[str]:
        return ["日间照料"] if letters == "rijianzhaoliao" else []


@pytest.fixture(scope="module")
def topics(real_index: store.Index) -> Topics:
    return Topics(real_index)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("火化", "37.1 37.2 37.3 37.4"),
        ("公墓", "20.3 38.1 38.2 38.3 38.4"),
        ("介绍一下公墓", "20.3 38.1 38.2 38.3 38.4"),
        ("公墓的情况", "20.3 38.1 38.2 38.3 38.4"),
        ("说说高龄津贴", "23.1 27.1 27.2"),
        ("tell me about cremation", "37.1 37.2 37.3 37.4"),
        ("棺材", "22.1 22.2"),  # the notice prints 棺木
        ("刷脸", "27.2 27.3"),  # 人脸识别
        ("督办函", "16.2"),
        ("公墓预约", "38.2"),  # two words written as one
        ("社会组织 党建", "25.1 25.2"),
        ("低保 金额", "15.3"),  # what is named, where it states the kind
        ("电话", "21.3 27.5 contact"),
        ("rijianzhaoliao", "10.1 10.2 10.3 10.4 10.5"),
    ],
)
def test_a_bare_topic_shows_what_the_notice_says_of_it_in_order(
    topics: Topics, text: str, expected: str
) -> None:
    assert topics.ids(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("核酸", "公积金", "驾照 年审", "水费", "养老保险", "好的", "asdf", "?", "的"),
        *("高龄津贴 金额", "火化 多久", "整改 提意见 打啥号", "殡仪馆 电话", "公墓 地址"),
        *("高龄津贴金额", "低保几号发", "火化手续现在要多久", "公墓安葬 措施", "火化吗"),
        *("What does cremation cost", "火化是不是免费"),
    ],
)
def test_a_question_or_a_word_not_in_the_notice_gets_no_overview(topics: Topics, text: str) -> None:
    assert topics.of(text) is None


@pytest.mark.parametrize(
    "text", ["这个通报说了什么", "通报讲的啥", "通报主要内容", "what is this notice about"]
)
def test_the_whole_notice_opens_with_its_preface_and_closes_with_what_is_next(
    topics: Topics, text: str
) -> None:
    found = topics.of(text)
    assert found
    assert found.kind == "notice"
    shown = topics.ids(text).split()
    assert shown[0] == "preface"
    assert shown[-1] == "next.1"
    assert 5 <= len(shown) <= MOST + 1


def test_every_word_that_the_notice_prints_has_an_overview(topics: Topics) -> None:
    printed = [
        fact.value for fact in topics.facts if fact.kind in ("place", "organisation", "document")
    ]
    for word in dict.fromkeys([*topics.terms, *printed]):
        found = topics.of(word)
        assert found, word
        assert 0 < len(found.rows) <= MOST
        assert list(found.rows) == sorted(found.rows)
