"""A running server takes up another build, goes back, and survives one that is damaged."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant import Assistant
from index import builds, sources, store
from index.encoder import load_encoder
from index.settings import Settings
from tests.conftest import SMALL_TEXT
from tests.serving import finished
from web import reload
from web.pools import Pools


def built(settings: Settings, folder: Path, text: str) -> str:
    path = folder / "qingshan-2023.txt"
    path.write_text(text, "utf-8")
    found = sources.collect([path], settings.edits_folder)
    return store.build(found, load_encoder(None), settings.index_folder)


def watched(state: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, name: str) -> bool:
    """Whether the server answers from ``name`` soon."""
    monkeypatch.setattr(reload, "PERIOD_S", 0.05)

    async def watch() -> bool:
        task = asyncio.create_task(reload.every_few_seconds(state))
        for _ in range(600):
            if state.assistant.index.name == name:
                break
            await asyncio.sleep(0.1)
        task.cancel()
        return bool(state.assistant.index.name == name)

    return finished(watch)


def test_a_new_build_answers_without_a_restart_and_so_does_an_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path / "data")
    first = built(settings, tmp_path, SMALL_TEXT)
    state = SimpleNamespace(
        settings=settings, assistant=Assistant.load(settings), unavailable=None, pools=Pools()
    )
    assert "12小时" in state.assistant.ask("图书馆每天开放多长时间").citations[0].quote
    second = built(settings, tmp_path, SMALL_TEXT.replace("12小时", "14小时"))
    assert watched(state, monkeypatch, second)
    assert "14小时" in state.assistant.ask("图书馆每天开放多长时间").citations[0].quote
    builds.use(settings.index_folder, first)
    assert watched(state, monkeypatch, first)
    state.pools.close()


def test_a_build_that_cannot_be_loaded_leaves_the_old_one_answering(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    built(settings, tmp_path, SMALL_TEXT)
    before = Assistant.load(settings)
    state = SimpleNamespace(settings=settings, assistant=before, unavailable=None, pools=Pools())
    second = built(settings, tmp_path, SMALL_TEXT.replace("12小时", "14小时"))
    rows = settings.index_folder / "builds" / second / "vectors.faiss"
    rows.write_bytes(rows.read_bytes()[:-1] + b"x")
    assert not finished(lambda: reload.taken_up(state))
    assert state.assistant is before
    state.pools.close()
