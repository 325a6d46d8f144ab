"""A three-finding notice, the shipped one, an encoder that needs no model, and an index of both."""

import hashlib
import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant import Assistant
from index import sources, store
from index.encoder import Role
from index.notice import Notice, parse
from index.passages import cut

SHIPPED = Path(__file__).parent.parent / "index" / "notices" / "xuchang-mzj-2024" / "notice.txt"

SMALL_TEXT = """\
根据县委统一部署,2023年3月1日至4月20日,县委第二巡察组对青山县图书馆进行了巡察。现将巡察整改情况予以公布。
一、整改落实情况
1.开放时间偏短。
整改情况:一是延长开放时间。自2023年7月1日起,每天开放12小时。二是增设自习座位80个,全部免费;三是每周五闭馆检修。
2.古籍保护经费未落实。
整改情况:已向县财政局申请专项经费15.6万元,用于修缮《青山县志》等古籍。
3.流动书车进村次数少。
整改情况:一是增加频次。石桥镇、云岭乡每月各2次。二是公开路线。路线图在门户网站公布。
二、下一步工作安排
1.巩固成果。对已完成的事项开展“回头看”。
2.完善制度。修订《借阅管理办法》。
欢迎广大读者对整改情况进行监督。联系电话:0370-1234567;电子邮箱:tsg@example.cn。
中共青山县图书馆支部委员会
2023年9月30日
"""


class TinyEncoder:
    """Hashed character bigrams: near texts get near vectors, and nothing is read from disk."""

    name = "tiny"
    dimensions = 64
    fingerprint = "tiny-1"

    def encode(self, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for pair in pairwise(text):
                digest = hashlib.blake2b("".join(pair).encode("utf-8", "replace")).digest()
                vectors[row, digest[0] % self.dimensions] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(norms > 0, norms, 1), dtype=np.float32)


@pytest.fixture(scope="session")
def small_text() -> str:
    return SMALL_TEXT


@pytest.fixture(scope="session")
def small_notice() -> Notice:
    return parse(SMALL_TEXT, "qingshan-2023")


@pytest.fixture(scope="session")
def real_text() -> str:
    return SHIPPED.read_text("utf-8")


@pytest.fixture(scope="session")
def real_notice(real_text: str) -> Notice:
    return parse(real_text, "xuchang-mzj-2024")


@pytest.fixture
def tiny_encoder() -> TinyEncoder:
    return TinyEncoder()


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    path = tmp_path / "qingshan-2023.txt"
    path.write_text(SMALL_TEXT, "utf-8")
    return path


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory) -> store.Index:
    """The shipped notice with its curated files, indexed by the tiny encoder."""
    folder = tmp_path_factory.mktemp("real-index")
    encoder = TinyEncoder()
    store.build(sources.collect([SHIPPED]), encoder, folder)
    return store.load(folder, encoder)


@pytest.fixture
def small_index(tmp_path: Path, small_file: Path, tiny_encoder: TinyEncoder) -> store.Index:
    store.build(sources.collect([small_file]), tiny_encoder, tmp_path / "index")
    return store.load(tmp_path / "index", tiny_encoder)


@pytest.fixture(scope="session")
def small_assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Answers from the three-finding notice, without curated lines and without a reader."""
    folder = tmp_path_factory.mktemp("small-assistant")
    (folder / "qingshan-2023.txt").write_text(SMALL_TEXT, "utf-8")
    encoder = TinyEncoder()
    store.build(sources.collect([folder / "qingshan-2023.txt"]), encoder, folder / "index")
    return Assistant(store.load(folder / "index", encoder), encoder)


@pytest.fixture
def without_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty working folder, and no TONGBAO_ setting in the environment."""
    for name in [name for name in os.environ if name.startswith("TONGBAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def quotes() -> Callable[[Notice, str], str]:
    """The words of the passage with a short id, cut from the notice by its offsets."""

    def quote(notice: Notice, identifier: str) -> str:
        passage = next(p for p in cut(notice) if p.id == identifier)
        return notice.text[passage.start : passage.end]

    return quote
