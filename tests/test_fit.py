"""Fitting: the parameters' form, weights on raw features, the estimator's questions."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import Assistant, estimate, search
from assistant.fitted import from_record
from assistant.reading import PassageReading, ReadablePassage
from eval import cross, estimating, fit
from eval.logistic import folded
from eval.questions import Question, ask_all
from index import sources, store
from index.errors import TongbaoError
from tests.conftest import TinyEncoder

SUBJECTS = ("借阅证", "开放时间", "自习座位", "古籍修缮", "流动书车", "闭馆检修")


def question(number: int, expect: Any = "answered", **changes: Any) -> Question:
    fields = {"who": "resident", "lang": "zh", "style": "plain", "question": "图书馆几点开门"}
    return Question(id=str(number), expect=expect, gold=("1",), **{**fields, **changes})


def write_lines(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


@pytest.fixture
def curated(small_file: Path, tmp_path: Path) -> Assistant:
    """An assistant over the small notice with sixty curated questions."""
    phrasings = [
        {
            "id": "1.1" if n % 2 else "2",
            "lang": "zh",
            "who": "resident",
            "question": f"请问{s}怎么办理{w}",
        }
        for n, (s, w) in enumerate((s, w) for s in SUBJECTS for w in ("呢", "吗", "呀", "啊"))
    ]
    gaps = [
        {"status": status, "reason": reason, "show": show, "lang": "zh", "question": f"{s}{asked}"}
        for s in SUBJECTS
        for status, reason, show, asked in (
            ("not_stated", "amount_not_stated", ["2"], "要多少钱呢"),
            ("not_stated", "phone_not_stated", ["1.1"], "电话是多少呢"),
            ("out_of_scope", "other_topic", [], "和今天天气"),
            ("out_of_scope", "greeting", [], "你好谢谢呀"),
        )
    ]
    write_lines(small_file.with_name(f"{small_file.stem}.phrasings.jsonl"), phrasings)
    write_lines(small_file.with_name(f"{small_file.stem}.gaps.jsonl"), gaps)
    encoder = TinyEncoder()
    store.build(sources.collect([small_file]), encoder, tmp_path / "index")
    return Assistant(store.load(tmp_path / "index", encoder), encoder)


def test_fitted_parameters_serve_an_assistant_and_each_fold_is_answered_once(
    curated: Assistant,
) -> None:
    asked = [question(1), question(2, "not_stated"), question(3, "out_of_scope")] * 2
    parameters = fit.fit(fit.base(curated), curated, asked)
    own = Assistant(curated.index, curated.retriever.encoder, from_record(parameters))
    assert own.ranker.weights.shape == (len(search.FEATURES),)
    assert len(list(ask_all(own, asked))) == len(asked)
    answered = cross.cross_validated(curated, asked, folds=2)
    assert [one.answer.question for one in answered] == [q.question for q in asked]


def test_a_new_fit_keeps_the_estimator_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "fitted.json"
    fit.write({"estimate": {"bias": [0]}, "plain": 1}, path)
    assert fit.with_estimate({"plain": 2}, path) == {"plain": 2, "estimate": {"bias": [0]}}
    assert fit.with_estimate({"plain": 2}, tmp_path / "none.json") == {"plain": 2}


def test_folded_weights_say_on_raw_features_what_the_model_says_on_standardised_ones() -> None:
    from sklearn.linear_model import LogisticRegression

    generator = np.random.default_rng(3)
    views = generator.normal(5.0, 3.0, (90, 4))
    views[:, 3] = 7.0  # a feature that never varies
    classes = np.repeat([0, 1, 2], 30)
    model = LogisticRegression()
    weights, bias = folded(model, views, classes)
    deviation = np.where(views.std(0) < 1e-6, 1.0, views.std(0))
    standardised = (views - views.mean(0)) / deviation
    assert views @ weights.T + bias == pytest.approx(model.decision_function(standardised))


def test_outcomes_are_shares_of_the_questions_they_concern() -> None:
    classes = np.array([0, 0, 0, 0, 1, 1, 2])
    got = np.array([0, 0, 0, 1, 0, 1, 2])
    found = estimating.outcome("some", got, classes)
    assert (found.status, found.harm, found.denied) == (5 / 7, 1 / 2, 1 / 4)


def test_the_estimator_learns_what_parts_the_statuses() -> None:
    generator = np.random.default_rng(5)
    classes = np.repeat([0, 1, 2], 20)
    views = generator.normal(0.0, 0.1, (60, len(estimate.FEATURES)))
    views[np.arange(60), 3 + classes] += 4.0
    joined, (held_out, alone) = estimating.fitted_on(views, classes)
    assert np.shape(joined["weights"]) == (3, len(estimate.FEATURES))
    assert np.shape(joined["bias"]) == (3,)
    assert (held_out.status, held_out.harm, held_out.denied) == (1.0, 0.0, 0.0)
    assert alone.status < 0.7
    assert "joined, 10 folds" in estimating.table([held_out, alone])


class FakeReader:
    """Says of every passage that it states what is asked, and remembers who asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(
        self, question: str, passages: Sequence[ReadablePassage]
    ) -> tuple[PassageReading, ...]:
        self.asked.append(question)
        return tuple(PassageReading(0.7, 0.1, 0.1, 0.1) for _ in passages)


def test_a_follow_up_is_seen_with_what_its_history_left(small_index: store.Index) -> None:
    reader: Any = FakeReader()
    assistant = Assistant(small_index, TinyEncoder(), reader=reader)
    seen = estimating.view(assistant, question(1, question="每月几次", history=("流动书车进村",)))
    assert seen.shape == (len(estimate.FEATURES),)
    assert seen[3] == pytest.approx(np.log(0.7 / 0.3))
    assert all("流动书车" in asked for asked in reader.asked)  # what 每月几次 goes on from


def test_questions_that_never_come_to_the_estimate_teach_it_nothing() -> None:
    asked = [question(n, style=s) for n, s in enumerate(("word", "list", "emergency", "near"))]
    assert [q.style for q in estimating.usable(asked)] == ["near"]


def test_without_a_reader_there_is_nothing_to_join(
    monkeypatch: pytest.MonkeyPatch, small_index: store.Index
) -> None:
    own = Assistant(small_index, TinyEncoder())
    monkeypatch.setattr(Assistant, "load", lambda settings: own)
    with pytest.raises(TongbaoError, match="there is no reader"):
        estimating.fit(["some.jsonl"])
