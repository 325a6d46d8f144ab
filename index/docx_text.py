"""The text of a .docx file as Word shows it: python-docx for the package, its XML for the text.

What python-docx leaves out is read here: automatic numbering, tracked insertions (deletions are
not shown), content controls, fields, text boxes, footnotes. Headers and footers are left out, and
so is a table of contents. A row of a table is a line, a tab between its cells.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from index.markers import ORDINALS

if TYPE_CHECKING:
    from docx.document import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HOLDERS = tuple(
    _W + name for name in ("ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent",
                           "fldSimple", "customXml", "r", "bdo", "dir")
)  # fmt: skip
_PLAIN = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_CONTENTS = re.compile(r"(?i)toc\s?\d|目录\s?\d")
_WIDE_ROW = 3
_HAN_FORMATS = (
    "chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "ideographTraditional",
    "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
)  # fmt: skip
_CIRCLED = ("decimalEnclosedCircle", "decimalEnclosedCircleChinese")

Element = Any


def lines_of(document: "Document") -> Iterator[str]:
    """The lines of the body in reading order, footnotes last."""
    reader = _Reader(document)
    yield from reader.blocks(document.element.body)
    yield from reader.footnotes()


class _Reader:
    """One pass over a document: numbering counts on, and footnotes are met in order."""

    def __init__(self, document: "Document") -> None:
        self._numbering = _Numbering(_related(document, "numbering"), document.styles.element)
        self._notes = _related(document, "footnotes")
        self._met: list[str] = []
        self._names = {
            style.get(_W + "styleId"): _value(style.find(_W + "name"))
            for style in document.styles.element.iter(_W + "style")
        }

    def blocks(self, holder: Element) -> Iterator[str]:
        """Paragraphs and rows of a body, a cell, a content control or a text box."""
        begun = ""
        for block in holder:
            if block.tag == _W + "p":
                if self._is_contents(block):
                    continue
                text, boxes = self._paragraph(block)
                if _mark_is_deleted(block):
                    begun += text
                else:
                    yield begun + text
                    begun = ""
                yield from boxes
            elif block.tag == _W + "tbl":
                yield from self._rows(block)
            elif block.tag in _HOLDERS:
                yield from self.blocks(block)
        if begun:
            yield begun

    def footnotes(self) -> Iterator[str]:
        for note in self._notes.iter(_W + "footnote") if self._notes is not None else ():
            if note.get(_W + "id") in self._met:
                yield from (line.strip() for line in self.blocks(note) if line.strip())

    def _is_contents(self, paragraph: Element) -> bool:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        name = self._names.get(_value(style), "") if style is not None else ""
        return bool(_CONTENTS.match(name or ""))

    def _paragraph(self, paragraph: Element) -> tuple[str, list[str]]:
        """The text of a paragraph with its number, and the lines of its text boxes."""
        boxes: list[str] = []
        text = "".join(self._runs(paragraph, boxes))
        number = self._numbering.next(paragraph) if text.strip() else ""
        return number + text, boxes

    def _runs(self, holder: Element, boxes: list[str]) -> Iterator[str]:
        if holder.tag == _W + "r" and _is_hidden(holder):
            return
        for child in holder:
            if child.tag == _W + "t":
                yield child.text or ""
            elif child.tag in _PLAIN:
                yield _PLAIN[child.tag]
            elif child.tag == _W + "footnoteReference":
                self._met.append(child.get(_W + "id"))
            elif child.tag in _HOLDERS:
                yield from self._runs(child, boxes)
            elif holder.tag == _W + "r":
                boxes += self._boxes(child)

    def _boxes(self, drawing: Element) -> Iterator[str]:
        """Text boxes of a drawing; what stands there again for older programs is passed over."""
        if drawing.tag == _FALLBACK:
            return
        if drawing.tag == _W + "txbxContent":
            yield from self.blocks(drawing)
            return
        for child in drawing:
            yield from self._boxes(child)

    def _rows(self, table: Element) -> Iterator[str]:
        for row in table.iter(_W + "tr"):
            if row.find(f"{_W}trPr/{_W}del") is not None or _table_of(row) is not table:
                continue
            cells = [cell for cell in row.iter(_W + "tc") if _row_of(cell) is row]
            joint = " " if len(cells) >= _WIDE_ROW else "\n"
            yield "\t".join(self._cell(cell, joint) for cell in cells)

    def _cell(self, cell: Element, joint: str) -> str:
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        if merged is not None and _value(merged) != "restart":
            return ""
        lines = (line.strip() for line in self.blocks(cell))
        return joint.join(line for line in lines if line)


class _Numbering:
    """Counts automatic numbering as Word does: by list and level, deeper levels start anew."""

    def __init__(self, part: Element | None, styles: Element) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._lists: dict[str, str] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._styles = {style.get(_W + "styleId"): style for style in styles.iter(_W + "style")}
        if part is not None:
            self._read(part)

    def _read(self, part: Element) -> None:
        abstract = {a.get(_W + "abstractNumId"): a for a in part.iter(_W + "abstractNum")}
        for one in part.iter(_W + "num"):
            name = one.get(_W + "numId")
            base = abstract.get(_value(one.find(_W + "abstractNumId")))
            self._lists[name] = _value(one.find(_W + "abstractNumId"))
            for level in base.iter(_W + "lvl") if base is not None else ():
                self._levels[name, int(level.get(_W + "ilvl"))] = _level(level)
            for override in one.iter(_W + "lvlOverride"):
                self._override(name, override)

    def _override(self, name: str, override: Element) -> None:
        key = (name, int(override.get(_W + "ilvl")))
        if (level := override.find(_W + "lvl")) is not None:
            self._levels[key] = _level(level)
        start = override.find(_W + "startOverride")
        if start is not None and key in self._levels:
            self._levels[key] = (*self._levels[key][:2], int(_value(start)))
            self._lists[name] = name  # counts by itself from now on

    def next(self, paragraph: Element) -> str:
        """The number Word prints before a paragraph; "" for none and for a bullet."""
        name, depth = self._of(paragraph.find(_W + "pPr"), set())
        if (name, depth) not in self._levels:
            return ""
        group = self._lists.get(name, name)
        start = self._levels[name, depth][2]
        self._counts[group, depth] = self._counts.get((group, depth), start - 1) + 1
        for deeper in [key for key in self._counts if key[0] == group and key[1] > depth]:
            del self._counts[deeper]
        return self._printed(name, depth, group)

    def _of(self, properties: Element | None, seen: set[str]) -> tuple[str, int]:
        """List and level of paragraph properties, or of the style they name."""
        if properties is None:
            return "", 0
        numbered = properties.find(_W + "numPr")
        if numbered is not None and numbered.find(_W + "numId") is not None:
            level = numbered.find(_W + "ilvl")
            return _value(numbered.find(_W + "numId")), int(_value(level) or 0)
        style = self._styles.get(_value(properties.find(_W + "pStyle")))
        return self._of_style(style, seen)

    def _of_style(self, style: Element | None, seen: set[str]) -> tuple[str, int]:
        if style is None or style.get(_W + "styleId") in seen:
            return "", 0
        seen.add(style.get(_W + "styleId"))
        found = self._of(style.find(_W + "pPr"), seen)
        based = self._styles.get(_value(style.find(_W + "basedOn")))
        return found if found[0] else self._of_style(based, seen)

    def _printed(self, name: str, depth: int, group: str) -> str:
        form, text, _ = self._levels[name, depth]
        if form in ("bullet", "none"):
            return ""

        def number(match: "re.Match[str]") -> str:
            at = int(match[1]) - 1
            level = self._levels.get((name, at), ("decimal", "", 1))
            return _in_format(self._counts.get((group, at), level[2]), level[0])

        return str(re.sub(r"%(\d)", number, text))


def _level(level: Element) -> tuple[str, str, int]:
    """Format, text with %1 in it, and first number of a level."""
    start = _value(level.find(_W + "start"))
    return (
        _value(level.find(_W + "numFmt")) or "decimal",
        _value(level.find(_W + "lvlText")),
        int(start or 1),
    )


def _in_format(number: int, form: str) -> str:
    if form in _HAN_FORMATS and 0 < number <= len(ORDINALS):
        return ORDINALS[number - 1]
    if form in _CIRCLED and 0 < number <= 20:
        return chr(0x245F + number)
    if form in ("lowerLetter", "upperLetter") and 0 < number <= 26:
        return chr((96 if form == "lowerLetter" else 64) + number)
    return str(number)


def _related(document: "Document", kind: str) -> Element | None:
    """The XML of a part the document refers to; None when it has none."""
    from lxml import etree  # type: ignore[import-untyped]

    for relation in document.part.rels.values():
        if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
            return etree.fromstring(relation.target_part.blob)
    return None


def _value(element: Element | None) -> str:
    return str(element.get(_W + "val") or "") if element is not None else ""


def _is_hidden(run: Element) -> bool:
    hidden = run.find(f"{_W}rPr/{_W}vanish")
    return hidden is not None and _value(hidden) not in ("0", "false")


def _mark_is_deleted(paragraph: Element) -> bool:
    """A tracked deletion of the paragraph's end: it is shown joined to the next."""
    return paragraph.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None


def _table_of(row: Element) -> Element:
    return next(row.iterancestors(_W + "tbl"))


def _row_of(cell: Element) -> Element:
    return next(cell.iterancestors(_W + "tr"))
