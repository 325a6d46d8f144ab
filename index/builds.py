"""The builds on disk: which there are, which one answers, and going back to an earlier one.

    <data>/index/pinned     there while an earlier build was chosen: a start does not build again

One build is written at a time, under a lock that the system drops with its holder: what a killed
build left is therefore nobody's, and goes with the next.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import IndexStoreError

KEPT = 3
PATIENCE_S = 120
_NAME = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Build:
    """One build; ``current`` is the one that answers, or will after the next start."""

    name: str
    written: datetime
    current: bool


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The index folder for oneself, while a build writes, points and sweeps; the lock lies beside.

    Raises:
        IndexStoreError: another build has had it for ``PATIENCE_S`` seconds.
    """
    resolved = folder.resolve()
    try:
        with FileLock(resolved.parent / f".{resolved.name}.lock", timeout=PATIENCE_S):
            yield
    except Timeout as error:
        raise IndexStoreError(
            f"another build has held {folder} for {PATIENCE_S} s",
            hint="wait for it to end, or end it, and build again",
        ) from error


def sweep(builds: Path, name: str) -> None:
    """Remove what killed builds left, and all builds but ``name`` and the latest. Needs ``held``."""
    others = [build.name for build in _found(builds) if build.name != name]
    kept = {name, *others[: KEPT - 1]}
    for other in builds.iterdir():
        if other.name not in kept:
            shutil.rmtree(other, ignore_errors=True)
    for pointer in builds.parent.glob(".current-*"):
        pointer.unlink(missing_ok=True)


def listed(folder: Path) -> list[Build]:
    """All whole builds, latest first."""
    pointer = folder / "current"
    current = pointer.read_text("utf-8").strip() if pointer.is_file() else ""
    return [
        Build(path.name, datetime.fromtimestamp(_written(path), UTC), path.name == current)
        for path in _found(folder / "builds")
    ]


def pinned(folder: Path) -> bool:
    """Whether an earlier build was chosen on purpose."""
    return (folder / "pinned").is_file()


def use(folder: Path, name: str) -> None:
    """Let another build answer; running servers take it up by themselves.

    Raises:
        IndexStoreError: there is no such build, or the folder cannot be written to.
    """
    names = [build.name for build in listed(folder)]
    chosen = [known for known in names if known.startswith(name)] if name else []
    if len(chosen) != 1:
        raise IndexStoreError(
            f"no build {name[:40]!r}; there are {', '.join(names) or 'none'}",
            hint="see: python -m index list",
        )
    try:
        with held(folder):
            pointer = folder / f".current-{os.getpid()}"
            pointer.write_text(f"{chosen[0]}\n", "utf-8")
            (folder / "pinned").touch()
            pointer.replace(folder / "current")
    except OSError as error:
        raise IndexStoreError(
            f"the index cannot be written to {folder}: {error.strerror}",
            hint="check space and permissions",
        ) from error


def _found(builds: Path) -> list[Path]:
    if not builds.is_dir():
        return []
    whole = [
        path
        for path in builds.iterdir()
        if _NAME.fullmatch(path.name) and (path / "manifest.json").is_file()
    ]
    return sorted(whole, key=_written, reverse=True)


def _written(build: Path) -> float:
    try:
        return (build / "manifest.json").stat().st_mtime
    except OSError:
        return 0.0
