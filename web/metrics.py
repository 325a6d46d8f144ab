"""Counts for Prometheus: requests, their seconds, and answers by status. No question text."""

import logging
import time

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = (0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_UNTOLD = ("/ui/", "/assets/", "/theme.css", "/healthz", "/readyz", "/metrics")
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

    def limited(self, limit: str) -> None:
        self.limits.labels(limit).inc()

    def answered(self, door: str, status: str, reason: str | None) -> None:
        self.answers.labels(door, status, reason or "").inc()


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
    body = generate_latest(request.app.state.metrics.registry)
    return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")
