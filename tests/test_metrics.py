"""Metrics against values worked by hand."""

import math
from typing import Any

import numpy as np
import pytest

from assistant.answer import Answer, Citation, NoticeReference
from eval.metrics import (
    Estimate,
    Reply,
    auroc,
    bootstrap_weights,
    coverage_at_precision,
    finding_of,
    judge,
    reliability,
    risk_coverage,
    score,
    unproved_quotes,
)
from eval.questions import Question

ONES = np.ones((1, 4))


def question(identifier: str = "q", **changes: Any) -> Question:
    fields = {"who": "resident", "lang": "zh", "style": "plain", "question": "问"}
    return Question(id=identifier, **{**fields, "expect": "answered", "gold": ("2.1",), **changes})


def reply(
    *cited: str,
    status: str = "answered",
    confidence: float = 0.9,
    opening: str = "",
    reason: str | None = None,
) -> dict[str, Any]:
    """An Answer's JSON that quotes each cited id as 「id」."""
    citations = [{"id": f"n/{one}", "quote": f"「{one}」", "start": 0, "end": 1} for one in cited]
    return {
        "status": status,
        "reason": reason,
        "opening": opening,
        "text": opening,
        "confidence": confidence,
        "citations": citations,
    }


def checks(asked: Question, *cited: str) -> dict[str, float]:
    return dict(judge(asked, Reply.of(reply(*cited))).checks)


@pytest.mark.parametrize(
    ("passage", "finding"),
    [
        ("37.2", "37"),
        ("n/37.2", "n/37"),
        ("37", "37"),
        ("next.1", "next.1"),
        ("n/next.2", "n/next.2"),
        ("contact", "contact"),
    ],
)
def test_the_finding_of_a_passage_is_its_number(passage: str, finding: str) -> None:
    assert finding_of(passage) == finding


def test_findings_are_counted_once_each_and_passages_one_by_one() -> None:
    found = checks(question(gold=("5.1",)), "1.1", "1.2", "3", "5.1")
    assert found["finding@1"] == 0
    assert found["finding@3"] == 1  # distinct findings cited: 1, 3, 5
    assert found["passage@3"] == 0  # the gold passage is the fourth citation


def test_a_sibling_measure_meets_the_finding_and_not_the_passage() -> None:
    found = checks(question(gold=("2.1",)), "2.3")
    assert (found["finding@1"], found["passage@1"]) == (1, 0)


def test_a_whole_finding_as_gold_is_met_by_itself_alone_at_passage_level() -> None:
    whole = question(gold=("14",))
    assert checks(whole, "14")["passage@1"] == 1
    assert checks(whole, "14.2")["passage@1"] == 0
    assert checks(whole, "14.2")["finding@1"] == 1


def test_next_steps_are_findings_of_their_own() -> None:
    assert checks(question(gold=("next.1",)), "next.2")["finding@1"] == 0


def test_a_gold_id_with_its_notice_is_met_in_that_notice_only() -> None:
    assert checks(question(gold=("n/2.1",)), "2.1")["passage@1"] == 1
    assert checks(question(gold=("other/2.1",)), "2.1")["passage@1"] == 0


def test_no_citation_meets_nothing() -> None:
    found = checks(question(must_contain=("「2.1」",)))
    assert [found[name] for name in ("finding@3", "passage@3", "shown", "status")] == [0, 0, 0, 1]


def test_shown_wants_every_string_within_the_first_three_quotes() -> None:
    both = question(must_contain=("「1」", "「3」"))
    assert checks(both, "1", "2", "3")["shown"] == 1
    assert checks(both, "1", "2", "4", "3")["shown"] == 0


def test_listed_is_recall_of_gold_over_all_citations() -> None:
    listing = question(style="aggregate", gold=("1.1", "2.1", "3.1", "4"))
    found = checks(listing, "1.1", "4", "9", "3.2", "3.1")
    assert found["listed"] == 3 / 4
    assert found["exact"] == 3 / 5
    assert checks(question(style="list", gold=("1.1", "2.1")), "2.1")["listed"] == 1 / 2


def test_retrieval_is_scored_only_where_an_answer_is_expected() -> None:
    absent = question(expect="not_stated", gold=("2.1",), must_contain=("甲",))
    assert checks(absent, "2.3") == {"status": 0, "nearest@3": 1, "harm": 1}
    assert checks(question(expect="out_of_scope", gold=()), "2.3") == {"status": 0}


def test_the_opening_must_hold_every_string_lists_and_single_words_aside() -> None:
    both = question(must_contain=("甲", "乙"))
    assert judge(both, Reply.of(reply("2.1", opening="甲和乙。"))).checks["opening"] == 1
    assert judge(both, Reply.of(reply("2.1", opening="甲。"))).checks["opening"] == 0
    for style in ("list", "aggregate", "word"):
        assert "opening" not in checks(question(style=style, must_contain=("甲",)), "2.1")
    assert "opening" not in checks(question(expect="not_stated", must_contain=("甲",)), "2.1")


def test_harm_is_counted_where_nothing_is_stated_and_denial_where_something_is() -> None:
    absent = question(expect="not_stated")
    assert checks(absent, "2.1")["harm"] == 1
    assert judge(absent, Reply.of(reply(status="out_of_scope"))).checks["harm"] == 0
    assert checks(question(), "2.1")["denied"] == 0
    assert judge(question(), Reply.of(reply(status="out_of_scope"))).checks["denied"] == 1
    assert {"harm", "denied"}.isdisjoint(checks(question(expect="out_of_scope", gold=())))


def test_an_emergency_is_right_only_when_it_is_named_so() -> None:
    fire = question(style="emergency", expect="out_of_scope", gold=())
    named, other = (reply(status="out_of_scope", reason=r) for r in ("emergency", "other_topic"))
    assert judge(fire, Reply.of(named)).checks["reason"] == 1
    assert judge(fire, Reply.of(other)).checks == {"status": 1, "reason": 0}
    assert "reason" not in checks(question(style="emergency_not"), "2.1")


# One answer to each kind of question; the shares stand beside them, worked by hand.
HAND_WORKED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"must_contain": ("甲",)}, {"opening": "通报写明：甲。", "confidence": 0.9}),
    ({"must_contain": ("乙",)}, {"opening": "通报写明：丙。", "confidence": 0.8}),
    ({"style": "follow", "must_contain": ("丁",)}, {"status": "not_stated", "confidence": 0.3}),
    ({"style": "near", "expect": "not_stated"}, {"confidence": 0.8}),
    ({"style": "near", "expect": "not_stated"}, {"status": "not_stated", "confidence": 0.1}),
    ({"style": "premise", "expect": "not_stated"}, {"status": "not_stated", "confidence": 0.2}),
    ({"style": "list", "gold": ("1.1", "2.1", "3.1")}, {"confidence": 0.7}),
    ({"style": "word", "must_contain": ("戊",)}, {"confidence": 0.6}),
    (
        {"style": "emergency", "expect": "out_of_scope", "gold": ()},
        {"status": "out_of_scope", "reason": "emergency", "confidence": 0.0},
    ),
    (
        {"style": "emergency", "expect": "out_of_scope", "gold": ()},
        {"status": "not_stated", "confidence": 0.1},
    ),
]


def test_the_figures_of_ten_answers_are_those_worked_by_hand() -> None:
    asked = [question(str(n), **fields) for n, (fields, _) in enumerate(HAND_WORKED)]
    scores = score(asked, [reply("2.1", "9", **got) for _, got in HAND_WORKED], resamples=0)
    worked = {
        "status": 7 / 10,  # wrong: the denied one, the harmful one, the missed emergency
        "opening": 1 / 3,  # of the three with strings that are neither list nor single word
        "harm": 1 / 3,
        "denied": 1 / 5,
        "reason": 1 / 2,
        "listed": 1 / 3,  # 2.1 of three
        "exact": 1 / 2,  # 2.1 of two cited
        # 25 pairs; .9 beats 5, .8 beats 4 and ties one, .3 beats 4, .7 and .6 beat 4 each
        "AUROC": (5 + 4.5 + 4 + 4 + 4) / 25,
    }
    assert {name: scores.value(name) for name in worked} == pytest.approx(worked)
    assert scores.value("harm", "near") == 1 / 2
    assert scores.value("denied", "follow") == 1


def test_rules_are_counted_with_the_statuses_they_got_right() -> None:
    got = [reply("2.1") | {"why": {"rule": rule}} for rule in ("list", "stated", "stated")]
    asked = [question("1"), question("2"), question("3", expect="not_stated")]
    assert score(asked, got, resamples=0).rules() == (("stated", 2, 1), ("list", 1, 1))


def test_auroc_of_four_values_counts_three_pairs_of_four() -> None:
    confidence = np.array([0.9, 0.4, 0.6, 0.1])
    positive = np.array([True, True, False, False])
    assert auroc(confidence, positive, ONES) == [0.75]


def test_equal_confidences_count_one_half() -> None:
    positive = np.array([True, False, False, False])
    assert auroc(np.array([0.5, 0.5, 0.5, 0.2]), positive, ONES) == pytest.approx([2 / 3])


def test_auroc_without_negatives_is_not_a_number() -> None:
    assert np.isnan(auroc(np.ones(4), np.ones(4, dtype=bool), ONES)).all()


def test_weights_act_as_repetitions() -> None:
    generator = np.random.default_rng(1)
    confidence = generator.integers(0, 5, 30) / 5
    positive = generator.random(30) < 0.5
    times = generator.integers(0, 3, 30)
    high = np.repeat(confidence, times)[np.repeat(positive, times)]
    low = np.repeat(confidence, times)[~np.repeat(positive, times)]
    pairs = [(h > n) + (h == n) / 2 for h in high for n in low]
    assert auroc(confidence, positive, times[None, :].astype(float)) == pytest.approx(
        [sum(pairs) / len(pairs)]
    )


def test_coverage_stops_where_precision_would_fall_too_low() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    right = np.array([True, True, False, True])
    # kept 1, 2, 3, 4 replies: precision 1, 1, 2/3, 3/4
    covered = coverage_at_precision(confidence, right, right, ONES)
    assert covered == pytest.approx([2 / 3])
    assert coverage_at_precision(confidence, right, right, ONES, precision=0.75) == [1]


def test_a_threshold_cannot_part_equal_confidences() -> None:
    right = np.array([True, False, True, True])
    assert coverage_at_precision(np.array([0.9, 0.9, 0.8, 0.7]), right, right, ONES) == [0]


def test_a_resample_draws_as_many_questions_as_there_are() -> None:
    weights = bootstrap_weights(7, 50)
    assert weights.shape == (51, 7)
    assert (weights.sum(axis=1) == 7).all()
    assert (weights[0] == 1).all()


def test_the_interval_of_a_constant_sample_is_a_point() -> None:
    scores = score([question(str(n)) for n in range(5)], [reply("2.1")] * 5)
    assert scores.rows[0].estimates["finding@1"] == Estimate(1.0, 1.0, 1.0, 5)


def test_the_interval_of_a_proportion_is_near_the_normal_one() -> None:
    asked = [question(str(n)) for n in range(100)]
    scores = score(asked, [reply("2.1")] * 80 + [reply("9")] * 20)
    estimate = scores.rows[0].estimates["finding@1"]
    # 0.8 ± 1.96 · sqrt(0.8 · 0.2 / 100) = 0.8 ± 0.078
    assert estimate.value == 0.8
    assert estimate.low == pytest.approx(0.72, abs=0.015)
    assert estimate.high == pytest.approx(0.88, abs=0.015)
    assert scores == score(asked, [reply("2.1")] * 80 + [reply("9")] * 20)


def test_follow_ups_are_broken_out() -> None:
    asked = [question("1"), question("2", history=("前",)), question("3", history=("前",))]
    scores = score(asked, [reply("2.1"), reply("2.1"), reply("9")], resamples=0)
    assert scores.value("finding@1", "follow-up") == 0.5
    assert scores.value("finding@1", "single question") == 1
    assert scores.value("finding@1", "follow-ups") == 0.5
    assert scores.value("finding@1") == pytest.approx(2 / 3)
    assert math.isnan(scores.value("finding@1", "English"))


def test_the_chinese_headline_leaves_out_lists_follow_ups_and_what_is_not_answered() -> None:
    asked = [
        question("1", lang="zh-Hant"),
        question("2", lang="en"),
        question("3", style="aggregate"),
        question("4", history=("前",)),
        question("5", expect="not_stated"),
        question("6", lang="ja"),
    ]
    scores = score(asked, [reply("2.1")] * 6, resamples=0)
    questions = {row.name: row.questions for row in scores.rows if row.section == "headline"}
    assert questions["single Chinese answered"] == 1
    assert questions["English"] == questions["other languages"] == 1


def test_confusion_counts_expected_by_row_and_got_by_column() -> None:
    asked = [question("1"), question("2"), question("3", expect="out_of_scope", gold=())]
    got = [reply("2.1"), reply(status="not_stated"), reply(status="answered")]
    assert score(asked, got, resamples=0).confusion() == ((1, 1, 0), (0, 0, 0), (1, 0, 0))


def test_auroc_rows_pick_the_statuses_they_name() -> None:
    asked = [
        question("1"),
        question("2", expect="not_stated"),
        question("3", expect="out_of_scope"),
    ]
    got = [reply(confidence=0.5), reply(confidence=0.7), reply(confidence=0.1)]
    scores = score(asked, got, resamples=0)
    assert scores.value("AUROC") == 0.5
    assert scores.value("AUROC_out_of_scope") == 1


def test_answers_must_be_as_many_as_questions() -> None:
    with pytest.raises(ValueError, match="1 answers for 2 questions"):
        score([question("1"), question("2")], [reply()])


def test_risk_rises_as_the_threshold_falls() -> None:
    asked = [question("1"), question("2", expect="out_of_scope"), question("3")]
    got = [reply("2.1", confidence=0.9), reply(confidence=0.6), reply("2.1", confidence=0.3)]
    curve = risk_coverage(score(asked, got, resamples=0).judgements)
    assert curve == [(0.5, 0), (0.5, 1 / 2), (1, 1 / 3)]


def test_reliability_bins_by_confidence_and_takes_one_into_the_last_bin() -> None:
    asked = [question("1"), question("2", expect="not_stated"), question("3")]
    got = [reply(confidence=0.25), reply(confidence=0.25), reply(confidence=1.0)]
    bins = reliability(score(asked, got, resamples=0).judgements)
    assert bins == [(0.25, 0.5, 2), (1.0, 1.0, 1)]


def test_a_quote_beside_its_offsets_is_unproved() -> None:
    citations = (Citation("n/1", "", "乙丙", 1, 3), Citation("n/2", "", "乙丙", 0, 2))
    notice = NoticeReference("n", "", "", "")
    answer = Answer("问", "问", "answered", None, "", "", citations, 0.9, (), notice)
    assert unproved_quotes([answer], {"n": "甲乙丙"}) == (("n/2",), 2)
