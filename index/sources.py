"""Finds notices and what is curated for them; says whether a build still matches them."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from pypinyin import lazy_pinyin

from index import profile, vocabulary
from index.errors import NoticeError
from index.notice import Notice, parse
from index.passages import cut
from index.readers import read
from index.store import Source

SHIPPED = Path(__file__).parent / "notices"


def shipped_files() -> list[Path]:
    """The notices that travel with the program."""
    return sorted(SHIPPED.glob("*/notice.txt"))


def collect(files: Sequence[Path], edits: Path | None = None) -> list[Source]:
    """Read notices with their curated files; ``edits`` holds what staff added, by notice id.

    Raises:
        NoticeError: a file cannot be read, or two of them have one id.
        VocabularyError: a curated line or a key of the profile is not usable.
    """
    sources = [_collect(path, edits) for path in files]
    seen: dict[str, str] = {}
    for source in sources:
        if other := seen.get(source.notice.id):
            raise NoticeError(
                f"{source.path} and {other} both have the id {source.notice.id}",
                hint="rename one of the files",
            )
        seen[source.notice.id] = source.path
    return sources


def _collect(path: Path, edits: Path | None) -> Source:
    notice = parse(read(path), notice_id(path))
    ids = frozenset(passage.id for passage in cut(notice))
    folder, stem = _curated_place(path)
    curated = vocabulary.load(folder, ids, stem=stem)
    if edits is not None:
        curated = curated.with_more(vocabulary.load(edits / notice.id, ids))
    return Source(
        notice=notice,
        vocabulary=curated,
        profile=profile.load(path, notice),
        path=str(path.resolve()),
        digest=digest(path, notice, edits),
    )


def _curated_place(path: Path) -> tuple[Path, str]:
    return path.parent, "" if path.stem == "notice" else f"{path.stem}."


def notice_id(path: Path) -> str:
    """``notice.txt`` takes its folder's name, any other file its own; Chinese as pinyin."""
    name = path.resolve().parent.name if path.stem == "notice" else path.stem
    spelled = " ".join(lazy_pinyin(name)).lower()
    return re.sub(r"[^a-z0-9]+", "-", spelled).strip("-")[:80].strip("-") or "notice"


def digest(path: Path, notice: Notice | None, edits: Path | None) -> str:
    """SHA-256 over the notice file and every curated file beside it."""
    folder, stem = _curated_place(path)
    name = notice.id if notice else notice_id(path)
    places = [path, profile.place(path)]
    places += [folder / f"{stem}{file}" for file in vocabulary.FILES]
    if edits is not None:
        places += [edits / name / file for file in vocabulary.FILES]
    total = hashlib.sha256()
    for place in places:
        content = place.read_bytes() if place.is_file() else b""
        total.update(f"{place.name}:{len(content)}:".encode())
        total.update(content)
    return total.hexdigest()


def stale(manifest_notices: dict[str, dict[str, str]], edits: Path | None) -> list[str]:
    """Ids of built notices whose files are still there and have changed since."""
    return [
        name
        for name, record in manifest_notices.items()
        if (path := Path(record["path"])).is_file()
        and digest(path, None, edits) != record["digest"]
    ]
