"""Two processes, one address, one index: they answer, are replaced when they die, and end together."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import QUESTION, shared_settings

ROOT = Path(__file__).parent.parent
PATIENCE_S = 600.0


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"TONGBAO_DATA": str(shared_settings().data)}
    command = [sys.executable, "-m", "web", "--port", str(port), "--workers", "2", "--no-memory"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: len(workers(process)) == 2 and answered(address))
        yield address, process
    finally:
        process.kill()
        process.wait()


def eventually(holds: object) -> None:
    due = time.monotonic() + PATIENCE_S
    while time.monotonic() < due:
        with contextlib.suppress(OSError):
            if holds():  # type: ignore[operator]
                return
        time.sleep(0.2)
    raise AssertionError("it did not come to be")


def answered(address: str) -> bool:
    body = json.dumps({"question": QUESTION}).encode()
    request = urllib.request.Request(
        f"{address}/api/ask", body, {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        return bool(json.loads(reply.read())["status"] == "answered")


def workers(process: subprocess.Popen[bytes]) -> set[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return {int(child) for child in children.split()}


def shared_kb(child: int) -> int:
    """What a process has in common with others, as the system counts it."""
    rollup = Path(f"/proc/{child}/smaps_rollup").read_text()
    found = re.findall(r"^Shared_(?:Clean|Dirty):\s+(\d+) kB", rollup, re.M)
    return sum(map(int, found))


def test_two_workers_answer_and_hold_the_index_once(
    server: tuple[str, subprocess.Popen[bytes]],
) -> None:
    address, process = server
    assert all(answered(address) for _ in range(6))
    for child in workers(process):
        assert shared_kb(child) > 60_000, "the encoder's table alone has 45 MB"


def test_a_worker_that_dies_is_replaced_and_the_other_goes_on(
    server: tuple[str, subprocess.Popen[bytes]],
) -> None:
    address, process = server
    before = workers(process)
    os.kill(min(before), signal.SIGKILL)
    eventually(lambda: len(workers(process)) == 2 and workers(process) != before)
    eventually(lambda: answered(address))


def test_told_to_end_they_all_do(server: tuple[str, subprocess.Popen[bytes]]) -> None:
    _, process = server
    children = workers(process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
