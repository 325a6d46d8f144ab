"""README is true: its commands work, its tree and its tables are those of the project."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

import pytest

from index import settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SHIPPED = ROOT / "index" / "notices" / "xuchang-mzj-2024" / "notice.txt"
BLOCKS = re.findall(r"^```shell\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
# Jobs of minutes or hours on data of the reader's own: of these only the options are tried.
LONG = re.compile(
    r"python -m (eval (bench|fit|ablate|golds|figures|emergency)|index\.training(\.reader train)?|web\.screenshots)\b"
)
SERVER = re.compile(r"python -m web( --(port|host|allow-host) \S+| --no-memory)*")
QUICK = re.compile(r"(echo|printf|python -m (index build|assistant|eval|web(\.mcp_server)?))\b")
PATIENCE_S = 180

Environment = dict[str, str]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What ``. .venv/bin/activate`` gives, without any setting of this machine."""
    script = tmp_path_factory.mktemp("activated") / "python"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    script.chmod(0o755)
    found = {k: v for k, v in os.environ.items() if not k.startswith(("TONGBAO_", "MAKE"))}
    return found | {"PATH": f"{script.parent}:{found['PATH']}", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, environment: Environment) -> Path:
    """A working folder as it is once the index is built."""
    folder = tmp_path_factory.mktemp("built")
    in_shell("python -m index build", folder, environment)
    return folder


@pytest.fixture
def working(built: Path, tmp_path: Path) -> Path:
    """A copy of the built folder, with a notice of the reader's own in it."""
    folder = tmp_path / "working"
    shutil.copytree(built, folder)
    shutil.copyfile(SHIPPED, folder / "my-notice.txt")
    return folder


@pytest.fixture(scope="module")
def server(built: Path, environment: Environment) -> Iterator[str]:
    with serving("python -m web", built, environment) as address:
        yield address


@contextmanager
def serving(command: str, folder: Path, environment: Environment) -> Iterator[str]:
    """Host and port of a server that is ready; it is stopped as Ctrl-C would."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*shlex.split(command), "--port", str(port)],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", process)
        yield f"127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=PATIENCE_S)[1]
    assert "Traceback" not in told, told


def wait_until_ready(address: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError(f"the server did not get ready: {process.communicate()[1]}")


def in_shell(command: str, folder: Path, environment: Environment, typed: str = "") -> str:
    """What a command prints; it must exit with 0."""
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def commands(block: str) -> list[str]:
    lines = block.replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def try_out(command: str, folder: Path, environment: Environment, server: str) -> None:
    """Run a command in ``folder``, or as much of it as is quick and changes nothing elsewhere."""
    if command.startswith("make "):
        in_shell(command.replace("make", "make --dry-run", 1), ROOT, environment)
    elif command.startswith(("pip install", ". .venv/bin/activate")):
        assert set(re.findall(r"\[(\w+)\]", command)) <= PROJECT["optional-dependencies"].keys()
    elif program := LONG.match(command):
        shown = in_shell(f"{program.group()} --help", folder, environment)
        assert all(word in shown for word in command.split() if word.startswith("--")), shown
    elif SERVER.fullmatch(command):
        options = re.sub(r" --port \d+", "", command).removeprefix("python -m web")
        if options:  # without one it is what ``server`` already runs
            with serving(f"python -m web{options}", folder, environment):
                pass
    elif command.startswith("curl "):
        told = in_shell(command.replace("localhost:8000", server), folder, environment)
        assert "error" not in json.loads(told), told
    elif QUICK.match(command):
        in_shell(command, folder, environment, typed="a long password\n" * ("adduser" in command))
    else:
        raise AssertionError(f"README has a command that this test cannot try: {command}")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: commands(block)[0][:40])
def test_the_commands_of_a_block_work_in_their_order(
    block: str, working: Path, environment: Environment, server: str
) -> None:
    for command in commands(block):
        try_out(command, working, environment, server)


def test_the_first_answer_that_readme_shows_is_the_one_given(server: str) -> None:
    block = re.search(r"^```json\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert block
    shown = json.loads(block[1])
    request = urllib.request.Request(
        f"http://{server}/api/ask",
        json.dumps({"question": shown["question"]}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as reply:
        given = json.load(reply)
    assert given.keys() == shown.keys()
    assert given["citations"][0].keys() == shown["citations"][0].keys()
    for name in ("status", "understood_as", "reason"):
        assert given[name] == shown[name]
    for name in ("id", "label", "quote", "start", "end", "highlights"):
        assert given["citations"][0][name] == shown["citations"][0][name]
    assert given["notice"] == shown["notice"]


def test_every_path_of_the_interface_is_in_the_table_and_no_other(server: str) -> None:
    table = set(re.findall(r"^\| `(GET|POST) (/[^`?]*)[^`]*` \|", README, re.MULTILINE))
    with urllib.request.urlopen(f"http://{server}/openapi.json", timeout=PATIENCE_S) as reply:
        paths = json.load(reply)["paths"]
    assert table == {(verb.upper(), path) for path, verbs in paths.items() for verb in verbs}


def test_every_page_that_readme_names_is_there(server: str) -> None:
    line = re.search(r"^Pages: .*$", README, re.MULTILINE)
    assert line
    for path in re.findall(r"`(/[^`#]*)[^`]*`", line[0]):
        request = urllib.request.Request(f"http://{server}{path}", headers={"accept": "text/html"})
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as reply:
            assert reply.headers.get_content_type() == "text/html", path


def test_the_tree_names_what_is_there_and_leaves_out_no_folder() -> None:
    lines = re.findall(r"^(  )?([\w./]+) {2,}\S", tree(), re.MULTILINE)
    assert len(lines) == len(tree().splitlines())
    parent = ""
    for indent, name in lines:
        parent = parent if indent else name
        path = ROOT / (parent + name if indent else name)
        assert path.is_dir() if name.endswith("/") else path.is_file(), path
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()]
    ignored += [".git", ".gitignore"]
    there = {p.name for p in ROOT.iterdir() if not any(fnmatch(p.name, i) for i in ignored)}
    assert there == {name.strip("/") for indent, name in lines if not indent}


def tree() -> str:
    block = re.search(r"^```text\n(index/.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert block
    return block[1]


def test_every_setting_is_in_the_table_and_no_other_name_is_used() -> None:
    assert re.findall(r"^\| `(TONGBAO_\w+)` \|", README, re.MULTILINE) == list(settings.NAMES)
    assert set(re.findall(r"TONGBAO_[A-Z]+", README)) <= set(settings.NAMES)


def test_every_dependency_has_a_reason_and_nothing_else_has() -> None:
    section = README.split("## Dependencies")[1].split("\n## ")[0]
    reasons = dict(re.findall(r"^\| `([\w.-]+)` \| (\S.*) \|$", section, re.MULTILINE))
    extras = PROJECT["optional-dependencies"].values()
    named = [*PROJECT["dependencies"], *(one for extra in extras for one in extra)]
    assert list(reasons) == [re.split(r"[\[<>=]", one)[0] for one in ordered(named)]


def ordered(named: list[str]) -> list[str]:
    """As written in pyproject.toml, from top to bottom."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    return sorted(named, key=lambda one: text.index(f'"{one}"'))


def test_what_readme_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)", README):
        assert (ROOT / target).is_file(), target


def test_readme_speaks_of_this_project_alone() -> None:
    assert "../" not in README
    for address in re.findall(r"https?://([^/\s:>`]+)", README):
        assert address in ("127.0.0.1", "localhost")
