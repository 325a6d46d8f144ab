"""PDF files as offices make them: what every page repeats is dropped, sentences go on over pages."""

from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from index.errors import NoticeError
from index.notice import parse
from index.passages import cut
from index.pdf_text import joined_pages
from index.readers import read
from tests.test_readers import pdf, wrapped

HEADER, FOOTER = "某水务局文件", "某水务局办公室 2025年3月1日印发"


def pages_of(text: str, *, header: str = "", footer: str = "", rows: int = 8) -> list[str]:
    """A text set in lines of 20 characters on pages of so many lines, ``#`` the page's number."""
    lines = wrapped(text, 20).split("\n")
    parts = [lines[at : at + rows] for at in range(0, len(lines), rows)]
    return [
        "\n".join(line.replace("#", str(count)) for line in (header, *part, footer) if line)
        for count, part in enumerate(parts, start=1)
    ]


def pdf_text(folder: Path, pages: list[str]) -> str:
    path = folder / "a.pdf"
    path.write_bytes(pdf(*pages))
    return read(path)


@pytest.mark.parametrize(
    ("header", "footer"),
    [
        (HEADER, ""),
        ("", FOOTER),
        (HEADER, "— # —"),
        (f"{HEADER} 第#页", FOOTER),
        ("", "#"),
        ("", "第#页 共3页"),
        ("", "#/3"),
        (HEADER, f"{FOOTER}\n- # -"),
    ],
)
def test_what_every_page_repeats_stands_in_no_quote(
    header: str, footer: str, tmp_path: Path, small_text: str
) -> None:
    text = pdf_text(tmp_path, pages_of(small_text, header=header, footer=footer))
    expected, found = parse(small_text, "n"), parse(text, "n")
    assert "".join(text.split()) == "".join(small_text.split())
    assert [p.id for p in cut(found)] == [p.id for p in cut(expected)]
    assert [p.text for p in cut(found) if p.kind == "measure"] == [
        p.text for p in cut(expected) if p.kind == "measure"
    ]


def test_headers_of_odd_and_even_pages_are_both_dropped() -> None:
    pages = [[f"{'奇' if at % 2 else '偶'}数页眉", f"正文{'甲乙丙丁'[at]}。"] for at in range(4)]
    assert joined_pages(pages) == "正文甲。\n正文乙。\n正文丙。\n正文丁。"


def test_a_title_of_one_page_and_a_figure_within_a_page_stay() -> None:
    first = ["某局通报。", "甲不够。", "3", "已经整改。", "乙不足。"]
    second = ["丙不严。", "丁不实。", "4", "正在整改。", "戊不快。"]
    assert joined_pages([first, second]) == "\n".join(first + second)


def test_a_sentence_that_goes_on_over_a_page_is_one_again(tmp_path: Path, small_text: str) -> None:
    pages = pages_of(small_text, header=HEADER, rows=3)
    text = pdf_text(tmp_path, pages)
    assert "一是延长开放时间。自2023年7月1日起,每天开放12小时。" in text


def test_a_single_page_keeps_its_first_and_last_line() -> None:
    assert joined_pages([["某局文件。", "甲。", "某局印发。"]]) == "某局文件。\n甲。\n某局印发。"


def test_a_page_that_is_a_picture_is_named(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument(pdf("1.甲。", "2.乙。"))
    page = document.new_page(200, 200)
    image = pypdfium2.PdfImage.new(document)
    image.set_bitmap(pypdfium2.PdfBitmap.new_native(4, 4, 4))
    page.insert_obj(image)
    page.gen_content()
    path = tmp_path / "a.pdf"
    document.save(str(path))
    document.close()
    with pytest.raises(NoticeError, match="page 3 of 3 is a picture without text") as caught:
        read(path)
    assert str(path) in caught.value.message


@pytest.mark.parametrize(
    ("name", "hint"), [("a.doc", "save it as .docx"), ("a.wps", "save it as .docx"),
                       ("a.jpg", "text recognition"), ("a.PNG", "text recognition")],
)  # fmt: skip
def test_old_word_files_and_pictures_give_one_error_that_says_what_to_do(
    name: str, hint: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(NoticeError) as caught:
        read(path)
    assert hint in caught.value.hint
