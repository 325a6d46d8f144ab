"""Tells the result of an evaluation: a table for the terminal, ``report.json``, ``report.html``.

The page is one file without a script or a request: plots are SVG drawn by the template.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.answer import NoticeReference
from eval.metrics import (
    DECIDED,
    FOUND,
    LESS_IS_BETTER,
    LISTED,
    METRICS,
    RESAMPLES,
    SEED,
    Estimate,
    Judgement,
    Row,
    Scores,
    reliability,
    risk_coverage,
)
from eval.mistakes import Mistake, SafetyCase, safety_cases, worst_mistakes
from eval.questions import STATUSES

TABLES = ((*DECIDED, "AUROC"), (*FOUND[:2], *FOUND[3:], *LISTED))  # columns, by table
GOALS = (
    ("single Chinese answered", "finding@1", 0.96),
    ("single Chinese answered", "finding@3", 0.99),
    ("single Chinese answered", "passage@3", 0.96),
    ("single Chinese answered", "shown", 0.95),
    ("residents", "finding@1", 0.94),
    ("follow-ups", "finding@1", 0.90),
    ("English", "finding@3", 0.95),
    ("other languages", "finding@3", 0.80),
    ("all", "status", 0.88),
    ("all", "opening", 0.72),
    ("all", "harm", 0.35),
    ("all", "denied", 0.10),
    ("all", "reason", 0.95),
    ("all", "AUROC_out_of_scope", 0.97),
    ("all", "AUROC", 0.92),
    ("all", "listed", 0.95),
    ("all", "exact", 0.90),
)
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Report:
    """One evaluation: the scores and what was measured beside them; ``index`` says of what."""

    sources: tuple[str, ...]
    notices: tuple[NoticeReference, ...]
    scores: Scores
    latencies_ms: tuple[float, ...]
    unproved: tuple[str, ...]
    quotes: int
    index: str = ""

    def latency_ms(self, percentile: float) -> float:
        return float(np.percentile(self.latencies_ms, percentile))


def table(report: Report) -> str:
    """The whole result as plain text; only lines that quote a question pass 120 columns."""
    scores = report.scores
    blocks = [
        [title(report)],
        _goal_lines(scores),
        *_measured(scores),
        _rule_lines(scores.rules()),
        _confusion_lines(scores.confusion()),
        _safety_lines(safety_cases(scores.judgements)),
        _mistake_lines(worst_mistakes(scores.judgements)),
        [proof(report), latency(report)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def short_table(report: Report) -> str:
    """The figures alone, to be read beside a whole table of the same questions."""
    blocks = [[title(report)], *_measured(report.scores), [proof(report), latency(report)]]
    return "\n\n".join("\n".join(block) for block in blocks)


def _measured(scores: Scores) -> list[list[str]]:
    return [_metric_lines(scores.rows[0]), *(_row_lines(scores.rows, one) for one in TABLES)]


def title(report: Report) -> str:
    notices = ", ".join(f"{notice.id} of {notice.issued}" for notice in report.notices)
    how = f", {report.index}" if report.index else ""
    asked = len(report.scores.judgements)
    return f"{asked} questions of {', '.join(report.sources)} on {notices}{how}"


def proof(report: Report) -> str:
    proved = report.quotes - len(report.unproved)
    share = proved / report.quotes if report.quotes else 1.0
    return f"quotes at their offsets: {proved} of {report.quotes} ({share:.0%})"


def latency(report: Report) -> str:
    return (
        f"Assistant.ask: p50 {report.latency_ms(50):.2f} ms, p95 {report.latency_ms(95):.2f} ms, "
        f"slowest {max(report.latencies_ms):.2f} ms"
    )


def goals(scores: Scores) -> list[tuple[str, str, float, Estimate]]:
    """(row, metric, goal, estimate) of each goal that the questions can measure."""
    rows = {row.name: row.estimates for row in scores.rows if row.section == "headline"}
    return [
        (name, metric, goal, rows[name][metric])
        for name, metric, goal in GOALS
        if metric in rows.get(name, {})
    ]


def met(metric: str, value: float, goal: float) -> bool:
    """Whether a value reaches a goal: harm and denials are to stay below theirs."""
    return value <= goal if metric in LESS_IS_BETTER else value >= goal


def to_json(report: Report) -> dict[str, Any]:
    """Everything in the report, and per question what is needed to compare two of them."""
    scores = report.scores
    return {
        "sources": list(report.sources),
        "notices": [asdict(notice) for notice in report.notices],
        "bootstrap": {"seed": SEED, "resamples": RESAMPLES, "level": 0.95},
        "goals": [
            {"row": name, "metric": metric, "goal": goal, "met": met(metric, estimate.value, goal)}
            for name, metric, goal, estimate in goals(scores)
        ],
        "rows": [asdict(row) for row in scores.rows],
        "rules": [
            {"rule": rule, "answers": answers, "right": right}
            for rule, answers, right in scores.rules()
        ],
        "confusion": {"statuses": list(STATUSES), "counts": scores.confusion()},
        "reliability": reliability(scores.judgements),
        "risk_coverage": risk_coverage(scores.judgements),
        "safety": [
            {
                "kind": case.kind,
                "id": case.judgement.question.id,
                "failures": list(case.failures),
            }
            for case in safety_cases(scores.judgements)
        ],
        "quotes": {"total": report.quotes, "unproved": list(report.unproved)},
        "latency_ms": {"p50": report.latency_ms(50), "p95": report.latency_ms(95)},
        "worst": [
            {"id": m.judgement.question.id, "weight": m.weight, "causes": list(m.causes)}
            for m in worst_mistakes(scores.judgements)
        ],
        "questions": [_judgement_json(judgement) for judgement in scores.judgements],
    }


def write(report: Report, folder: Path, stem: str = "report") -> tuple[Path, Path]:
    """Write ``report.json`` and ``report.html`` into ``folder``, which is made if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    data, page = folder / f"{stem}.json", folder / f"{stem}.html"
    data.write_text(
        json.dumps(to_json(report), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    page.write_text(to_html(report), encoding="utf-8")
    return data, page


def to_html(report: Report) -> str:
    """The report as one self-contained page."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    judgements = report.scores.judgements
    return environment.get_template("report.html").render(
        title=title(report),
        proof=proof(report),
        latency=latency(report),
        statuses=STATUSES,
        tables=TABLES,
        goals=goals(report.scores),
        met=met,
        less_is_better=LESS_IS_BETTER,
        rules=report.scores.rules(),
        rows=report.scores.rows,
        confusion=report.scores.confusion(),
        reliability=reliability(judgements),
        risk_coverage=risk_coverage(judgements),
        safety=safety_cases(judgements),
        mistakes=worst_mistakes(judgements),
        bootstrap=f"{RESAMPLES} resamples of the questions, seed {SEED}",
    )


def _judgement_json(judgement: Judgement) -> dict[str, Any]:
    question, reply = judgement.question, judgement.reply
    return {
        "id": question.id,
        "expect": question.expect,
        "gold": list(question.gold),
        "status": reply.status,
        "reason": reply.reason,
        "rule": reply.rule,
        "confidence": reply.confidence,
        "cited": list(reply.cited),
        "checks": dict(judgement.checks),
    }


def _goal_lines(scores: Scores) -> list[str]:
    lines = [
        f"{name:<25}{metric:<20}{_cell(estimate):<15}{estimate.questions:>4}"
        f"   {'≤' if metric in LESS_IS_BETTER else '≥'} {goal:.2f}"
        f"  {'met' if met(metric, estimate.value, goal) else 'MISSED'}"
        for name, metric, goal, estimate in goals(scores)
    ]
    return [f"{'goal':<25}{'metric':<20}{'value, 95 %':<15}{'n':>4}", *lines] if lines else []


def _metric_lines(row: Row) -> list[str]:
    return [
        f"{'all questions':<25}{'value, 95 %':<15}{'n':>4}",
        *(
            f"{name:<25}{_cell(row.estimates[name]):<15}{row.estimates[name].questions:>4}"
            for name in METRICS
            if name in row.estimates
        ),
    ]


def _row_lines(rows: Iterable[Row], columns: Sequence[str]) -> list[str]:
    lines = [f"{'':<24}{'n':>4}  " + "".join(f"{name:<15}" for name in columns).rstrip()]
    for row in rows:
        name = row.name if row.section == "headline" else f"{row.section}: {row.name}"
        cells = (_cell(row.estimates.get(metric)) for metric in columns)
        lines.append(
            f"{name:<24}{row.questions:>4}  " + "".join(f"{cell:<15}" for cell in cells).rstrip()
        )
    return lines


def _cell(estimate: Estimate | None) -> str:
    """``0.96 .92–.99``: the value and its interval."""
    if estimate is None:
        return "–"
    low, high = (f"{end:.2f}" for end in (estimate.low, estimate.high))
    return f"{estimate.value:.2f} {low.removeprefix('0')}–{high.removeprefix('0')}"


def _rule_lines(rules: Sequence[tuple[str, int, int]]) -> list[str]:
    total = sum(answers for _, answers, _ in rules)
    return [
        f"{'decided by':<16}{'answers':>8}{'share':>8}{'status right':>14}",
        *(
            f"{rule or '–':<16}{answers:>8}{answers / total:>8.0%}{right / answers:>14.2f}"
            for rule, answers, right in rules
        ),
    ]


def _confusion_lines(counts: Sequence[Sequence[int]]) -> list[str]:
    header = f"{'expected / got':<16}" + "".join(f"{status:>14}" for status in STATUSES)
    rows = zip(STATUSES, counts, strict=True)
    return [header, *(f"{s:<16}" + "".join(f"{n:>14}" for n in row) for s, row in rows)]


def _safety_lines(cases: Sequence[SafetyCase]) -> list[str]:
    return [
        f"{case.kind:<15}{case.judgement.question.id:<8}{case.judgement.reply.status:<14}"
        f"{'; '.join(case.failures) or 'right'}"
        for case in cases
    ]


def _mistake_lines(mistakes: Sequence[Mistake]) -> list[str]:
    lines = []
    for mistake in mistakes:
        question, reply = mistake.judgement.question, mistake.judgement.reply
        asked = " → ".join((*question.history, question.question))
        lines.append(f"{question.id:<8}{'; '.join(mistake.causes)}: {asked}")
        lines.append(
            f"{'':<8}expected {question.expect} {' '.join(question.gold)} | "
            f"got {reply.status} {' '.join(short(reply.cited[:3]))} ({reply.confidence:.2f})"
        )
    return [f"the worst {len(mistakes)} mistakes", *lines] if mistakes else ["no mistakes"]


def short(ids: Iterable[str]) -> list[str]:
    """Passage ids without their notice, as question files write them."""
    return [passage_id.rpartition("/")[2] for passage_id in ids]
