"""What ``python -m web adduser`` and ``python -m web purge`` do."""

import getpass
import re
import sys

from argon2 import PasswordHasher

from index.errors import SettingsError
from index.settings import Settings
from web.memory.records import ROLES, Role
from web.memory.stored import Memory

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
    password = _ask_password()
    if len(password) < SHORTEST_PASSWORD:
        raise SettingsError(
            f"the password has {len(password)} characters; expected {SHORTEST_PASSWORD} or more"
        )
    memory = Memory(settings.database_url)
    try:
        known = memory.user(name) is not None
        memory.add_user(name, PasswordHasher().hash(password), role)
        memory.audit("console", "user changed" if known else "user added", f"{name} ({role})")
    finally:
        memory.close()
    return f"{'changed' if known else 'added'} user {name} ({role})"


def purge(settings: Settings, days: int = RETENTION_DAYS) -> str:
    """Delete what is older than ``days``; says in one line how much.

    Raises:
        SettingsError: ``days`` is negative or the database unreachable.
    """
    memory = Memory(settings.database_url)
    try:
        counts = memory.purge(days)
        memory.audit("console", "purge", f"{days} days, {sum(counts.values())} rows")
    finally:
        memory.close()
    deleted = ", ".join(f"{count} {table}" for table, count in counts.items() if count)
    return f"deleted what is older than {days} days: {deleted or 'nothing'}"


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first, second = getpass.getpass("Password: "), getpass.getpass("Again: ")
    if first != second:
        raise SettingsError("the two passwords differ", hint="try again")
    return first
