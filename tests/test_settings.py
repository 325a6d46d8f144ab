"""Settings: defaults, the environment over .env, and names that are not known."""

from pathlib import Path

import pytest

from index.errors import SettingsError
from index.settings import Settings

NO_FILE = Path("/nonexistent/.env")


def read(tmp_path: Path, lines: str = "", **environment: str) -> Settings:
    path = tmp_path / ".env"
    path.write_text(lines, "utf-8")
    return Settings.from_environment(environment, path)


def test_defaults_when_nothing_is_set(tmp_path: Path) -> None:
    settings = Settings.from_environment({}, tmp_path / "none.env")
    assert settings == Settings(data=Path("var"), encoder=None, store="faiss", database=None)
    assert settings.index_folder == Path("var/index")
    assert settings.edits_folder == Path("var/edits")


def test_the_database_is_in_the_data_folder_unless_named(tmp_path: Path) -> None:
    assert read(tmp_path, TONGBAO_DATA="/srv/t").database_url == "sqlite:////srv/t/tongbao.sqlite"
    assert read(tmp_path, TONGBAO_DATABASE="postgresql://x/y").database_url == "postgresql://x/y"


def test_the_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    lines = "TONGBAO_DATA=/file\nTONGBAO_ENCODER=BAAI/bge-m3\nOTHER=1\n"
    settings = read(tmp_path, lines, TONGBAO_DATA="/environment")
    assert settings.data == Path("/environment")
    assert settings.encoder == "BAAI/bge-m3"


def test_the_env_file_of_the_working_folder_is_the_one_read(without_settings: Path) -> None:
    (without_settings / ".env").write_text("TONGBAO_DATA=/from-file\n")
    assert Settings.from_environment().data == Path("/from-file")


def test_an_empty_value_counts_as_unset(tmp_path: Path) -> None:
    settings = read(tmp_path, TONGBAO_DATA="", TONGBAO_ENCODER="", TONGBAO_STORE="")
    assert settings == Settings()


@pytest.mark.parametrize("name", ["TONGBAO_DATEN", "TONGBAO_", "TONGBAO_data"])
def test_an_unknown_name_is_refused_and_the_known_are_listed(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=f"unknown setting {name}; known are TONGBAO_DATA") as e:
        read(tmp_path, **{name: "x"})
    assert name in e.value.hint
    with pytest.raises(SettingsError, match="unknown setting"):
        read(tmp_path, f"{name}=x\n")


def test_an_unknown_store_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path, TONGBAO_STORE="FAISS").store == "faiss"
    with pytest.raises(SettingsError, match="TONGBAO_STORE is 'redis'; expected 'faiss'"):
        read(tmp_path, TONGBAO_STORE="redis")


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("TONGBAO_DATA=/a\nTONGBAO_ENCODER", 2),
        ('TONGBAO_DATA="/a\n', 1),
        ("TONGBAO_DATA=/a\n\0\0\0\n", 2),
        ("OTHER=1\n=x\nTONGBAO_DATA=/a\n", 2),
        ("TONGBAO_DATA='/a' b\n", 1),
    ],
    ids=["cut short", "open quote", "zeros", "no name", "after the quote"],
)
def test_a_damaged_env_file_is_refused_and_the_line_is_named(
    tmp_path: Path, lines: str, line: int
) -> None:
    with pytest.raises(SettingsError, match=f"damaged at line {line}; expected NAME=value"):
        read(tmp_path, lines)


def test_an_env_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes("TONGBAO_DATA=数据\n".encode("gb18030"))
    with pytest.raises(SettingsError, match="is not UTF-8"):
        Settings.from_environment({}, path)
