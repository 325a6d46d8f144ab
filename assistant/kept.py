"""Tokens of an index's questions, kept beside it: cutting thousands of lines at every start would
make the first answer wait.

What is kept belongs to one build of the index and one state of the cutting code, and is made
anew for any other. A folder that cannot be written costs time and nothing else.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

TokenLists = list[list[str]]
_CUTTING = ("words.py", "understand.py", "search.py")


def token_lists(
    folder: Path | None, build: str, count: int, make: Callable[[], TokenLists]
) -> TokenLists:
    """The token lists of a build, ``count`` of them: read if they are kept, else made and kept."""
    if folder is None:
        return make()
    path = folder / f"tokens-{_key(build)}.json"
    with suppress(OSError, ValueError):
        kept = json.loads(path.read_bytes())
        if isinstance(kept, list) and len(kept) == count:
            return kept
    made = make()
    with suppress(OSError):
        _keep(path, made)
    return made


def _key(build: str) -> str:
    digest = hashlib.sha256(build.encode())
    for name in _CUTTING:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()[:16]


def _keep(path: Path, made: TokenLists) -> None:
    """Whole or not at all; what was kept for another build goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".tokens-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(made, file, ensure_ascii=False)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    for other in path.parent.glob("tokens-*.json"):
        if other != path:
            other.unlink(missing_ok=True)
