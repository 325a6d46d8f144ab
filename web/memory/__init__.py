"""What the server remembers: questions and feedback (masked), calls, the board, edits, accounts, audit.

``open_memory(settings)`` gives the one kept in a database, ``NoMemory()`` stores nothing.
No address of a caller is kept; ``purge`` deletes what is older than the retention.
"""

from fastapi import Request

from index.settings import Settings
from web.memory.commands import RETENTION_DAYS, SHORTEST_PASSWORD, add_user, purge
from web.memory.nothing import NoMemory
from web.memory.stored import Memory

AnyMemory = Memory | NoMemory

__all__ = [
    "RETENTION_DAYS",
    "SHORTEST_PASSWORD",
    "AnyMemory",
    "Memory",
    "NoMemory",
    "add_user",
    "memory_of",
    "open_memory",
    "purge",
]


def open_memory(settings: Settings) -> Memory:
    """Open, and create or migrate, the database of the settings; one that is ill is tried again.

    Raises:
        SettingsError: the URL names no database.
    """
    return Memory(settings.database_url, patient=True)


def memory_of(request: Request) -> AnyMemory:
    """The application's memory; one that stores nothing when it was given none."""
    memory: AnyMemory | None = request.app.state.memory
    return memory or NoMemory()
