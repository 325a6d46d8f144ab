"""Assistants over other indexes than that of the settings, each built in a folder that passes."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from assistant import Assistant
from index import building, profile, store
from index.encoder import Encoder
from index.settings import Settings
from index.store import Source
from index.vocabulary import Vocabulary


def of_notices(files: Sequence[Path], settings: Settings) -> Assistant:
    """An assistant over notice files and whatever is curated beside them; edits by staff aside.

    Raises:
        TongbaoError: a notice, a curated file, the encoder or the reader is not usable.
    """
    with tempfile.TemporaryDirectory(prefix="tongbao-eval-") as folder:
        own = replace(settings, data=Path(folder))
        building.build(files, own)
        return Assistant.load(own)


def changed(
    assistant: Assistant, change: Callable[[Source], Source], encoder: Encoder | None = None
) -> Assistant:
    """An assistant over the same notices, each of them changed first."""
    found = [change(source) for source in assistant.index.sources]
    chosen = encoder or assistant.retriever.encoder
    with tempfile.TemporaryDirectory(prefix="tongbao-eval-") as folder:
        building.write(found, chosen, Path(folder))
        return Assistant(store.load(Path(folder), chosen), chosen, reader=assistant.reader)


def plain(assistant: Assistant) -> Assistant:
    """An assistant over the same notices as if nothing stood beside them."""
    return changed(assistant, _bare)


def without(name: str) -> Callable[[Source], Source]:
    """The change that takes one kind of curated lines away: synonyms, phrasings or gaps."""

    def change(source: Source) -> Source:
        taken_away: dict[str, tuple[()]] = {name: ()}
        return replace(source, vocabulary=replace(source.vocabulary, **taken_away))

    return change


def is_curated(assistant: Assistant) -> bool:
    """Whether anything stands beside a notice of the assistant."""
    return any(source != _bare(source) for source in assistant.index.sources)


def _bare(source: Source) -> Source:
    return replace(source, vocabulary=Vocabulary(), profile=profile.read_off(source.notice))
