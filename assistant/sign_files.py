"""The word lists under ``assistant/signs``: data by language, read once."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any


@cache
def signs(name: str) -> dict[str, Any]:
    """The tables of ``assistant/signs/<name>.toml``."""
    path = resources.files("assistant").joinpath("signs", f"{name}.toml")
    return tomllib.loads(path.read_text("utf-8"))


@cache
def sign_pattern(name: str, *keys: str) -> re.Pattern[str]:
    """The pieces listed under ``keys`` of a file as one pattern; any of them matches."""
    table: Any = signs(name)
    for key in keys:
        table = table[key]
    return any_of(table)


def any_of(pieces: Iterable[str]) -> re.Pattern[str]:
    """One pattern of several pieces, the longest first."""
    return re.compile("|".join(f"(?:{piece})" for piece in sorted(pieces, key=len, reverse=True)))
