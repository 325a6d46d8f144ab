"""Signs: what kind of message this is, told by words. The words are data, by language.

Each ``.toml`` file here has one table a sign; its keys are languages, its values pieces of
regular expressions. They are joined once, when a sign is first looked for.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@cache
def _table(file: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((_FOLDER / f"{file}.toml").read_text("utf-8"))


@cache
def sign(name: str, file: str = "messages") -> re.Pattern[str]:
    """The pattern of a sign over all its languages, for text in matching form.

    Raises:
        KeyError: the file has no such sign.
    """
    pieces = [piece for language in _table(file)[name].values() for piece in language]
    return re.compile("|".join(f"(?:{piece})" for piece in pieces))


@cache
def words(name: str, file: str = "messages") -> frozenset[str]:
    """The words of a sign that is a plain list.

    Raises:
        KeyError: the file has no such list.
    """
    return frozenset(word for language in _table(file)[name].values() for word in language)


def names(file: str = "messages") -> tuple[str, ...]:
    """Every sign of a file, in its order."""
    return tuple(_table(file))
