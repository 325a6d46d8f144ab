"""Signs: what kind of message this is, told by words. The words are data, by language.

Each ``.toml`` file here has one table a sign; its keys are languages, its values pieces of
regular expressions. They are joined once, when a sign is first looked for.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@cache
def signs(file: str) -> dict[str, Any]:
    """The tables of a file, as they are written."""
    return tomllib.loads((_FOLDER / f"{file}.toml").read_text("utf-8"))


@cache
def sign_pattern(file: str, *keys: str) -> re.Pattern[str]:
    """The pieces listed under ``keys`` of a file as one pattern; any of them matches."""
    table: Any = signs(file)
    for key in keys:
        table = table[key]
    return any_of(table)


def any_of(pieces: Iterable[str]) -> re.Pattern[str]:
    """One pattern of several pieces, the longest first."""
    return re.compile("|".join(f"(?:{piece})" for piece in sorted(pieces, key=len, reverse=True)))


@cache
def sign(name: str, file: str = "messages") -> re.Pattern[str]:
    """The pattern of a sign over all its languages, for text in matching form.

    Raises:
        KeyError: the file has no such sign.
    """
    pieces = [piece for language in signs(file)[name].values() for piece in language]
    return re.compile("|".join(f"(?:{piece})" for piece in pieces))


@cache
def words(name: str, file: str = "messages") -> frozenset[str]:
    """The words of a sign that is a plain list.

    Raises:
        KeyError: the file has no such list.
    """
    return frozenset(word for language in signs(file)[name].values() for word in language)


def names(file: str = "messages") -> tuple[str, ...]:
    """Every sign of a file, in its order."""
    return tuple(signs(file))
