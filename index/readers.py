"""Reads notice files: .txt, .html, .docx and .pdf with text. One clear error for the rest.

The text is handed on exactly as the reader gives it; offsets refer to that text.
"""

import io
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

from index import docx_text
from index.errors import NoticeError
from index.pdf_text import joined_pages

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
            hint=_HINTS.get(path.suffix.lower(), "save it as .txt (UTF-8), .html, .docx or .pdf"),
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
        return "\n".join(docx_text.lines_of(docx.Document(io.BytesIO(data))))
    except (zipfile.BadZipFile, OpcError, LxmlError, KeyError, TypeError, ValueError) as error:
        raise NoticeError(f"{path} is not a .docx file", hint="save it again as .docx") from error


def _read_pdf(data: bytes, path: Path) -> str:
    import pypdfium2  # type: ignore[import-untyped]
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE  # type: ignore[import-untyped]

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            pages = [page.get_textpage().get_text_bounded() for page in document]
            pictured = [
                at
                for at, (page, text) in enumerate(zip(document, pages, strict=True), start=1)
                if not text.strip() and any(page.get_objects([FPDF_PAGEOBJ_IMAGE]))
            ]
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        encrypted = "password" in str(error).lower() or "security" in str(error).lower()
        raise NoticeError(
            f"{path} is {'encrypted' if encrypted else 'not a readable PDF'}",
            hint="save it without a password" if encrypted else "export it again as PDF",
        ) from error
    lines = [page.splitlines() for page in pages]
    if not any(line.strip() for page in lines for line in page):
        raise NoticeError(
            f"{path} holds pictures and no text ({len(pages)} pages)",
            hint="run text recognition on it first, then give the result",
        )
    if pictured:
        raise NoticeError(
            f"{path}: page {pictured[0]} of {len(pages)} is a picture without text;"
            " expected text on every page",
            hint="run text recognition on it first, then give the result",
        )
    return joined_pages(lines)


_READERS: dict[str, Callable[[bytes, Path], str]] = {
    ".txt": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
}
_BY_OFFICE = "open it in Word or WPS and save it as .docx"
_BY_RECOGNITION = "run text recognition on it first and save the result as .txt or .docx"
_HINTS = dict.fromkeys((".doc", ".wps", ".rtf", ".odt"), _BY_OFFICE) | dict.fromkeys(
    (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".gif", ".webp"), _BY_RECOGNITION
)
