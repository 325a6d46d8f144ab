"""Builds an index from notice files: one function for every command that does.

It prints nothing and keeps the old index when anything fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index import sources, store
from index.encoder import Encoder, load_encoder
from index.settings import Settings


@dataclass(frozen=True, slots=True)
class Build:
    """What was built, from what and with what; ``counts`` are vectors by kind."""

    name: str
    sources: tuple[store.Source, ...]
    encoder: Encoder
    counts: dict[str, int]


def build(files: Sequence[Path], settings: Settings) -> Build:
    """Read notices (the shipped ones when none is named) and write the index of the settings.

    Raises:
        TongbaoError: a notice, a curated file, the encoder or the folder is not usable.
    """
    found = sources.collect(files or sources.shipped_files(), settings.edits_folder)
    return of_sources(found, settings)


def of_sources(found: Sequence[store.Source], settings: Settings) -> Build:
    """Write the index of the settings from notices that were read.

    Raises:
        TongbaoError: the encoder or the folder is not usable.
    """
    return write(found, load_encoder(settings.encoder), settings.index_folder)


def write(found: Sequence[store.Source], encoder: Encoder, folder: Path) -> Build:
    """Write the index of notices that were read.

    Raises:
        IndexStoreError: the folder cannot be written to.
    """
    name = store.build(found, encoder, folder)
    return Build(name, tuple(found), encoder, store.read_manifest(folder)["counts"])
