"""What runs it: the unit, the container, the proxy, the pause, and what the browser may do."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.answer import Answer
from index.errors import SettingsError
from index.settings import Settings
from tests.serving import NOTICE, QUESTION, shared_assistant, shared_settings
from web import __main__ as command
from web.app import create_app
from web.loaded import remember
from web.memory import Memory
from web.metrics import Metrics
from web.pause import pause, resume, switch_file

DEPLOY = Path(__file__).parent.parent / "web" / "deploy"
OPERATIONS = DEPLOY.parent / "OPERATIONS.md"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


def server(settings: Settings) -> TestClient:
    app = create_app(shared_assistant(), settings, chat=False)
    app.state.pause._looked = -10.0
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


# Pause


def test_a_pause_stops_answers_without_a_restart_and_leaves_the_rest(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pause._LOOK_AGAIN_S", 0.0)
    client = server(settings)
    assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200
    assert pause(settings, " 通报正在更正  ").startswith("paused: 通报正在更正;")
    for path, body in (
        ("/api/ask", {"question": QUESTION}),
        ("/mcp", {}),
        ("/gradio_api/run/ask", {}),
    ):
        reply = client.post(path, json=body)
        assert (reply.status_code, reply.json()["error"]["code"]) == (503, "paused")
        assert reply.headers["retry-after"] == "600"
    page = client.get("/plain", headers={"accept": "text/html"})
    assert page.status_code == 503
    assert "通报正在更正" in page.text
    assert "tel:0374-2965034" in page.text
    for path in (
        "/healthz",
        "/readyz",
        "/metrics",
        f"/notice/{NOTICE}",
        "/login",
        "/ui/tokens.css",
    ):
        assert client.get(path).status_code == 200, path
    assert client.get("/readyz").json()["paused"] is True
    assert "tongbao_paused 1.0" in client.get("/metrics").text
    assert resume(settings) == "resumed"
    assert resume(settings) == "nothing was paused"
    assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200


def test_a_pause_that_cannot_be_read_still_pauses(settings: Settings) -> None:
    switch_file(settings).write_bytes(b"\xff half")
    assert server(settings).post("/api/ask", json={"question": QUESTION}).status_code == 503


def test_a_pause_needs_a_reason_that_fits(settings: Settings) -> None:
    for reason in ("", " \n", "长" * 201):
        with pytest.raises(SettingsError, match="expected 1 to 200"):
            pause(settings, reason)


def test_the_console_s_pause_stands_in_the_audit_trail(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Settings, "from_environment", classmethod(lambda cls: settings))
    assert command.main(["pause", "--reason", "维护"]) == 0
    assert command.main(["resume"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "resumed"
    memory = Memory(settings.database_url)
    assert [(e.who, e.action, e.detail) for e in memory.audit_trail()] == [
        ("console", "resumed", ""),
        ("console", "paused", "维护"),
    ]
    memory.close()


# Start


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_off_loopback_the_names_it_is_called_by_are_required(
    host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Settings, "from_environment", classmethod(lambda cls: Settings()))
    assert command.main(["--host", host]) == 1
    told = capsys.readouterr().err
    assert "--allow-host" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "hosts"),
    [
        ([], ["127.0.0.1", "localhost", "::1"]),
        (["--host", "192.0.2.7"], ["192.0.2.7", "127.0.0.1", "localhost", "::1"]),
        (["--host", "0.0.0.0", "--allow-host", "a.cn"], ["a.cn", "127.0.0.1", "localhost", "::1"]),
    ],
)
def test_only_names_that_are_known_are_answered(arguments: list[str], hosts: list[str]) -> None:
    assert command._hosts(command._parser().parse_args(arguments)) == hosts


# Metrics


def answer(status: Any, **extra: Any) -> Answer:
    given = shared_assistant().ask(QUESTION)
    return Answer(
        given.question, given.question, status, None, "", (), 0.5, (), given.notice,
        timings_ms={"total": 12.0}, **extra,
    )  # fmt: skip


def test_answers_are_counted_by_rule_where_one_is_named_and_by_what_was_left_open() -> None:
    metrics = Metrics()
    metrics.answered("api", answer("answered", why={"rule": "list"}))
    metrics.answered("api", answer("not_stated"))
    metrics.answered("api", answer("out_of_scope"))
    metrics.answered("api", answer("answered"))
    assert metrics.unanswered_share() == 0.5
    value = metrics.registry.get_sample_value
    assert value("tongbao_answers_by_rule_total", {"rule": "list", "status": "answered"}) == 1
    assert value("tongbao_answer_seconds_count", {"door": "api"}) == 4
    assert value("tongbao_answer_seconds_sum", {"door": "api"}) == pytest.approx(0.048)
    assert value("tongbao_unanswered_share") == 0.5


def test_the_age_of_the_index_is_told() -> None:
    app = create_app(shared_assistant(), shared_settings(), chat=False)
    client = TestClient(app, base_url="http://127.0.0.1")
    remember(app.state, "api", answer("answered"))
    [line] = re.findall(r"^tongbao_index_age_seconds (\S+)$", client.get("/metrics").text, re.M)
    assert 0 <= float(line) < 86400


# What the browser may do


@pytest.mark.parametrize("path", ["/plain", "/docs", f"/notice/{NOTICE}", "/login", "/api/notices"])
def test_no_page_but_the_chat_allows_anything_inline(path: str) -> None:
    reply = server(shared_settings()).get(path, headers={"accept": "text/html"})
    policy = reply.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'; style-src 'self'" in policy
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=", reply.text)


def test_our_own_files_write_no_inline_style_or_handler() -> None:
    own = [*(DEPLOY.parent / "templates").glob("*.html"), *(DEPLOY.parent / "static").glob("*.js")]
    for path in own:
        text = path.read_text("utf-8")
        assert not re.search(r"""\sstyle=["']|<style|\son(click|load|error)=""", text), path.name
        assert not re.search(r"""setAttribute\(["']style""", text), path.name


# Files for whoever runs it


def unit() -> configparser.RawConfigParser:
    """systemd allows a name again; the last value is enough here."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "tongbao.service")
    return parser


def test_the_unit_runs_as_its_own_user_with_little_it_may_touch() -> None:
    service = dict(unit()["Service"])
    assert service["User"] == "tongbao"
    assert service["MemoryMax"] == "1200M"
    for name in ("PrivateTmp", "NoNewPrivileges", "ProtectHome", "PrivateDevices"):
        assert service[name] == "yes"
    assert service["ProtectSystem"] == "strict"
    options = service["ExecStart"].partition("-m web ")[2].split()
    parsed = command._parser().parse_args(options)
    assert parsed.proxy == ["127.0.0.1"]
    assert parsed.allow_host


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not on this machine")
    text = (DEPLOY / "tongbao.service").read_text()
    text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.M)
    copy = tmp_path / "tongbao.service"
    copy.write_text(re.sub(r"^(User|Group|WorkingDirectory)=.*\n", "", text, flags=re.M))
    found = subprocess.run(
        [analyze, "verify", str(copy)], capture_output=True, text=True, timeout=120
    )
    complaints = [line for line in found.stderr.splitlines() if "tongbao.service" in line]
    assert complaints == []


def test_the_container_has_its_own_user_and_needs_to_write_only_its_data() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    orders = [line.split()[0] for line in lines if re.match(r"[A-Z]+ ", line)]
    last = len(orders) - 1 - orders[::-1].index("FROM")
    assert "USER" in orders[last:]
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    assert not {"ADD", "MAINTAINER"} & set(orders)
    for line in lines:
        if line.startswith("FROM"):
            assert re.match(r"FROM \S+:[\w.\-]+( AS \w+)?$", line), "a tag that is not latest"
            assert ":latest" not in line
    entry = next(line for line in lines if line.startswith("ENTRYPOINT"))
    options = [part.strip(' "') for part in entry.partition("[")[2].rstrip("]").split(",")][3:]
    assert command._parser().parse_args(options).host == "0.0.0.0"
    assert "HEALTHCHECK" in orders


def test_the_proxy_speaks_tls_and_keeps_the_inner_paths_inside() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert text.count("{") == text.count("}")
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    assert "Strict-Transport-Security" in text
    inner = re.findall(r"location ~ (\S+) \{ ([^}]*) \}", text)
    for path in (
        "/metrics",
        "/readyz",
        "/desk/find",
        "/staff",
        "/login",
        "/password",
        "/mcp",
        "/v1/models",
    ):
        [rules] = [rules for pattern, rules in inner if re.match(pattern, path)]
        assert "deny all;" in rules
    for path in ("/", "/plain", "/api/ask", "/healthz", "/notice/x"):
        assert not [pattern for pattern, _ in inner if re.match(pattern, path)]
    handed_on = (DEPLOY / "tongbao-proxy.conf").read_text()
    assert "X-Forwarded-For $remote_addr;" in handed_on


def test_every_command_and_metric_of_the_page_for_operators_exists() -> None:
    text = OPERATIONS.read_text("utf-8")
    for line in re.findall(r"^python -m web (.+)$", text, re.M):
        command._parser().parse_args(re.findall(r'"[^"]*"|\S+', line))
    known = {name for metric in Metrics().registry.collect() for name in (metric.name,)}
    named = {name.removesuffix("_total") for name in re.findall(r"`(tongbao_\w+)", text)}
    assert named <= known
