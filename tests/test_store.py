"""The index on disk: the same bytes each time, whole or not at all, and checked on load."""

import contextlib
import errno
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from index import builds, sources, store
from index.encoder import Role
from index.errors import IndexStoreError, NoticeError
from index.notice import parse
from index.profile import read_off
from index.vocabulary import Gap, Phrasing, Synonym, Vocabulary
from tests.conftest import TinyEncoder

CURATED = Vocabulary(
    synonyms=(Synonym("书车", ("流动书车",), "same", "zh"),),
    phrasings=(Phrasing("1.1", "图书馆开到几点", "zh", "resident"),),
    gaps=(Gap("办证多少钱", "not_stated", "amount_not_stated", ("1",), "zh"),),
    terms=("流动书车",),
    abbreviations=(("回头看", "整改复查"),),
)


@pytest.fixture
def source(small_text: str) -> store.Source:
    notice = parse(small_text, "qingshan-2023")
    return store.Source(notice, CURATED, read_off(notice), "/n/a.txt", "d")


@pytest.fixture
def folder(tmp_path: Path, source: store.Source, tiny_encoder: TinyEncoder) -> Path:
    """An index folder with one good build."""
    store.build([source], tiny_encoder, tmp_path / "index")
    return tmp_path / "index"


def files_of(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def build_folder(folder: Path) -> Path:
    return folder / "builds" / (folder / "current").read_text().strip()


def test_a_build_comes_back_as_it_was(
    folder: Path, source: store.Source, tiny_encoder: TinyEncoder
) -> None:
    index = store.load(folder, tiny_encoder)
    assert index.sources == (source,)
    assert [p.id for p in index.passages][:3] == ["preface", "1", "1.1"]
    assert (index.encoder_name, index.dimensions) == ("tiny", 64)
    assert {row.kind for row in index.rows} == {"passage", "window", "phrasing", "gap"}


def test_building_twice_gives_the_same_bytes(
    tmp_path: Path, source: store.Source, tiny_encoder: TinyEncoder
) -> None:
    first = store.build([source], tiny_encoder, tmp_path / "one")
    assert store.build([source], tiny_encoder, tmp_path / "two") == first
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    before = files_of(tmp_path / "one")
    store.build([source], tiny_encoder, tmp_path / "one")
    assert files_of(tmp_path / "one") == before


def test_the_nearest_row_of_its_own_text_is_the_passage(
    folder: Path, tiny_encoder: TinyEncoder
) -> None:
    index = store.load(folder, tiny_encoder)
    passage = next(p for p in index.passages if p.id == "3.2")
    scores = index.similarities(tiny_encoder.encode([passage.search_text], role="query")[0])
    best = index.rows[int(np.argmax(scores))]
    assert index.passages[best.position].id == "3.2"
    assert scores.max() == pytest.approx(1, abs=1e-5)
    assert scores.shape == (len(index.rows),)


def test_an_index_of_no_notice_has_no_similarities(
    tmp_path: Path, tiny_encoder: TinyEncoder
) -> None:
    store.build([], tiny_encoder, tmp_path)
    index = store.load(tmp_path, tiny_encoder)
    assert index.similarities(np.zeros(64, dtype=np.float32)).shape == (0,)


def test_the_latest_builds_are_kept_and_nothing_else_is_left(
    folder: Path, source: store.Source, tiny_encoder: TinyEncoder
) -> None:
    names = [builds.listed(folder)[0].name]
    for number, digest in enumerate("efgh", 1):
        names.append(store.build([replace(source, digest=digest)], tiny_encoder, folder))
        manifest = folder / "builds" / names[-1] / "manifest.json"
        os.utime(manifest, (time.time() + number,) * 2)
    assert [build.name for build in builds.listed(folder)] == names[:1:-1]
    assert {path.name for path in (folder / "builds").iterdir()} == set(names[2:])
    assert sorted(path.name for path in folder.iterdir()) == ["builds", "current"]


def test_an_earlier_build_can_be_used_again_until_the_next_is_built(
    folder: Path, source: store.Source, tiny_encoder: TinyEncoder
) -> None:
    first = builds.listed(folder)[0].name
    second = store.build([replace(source, digest="e")], tiny_encoder, folder)
    builds.use(folder, first[:6])
    assert store.load(folder, tiny_encoder).name == first
    assert {build.name: build.current for build in builds.listed(folder)} == {
        first: True,
        second: False,
    }
    assert builds.pinned(folder)
    with pytest.raises(IndexStoreError, match="no build 'nothing'; there are"):
        builds.use(folder, "nothing")
    with pytest.raises(IndexStoreError, match="no build ''"):
        builds.use(folder, "")
    store.build([replace(source, digest="e")], tiny_encoder, folder)
    assert not builds.pinned(folder)
    assert store.load(folder, tiny_encoder).name == second


def test_what_killed_builds_left_goes_with_the_next(
    folder: Path, source: store.Source, tiny_encoder: TinyEncoder
) -> None:
    for name in (".building-1", ".damaged-2", "half"):
        (folder / "builds" / name).mkdir()
    (folder / ".current-99999").write_text("half")
    store.build([source], tiny_encoder, folder)
    assert [path.name for path in (folder / "builds").iterdir()] == [builds.listed(folder)[0].name]
    assert sorted(path.name for path in folder.iterdir()) == ["builds", "current"]


def test_two_builds_at_once_both_end_whole(
    folder: Path, source: store.Source, tiny_encoder: TinyEncoder
) -> None:
    sources_ = [replace(source, digest=digest) for digest in "efefef"]
    with ThreadPoolExecutor(6) as threads:
        names = set(threads.map(lambda one: store.build([one], tiny_encoder, folder), sources_))
    assert store.load(folder, tiny_encoder).name in names
    assert not list((folder / "builds").glob(".*"))


def test_no_index_at_all_is_named_with_the_command_that_builds_it(
    tmp_path: Path, tiny_encoder: TinyEncoder
) -> None:
    with pytest.raises(IndexStoreError, match="no index in") as caught:
        store.load(tmp_path / "index", tiny_encoder)
    assert "python -m index build" in caught.value.hint


@pytest.mark.parametrize("name", ["manifest.json", "notices.json", "rows.json", "vectors.faiss"])
def test_one_flipped_bit_in_any_file_is_refused_and_a_build_mends_it(
    folder: Path, name: str, source: store.Source, tiny_encoder: TinyEncoder
) -> None:
    path = build_folder(folder) / name
    good = path.read_bytes()
    for place in np.random.default_rng(0).integers(0, 8 * len(good), 12):
        bad = bytearray(good)
        bad[place // 8] ^= 1 << (place % 8)
        path.write_bytes(bad)
        with pytest.raises(IndexStoreError, match="altered") as caught:
            store.load(folder, tiny_encoder)
        assert str(path) in caught.value.message
    store.build([source], tiny_encoder, folder)
    assert path.read_bytes() == good
    assert store.load(folder, tiny_encoder).sources == (source,)


def truncate_vectors(folder: Path) -> None:
    path = build_folder(folder) / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:-1])


TEARS: list[tuple[Callable[[Path], Any], str]] = [
    (truncate_vectors, "vectors.faiss is missing or was altered"),
    (lambda f: (build_folder(f) / "rows.json").unlink(), "rows.json is missing or was altered"),
    (lambda f: (build_folder(f) / "manifest.json").unlink(), "torn: no build"),
    (lambda f: shutil.rmtree(build_folder(f)), "torn: no build"),
    (lambda f: (f / "current").unlink(), "no index in"),
    (lambda f: (f / "current").write_text(""), "names no build but ''"),
    (lambda f: (f / "current").write_text("../../etc"), "names no build"),
    (lambda f: (f / "current").write_bytes(b"\xff\0" * 5000), "names no build"),
    (lambda f: (f / "current").write_text("0" * 16), "torn: no build"),
]


@pytest.mark.parametrize(("tear", "says"), TEARS)
def test_a_torn_index_is_named_and_a_build_mends_it(
    folder: Path,
    tear: Callable[[Path], Any],
    says: str,
    source: store.Source,
    tiny_encoder: TinyEncoder,
) -> None:
    tear(folder)
    with pytest.raises(IndexStoreError, match=says) as caught:
        store.load(folder, tiny_encoder)
    assert "python -m index build" in caught.value.hint
    store.build([source], tiny_encoder, folder)
    assert store.load(folder, tiny_encoder).sources == (source,)


def test_an_index_of_another_encoder_is_named_with_both(folder: Path) -> None:
    class Other(TinyEncoder):
        name = "other"
        fingerprint = "other-1"

    with pytest.raises(IndexStoreError, match=r"vectors of tiny \(64 .*encoder in use is other"):
        store.load(folder, Other())


def sign(folder: Path, **changes: Any) -> None:
    """Change the manifest as another program would: with a name that fits its bytes."""
    old = build_folder(folder)
    manifest = json.loads((old / "manifest.json").read_bytes()) | changes
    content = store._json(manifest)
    name = store._sha256(content)[:16]
    old.rename(folder / "builds" / name)
    (folder / "builds" / name / "manifest.json").write_bytes(content)
    (folder / "current").write_text(name)


def test_an_index_of_another_schema_is_named(folder: Path, tiny_encoder: TinyEncoder) -> None:
    sign(folder, schema=99)
    with pytest.raises(IndexStoreError, match="has schema 99; this program writes 2"):
        store.load(folder, tiny_encoder)


def test_an_index_of_a_version_that_cuts_otherwise_is_named(
    folder: Path, tiny_encoder: TinyEncoder
) -> None:
    sign(folder, rows="0" * 64)
    with pytest.raises(IndexStoreError, match="cuts passages otherwise"):
        store.load(folder, tiny_encoder)


class Killed(BaseException):
    """The process dies here."""


STEPS = ["mkdtemp", "_write_synced", "_sync_folder", "chmod", "rename", "replace", "sweep"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("calls_before", range(5))
def test_a_crash_at_any_step_leaves_a_usable_build(
    folder: Path,
    source: store.Source,
    tiny_encoder: TinyEncoder,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    calls_before: int,
) -> None:
    owner: Any = {"mkdtemp": tempfile, "chmod": Path, "rename": Path, "replace": Path}.get(
        step, store
    )
    calls = 0
    original = getattr(owner, step)

    def dying(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > calls_before:
            raise Killed
        return original(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(owner, step, dying)
        with contextlib.suppress(Killed):
            store.build([replace(source, digest="new")], tiny_encoder, folder)
    index = store.load(folder, tiny_encoder)
    assert index.sources[0].digest in ("d", "new")
    store.build([source], tiny_encoder, folder)
    assert store.load(folder, tiny_encoder).sources == (source,)


def test_building_the_same_again_never_takes_the_build_away(
    folder: Path,
    source: store.Source,
    tiny_encoder: TinyEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("an intact build was touched")

    monkeypatch.setattr(Path, "rename", refuse)
    store.build([source], tiny_encoder, folder)


def test_simultaneous_builds_leave_a_whole_index(
    folder: Path, source: store.Source, tiny_encoder: TinyEncoder
) -> None:
    others = [replace(source, digest=f"digest-{count}") for count in range(6)]
    for _ in range(5):
        with ThreadPoolExecutor(len(others)) as pool:
            names = list(pool.map(lambda s: store.build([s], TinyEncoder(), folder), others))
        index = store.load(folder, tiny_encoder)
        assert index.name in names
        kept = {path.name for path in (folder / "builds").iterdir()}
        assert index.name in kept
        assert len(kept) <= builds.KEPT


def test_an_index_replaced_while_it_is_read_is_read_again(
    folder: Path,
    source: store.Source,
    tiny_encoder: TinyEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = store.read_manifest

    def replaced_meanwhile(place: Path) -> dict[str, Any]:
        manifest = original(place)
        monkeypatch.setattr(store, "read_manifest", original)
        store.build([replace(source, digest="new")], tiny_encoder, place)
        return manifest

    monkeypatch.setattr(builds, "KEPT", 1)  # so that the old build goes
    monkeypatch.setattr(store, "read_manifest", replaced_meanwhile)
    assert store.load(folder, tiny_encoder).sources[0].digest == "new"


def test_a_build_that_waits_too_long_for_another_says_so(
    folder: Path,
    source: store.Source,
    tiny_encoder: TinyEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(builds, "PATIENCE_S", 0.05)
    with builds.held(folder), pytest.raises(IndexStoreError, match="another build has held"):
        store.build([replace(source, digest="new")], tiny_encoder, folder)
    assert store.load(folder, tiny_encoder).sources == (source,)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("calls_before", range(5))
def test_a_full_disk_or_a_read_only_folder_is_one_error_and_leaves_the_old_index(
    folder: Path,
    source: store.Source,
    tiny_encoder: TinyEncoder,
    monkeypatch: pytest.MonkeyPatch,
    error: int,
    calls_before: int,
) -> None:
    calls = 0
    original = store._write_synced

    def failing(path: Path, content: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls > calls_before:
            path.write_bytes(content[: len(content) // 2])
            raise OSError(error, os.strerror(error))
        original(path, content)

    before = files_of(folder)
    with monkeypatch.context() as patch:
        patch.setattr(store, "_write_synced", failing)
        with pytest.raises(IndexStoreError, match=os.strerror(error)) as caught:
            store.build([replace(source, digest="new")], tiny_encoder, folder)
    assert "\n" not in caught.value.one_line()
    assert store.load(folder, tiny_encoder).sources == (source,)
    left = set(files_of(folder)) - set(before)
    assert not [name for name in left if "building" in name or ".current" in name]


def test_an_encoder_that_fails_changes_nothing(folder: Path, source: store.Source) -> None:
    class Failing(TinyEncoder):
        def encode(self, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
            raise RuntimeError("out of memory")

    before = files_of(folder)
    with pytest.raises(RuntimeError):
        store.build([source], Failing(), folder)
    assert files_of(folder) == before


def test_a_data_folder_that_is_a_file_is_named(
    tmp_path: Path, source: store.Source, tiny_encoder: TinyEncoder
) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(IndexStoreError, match="cannot be written to") as caught:
        store.build([source], tiny_encoder, tmp_path / "var" / "index")
    assert "TONGBAO_DATA" in caught.value.hint


# Sources: which files belong together, and whether they changed since a build


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = store.read_manifest(folder)["notices"]
    return found


def test_a_changed_notice_or_curated_file_makes_a_build_stale(
    tmp_path: Path, small_file: Path, tiny_encoder: TinyEncoder
) -> None:
    edits = tmp_path / "edits"
    store.build(sources.collect([small_file], edits), tiny_encoder, tmp_path / "index")
    manifest = manifest_of(tmp_path / "index")
    assert sources.stale(manifest, edits) == []
    (edits / "qingshan-2023").mkdir(parents=True)
    for path in (
        edits / "qingshan-2023" / "terms.txt",
        tmp_path / "qingshan-2023.terms.txt",
        tmp_path / "qingshan-2023.toml",
        small_file,
    ):
        kept = path.read_bytes() if path.exists() else b""
        path.write_bytes(kept + "\n流动书车".encode())
        assert sources.stale(manifest, edits) == ["qingshan-2023"]
        path.write_bytes(kept) if kept else path.unlink()
        assert sources.stale(manifest, edits) == []


def test_a_build_from_a_relative_path_is_watched_from_any_folder(
    tmp_path: Path, small_file: Path, tiny_encoder: TinyEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store.build(sources.collect([Path(small_file.name)]), tiny_encoder, tmp_path / "index")
    monkeypatch.chdir("/")
    small_file.write_text("1.甲。\n2.乙。", "utf-8")
    assert sources.stale(manifest_of(tmp_path / "index"), None) == ["qingshan-2023"]


def test_a_notice_whose_file_is_gone_is_not_stale(
    tmp_path: Path, small_file: Path, tiny_encoder: TinyEncoder
) -> None:
    store.build(sources.collect([small_file]), tiny_encoder, tmp_path / "index")
    small_file.unlink()
    assert sources.stale(manifest_of(tmp_path / "index"), None) == []


@pytest.mark.parametrize(
    ("path", "identifier"),
    [
        ("/a/xuchang-mzj-2024/notice.txt", "xuchang-mzj-2024"),
        ("/a/2023 巡察通报.docx", "2023-xun-cha-tong-bao"),
        ("/a/A_b--C.pdf", "a-b-c"),
        ("/a/…….txt", "notice"),
        (f"/a/{'长' * 90}.txt", "-".join(["chang"] * 13) + "-ch"),
    ],
)
def test_a_notice_is_named_by_its_file_or_folder(path: str, identifier: str) -> None:
    assert sources.notice_id(Path(path)) == identifier
    parse("1.甲。", identifier)


def test_two_files_with_one_id_are_refused(tmp_path: Path, small_file: Path) -> None:
    other = tmp_path / "b" / small_file.name
    other.parent.mkdir()
    shutil.copy(small_file, other)
    with pytest.raises(NoticeError, match="both have the id qingshan-2023"):
        sources.collect([small_file, other])


def test_the_shipped_notice_and_its_curated_files_are_usable(real_index: store.Index) -> None:
    assert sources.shipped_files()[0].parent.name == "xuchang-mzj-2024"
    assert len(real_index.sources[0].notice.findings) == 39
    assert sum(p.finest for p in real_index.passages) == 118
    assert sum(row.kind == "passage" for row in real_index.rows) == 151


def test_every_row_stands_for_what_its_position_says(real_index: store.Index) -> None:
    words = real_index.sources[0].vocabulary
    limits = {
        "passage": len(real_index.passages),
        "window": len(real_index.passages),
        "phrasing": len(words.phrasings),
        "gap": len(words.gaps),
    }
    assert all(0 <= row.position < limits[row.kind] for row in real_index.rows)
    assert len(real_index.rows) == real_index.vectors.ntotal
