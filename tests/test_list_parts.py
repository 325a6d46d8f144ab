"""What lists are made of: how a question is read as one, and how a passage meets words."""

import pytest

from assistant import list_asks, list_documents, list_items, list_names, list_rules
from assistant.list_items import Catalogue
from assistant.understand import Understanding
from assistant.words import Words
from index.extraction import extract
from index.notice import Notice
from index.passages import cut


@pytest.fixture
def known(small_notice: Notice) -> Catalogue:
    facts = {small_notice.id: extract(small_notice)}
    return list_items.catalogue(cut(small_notice), facts, ["古籍"], issued="2023-09-30")


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding((), (), Words())


def ids(known: Catalogue, rows: tuple[int, ...]) -> list[str]:
    return [known.passages[row].id for row in rows]


def test_names_are_read_without_their_marks() -> None:
    assert list_asks.plain("“临沅医保”小程序") == "临沅医保小程序"


def test_words_of_the_frame_go_from_both_ends_and_never_from_within() -> None:
    assert list_asks.freed_of_edges("跟鄢陵有关的") == "鄢陵"
    assert list_asks.freed_of_edges("有关的") == ""


def test_a_part_may_name_two_things_side_by_side() -> None:
    assert list_asks.halves("火化和公墓") == ("火化", "公墓")
    assert list_asks.halves("火化") == ("火化",)


@pytest.mark.parametrize(
    ("word", "title", "share"),
    [("公墓安葬", "公墓安葬工作效率低", 1.0), ("火化", "公墓安葬工作效率低", 0.0)],
)
def test_a_word_is_covered_by_a_title_that_holds_its_characters(
    word: str, title: str, share: float
) -> None:
    assert list_items.covered(word, title) == share


def test_the_measures_of_a_finding_or_the_finding_that_has_none(known: Catalogue) -> None:
    assert ids(known, list_rules.measures(known, "1")) == ["1.1", "1.2", "1.3"]
    assert ids(known, list_rules.measures(known, "2")) == ["2"]


def test_a_document_is_listed_where_it_stands(
    known: Catalogue, understanding: Understanding
) -> None:
    asked = list_asks.read(understanding.of("哪些地方提到《借阅管理办法》"))
    found = list_documents.by_document(asked, known, None)
    assert found is not None
    assert (found.criterion, ids(known, found.rows)) == ("《借阅管理办法》", ["next.2"])


def test_a_place_is_listed_where_it_stands(known: Catalogue, understanding: Understanding) -> None:
    asked = list_asks.read(understanding.of("涉及石桥镇的有哪些"))
    found = list_names.by_name(asked, known, None)
    assert found is not None
    assert (found.kind, ids(known, found.rows)) == ("place", ["3.1"])


def test_a_question_for_one_thing_asks_for_no_list(understanding: Understanding) -> None:
    assert list_asks.read(understanding.of("自习座位有多少个座")).asks == frozenset()
