"""``python -m web``: the server. ``python -m web adduser NAME`` and ``purge`` look after its memory."""

import argparse
import contextlib
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from assistant import Assistant
from index import __main__ as index_command
from index import store
from index.errors import IndexStoreError, TongbaoError
from index.settings import Settings
from index.sources import stale
from web import log
from web.limits import Limits
from web.memory import RETENTION_DAYS, NoMemory, add_user, open_memory, purge
from web.memory.records import ROLES
from web.protocol import allow_files, config

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_GRACE_S = 3


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
        help="a Host header to answer; default: this machine's names on a loopback address, else any",
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
    commands = parser.add_subparsers()
    add = commands.add_parser("adduser", help="let someone into /desk and /staff")
    add.add_argument("name")
    add.add_argument("--role", choices=ROLES, default="staff")
    add.set_defaults(run=_add_user)
    purge = commands.add_parser("purge", help="delete what is older than the retention allows")
    purge.add_argument("--days", type=int, default=RETENTION_DAYS)
    purge.set_defaults(run=_purge)
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise argparse.ArgumentTypeError(f"{text}; expected 1 to 65535")
    return port


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    if problem := _taken(options.host, options.port):
        print(f"error: {problem}", file=sys.stderr)
        return 1
    log.configure()
    limits = Limits.read(options.limit, options.proxy)
    assistant, unavailable = _loaded(settings)
    from web.app import create_app  # slow to import: a wrong option must fail at once

    app = create_app(
        assistant,
        settings,
        memory=NoMemory() if options.no_memory else open_memory(settings),
        unavailable=unavailable,
        allowed_hosts=_hosts(options),
        limits=limits,
    )
    allow_files()
    # The engine's threads would else keep the event loop waiting 5 ms at every step it takes.
    sys.setswitchinterval(0.0005)
    print(f"http://{_shown(options.host)}:{options.port}", file=sys.stderr)
    settled = config(
        app,
        host=options.host,
        port=options.port,
        log_level="warning",
        timeout_graceful_shutdown=_GRACE_S,
    )
    uvicorn.Server(settled).run()
    return 0


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
    if changed := stale(notices, settings.edits_folder):
        raise IndexStoreError(f"the index is older than the files of {', '.join(changed)}")


def _build(settings: Settings) -> None:
    """Of the notices that the old index held, else of the shipped ones."""
    files: list[str] = []
    with contextlib.suppress(IndexStoreError):
        notices = store.read_manifest(settings.index_folder)["notices"]
        files = [r["path"] for r in notices.values() if Path(r["path"]).is_file()]
    with contextlib.redirect_stdout(sys.stderr):
        index_command.main(["build", *files])


def _add_user(options: argparse.Namespace, settings: Settings) -> int:
    print(add_user(settings, options.name, role=options.role))
    return 0


def _purge(options: argparse.Namespace, settings: Settings) -> int:
    print(purge(settings, options.days))
    return 0


def _hosts(options: argparse.Namespace) -> list[str]:
    if options.allow_host:
        return [*options.allow_host, *_LOOPBACK]
    return list(_LOOPBACK) if options.host in _LOOPBACK else []


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


if __name__ == "__main__":
    sys.exit(main())
