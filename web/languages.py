"""Interface texts, one catalogue a language, and the choice among them."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
HTML_LANGUAGE = {"zh-Hans": "zh-CN", "zh-Hant": "zh-Hant", "en": "en"}

_CATALOGUE = Path(__file__).parent / "catalogue"
_RANGE = re.compile(r"([A-Za-z-]+)(?:\s*;\s*q=([\d.]+))?")


@cache
def texts(language: str) -> Mapping[str, Any]:
    """The catalogue of a language of ``LANGUAGES``; every catalogue has the same keys."""
    path = _CATALOGUE / f"{language}.json"
    return MappingProxyType(json.loads(path.read_text("utf-8")))


def names() -> list[tuple[str, str]]:
    """Code and own name of every language, for a switch."""
    return [(code, str(texts(code)["language_name"])) for code in LANGUAGES]


def chosen(wish: str | None, accepted: str | None) -> str:
    """``wish`` if it is a language of ours, else the best of an Accept-Language header."""
    if wish in LANGUAGES:
        return wish
    ranked = sorted(
        ((float(weight or 1), tag) for tag, weight in _RANGE.findall((accepted or "")[:200])),
        key=lambda pair: -pair[0],
    )
    for _, tag in ranked:
        if language := _of_tag(tag.lower()):
            return language
    return LANGUAGES[0]


def _of_tag(tag: str) -> str | None:
    if tag == "zh" or tag.startswith("zh-"):
        traditional = any(part in ("hant", "tw", "hk", "mo") for part in tag.split("-")[1:])
        return "zh-Hant" if traditional else "zh-Hans"
    return "en" if tag.startswith("en") else None
