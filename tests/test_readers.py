"""Every kind of notice file gives its text; everything else gives one error naming the file."""

import io
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from index.errors import NoticeError
from index.notice import parse
from index.readers import read

TEXT = (
    "根据县委部署,现将整改情况予以公布。\n一、整改落实情况\n1.甲。\n整改情况:一是学习。二是检查。\n"
)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_text_is_read_in_the_encodings_offices_use(tmp_path: Path, encoding: str) -> None:
    assert read(write(tmp_path, "a.txt", TEXT.encode(encoding))) == TEXT


def test_line_ends_and_odd_characters_come_through_untouched(tmp_path: Path) -> None:
    text = "甲\r\n乙\r丙\u3000①㎡\ufeff\n\n"
    assert read(write(tmp_path, "a.TXT", text)) == text


def test_a_short_text_in_gb18030_is_not_misread(tmp_path: Path) -> None:
    assert read(write(tmp_path, "a.txt", "公墓".encode("gb18030"))) == "公墓"


# HTML


PAGE = """<!doctype html><html><head><meta charset="{charset}"><title>通报</title></head><body>
<nav><a href="/">首页</a> <a href="/x">政务公开</a></nav>
<div class="article"><h1>关于巡察整改情况的通报</h1>
{body}</div><footer>版权所有 <a href="/about">关于我们</a></footer></body></html>"""


def paragraphs(text: str) -> str:
    return "\n".join(f"<p>{line}</p>" for line in text.splitlines())


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_web_page_gives_the_same_structure_as_its_text(
    tmp_path: Path, small_text: str, charset: str
) -> None:
    page = PAGE.format(charset=charset, body=paragraphs(small_text))
    text = read(write(tmp_path, "a.html", page.encode(charset)))
    expected, found = parse(small_text, "n"), parse(text, "n")
    assert [f.title for f in found.findings] == [f.title for f in expected.findings]
    assert [len(f.measures) for f in found.findings] == [3, 0, 2]
    assert [s.id for s in found.sections] == [s.id for s in expected.sections]
    assert found.issued == "2023-09-30"


def test_the_shipped_notice_as_a_web_page_keeps_every_word(tmp_path: Path, real_text: str) -> None:
    body = paragraphs(real_text.replace("<", "&lt;").replace(">", "&gt;"))
    text = read(write(tmp_path, "a.htm", PAGE.format(charset="utf-8", body=body)))
    squeezed = "".join(text.split())
    lost = [line for line in real_text.splitlines() if "".join(line.split()) not in squeezed]
    assert lost == []
    assert sum(len(f.measures) for f in parse(text, "n").findings) == 107


def test_a_page_whose_lines_end_in_br_is_cut_into_lines(tmp_path: Path, small_text: str) -> None:
    body = "<p>" + "<br>".join(small_text.splitlines()) + "</p>"
    text = read(write(tmp_path, "a.html", PAGE.format(charset="utf-8", body=body)))
    assert len(parse(text, "n").findings) == 3


# DOCX


def test_paragraphs_and_tables_of_a_docx_come_in_reading_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("1.甲。")
    table = document.add_table(rows=2, cols=3)
    for row, cells in zip(
        table.rows, [("问题", "措施", "状态"), ("账目", "已完成", "已完成")], strict=True
    ):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    document.add_paragraph("2.乙。")
    document.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx").split("\n") == [
        "1.甲。",
        "问题\t措施\t状态",
        "账目\t已完成\t已完成",
        "2.乙。",
    ]


def test_a_merged_cell_is_read_once_and_a_nested_table_is_read(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=1, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "合并"
    inner = table.cell(0, 2).add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "内层"
    document.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx").split() == ["合并", "内层"]


def test_a_docx_of_the_small_notice_has_its_structure(tmp_path: Path, small_text: str) -> None:
    document = docx.Document()
    for line in small_text.splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx") == small_text.rstrip("\n")


# PDF


def pdf(*pages: str, extra: str = "") -> bytes:
    """A PDF of text pages by hand: one line a line, each character mapped by a ToUnicode table."""
    characters = sorted(set("".join(pages)) - {"\n"}) or ["x"]
    codes = {character: f"{place:04x}" for place, character in enumerate(characters, start=1)}
    table = "".join(f"<{codes[c]}> <{ord(c):04x}>\n" for c in characters)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def"
        " /CMapType 2 def 1 begincodespacerange <0000> <ffff> endcodespacerange"
        f" {len(characters)} beginbfchar\n{table}endbfchar endcmap end end"
    )
    count = len(pages)
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{' '.join(f'{6 + 2 * i} 0 R' for i in range(count))}]>>",
        "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H"
        "/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/A/DW 1000"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        f"<</Length {len(cmap)}>>stream\n{cmap}\nendstream",
    ]
    for place, page in enumerate(pages):
        shown = "".join(
            f"1 0 0 1 40 {800 - 14 * row} Tm <{''.join(codes[c] for c in line)}> Tj\n"
            for row, line in enumerate(page.split("\n"))
        )
        content = f"BT /F 10 Tf\n{shown}ET" if page else ""
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {7 + 2 * place} 0 R"
            "/Resources<</Font<</F 3 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj{body}endobj\n".encode())
    start = out.tell()
    entries = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    out.write(f"xref\n0 {size}\n0000000000 65535 f \n{entries}".encode())
    out.write(f"trailer<</Size {size}/Root 1 0 R{extra}>>\nstartxref\n{start}\n%%EOF".encode())
    return out.getvalue()


def wrapped(text: str, width: int) -> str:
    return "\n".join(
        line[place : place + width]
        for line in text.splitlines()
        for place in range(0, len(line), width)
    )


def test_a_pdf_gives_its_text_line_by_line(tmp_path: Path) -> None:
    assert read(write(tmp_path, "a.pdf", pdf("1.甲不够。\n整改:已改。"))).split("\n") == [
        "1.甲不够。",
        "整改:已改。",
    ]


def test_lines_broken_at_the_margin_of_a_pdf_are_joined(tmp_path: Path, small_text: str) -> None:
    rows = wrapped(small_text, 20).split("\n")
    pages = ["\n".join([*rows[:15], "— 1 —"]), "\n".join([*rows[15:], "- 2 -"])]
    text = read(write(tmp_path, "a.pdf", pdf(*pages)))
    expected, found = parse(small_text, "n"), parse(text, "n")
    assert [f.title for f in found.findings] == [f.title for f in expected.findings]
    assert [m.id for f in found.findings for m in f.measures] == [
        m.id for f in expected.findings for m in f.measures
    ]
    assert "— 1 —" not in text
    assert "".join(text.split()) == "".join(small_text.split())


def test_the_longest_line_of_a_pdf_is_not_joined_for_its_length_alone(tmp_path: Path) -> None:
    lines = "1.工作作风不够扎实的问题\n整改:已改。\n2.乙。"
    assert read(write(tmp_path, "a.pdf", pdf(lines))).split("\n") == lines.split("\n")


# One clear error for the rest


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4
ENCRYPTED_PDF = pdf(
    "甲",
    extra="/Encrypt<</Filter/Standard/V 1/R 2/P -4"
    f"/O<{'41' * 32}>/U<{'42' * 32}>>>/ID[<{'43' * 16}><{'43' * 16}>]",
)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b" \r\n\t ", "is empty"),
        ("a.txt", "\ufeff".encode(), "holds no text"),
        ("a.txt", PNG, "not text"),
        ("a.txt", random.Random(1).randbytes(4000), "not text"),
        ("a.txt", random.Random(2).randbytes(4000).replace(b"\0", b""), "not text"),
        ("a.txt", b"\xff\xd8\xff\xe0" + b"\x81" * 40, "not text"),
        ("a.html", b"<html><body></body></html>", "no readable text"),
        ("a.html", PNG, "no readable text"),
        ("a.docx", b"PK\x03\x04broken", "not a .docx file"),
        ("a.docx", zipped(a="b"), "not a .docx file"),
        ("a.docx", zipped(**{"[Content_Types].xml": "<broken"}), "not a .docx file"),
        ("a.docx", TEXT, "not a .docx file"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted or in the old"),
        ("a.pdf", b"%PDF-1.7\nbroken", "not a readable PDF"),
        ("a.pdf", TEXT, "not a readable PDF"),
        ("a.pdf", ENCRYPTED_PDF, "is encrypted"),
        ("a.pdf", pdf("", ""), "pictures and no text (2 pages)"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "kind '.doc'"),
        ("a", b"x", "kind 'without suffix'"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(NoticeError) as caught:
        read(path)
    assert str(path) in caught.value.message
    assert says in caught.value.message
    assert caught.value.hint
    assert "\n" not in caught.value.one_line()


def test_an_empty_docx_holds_no_text(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "a.docx"))
    with pytest.raises(NoticeError, match="holds no text"):
        read(tmp_path / "a.docx")


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: None])
def test_a_folder_or_nothing_at_all_is_no_notice_file(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "a.txt")
    with pytest.raises(NoticeError, match="no such notice file"):
        read(tmp_path / "a.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", TEXT)
    path.chmod(0)
    with pytest.raises(NoticeError, match="cannot be read"):
        read(path)
