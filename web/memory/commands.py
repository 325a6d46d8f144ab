"""What ``python -m web users …`` and ``python -m web purge`` do."""

import getpass
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from argon2 import PasswordHasher

from index.errors import SettingsError
from index.settings import Settings
from web.memory.records import ROLES, Role
from web.memory.stored import Memory, MemoryUnavailableError

RETENTION_DAYS = 90
SHORTEST_PASSWORD = 8
_NAME = re.compile(r"[\w.\-]{1,40}")


def add_user(settings: Settings, name: str, *, role: Role = "staff") -> str:
    """Create an account, or set a new password and role; says in one line what it did.

    The password is asked for twice on a terminal, else the first line of stdin.

    Raises:
        SettingsError: the name, role or password is not usable, or the database unreachable.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(f"user name {name[:40]!r}; expected 1 to 40 letters, digits or . _ -")
    if role not in ROLES:
        raise SettingsError(f"role {role!r}; expected one of {', '.join(ROLES)}")
    hashed = PasswordHasher().hash(_new_password())
    with _opened(settings) as memory:
        known = name in {account.name for account in memory.accounts()}
        memory.add_user(name, hashed, role)
        memory.audit("console", "user changed" if known else "user added", f"{name} ({role})")
    return f"{'changed' if known else 'added'} user {name} ({role})"


def list_users(settings: Settings) -> str:
    """Every account, one a line, with its sessions."""
    with _opened(settings) as memory:
        sessions = memory.open_sessions()
        lines = []
        for account in memory.accounts():
            off = f", disabled {account.disabled_at:%Y-%m-%d}" if account.disabled_at else ""
            lines.append(f"{account.name} ({account.role}{off})")
            lines += [
                f"  session {one.id}: since {one.started_at:%Y-%m-%d %H:%M}, "
                f"last seen {one.seen_at:%Y-%m-%d %H:%M} UTC"
                for one in sessions
                if one.name == account.name
            ]
    return "\n".join(lines) or "no accounts: python -m web users add NAME"


def set_disabled(settings: Settings, name: str, *, disabled: bool) -> str:
    """Switch an account off, which ends its sessions, or on.

    Raises:
        SettingsError: there is no such account, or the database is unreachable.
    """
    act = "disabled" if disabled else "enabled"
    with _opened(settings) as memory:
        if not memory.set_disabled(name, disabled=disabled):
            raise _no_account(name)
        memory.audit("console", f"user {act.removesuffix('d')}", name)
    return f"{act} user {name}"


def set_password(settings: Settings, name: str) -> str:
    """A new password for an account; its sessions end.

    Raises:
        SettingsError: no such account, a short password, or the database is unreachable.
    """
    hashed = PasswordHasher().hash(_new_password())
    with _opened(settings) as memory:
        if not memory.set_password(name, hashed):
            raise _no_account(name)
        memory.audit("console", "password changed", name)
    return f"changed the password of user {name}"


def end_sessions(settings: Settings, name: str) -> str:
    """Sign a user out everywhere; says how many sessions ended.

    Raises:
        SettingsError: the database is unreachable.
    """
    with _opened(settings) as memory:
        count = memory.end_sessions(name)
        memory.audit("console", "user end", f"{name}, {count} sessions")
    return f"ended {count} sessions of user {name}"


def audit(settings: Settings, action: str, detail: str = "") -> None:
    """Keep what was done at the console, if there is a database to keep it in."""
    with suppress(SettingsError, MemoryUnavailableError), _opened(settings) as memory:
        memory.audit("console", action, detail)


def _no_account(name: str) -> SettingsError:
    return SettingsError(f"no account {name[:40]!r}", hint="see: python -m web users list")


@contextmanager
def _opened(settings: Settings) -> Iterator[Memory]:
    memory = Memory(settings.database_url)
    try:
        yield memory
    finally:
        memory.close()


def purge(settings: Settings, days: int = RETENTION_DAYS) -> str:
    """Delete what is older than ``days``; says in one line how much.

    Raises:
        SettingsError: ``days`` is negative or the database unreachable.
    """
    with _opened(settings) as memory:
        counts = memory.purge(days)
        memory.audit("console", "purge", f"{days} days, {sum(counts.values())} rows")
    deleted = ", ".join(f"{count} {table}" for table, count in counts.items() if count)
    return f"deleted what is older than {days} days: {deleted or 'nothing'}"


def _new_password() -> str:
    password = _ask_password()
    if len(password) < SHORTEST_PASSWORD:
        raise SettingsError(
            f"the password has {len(password)} characters; expected {SHORTEST_PASSWORD} or more"
        )
    return password


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first, second = getpass.getpass("Password: "), getpass.getpass("Again: ")
    if first != second:
        raise SettingsError("the two passwords differ", hint="try again")
    return first
