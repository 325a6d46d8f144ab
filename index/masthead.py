"""What surrounds the body of a notice: title and date before it, contact and signature after it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from index.lines import HEADING_LENGTH, Line, folded
from index.structure import is_section_heading, opens_an_item

_OPENING = re.compile(r"(根据|按照).{0,80}(部署|安排|工作)")
_CONTACT = re.compile(r"联系(方式|电话|人)|举报电话|监督电话|电子?(邮箱|信箱)|邮政(信箱|编码)|邮编")
_REACHABLE = re.compile(r"\d{7,}|\d{3,4}-\d{7,8}|@|(?<!\d)\d{6}(?!\d)")
_WELCOME = re.compile(r"欢迎.{0,40}监督")
_HAN_NUMBER = "一二三四五六七八九十"
_DATE = re.compile(
    rf"(\d{{4}}|[〇○零{_HAN_NUMBER}]{{4}})年(\d{{1,2}}|[{_HAN_NUMBER}]{{1,3}})月"
    rf"(\d{{1,2}}|[{_HAN_NUMBER}]{{1,3}})日$"
)
_PRINTED_DATE = re.compile(r"(?<!\d)(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")
_TITLE = re.compile(r"[^>]{4,80}(通报|公告|公示)$")
_SUBJECT = re.compile(r"现将(.{2,30}?)(?:予以|进行)?(?:公布|公开|通报|公示)")
_SIGNATURE_LENGTH = 30
# The closing part stands among so many last lines.
_CLOSING_LINES = 12


def opening_start(lines: Sequence[Line]) -> int:
    """Index of the line the notice opens with: navigation and title may stand before it."""
    for index, line in enumerate(lines):
        if _OPENING.match(line.flat):
            return index
        if is_section_heading(line.flat):
            break
    return 0


def closing_lines(lines: Sequence[Line]) -> tuple[int, int]:
    """Where the closing contact part begins and ends, as indices; both len(lines) without one.

    It ends with the signature or with the contact below it: what follows are notes.
    """
    end = _closing_end(lines)
    start = _closing_start(lines[:end])
    return (start, end) if start < end else (len(lines), len(lines))


def _closing_end(lines: Sequence[Line]) -> int:
    first = max(0, len(lines) - _CLOSING_LINES)
    signed = [at for at in range(first, len(lines)) if _signature(lines[at].flat) is not None]
    end = signed[-1] + 1 if signed else len(lines)
    while end < len(lines) and _contact(lines[end].flat):
        end += 1
    return end


def _closing_start(lines: Sequence[Line]) -> int:
    start = len(lines)
    for index in range(len(lines) - 1, max(0, len(lines) - _CLOSING_LINES), -1):
        flat = lines[index].flat
        if opens_an_item(flat):
            break
        signs = index + 1 == start < len(lines) and _signature(lines[start].flat) == ""
        if (
            _contact(flat)
            or _WELCOME.search(flat)
            or _signature(flat) is not None
            or (signs and len(flat) <= _SIGNATURE_LENGTH)
        ):
            start = index
        elif len(flat) > HEADING_LENGTH:
            break
    return start


def _contact(flat: str) -> bool:
    return bool(_CONTACT.search(flat) and _REACHABLE.search(flat))


def _signature(flat: str) -> str | None:
    """Who signs on a line that ends in the date; "" when the date stands alone, else None."""
    match = _DATE.search(flat)
    if match is None:
        return None
    signer = re.split(r"[。;]", flat[: match.start()])[-1].strip()
    return signer if len(signer) <= _SIGNATURE_LENGTH else None


def masthead(text: str, header: Sequence[Line], body: Sequence[Line]) -> tuple[str, str, str]:
    """Title, issuer and ISO date: a printed title, else issuer and subject in its own words."""
    issuer, issued = _signed(text, body)
    if not issued:
        issued = next(filter(None, (_iso(*found) for found in _header_dates(header))), "")
    for line in (*reversed(header), *body[:3]):
        if _TITLE.match(line.flat):
            return text[line.start : line.end], issuer, issued
    opening = folded(text[body[0].start : body[0].start + 2000])
    subject = _SUBJECT.search(opening)
    words = ""
    if subject:
        words = text[body[0].start + subject.start(1) : body[0].start + subject.end(1)]
    named = " ".join(part for part in (issuer, words) if part)
    return named or text[body[0].start : body[0].end][:40], issuer, issued


def _signed(text: str, body: Sequence[Line]) -> tuple[str, str]:
    """Issuer and ISO date of the signature among the last lines; empty where there is none."""
    for place in range(len(body) - 1, max(-1, len(body) - 6), -1):
        signer, match = _signature(body[place].flat), _DATE.search(body[place].flat)
        if signer is None or match is None or not (issued := _iso(*match.groups())):
            continue
        if not signer and place and len(body[place - 1].flat) <= _SIGNATURE_LENGTH:
            signer = text[body[place - 1].start : body[place - 1].end]
        return signer, issued
    return "", ""


def _header_dates(header: Sequence[Line]) -> Iterator[tuple[str, ...]]:
    for line in header:
        yield from (match.groups() for match in _PRINTED_DATE.finditer(line.flat))


def _iso(year: str, month: str, day: str) -> str:
    """``2024-12-31`` from Arabic or Chinese numerals; "" when there is no such day."""
    try:
        return date(_number(year), _number(month), _number(day)).isoformat()
    except ValueError:
        return ""


def _number(numeral: str) -> int:
    digits = {character: str(value) for value, character in enumerate("〇" + _HAN_NUMBER[:-1])}
    tens, ten, units = numeral.replace("○", "〇").replace("零", "〇").rpartition("十")
    if ten:
        return 10 * _number(tens or "一") + (_number(units) if units else 0)
    return int("".join(digits.get(character, character) for character in units))
