"""Counts for Prometheus: requests, their seconds, and answers by status. No question text."""

import logging
import time
from collections import deque
from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.answer import Answer

_SECONDS = (0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_UNTOLD = ("/ui/", "/assets/", "/theme.css", "/healthz", "/readyz", "/metrics")
_LATEST = 1000
_METHODS = frozenset(("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"))
_LOG = logging.getLogger("tongbao.request")

router = APIRouter(tags=["operation"])


class Metrics:
    """One registry an application, so that two in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tongbao_requests", "Requests by route", ("route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "tongbao_request_seconds",
            "Seconds until a reply was complete",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.answers = Counter(
            "tongbao_answers",
            "Answers by door, status and reason",
            ("door", "status", "reason"),
            registry=self.registry,
        )

        self.limits = Counter(
            "tongbao_limit_hits", "Requests shed, by limit", ("limit",), registry=self.registry
        )

        self.rules = Counter(
            "tongbao_answers_by_rule",
            "Answers by the rule that decided them, and status",
            ("rule", "status"),
            registry=self.registry,
        )
        self.answer_seconds = Histogram(
            "tongbao_answer_seconds",
            "Seconds the engine took for an answer, by door",
            ("door",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._latest: deque[bool] = deque(maxlen=_LATEST)
        Gauge(
            "tongbao_unanswered_share",
            f"Share of the last {_LATEST} questions that got no answer",
            registry=self.registry,
        ).set_function(self.unanswered_share)
        self.index_age = Gauge(
            "tongbao_index_age_seconds", "Since the build was written", registry=self.registry
        )
        self.paused = Gauge("tongbao_paused", "1 while answers are stopped", registry=self.registry)

    def unanswered_share(self) -> float:
        """In [0, 1]; 0 before the first question."""
        return 1 - sum(self._latest) / len(self._latest) if self._latest else 0.0

    def limited(self, limit: str) -> None:
        self.limits.labels(limit).inc()

    def answered(self, door: str, answer: Answer) -> None:
        """Count an answer; its question is not looked at."""
        self.answers.labels(door, answer.status, answer.reason or "").inc()
        rule = getattr(answer, "rule", None) or (answer.why or {}).get("rule")
        if isinstance(rule, str):
            self.rules.labels(rule[:60], answer.status).inc()
        self.answer_seconds.labels(door).observe(answer.timings_ms.get("total", 0.0) / 1000)
        self._latest.append(answer.status == "answered")


class Timed:
    """Counts and times every request under its route's pattern, never its address."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            route = getattr(scope.get("route"), "path", None) or "other"
            seconds = time.perf_counter() - start
            self._metrics.requests.labels(route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(seconds)
            _LOG.log(
                logging.DEBUG if scope["path"].startswith(_UNTOLD) else logging.INFO,
                "request",
                extra={
                    "method": scope["method"] if scope["method"] in _METHODS else "other",
                    "route": route,
                    "status": status,
                    "ms": round(seconds * 1000, 1),
                },
            )


@router.get("/metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    state = request.app.state
    state.metrics.paused.set(bool(state.pause.reason()))
    if written := build_time(state):
        state.metrics.index_age.set(max(0.0, time.time() - written))
    body = generate_latest(request.app.state.metrics.registry)
    return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")


def build_time(state: Any) -> float:
    """When the build that answers was written, seconds since the epoch; 0 when nobody knows."""
    if state.assistant is None:
        return 0.0
    build = state.settings.index_folder / "builds" / state.assistant.index.name / "manifest.json"
    try:
        return float(build.stat().st_mtime)
    except OSError:
        return 0.0
