"""Settings from the environment or a ``.env`` file; read only when asked, never at import."""

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from index.errors import SettingsError

PREFIX = "TONGBAO_"
NAMES = ("TONGBAO_DATA", "TONGBAO_ENCODER", "TONGBAO_READER", "TONGBAO_STORE", "TONGBAO_DATABASE")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are kept and which engines are used.

    ``encoder`` and ``reader`` None mean the models that travel with the project, ``reader``
    "none" does without one; ``database`` None means SQLite inside ``data``.
    """

    data: Path = Path("var")
    encoder: str | None = None
    reader: str | None = None
    store: str = "faiss"
    database: str | None = None

    @property
    def index_folder(self) -> Path:
        return self.data / "index"

    @property
    def kept_folder(self) -> Path:
        """What is worked out once and read at later starts; may be removed at any time."""
        return self.data / "kept"

    @property
    def edits_folder(self) -> Path:
        """Curated lines added by staff, one folder a notice id; a build takes them up."""
        return self.data / "edits"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{(self.data / 'tongbao.sqlite').absolute()}"

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, env_file: Path | None = None
    ) -> "Settings":
        """The environment wins over the ``.env`` file of the working folder.

        Raises:
            SettingsError: an unknown ``TONGBAO_`` name, or a store that does not exist.
        """
        if environment is None:
            environment = os.environ
        env_file = env_file or Path(".env")
        merged = _read(env_file) if env_file.is_file() else {}
        merged.update(environment)
        unknown = sorted(n for n in merged if n.startswith(PREFIX) and n not in NAMES)
        if unknown:
            raise SettingsError(
                f"unknown setting {', '.join(unknown)}; known are {', '.join(NAMES)}",
                hint=f"remove {unknown[0]} from the environment or {env_file}",
            )
        store = (merged.get("TONGBAO_STORE") or "faiss").lower()
        if store != "faiss":
            raise SettingsError(
                f"TONGBAO_STORE is {store!r}; expected 'faiss'", hint="unset TONGBAO_STORE"
            )
        return cls(
            data=Path(merged.get("TONGBAO_DATA") or "var"),
            encoder=merged.get("TONGBAO_ENCODER") or None,
            reader=merged.get("TONGBAO_READER") or None,
            store=store,
            database=merged.get("TONGBAO_DATABASE") or None,
        )


def _read(env_file: Path) -> dict[str, str]:
    """The lines of a ``.env`` file, whole: half a file would silently set half of what it says."""
    try:
        text = env_file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{env_file} is not UTF-8", hint="save it as UTF-8") from error
    except OSError as error:
        raise SettingsError(f"{env_file} cannot be read: {error.strerror}") from error
    for binding in parse_stream(io.StringIO(text)):
        half = binding.key is not None and binding.key.startswith(PREFIX) and binding.value is None
        if binding.error or half or "\0" in binding.original.string:
            raise SettingsError(
                f"{env_file} is damaged at line {binding.original.line}; expected NAME=value",
                hint="mend the line or remove it",
            )
    found = dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in found.items() if value is not None}
