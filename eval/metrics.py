"""Scores answers against a question file, every metric with a 95 % bootstrap interval.

Every metric is a function of per-question weights. The first row of weights is all
ones and gives the value; each further row counts how often a resample drew each
question and gives one draw of the bootstrap (percentile method, questions resampled).

    finding@k      expected answered: a gold finding among the first k distinct findings cited
    passage@k      expected answered: a gold passage among the first k citations
    shown          every must_contain string stands in a quote of the first 3 citations
    opening        expected answered: every must_contain string stands in the opening; lists
                   and single words aside
    status         the status is the expected one
    harm           expected not_stated: answered all the same
    denied         expected answered: not answered
    reason         style emergency: named as one
    AUROC          confidence, answered against both others; ``_out_of_scope``: against that one
    coverage@95    share of the answerable questions kept at the lowest confidence threshold
                   where 95 % of all kept replies are right (answerable, and passage@3)
    listed, exact  styles list and aggregate: recall and precision of gold over all citations
    nearest@3      expected not_stated: a gold finding among the first 3 findings cited

Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Answer
from eval.questions import STATUSES, Question

FOUND = ("finding@1", "finding@3", "passage@1", "passage@3", "shown")
DECIDED = ("status", "opening", "harm", "denied", "reason")
LISTED = ("listed", "exact")
CHECKS = (*FOUND, *DECIDED, *LISTED, "nearest@3")
METRICS = (*FOUND, *DECIDED, "AUROC", "AUROC_out_of_scope", "coverage@95", *LISTED, "nearest@3")
LESS_IS_BETTER = frozenset({"harm", "denied"})
LIST_STYLES = frozenset({"list", "aggregate"})
SEED = 20241231
RESAMPLES = 2000

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reply:
    """What of an Answer is scored; ``cited`` and ``quotes`` are parallel to its citations, and
    ``rule`` is empty where the answer does not say what decided.
    """

    status: str
    reason: str | None
    opening: str
    text: str
    rule: str
    confidence: float
    cited: tuple[str, ...]
    quotes: tuple[str, ...]

    @classmethod
    def of(cls, answer: Answer | Mapping[str, Any]) -> "Reply":
        if isinstance(answer, Answer):
            document, rule = answer.to_json(), answer.rule
        else:
            document, rule = dict(answer), (answer.get("why") or {}).get("rule", "")
        return cls(
            status=document["status"],
            reason=document["reason"],
            opening=document["opening"],
            text=document["text"],
            rule=rule,
            confidence=float(document["confidence"]),
            cited=tuple(citation["id"] for citation in document["citations"]),
            quotes=tuple(citation["quote"] for citation in document["citations"]),
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """A question, its reply and every check that applies to it, in [0, 1]."""

    question: Question
    reply: Reply
    checks: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric over ``questions`` questions with its 95 % interval."""

    value: float
    low: float
    high: float
    questions: int


@dataclass(frozen=True, slots=True)
class Row:
    """The metrics that apply to one group of questions."""

    section: str
    name: str
    questions: int
    estimates: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Scores:
    """Every judgement, and a row of metrics for each group that has questions."""

    judgements: tuple[Judgement, ...]
    rows: tuple[Row, ...]

    def value(self, metric: str, row: str = "all") -> float:
        """The value of a metric; NaN where no question of the row has it."""
        for candidate in self.rows:
            if candidate.name == row:
                estimate = candidate.estimates.get(metric)
                return estimate.value if estimate else float("nan")
        return float("nan")

    def rules(self) -> tuple[tuple[str, int, int], ...]:
        """(rule, answers it decided, of these with the right status), most answers first."""
        decided: dict[str, list[float]] = {}
        for judgement in self.judgements:
            decided.setdefault(judgement.reply.rule, []).append(judgement.checks["status"])
        counted = [(rule, len(right), int(sum(right))) for rule, right in decided.items()]
        return tuple(sorted(counted, key=lambda row: (-row[1], row[0])))

    def confusion(self) -> tuple[tuple[int, ...], ...]:
        """Counts in the order of ``STATUSES``: rows expected, columns got."""
        pairs = [(j.question.expect, j.reply.status) for j in self.judgements]
        return tuple(tuple(pairs.count((e, g)) for g in STATUSES) for e in STATUSES)


def score(
    questions: Sequence[Question],
    answers: Sequence[Answer | Mapping[str, Any]],
    *,
    resamples: int = RESAMPLES,
) -> Scores:
    """Judge each answer against the question at the same place.

    Args:
        resamples: 0 leaves intervals out (each is its value), which is fast.

    Raises:
        ValueError: as many answers as questions were expected, in the same order.
    """
    if len(questions) != len(answers):
        raise ValueError(f"{len(answers)} answers for {len(questions)} questions")
    judgements = tuple(judge(q, Reply.of(a)) for q, a in zip(questions, answers, strict=True))
    rows = (
        Row(section, name, len(group), estimates(group, resamples=resamples))
        for section, name, group in _groups(judgements)
    )
    return Scores(judgements, tuple(rows))


def judge(question: Question, reply: Reply) -> Judgement:
    """Check one reply; a check that does not apply to the question is absent."""
    checks = {"status": float(reply.status == question.expect)}
    if question.style == "emergency":
        checks["reason"] = float(reply.reason == "emergency")
    if question.expect == "answered":
        checks |= _answered_checks(question, reply)
    elif question.gold:
        findings = _findings(reply.cited)[:3]
        checks["nearest@3"] = float(_meets(findings, map(finding_of, question.gold)))
    if question.style in LIST_STYLES and question.gold:
        checks |= _list_checks(reply.cited, question.gold)
    if question.expect == "not_stated":
        checks["harm"] = float(reply.status == "answered")
    return Judgement(question, reply, checks)


def _answered_checks(question: Question, reply: Reply) -> dict[str, float]:
    findings = _findings(reply.cited)
    gold_findings = [finding_of(gold) for gold in question.gold]
    checks = {
        "finding@1": float(_meets(findings[:1], gold_findings)),
        "finding@3": float(_meets(findings[:3], gold_findings)),
        "passage@1": float(_meets(reply.cited[:1], question.gold)),
        "passage@3": float(_meets(reply.cited[:3], question.gold)),
        "denied": float(reply.status != "answered"),
    }
    if question.must_contain:
        checks["shown"] = float(not missing_strings(question, reply))
    if question.must_contain and question.style not in LIST_STYLES | {"word"}:
        checks["opening"] = float(all(s in reply.opening for s in question.must_contain))
    return checks


def _findings(cited: Iterable[str]) -> list[str]:
    """The findings cited, once each, in order."""
    return list(dict.fromkeys(finding_of(one) for one in cited))


def finding_of(passage_id: str) -> str:
    """``37.2`` belongs to ``37``; ``next.1``, ``contact`` and ``preface`` to themselves."""
    notice, slash, name = passage_id.rpartition("/")
    number = name.partition(".")[0]
    return f"{notice}{slash}{number}" if number.isdecimal() else passage_id


def missing_strings(question: Question, reply: Reply) -> tuple[str, ...]:
    """The must_contain strings that no quote of the first three citations holds."""
    quotes = reply.quotes[:3]
    return tuple(s for s in question.must_contain if not any(s in quote for quote in quotes))


def unproved_quotes(
    answers: Iterable[Answer], texts: Mapping[str, str]
) -> tuple[tuple[str, ...], int]:
    """The ids of quotes that are not at their offsets in ``texts`` (by notice), and the total."""
    citations = [citation for answer in answers for citation in answer.citations]
    unproved = tuple(
        citation.id
        for citation in citations
        if not citation.quote
        or texts[citation.id.partition("/")[0]][citation.start : citation.end] != citation.quote
    )
    return unproved, len(citations)


def _meets(cited: Iterable[str], gold: Iterable[str]) -> bool:
    gold = tuple(gold)
    return any(_same(c, g) for c in cited for g in gold)


def _same(cited: str, gold: str) -> bool:
    """A gold id without its notice matches that id in any notice."""
    return cited == gold or cited.rpartition("/")[2] == gold


def _list_checks(cited: Sequence[str], gold: Sequence[str]) -> dict[str, float]:
    found = sum(_meets(cited, [wanted]) for wanted in gold)
    wanted = sum(_meets([one], gold) for one in cited)
    return {
        "listed": found / len(gold),
        "exact": wanted / len(cited) if cited else 0.0,
    }


# --- groups of questions ---------------------------------------------------------------


def chinese(question: Question) -> bool:
    return question.lang.partition("-")[0] == "zh"


def _plain_chinese(question: Question) -> bool:
    return (
        chinese(question)
        and not question.history
        and question.expect == "answered"
        and question.style not in LIST_STYLES
    )


HEADLINES: tuple[tuple[str, Callable[[Question], bool]], ...] = (
    ("all", lambda question: True),
    ("single Chinese answered", _plain_chinese),
    ("residents", lambda question: question.who == "resident"),
    ("follow-ups", lambda question: bool(question.history)),
    ("English", lambda question: question.lang.partition("-")[0] == "en"),
    (
        "other languages",
        lambda question: not chinese(question) and question.lang.partition("-")[0] != "en",
    ),
)
BREAKDOWNS: tuple[tuple[str, Callable[[Question], str]], ...] = (
    ("who", lambda question: question.who),
    ("lang", lambda question: question.lang),
    ("style", lambda question: question.style),
    ("turn", lambda question: "follow-up" if question.history else "single question"),
)


def _groups(
    judgements: Sequence[Judgement],
) -> Iterable[tuple[str, str, tuple[Judgement, ...]]]:
    for name, belongs in HEADLINES:
        if group := tuple(j for j in judgements if belongs(j.question)):
            yield "headline", name, group
    for section, key in BREAKDOWNS:
        for name in sorted({key(j.question) for j in judgements}):
            yield section, name, tuple(j for j in judgements if key(j.question) == name)


# --- statistics of weights -------------------------------------------------------------


def estimates(
    judgements: Sequence[Judgement], *, resamples: int = RESAMPLES
) -> dict[str, Estimate]:
    """Every metric that some of the judgements have, in the order of ``METRICS``."""
    weights = bootstrap_weights(len(judgements), resamples)
    draws: dict[str, tuple[Floats, int]] = {}
    for name in CHECKS:
        applies = np.array([name in j.checks for j in judgements])
        values = np.array([j.checks.get(name, 0.0) for j in judgements])
        draws[name] = mean(values[applies], weights[:, applies]), int(applies.sum())
    confidence = np.array([j.reply.confidence for j in judgements])
    expected = np.array([j.question.expect for j in judgements])
    answerable = expected == "answered"
    draws["AUROC"] = auroc(confidence, answerable, weights), len(judgements)
    near = expected != "not_stated"
    draws["AUROC_out_of_scope"] = (
        auroc(confidence[near], answerable[near], weights[:, near]),
        int(near.sum()),
    )
    right = np.array([j.checks.get("passage@3") == 1 for j in judgements])
    draws["coverage@95"] = (
        coverage_at_precision(confidence, right, answerable, weights),
        int(answerable.sum()),
    )
    found = {name: _estimate(*draws[name]) for name in METRICS}
    return {name: estimate for name, estimate in found.items() if estimate}


def bootstrap_weights(questions: int, resamples: int) -> Floats:
    """float64 (1 + resamples, questions): ones, then the counts of each resample."""
    draws = np.random.default_rng(SEED).multinomial(
        questions, np.full(questions, 1 / questions), size=resamples
    )
    return np.vstack([np.ones(questions), draws])


def mean(values: Floats, weights: Floats) -> Floats:
    """Weighted mean, one a row of weights; NaN where a row has no weight."""
    with np.errstate(invalid="ignore"):
        means: Floats = (weights @ values) / weights.sum(axis=1)
    return means


def auroc(confidence: Floats, positive: Flags, weights: Floats) -> Floats:
    """How often a positive has more confidence than a negative; ties count one half.

    One value a row of weights; NaN where a row lacks positives or negatives.
    Source: Hanley and McNeil (1982), the Mann–Whitney form.
    """
    if not confidence.size:
        return np.full(len(weights), np.nan)
    above = _by_confidence(confidence, weights * positive)
    negatives = _by_confidence(confidence, weights * ~positive)
    not_above = negatives.sum(axis=1, keepdims=True) - np.cumsum(negatives, axis=1)
    pairs = above.sum(axis=1) * negatives.sum(axis=1)
    with np.errstate(invalid="ignore"):
        share: Floats = (above * (not_above + negatives / 2)).sum(axis=1) / pairs
    return share


def coverage_at_precision(
    confidence: Floats,
    right: Flags,
    answerable: Flags,
    weights: Floats,
    *,
    precision: float = 0.95,
) -> Floats:
    """Largest share of the answerable that a threshold keeps at that precision.

    Precision is the share of kept replies that are right. One value a row of weights:
    0 where no threshold is precise enough, NaN where a row has nothing answerable.
    """
    kept, correct, covered = (
        np.cumsum(_by_confidence(confidence, weights * flags), axis=1)
        for flags in (np.ones(len(right)), right, answerable)
    )
    precise = correct >= precision * kept - 1e-9
    with np.errstate(invalid="ignore"):
        best: Floats = np.where(precise, covered, 0).max(axis=1) / covered[:, -1]
    return best


def risk_coverage(judgements: Sequence[Judgement]) -> list[tuple[float, float]]:
    """(coverage of the answerable, share of kept replies that are wrong) by threshold.

    Highest threshold first; empty when nothing is answerable.
    """
    points = []
    answerable = sum(j.question.expect == "answered" for j in judgements)
    for threshold in sorted({j.reply.confidence for j in judgements}, reverse=True):
        kept = [j for j in judgements if j.reply.confidence >= threshold]
        covered = sum(j.question.expect == "answered" for j in kept)
        wrong = sum(j.checks.get("passage@3") != 1 for j in kept)
        if answerable:
            points.append((covered / answerable, wrong / len(kept)))
    return points


def reliability(judgements: Sequence[Judgement], bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean confidence, share answerable, count) of each equal-width bin with questions."""
    groups: dict[int, list[Judgement]] = {}
    for judgement in judgements:
        number = min(int(judgement.reply.confidence * bins), bins - 1)
        groups.setdefault(number, []).append(judgement)
    return [
        (
            sum(j.reply.confidence for j in group) / len(group),
            sum(j.question.expect == "answered" for j in group) / len(group),
            len(group),
        )
        for _, group in sorted(groups.items())
    ]


def _by_confidence(confidence: Floats, weights: Floats) -> Floats:
    """Weights summed over equal confidences, highest confidence first."""
    order = np.argsort(-confidence, kind="stable")
    _, starts = np.unique(-confidence[order], return_index=True)
    summed: Floats = np.add.reduceat(weights[:, order], starts, axis=1)
    return summed


def _estimate(draws: Floats, questions: int) -> Estimate | None:
    value = float(draws[0])
    if np.isnan(value):
        return None
    resampled = draws[1:][~np.isnan(draws[1:])]
    low, high = np.percentile(resampled, [2.5, 97.5]) if resampled.size else (value, value)
    return Estimate(value, float(low), float(high), questions)
