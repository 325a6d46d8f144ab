"""Curated files: what is read, and the line a mistake is named by."""

import json
from pathlib import Path

import pytest

from index.errors import VocabularyError
from index.vocabulary import Gap, Phrasing, Synonym, Vocabulary, load

IDS = frozenset({"1", "1.1", "contact"})
PHRASING = {"id": "1.1", "lang": "zh", "who": "resident", "question": "几点开门"}
GAP = {
    "status": "not_stated",
    "reason": "amount_not_stated",
    "show": ["1"],
    "lang": "zh",
    "question": "多少钱",
}


def write(folder: Path, name: str, *lines: str) -> None:
    (folder / name).write_text("\n".join(lines) + "\n", "utf-8")


def test_a_folder_without_curated_files_gives_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, IDS) == Vocabulary()
    assert load(tmp_path / "none", IDS) == Vocabulary()


def test_every_file_is_read_comments_and_blank_lines_left_out(tmp_path: Path) -> None:
    write(
        tmp_path,
        "synonyms.tsv",
        "word\tterms\tkind\tlang",
        "# 说明",
        "刷脸\t人脸识别|认证\tsame\tzh",
    )
    write(tmp_path, "phrasings.jsonl", json.dumps(PHRASING, ensure_ascii=False), "")
    write(tmp_path, "gaps.jsonl", json.dumps(GAP))
    write(tmp_path, "terms.txt", " 高龄津贴 ", "", "# 词")
    write(tmp_path, "abbreviations.tsv", "低边\t低保边缘家庭")
    assert load(tmp_path, IDS) == Vocabulary(
        synonyms=(Synonym("刷脸", ("人脸识别", "认证"), "same", "zh"),),
        phrasings=(Phrasing("1.1", "几点开门", "zh", "resident"),),
        gaps=(Gap("多少钱", "not_stated", "amount_not_stated", ("1",), "zh"),),
        terms=("高龄津贴",),
        abbreviations=(("低边", "低保边缘家庭"),),
    )


def test_a_stem_chooses_the_files_of_one_notice(tmp_path: Path) -> None:
    write(tmp_path, "2023.terms.txt", "甲")
    write(tmp_path, "terms.txt", "乙")
    assert load(tmp_path, IDS, stem="2023.").terms == ("甲",)


def test_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path: Path) -> None:
    (tmp_path / "terms.txt").write_bytes("甲\r\n乙\r\n".encode("utf-8-sig"))
    assert load(tmp_path, IDS).terms == ("甲", "乙")


def test_a_line_separator_inside_a_json_string_splits_no_line(tmp_path: Path) -> None:
    record = PHRASING | {"question": "几点\u2028开门\x85吗"}
    write(tmp_path, "phrasings.jsonl", json.dumps(record, ensure_ascii=False))
    assert load(tmp_path, IDS).phrasings[0].question == "几点\u2028开门\x85吗"


def test_what_staff_added_comes_after_what_is_shipped() -> None:
    first, more = Vocabulary(terms=("甲",)), Vocabulary(terms=("乙",))
    assert first.with_more(more).terms == ("甲", "乙")


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("synonyms.tsv", "刷脸\t人脸识别", "expected word<TAB>terms<TAB>kind<TAB>lang"),
        ("synonyms.tsv", "刷脸\t|\tsame\tzh", "expected word<TAB>terms"),
        ("abbreviations.tsv", "低边", "expected short<TAB>long"),
        ("phrasings.jsonl", "{", "not JSON"),
        ("phrasings.jsonl", "[]", "expected an object with the texts id, question, lang"),
        ("phrasings.jsonl", json.dumps(PHRASING | {"id": "9"}), "no passage '9'"),
        ("phrasings.jsonl", json.dumps(PHRASING | {"question": " "}), "expected an object"),
        ("phrasings.jsonl", json.dumps(PHRASING | {"question": "\ud800"}), "lone surrogate"),
        ("gaps.jsonl", json.dumps(GAP | {"status": "answered"}), "expected one of not_stated"),
        ("gaps.jsonl", json.dumps(GAP | {"show": ["9"]}), "no passage '9'"),
        ("gaps.jsonl", json.dumps(GAP | {"show": "11"}), "show is '11'; expected a list"),
    ],
)
def test_a_bad_line_is_named_with_file_and_number(
    tmp_path: Path, name: str, line: str, says: str
) -> None:
    write(tmp_path, name, "", line)
    with pytest.raises(VocabularyError) as caught:
        load(tmp_path, IDS)
    assert f"{tmp_path / name}:2" in caught.value.message
    assert says in caught.value.message


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "terms.txt").write_bytes("高龄津贴".encode("gb18030"))
    with pytest.raises(VocabularyError, match="is not UTF-8"):
        load(tmp_path, IDS)
