"""``python -m web``: the server. ``python -m web adduser NAME`` and ``purge`` look after its memory."""

import argparse
import contextlib
import os
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import uvicorn

from assistant import Assistant
from index import builds, store
from index.building import build
from index.errors import IndexStoreError, TongbaoError
from index.settings import Settings
from index.sources import stale
from web import log, workers
from web.limits import Counter, Limits
from web.login import kept_secret
from web.memory import RETENTION_DAYS, NoMemory, add_user, commands, open_memory, purge
from web.memory.backup import backup, restore
from web.memory.records import ROLES
from web.pause import pause, resume
from web.protocol import allow_files, config

_EVERY_ADDRESS = ("0.0.0.0", "::", "")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_GRACE_S = 3
_BACKLOG = 2048


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        return int(options.run(options, settings))
    except TongbaoError as error:
        print(f"error: {error.one_line()}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m web", description=__doc__)
    parser.set_defaults(run=_serve)
    parser.add_argument("--host", default="127.0.0.1", help="default: this machine only")
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument("--no-memory", action="store_true", help="store nothing at all")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a Host header to answer; default: the address of --host and this machine's names",
    )
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="CLASS=RATE",
        help="such as resident=15/minute; classes and defaults: see README",
    )
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a proxy or network whose X-Forwarded-For is believed; default: none",
    )
    parser.add_argument(
        "--workers",
        type=int,
        choices=range(1, 17),
        default=1,
        metavar="N",
        help="processes, 1 to 16",
    )
    kinds = parser.add_subparsers()
    add = kinds.add_parser("adduser", help="let someone into /desk and /staff")
    add.add_argument("name")
    add.add_argument("--role", choices=ROLES, default="staff")
    add.set_defaults(run=_add_user)
    users = kinds.add_parser("users", help="accounts and sessions: list, add, disable, …")
    users.add_argument("act", choices=_USERS)
    users.add_argument("name", nargs="?", default="", help="for every act but list")
    users.add_argument("--role", choices=ROLES, default="staff", help="of a new account")
    users.set_defaults(run=_users)
    for name, told in (
        ("backup", "write database and additions to FILE"),
        ("restore", "put them back"),
    ):
        kind = kinds.add_parser(name, help=told)
        kind.add_argument("file", type=Path)
        kind.set_defaults(run=_backup if name == "backup" else _restore)
    pause = kinds.add_parser("pause", help="stop the answers, not the server")
    pause.add_argument("--reason", required=True, help="what residents read")
    pause.set_defaults(run=_pause)
    kinds.add_parser("resume", help="let answers be given again").set_defaults(run=_resume)
    purge = kinds.add_parser("purge", help="delete what is older than the retention allows")
    purge.add_argument("--days", type=int, default=RETENTION_DAYS)
    purge.set_defaults(run=_purge)
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise argparse.ArgumentTypeError(f"{text}; expected 1 to 65535")
    return port


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    if problem := _unnamed(options) or _taken(options.host, options.port):
        print(f"error: {problem}", file=sys.stderr)
        return 1
    log.configure()
    limits = Limits.read(options.limit, options.proxy)
    if not options.no_memory:
        _check_key(settings)
        open_memory(settings).close()
    if options.workers > 1:
        os.environ["TOKENIZERS_PARALLELISM"] = "false"  # its threads do not survive a fork
    assistant, unavailable = _loaded(settings)
    allow_files()
    # The engine's threads would else keep the event loop waiting 5 ms at every step it takes.
    sys.setswitchinterval(0.0005)
    listening, counter = _listening(options.host, options.port), Counter()

    def run() -> None:
        from web.app import create_app  # slow to import: a wrong option must fail at once

        app = create_app(
            assistant,
            settings,
            memory=NoMemory() if options.no_memory else open_memory(settings),
            unavailable=unavailable,
            allowed_hosts=_hosts(options),
            limits=limits,
            counter=counter,
        )
        listening.listen(_BACKLOG)
        print(f"http://{_shown(options.host)}:{options.port}", file=sys.stderr)
        settled = config(app, log_level="warning", timeout_graceful_shutdown=_GRACE_S)
        with suppress(KeyboardInterrupt):  # raised again by the server that it has stopped
            uvicorn.Server(settled).run(sockets=[listening])

    if options.workers > 1:
        return workers.serve(options.workers, run)
    run()
    return 0


def _listening(host: str, port: int) -> socket.socket:
    """The address, taken but not yet answered: whoever comes too early is refused, not kept."""
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind((host, port))
    return opened


def _check_key(settings: Settings) -> None:
    """A signing key that is too short is refused at the start; a folder nobody can write, later."""
    with contextlib.suppress(OSError):
        kept_secret(settings.data)


def _taken(host: str, port: int) -> str:
    """Why the address cannot be had; blank if it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return f"{host}:{port} cannot be had ({error.strerror}) — choose another: --port {port + 1}"
    return ""


def _loaded(settings: Settings) -> tuple[Assistant | None, TongbaoError | None]:
    """The engine; an index that is missing or does not fit is built first.

    Without an engine the server still starts, and says why.
    """
    try:
        try:
            _refuse_stale(settings)
            return Assistant.load(settings), None
        except IndexStoreError as error:
            print(f"{error.message}: building the index now", file=sys.stderr)
            _build(settings)
            return Assistant.load(settings), None
    except TongbaoError as error:
        print(f"error: {error.one_line()}; serving 503 until it is mended", file=sys.stderr)
        return None, error


def _refuse_stale(settings: Settings) -> None:
    notices = store.read_manifest(settings.index_folder)["notices"]
    if builds.pinned(settings.index_folder):
        print("an earlier build was chosen (python -m index use): it answers", file=sys.stderr)
        return
    if changed := stale(notices, settings.edits_folder):
        raise IndexStoreError(f"the index is older than the files of {', '.join(changed)}")


def _build(settings: Settings) -> None:
    """Of the notices that the old index held, else of the shipped ones."""
    files: list[Path] = []
    with contextlib.suppress(IndexStoreError):
        notices = store.read_manifest(settings.index_folder)["notices"]
        files = [path for r in notices.values() if (path := Path(r["path"])).is_file()]
    built = build(files, settings)
    print(f"index: {settings.index_folder} (build {built.name})", file=sys.stderr)


def _add_user(options: argparse.Namespace, settings: Settings) -> int:
    print(add_user(settings, options.name, role=options.role))
    return 0


def _users(options: argparse.Namespace, settings: Settings) -> int:
    if (options.act == "list") == bool(options.name):
        told = "list takes no name" if options.name else f"{options.act} needs the name of a user"
        print(f"error: {told}", file=sys.stderr)
        return 2
    print(_USERS[options.act](settings, options))
    return 0


_USERS: dict[str, Callable[[Settings, argparse.Namespace], str]] = {
    "list": lambda settings, _: commands.list_users(settings),
    "add": lambda settings, o: commands.add_user(settings, o.name, role=o.role),
    "disable": lambda settings, o: commands.set_disabled(settings, o.name, disabled=True),
    "enable": lambda settings, o: commands.set_disabled(settings, o.name, disabled=False),
    "password": lambda settings, o: commands.set_password(settings, o.name),
    "end": lambda settings, o: commands.end_sessions(settings, o.name),
}


def _backup(options: argparse.Namespace, settings: Settings) -> int:
    print(backup(settings, options.file))
    return 0


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    print(restore(settings, options.file))
    return 0


def _pause(options: argparse.Namespace, settings: Settings) -> int:
    print(pause(settings, options.reason))
    commands.audit(settings, "paused", options.reason)
    return 0


def _resume(options: argparse.Namespace, settings: Settings) -> int:
    print(resume(settings))
    commands.audit(settings, "resumed")
    return 0


def _purge(options: argparse.Namespace, settings: Settings) -> int:
    print(purge(settings, options.days))
    return 0


def _hosts(options: argparse.Namespace) -> list[str]:
    if options.allow_host:
        return [*options.allow_host, *_LOOPBACK]
    return list(dict.fromkeys((options.host, *_LOOPBACK)))


def _unnamed(options: argparse.Namespace) -> str:
    """Why the names this server is called by must be given; blank if they are known.

    Links in answers follow the Host header: with any name answered, a stranger chooses them.
    """
    if options.allow_host or options.host not in _EVERY_ADDRESS:
        return ""
    told = f"--host {options.host} serves other machines; expected the name they call this one by"
    return f"{told} — add --allow-host {socket.gethostname() or 'NAME'} (make serve ALLOW_HOST=…)"


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


if __name__ == "__main__":
    sys.exit(main())
