"""Word files as offices make them: numbering, tracked changes, controls, boxes, notes, tables."""

from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from index.notice import parse
from index.passages import cut
from index.readers import read

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(inner)}</w:p>"


def numbered(text: str, level: int = 0, list_id: int = 91) -> str:
    properties = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    return paragraph(run(text), properties=properties)


def with_body(*blocks: str) -> Document:
    document = docx.Document()
    body = document.element.body
    for block in blocks:
        inner = block.replace("<w:", "<w:", 1)
        tag, rest = inner[1:].split(">", 1)
        body.insert(len(body) - 1, parse_xml(f"<{tag} {W} {MC}>{rest}"))
    return document


def with_levels(document: Document, *levels: tuple[str, str]) -> Document:
    """Adds list 91, and 92 which starts anew, with a format and a text for each level."""
    inner = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    part = document.part.numbering_part.element
    part.append(parse_xml(f'<w:abstractNum {W} w:abstractNumId="91">{inner}</w:abstractNum>'))
    part.append(parse_xml(f'<w:num {W} w:numId="91"><w:abstractNumId w:val="91"/></w:num>'))
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    part.append(
        parse_xml(f'<w:num {W} w:numId="92"><w:abstractNumId w:val="91"/>{override}</w:num>')
    )
    return document


def text_of(document: Document, folder: Path) -> list[str]:
    path = folder / "a.docx"
    document.save(str(path))
    return read(path).split("\n")


THREE_LEVELS = (
    ("chineseCountingThousand", "%1、"),
    ("chineseCounting", "（%2）"),
    ("decimal", "%3."),
    ("decimalEnclosedCircle", "%4"),
)


def test_automatic_numbers_are_printed_and_start_anew_under_each_heading(tmp_path: Path) -> None:
    document = with_levels(
        with_body(
            numbered("落实情况"),
            numbered("供水方面", 1),
            numbered("漏损偏高。", 2),
            numbered("换管。", 3),
            numbered("装表。", 3),
            numbered("抄表不及时。", 2),
            numbered("服务方面", 1),
            numbered("热线难打通。", 2),
        ),
        *THREE_LEVELS,
    )
    assert text_of(document, tmp_path) == [
        "一、落实情况",
        "（一）供水方面",
        "1.漏损偏高。",
        "①换管。",
        "②装表。",
        "2.抄表不及时。",
        "（二）服务方面",
        "1.热线难打通。",
    ]


def test_a_list_of_its_own_starts_anew_and_a_blank_line_counts_nothing(tmp_path: Path) -> None:
    document = with_levels(
        with_body(
            numbered("甲"), numbered("乙"), numbered(""), numbered("丙"), numbered("丁", 0, 92)
        ),
        ("decimal", "%1、"),
    )
    assert text_of(document, tmp_path) == ["1、甲", "2、乙", "", "3、丙", "1、丁"]


def test_a_style_may_carry_the_numbering_and_bullets_print_nothing(tmp_path: Path) -> None:
    style = paragraph(run("漏损偏高。"), properties='<w:pStyle w:val="Heading1"/>')
    document = with_levels(
        with_body(style, numbered("换管。", 1)), ("decimal", "%1."), ("bullet", "·")
    )
    heading = document.styles["Heading 1"].element.get_or_add_pPr()
    heading.append(parse_xml(f'<w:numPr {W}><w:numId w:val="91"/></w:numPr>'))
    assert text_of(document, tmp_path) == ["1.漏损偏高。", "换管。"]


def test_a_whole_notice_numbered_by_word_has_its_structure(tmp_path: Path) -> None:
    document = with_levels(
        with_body(
            numbered("落实情况"),
            numbered("供水方面", 1),
            numbered("漏损偏高。", 2),
            paragraph(run("整改情况:一是换管。二是装表。")),
            numbered("抄表不及时。", 2),
            paragraph(run("整改情况:已改。")),
        ),
        *THREE_LEVELS,
    )
    notice = parse("\n".join(text_of(document, tmp_path)), "n")
    assert [(f.title, len(f.measures)) for f in notice.findings] == [
        ("漏损偏高", 2),
        ("抄表不及时", 0),
    ]


def test_tracked_insertions_are_read_and_deletions_are_not(tmp_path: Path) -> None:
    inserted = f'<w:ins w:id="1" w:author="a">{run("8.4公里")}</w:ins>'
    deleted = '<w:del w:id="2" w:author="a"><w:r><w:delText>7公里</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="3" w:author="a">{run("旧处")}</w:moveFrom>'
    document = with_body(paragraph(run("换管"), deleted, inserted, moved, run("。")))
    assert text_of(document, tmp_path) == ["换管8.4公里。"]


def test_a_paragraph_whose_end_was_deleted_is_joined_to_the_next(tmp_path: Path) -> None:
    mark = '<w:rPr><w:del w:id="1" w:author="a"/></w:rPr>'
    document = with_body(paragraph(run("换管"), properties=mark), paragraph(run("3公里。")))
    assert text_of(document, tmp_path) == ["换管3公里。"]


def test_content_controls_fields_and_links_are_read(tmp_path: Path) -> None:
    control = f"<w:sdt><w:sdtContent>{run('换管')}</w:sdtContent></w:sdt>"
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
        f'<w:fldSimple w:instr="DATE">{run("3公里")}</w:fldSimple>'
    )
    block = f"<w:sdt><w:sdtContent>{paragraph(run('整段。'))}</w:sdtContent></w:sdt>"
    document = with_body(
        paragraph(control, field, f"<w:hyperlink>{run('。')}</w:hyperlink>"), block
    )
    assert text_of(document, tmp_path) == ["换管3公里。", "整段。"]


def test_hidden_text_and_a_table_of_contents_are_not_read(tmp_path: Path) -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>密</w:t></w:r>"
    contents = paragraph(run("一、落实情况 1"), properties='<w:pStyle w:val="TOC1"/>')
    document = with_body(contents, paragraph(run("公开。"), hidden))
    style = f'<w:style {W} w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    document.styles.element.append(parse_xml(style))
    assert text_of(document, tmp_path) == ["公开。"]


def test_a_text_box_is_read_once_after_its_paragraph(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph(run('框内。'))}</w:txbxContent>"
    both = (
        f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
    )
    document = with_body(paragraph(run("框外。"), f"<w:r>{both}</w:r>"))
    assert text_of(document, tmp_path) == ["框外。", "框内。"]


def test_a_footnote_stands_below_the_signature_and_not_in_the_sentence(tmp_path: Path) -> None:
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    document = with_body(
        paragraph(run("1.漏损偏高。")),
        paragraph(run("整改情况:换管3公里"), reference, run("。")),
        paragraph(run("欢迎监督。电话:0000-1234567")),
        paragraph(run("某水务局")),
        paragraph(run("2025年3月1日")),
    )
    notes = (
        f"<w:footnotes {W}><w:footnote w:id='0'>{paragraph(run('分隔'))}</w:footnote>"
        f"<w:footnote w:id='2'>{paragraph(run('含支管。'))}</w:footnote></w:footnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    document.part.relate_to(part, relation)
    lines = text_of(document, tmp_path)
    assert lines[1] == "整改情况:换管3公里。"
    assert lines[-1] == "含支管。"
    notice = parse("\n".join(lines), "n")
    passages = {passage.id: passage.text for passage in cut(notice)}
    assert passages["contact"].endswith("2025年3月1日")
    assert passages["p1"] == "含支管。"
    assert (notice.issuer, notice.issued) == ("某水务局", "2025-03-01")


def table(*rows: tuple[str, ...]) -> str:
    inner = "".join(
        "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in row) + "</w:tr>" for row in rows
    )
    return f"<w:tbl>{inner}</w:tbl>"


def cell(*lines: str, properties: str = "") -> str:
    inner = "".join(paragraph(run(line)) for line in lines)
    return f"<w:tcPr>{properties}</w:tcPr>{inner}"


def test_the_rows_of_a_table_are_findings_with_their_states(tmp_path: Path) -> None:
    document = with_body(
        table(
            tuple(map(cell, ("序号", "问题", "整改措施", "责任单位", "完成情况"))),
            (
                cell("1"),
                cell("漏损偏高"),
                cell("一是换管。", "二是装表。"),
                cell(""),
                cell("已完成"),
            ),
            (cell("2"), cell("抄表不及时"), cell("增加人员。"), cell("营业股"), cell("正在推进")),
        )
    )
    lines = text_of(document, tmp_path)
    assert lines[1] == "1\t漏损偏高\t一是换管。 二是装表。\t\t已完成"
    notice = parse("\n".join(lines), "n")
    assert [(f.title, len(f.measures)) for f in notice.findings] == [
        ("漏损偏高", 2),
        ("抄表不及时", 0),
    ]
    assert [f.status and f.status.kind for f in notice.findings] == ["done", "under_way"]


@pytest.mark.parametrize(
    ("merge", "shown"), [("<w:vMerge/>", ""), ('<w:vMerge w:val="restart"/>', "供水")]
)
def test_a_cell_merged_with_the_one_above_is_not_read_again(
    merge: str, shown: str, tmp_path: Path
) -> None:
    document = with_body(table((cell("供水", properties=merge), cell("漏损"), cell("换管"))))
    assert text_of(document, tmp_path) == [f"{shown}\t漏损\t换管"]


def test_a_table_that_is_only_layout_keeps_its_paragraphs(tmp_path: Path) -> None:
    document = with_body(table((cell("1.漏损偏高。", "整改情况:换管。"),)))
    assert text_of(document, tmp_path) == ["1.漏损偏高。", "整改情况:换管。"]
