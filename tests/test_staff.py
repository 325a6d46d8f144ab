"""The staff's lists are complete, their exports safe, their groups sensible, their edits usable by a build."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index import vocabulary
from index.errors import VocabularyError
from index.extraction import extract
from index.notice import Notice
from index.passages import Passage, cut
from tests.serving import shared_assistant, shared_settings
from web import edits
from web.browse import Row, Wanted, counts, rows, to_csv, to_markdown
from web.glance import picture
from web.grouping import grouped
from web.memory.records import BoardItem
from web.subjects import OTHER, subjects


def ids(notice: Notice, **filters: str) -> list[str]:
    found = rows(notice, cut(notice), extract(notice), Wanted(**filters))
    return [row.passage.id for row in found]


def test_without_filters_every_passage_is_listed_in_order(small_notice: Notice) -> None:
    assert ids(small_notice) == [
        *("preface", "1.1", "1.2", "1.3", "2", "3.1", "3.2", "next.1", "next.2", "contact")
    ]
    assert ids(small_notice, unit="finding")[1:4] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"text": "自习 免费"}, ["1.2"]),
        ({"text": "自习 停车"}, []),
        ({"text": "书车"}, ["3.1", "3.2"]),
        ({"document": "青山县志"}, ["2"]),
        ({"has": "document"}, ["2", "next.2"]),
        ({"month_from": "2023-07"}, ["1.1"]),
        ({"month_from": "2023-04"}, ["preface"]),
        ({"figure": "80"}, ["1.2"]),
        ({"figure": "8"}, []),
        ({"figure": "15.6"}, ["2"]),
        ({"figure": "80个", "text": "全部"}, ["1.2"]),
    ],
)
def test_filters_hold_together(
    filters: dict[str, str], expected: list[str], small_notice: Notice
) -> None:
    assert ids(small_notice, **filters) == expected


def test_of_november_everything_dated_is_listed_and_nothing_of_the_whole_year(
    real_notice: Notice,
) -> None:
    assert ids(real_notice, month_from="2024-11") == [
        *("preface", "6.1", "6.3", "16.1", "16.2", "17.4", "22.1", "27.7", "32.3", "33.1")
    ]
    assert set(ids(real_notice, month_from="2024-01", month_to="2024-12")) > {"8.4", "21.1"}


def test_places_documents_and_sorting(real_notice: Notice) -> None:
    assert ids(real_notice, place="魏都区") == ["16.2", "24.2"]
    assert ids(real_notice, organisation="市殡仪馆") == ["37.1"]
    assert ids(real_notice, figure="5分钟") == ["37.2"]
    assert ids(real_notice, sort="figures")[0] == "21.4"
    dated = ids(real_notice, sort="date", has="date")
    assert dated.index("27.2") < dated.index("12.1") < dated.index("22.1")


def test_counts_are_rows_that_state_a_value(real_notice: Notice) -> None:
    found = rows(real_notice, cut(real_notice), extract(real_notice), Wanted())
    table = counts(found)
    assert dict(table["place"])["魏都区"] == 2
    assert dict(table["month"])["2024-11"] == len(ids(real_notice, month_from="2024-11")) - 1
    assert len(table["document"]) == 34


def odd_row(title: str, text: str) -> Row:
    passage = Passage("n", "1.1", "measure", "1", title, title, 0, len(text), text, finest=True)
    return Row(passage, "", (), ())


def test_csv_is_read_back_whole_with_a_mark_for_spreadsheets(real_notice: Notice) -> None:
    found = rows(real_notice, cut(real_notice), extract(real_notice), Wanted())
    text = to_csv(found, "http://x")
    assert text.startswith("\ufeff")
    table = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert len(table) == 1 + len(found) == 119
    for line, row in zip(table[1:], found, strict=True):
        start, end = int(line[9]), int(line[10])
        assert real_notice.text[start:end] == row.passage.text == line[3]
        assert line[11] == f"http://x/notice/xuchang-mzj-2024#{row.passage.id}"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝", "＋", "－", "＠"])
def test_no_csv_cell_can_be_a_formula(start: str) -> None:
    text = to_csv([odd_row(f"{start}cmd|'/c calc'!A1", "原文")], "")
    line = list(csv.reader(io.StringIO(text, newline="")))[1]
    assert line[1].startswith("'")


def test_markdown_keeps_its_columns_whatever_the_cell() -> None:
    text = to_markdown([odd_row("a|b", "<script>\n[x](y) `z`")], "题", "")
    line = text.splitlines()[-1]
    assert line.replace(r"\|", "").count("|") == 13
    assert r"\<script\>" in line
    assert "\\[x\\](y) \\`z\\`" in line


def test_every_finding_has_one_subject(real_notice: Notice, small_notice: Notice) -> None:
    found = subjects(real_notice)
    assert sorted(found) == list(range(1, 40))
    assert {found[number] for number in (8, 9, 10, 24)} == {"养老服务"}
    assert {found[number] for number in (20, 22, 37, 38)} == {"殡葬"}
    assert subjects(small_notice)[1] == OTHER


def test_the_picture_has_every_finding_once_and_no_two_in_one_place(real_notice: Notice) -> None:
    found = rows(real_notice, cut(real_notice), extract(real_notice), Wanted())
    drawn = picture(real_notice, found)
    tiles = [tile for band in drawn.bands for tile in band.tiles]
    assert sorted(tile.number for tile in tiles) == list(range(1, 40))
    assert len({(tile.x, tile.y) for tile in tiles}) == 39
    assert [m.month for m in drawn.months][0::16] == ["2023-08", "2024-12"]


def item(number: int, question: str, times: int = 1) -> BoardItem:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return BoardItem(number, "n", "nothing_found", question, "", "", "new", times, moment, moment)


def test_alike_questions_stand_together_under_the_one_asked_most() -> None:
    groups = grouped(
        [
            item(1, "高龄津贴多少钱"),
            item(2, "高龄津贴一个月多少钱", times=3),
            item(3, "图书馆几点开门"),
            item(4, "高龄津贴每月给多少钱啊"),
            item(5, "图书馆几点关门"),
        ]
    )
    assert [[one.id for one in group.items] for group in groups] == [[2, 1, 4], [3, 5]]
    assert (groups[0].question, groups[0].times) == ("高龄津贴一个月多少钱", 5)
    assert grouped([]) == []


@pytest.mark.parametrize(
    ("kind", "content", "told"),
    [
        ("phrasing", edits.phrasing("99.9", "问法"), "没有编号"),
        ("phrasing", edits.phrasing("1.2", "问"), "至少两个字"),
        ("phrasing", edits.phrasing("1.2", "问\n法"), "换行"),
        ("synonym", edits.synonym("看书的地方", ["火星"]), "没有这个词：火星"),
        ("synonym", edits.synonym("#注释", ["自习"]), "不以 # 开头"),
        ("synonym", edits.synonym("座位", []), "通报里的词"),
    ],
)
def test_an_edit_that_a_build_would_refuse_is_refused_at_the_door(
    kind: str, content: dict[str, str], told: str, small_notice: Notice
) -> None:
    known = frozenset(passage.id for passage in cut(small_notice))
    with pytest.raises(VocabularyError, match=told):
        edits.check(kind, content, small_notice, known)  # type: ignore[arg-type]


def test_a_written_edit_is_read_by_the_build_and_written_once(tmp_path: Path) -> None:
    known = frozenset(("1.2",))
    for _ in range(2):
        edits.write(tmp_path, "n", "phrasing", edits.phrasing("1.2", '有"座"吗'))
        edits.write(tmp_path, "n", "synonym", edits.synonym("看书座", ["自习座位", "座位"]))
    read = vocabulary.load(tmp_path / "n", known)
    assert [(p.id, p.question, p.who) for p in read.phrasings] == [("1.2", '有"座"吗', "staff")]
    assert [(s.word, s.terms) for s in read.synonyms] == [("看书座", ("自习座位", "座位"))]
    assert sorted(path.name for path in (tmp_path / "n").iterdir()) == [
        "phrasings.jsonl",
        "synonyms.tsv",
    ]


def test_a_preview_shows_what_an_edit_changes_and_leaves_no_trace() -> None:
    settings, assistant = shared_settings(), shared_assistant()
    kept = files_of(settings.edits_folder)
    question = "咕噜咕噜哐当哐当"
    edit = edits.phrasing("25.2", question)
    trial = edits.preview(
        assistant,
        settings,
        "xuchang-mzj-2024",
        ("phrasing", edit),
        [question, "公墓", question, ""],
    )
    assert trial.tried == 2
    [change] = trial.changes
    assert change.question == question
    assert change.before == edits.told(assistant.ask(question)) != change.after
    assert change.after.id == "xuchang-mzj-2024/25.2"
    assert files_of(settings.edits_folder) == kept


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
