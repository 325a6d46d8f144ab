"""``python -m index build``: what it prints, and the one line it fails with."""

import os
import re
from pathlib import Path

import pytest

from index import __main__ as cli
from index import building
from index.errors import EncoderError
from tests.conftest import TinyEncoder


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch, without_settings: Path) -> None:
    monkeypatch.setattr(building, "load_encoder", lambda name: TinyEncoder())


def test_without_files_the_shipped_notice_is_built(
    without_settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["build"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == (
        "xuchang-mzj-2024: 中共许昌市民政局党组 巡察整改情况 (2024-12-31), 11842 characters"
    )
    assert lines[1] == "  39 findings, 107 measures; without measures: 7, 13, 14, 28, 29, 30"
    assert lines[2] == "  other passages: preface, next.1, next.2, next.3, contact"
    assert [line for line in lines if "odd, left as it is" in line] == [
        "  odd, left as it is: line 12: doubled mark after the number: 5..跟进学习习近平总书",
        "  odd, left as it is: line 67: unbalanced “”: 整改情况:一是要求各支部如实填写…",
        "  odd, left as it is: line 79: date without 日: 9月21举行",
    ]
    assert "encoder: tiny, 64 dimensions" in lines
    assert re.fullmatch(r"index: var/index \(build [0-9a-f]{16}\)", lines[-1])
    assert err == ""
    assert (without_settings / "var" / "index" / "current").is_file()


def test_a_notice_that_fits_no_rule_is_said_to_be_unstructured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "gonggao.txt"
    path.write_text("某局公告\n今天休息。\n", "utf-8")
    assert cli.main(["build", str(path)]) == 0
    out = capsys.readouterr().out
    assert "gonggao: 某局公告 (no date)" in out
    assert "unstructured: 2 paragraphs, no findings recognised" in out


def test_building_again_names_the_same_build(
    small_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["build", str(small_file)])
    first = capsys.readouterr().out
    cli.main(["build", str(small_file)])
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.txt", None, "no such notice file"),
        ("a.txt", b"", "is empty"),
        ("a.xyz", b"x", "is of the kind"),
        ("a.txt", bytes(range(256)), "is not text"),
    ],
)
def test_a_bad_file_fails_with_one_line_and_writes_nothing(
    without_settings: Path,
    capsys: pytest.CaptureFixture[str],
    small_file: Path,
    name: str,
    content: bytes | None,
    says: str,
) -> None:
    path = without_settings / name
    if content is not None:
        path.write_bytes(content)
    assert cli.main(["build", str(small_file), str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert says in err
    assert str(path) in err
    assert not (without_settings / "var").exists()


def test_an_encoder_that_cannot_be_had_keeps_the_old_index(
    without_settings: Path,
    capsys: pytest.CaptureFixture[str],
    small_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cli.main(["build", str(small_file)])
    pointer = without_settings / "var" / "index" / "current"
    before = pointer.read_text()

    def missing(name: str | None) -> TinyEncoder:
        raise EncoderError(f"no model {name}", hint="name another")

    monkeypatch.setattr(building, "load_encoder", missing)
    monkeypatch.setenv("TONGBAO_ENCODER", "nowhere")
    assert cli.main(["build", str(small_file)]) == 1
    assert "error: no model nowhere — name another" in capsys.readouterr().err
    assert pointer.read_text() == before


def test_an_output_nobody_reads_is_one_line_and_leaves_the_old_index(
    small_file: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.main(["build", str(small_file)])
    pointer = Path("var/index/current")
    before = pointer.read_text()
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as closed:  # noqa: PTH123 - a descriptor, not a path
        monkeypatch.setattr("sys.stdout", closed)
        assert cli.main(["build"]) == 1
    err = capfd.readouterr().err
    assert err.startswith("error: the output was closed")
    assert err.count("\n") == 1
    assert pointer.read_text() == before


def test_an_unknown_setting_fails_before_anything_is_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGBAO_DATEN", "x")
    assert cli.main(["build"]) == 1
    assert "unknown setting TONGBAO_DATEN" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["bild"], ["build", "--fast"]])
def test_wrong_usage_exits_with_status_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m index" in capsys.readouterr().err
