"""Reads notice files: .txt, .html, .docx and .pdf with text. One clear error for the rest.

The text is handed on exactly as the reader gives it; offsets refer to that text.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import NoticeError

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell

_ITEM = re.compile(
    r"\d{1,3}[.、．](?!\d)|[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]"
)
_PAGE_NUMBER = re.compile(r"[-—–－]\s*\d{1,4}\s*[-—–－]|第\s*\d+\s*页(\s*[,，/]?\s*共\s*\d+\s*页)?")
_PRINTABLE_CONTROLS = frozenset("\n\r\t\f\v")


def read(path: Path) -> str:
    """The text of a notice file.

    Raises:
        NoticeError: missing, empty, binary, encrypted, without text or of another kind.
    """
    if not path.is_file():
        raise NoticeError(f"no such notice file: {path}", hint="give the path of a file")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NoticeError(
            f"{path} cannot be read: {error.strerror}", hint="check its permissions"
        ) from error
    if not data.strip():
        raise NoticeError(f"{path} is empty; expected a notice", hint="give a file that holds text")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise NoticeError(
            f"{path} is of the kind {path.suffix or 'without suffix'!r};"
            f" expected one of {', '.join(sorted(_READERS))}",
            hint="save it as .txt (UTF-8), .html, .docx or .pdf",
        )
    text = reader(data, path)
    if not text.strip():
        raise NoticeError(f"{path} holds no text", hint="give a file that holds text")
    return text


def _read_text(data: bytes, path: Path) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _looks_binary(text):
            return text
    raise NoticeError(
        f"{path} is not text in UTF-8 or GB18030 (a binary file?)", hint="save it as UTF-8 text"
    )


def _looks_binary(text: str) -> bool:
    """Control, private-use and unassigned characters do not stand in a notice."""
    sample = text[:20000]
    strange = sum(
        unicodedata.category(c) in ("Cc", "Co", "Cn") and c not in _PRINTABLE_CONTROLS
        for c in sample
    )
    return "\x00" in sample or strange > len(sample) / 100


def _read_html(data: bytes, path: Path) -> str:
    import trafilatura

    extracted = trafilatura.extract(
        data, include_comments=False, include_tables=True, favor_recall=True, output_format="txt"
    )
    if not extracted:
        raise NoticeError(f"{path} holds no readable text", hint="save the page's text as .txt")
    return str(extracted)


def _read_docx(data: bytes, path: Path) -> str:
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError  # type: ignore[import-untyped]

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise NoticeError(
            f"{path} is encrypted or in the old .doc format; expected .docx",
            hint="remove the password or save it as .docx",
        )
    try:
        return "\n".join(_docx_lines(docx.Document(io.BytesIO(data))))
    except (zipfile.BadZipFile, OpcError, LxmlError, KeyError, ValueError) as error:
        raise NoticeError(f"{path} is not a .docx file", hint="save it again as .docx") from error


def _docx_lines(holder: "Document | _Cell") -> Iterator[str]:
    """Paragraphs, and rows of tables with a tab between cells; a merged cell comes once."""
    from docx.table import Table

    for block in holder.iter_inner_content():
        if not isinstance(block, Table):
            yield block.text
            continue
        for row in block.rows:
            cells = {cell._tc: cell for cell in row.cells}.values()
            texts = ["\n".join(_docx_lines(cell)).strip() for cell in cells]
            yield "\t".join(text for text in texts if text)


def _read_pdf(data: bytes, path: Path) -> str:
    import pypdfium2  # type: ignore[import-untyped]

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            pages = [page.get_textpage().get_text_bounded() for page in document]
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        encrypted = "password" in str(error).lower() or "security" in str(error).lower()
        raise NoticeError(
            f"{path} is {'encrypted' if encrypted else 'not a readable PDF'}",
            hint="save it without a password" if encrypted else "export it again as PDF",
        ) from error
    lines = [line.rstrip() for page in pages for line in page.splitlines()]
    if not any(lines):
        raise NoticeError(
            f"{path} holds pictures and no text ({len(pages)} pages)",
            hint="run text recognition on it first, then give the result",
        )
    return _joined([line for line in lines if not _PAGE_NUMBER.fullmatch(line.strip())])


def _joined(lines: list[str]) -> str:
    """PDF lines end at the margin: such a line is joined to the next, if that opens no item.

    The margin is where at least three lines end; a sentence that ends there stays apart.
    """
    widths = [_columns(line) for line in lines]
    margin = max(widths, default=0) - 6
    if sum(width >= margin for width in widths) < 3:
        return "\n".join(lines)
    joined = lines[:1]
    for (before, line), width in zip(pairwise(lines), widths, strict=False):
        broken = width >= margin and not before.endswith(("。", ":", "："))
        if broken and not _ITEM.match(line.lstrip()):
            joined[-1] += line.lstrip()
        else:
            joined.append(line)
    return "\n".join(joined)


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line)


_READERS: dict[str, Callable[[bytes, Path], str]] = {
    ".txt": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
}
