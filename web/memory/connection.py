"""The way to the database, found again after it was lost.

SQLite goes on writing into a file that was deleted, where nobody will ever read it: the file is
looked at before every transaction.
"""

import threading
import time

from sqlalchemy import Engine

from web.memory.database import DatabaseUnavailableError, file_of, open_engine

_AGAIN_S = 2.0


class Connection:
    """One engine, opened when there is something to open; may be used from any thread."""

    def __init__(self, url: str, *, patient: bool) -> None:
        """``patient``: a database that cannot be opened now is tried again when it is needed.

        Raises:
            SettingsError: the URL is none, or the database cannot be opened and nobody is patient.
        """
        self._url = url
        self._file = file_of(url)
        self._engine: Engine | None = None
        self._opened: tuple[int, int] | None = None
        self._was_there = False
        self._failed: DatabaseUnavailableError | None = None
        self._tried = 0.0
        self._lock = threading.Lock()
        try:
            self.engine()
        except DatabaseUnavailableError:
            if not patient:
                raise

    def engine(self) -> Engine:
        """The engine of the database that is there now.

        Raises:
            DatabaseUnavailableError: there is none that can be opened.
        """
        with self._lock:
            if self._engine is not None and self._identity() == self._opened:
                return self._engine
            self._forget()
            if self._failed and time.monotonic() - self._tried < _AGAIN_S:
                raise self._failed
            self._tried = time.monotonic()
            try:
                self._engine = self._open()
            except DatabaseUnavailableError as error:
                self._failed = error
                raise
            self._opened, self._was_there, self._failed = self._identity(), True, None
            return self._engine

    def close(self) -> None:
        with self._lock:
            self._forget()

    def _open(self) -> Engine:
        if self._file and self._was_there and not self._file.exists():
            raise DatabaseUnavailableError(
                "the file of the database is gone", hint="put it back, or restart for a new one"
            )
        return open_engine(self._url)

    def _identity(self) -> tuple[int, int] | None:
        """Which file it is, whatever its name; None for a database that is no file."""
        if self._file is None:
            return None
        try:
            found = self._file.stat()
        except OSError:
            return (0, 0)
        return found.st_dev, found.st_ino

    def _forget(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
        self._engine = None
