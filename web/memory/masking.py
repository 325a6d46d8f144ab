r"""Hides personal numbers before anything is stored: phone, identity card, bank card, mail, passport.

Digits are recognised in every script that Unicode knows, in full width, spoken as Chinese
(一三八…, 幺) and with blanks or hyphens between them. ``\b`` is of no use between a Chinese
character and a digit, so the patterns look around instead.
"""

import re
import unicodedata

LONGEST = 500

_BETWEEN = r"[\s\u200b-\u200f\u2060\ufeff\-‐-―−－._·•()（）—]{0,2}"
_SPOKEN = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")


def _digits(least: int, most: int) -> str:
    return rf"\d(?:{_BETWEEN}\d){{{least - 1},{most - 1}}}"


_UNIT = r"\s*(?:元|万|亿|人|户|年|月|日|份|条|次|件|㎡|%|个)"
_MAIL = (
    "〔邮箱〕",
    re.compile(r"[A-Za-z0-9._%+\-]+\s?@\s?[A-Za-z0-9\-]+(?:\s?[.。]\s?[A-Za-z0-9\-]+)+"),
)
_NUMBERS = (
    ("〔证件号〕", re.compile(rf"(?<!\d){_digits(17, 17)}{_BETWEEN}[\dXx](?!\d)")),
    ("〔银行卡号〕", re.compile(rf"(?<!\d){_digits(16, 19)}(?!\d)")),
    (
        "〔电话〕",
        re.compile(
            rf"(?<!\d)(?:\+?86{_BETWEEN}|0086{_BETWEEN})?1{_BETWEEN}[3-9]{_BETWEEN}{_digits(9, 9)}(?!\d)"
        ),
    ),
    ("〔证件号〕", re.compile(rf"(?<!\d){_digits(15, 15)}(?!\d)")),
    ("〔电话〕", re.compile(rf"(?<!\d)[(（]?0{_BETWEEN}{_digits(9, 11)}(?!\d)")),
    ("〔电话〕", re.compile(rf"(?<!\d)[48]00{_BETWEEN}{_digits(7, 7)}(?!\d)")),
    ("〔证件号〕", re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,2}\d{7,9}(?![A-Za-z0-9])")),
    ("〔号码〕", re.compile(rf"(?<!\d){_digits(12, 40)}(?!\d)")),
    (
        "〔号码〕",
        re.compile(rf"(?<!\d)(?!20\d{{2}}(?:0[1-9]|1[0-2])[0-3]\d(?!\d))\d{{7,11}}(?!\d|{_UNIT})"),
    ),
    ("〔号码〕", re.compile(r"(?<!\d)\d{9,}(?!\d)")),
)


def mask(text: str) -> str:
    """The text with every personal number replaced by its name in 〔〕; all else untouched."""
    text = _replaced(text, *_MAIL, "".join(map(_plain, text)))
    for name, pattern in _NUMBERS:
        text = _replaced(text, name, pattern, "".join(map(_plain, text)).translate(_SPOKEN))
    return text


def _replaced(text: str, name: str, pattern: re.Pattern[str], plain: str) -> str:
    for start, end in reversed([match.span() for match in pattern.finditer(plain)]):
        text = text[:start] + name + text[end:]
    return text


def storable(text: str) -> str:
    """Masked, without what no database takes (NUL, lone surrogates), at most ``LONGEST`` long."""
    clean = text[: 4 * LONGEST].replace("\0", "").encode("utf-8", "replace").decode()
    return mask(clean)[:LONGEST]


def _plain(character: str) -> str:
    """One for one: every digit as 0-9, every full-width letter as ASCII."""
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return chr(ord(character) - 0xFEE0) if "\uff01" <= character <= "\uff5e" else character
