"""Benchmarks: metrics by hand-worked values, tasks read from a folder, the command line."""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from eval.bench import add_arguments, main, read_tasks, run, score
from index.errors import TongbaoError
from index.training.export import write_folder

PARAGRAPHS = ["春天来了。花开了。鸟叫了。", "冬天来了。雪落了。风停了。"]


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "benchmarks"
    folder.mkdir(parents=True)
    asked = [("1", "花开在什么时候?", "a", 0), ("2", "雪落在什么时候?", "b", 1)]
    write(
        folder / "eval_cmrc2018_dev.jsonl.gz",
        [{"id": i, "q": q, "pid": pid, "p": PARAGRAPHS[n]} for i, q, pid, n in asked],
    )
    write(
        folder / "eval_xquad_paragraphs.jsonl.gz",
        [{"pid": pid, "text": {"zh": PARAGRAPHS[n], "en": f"text {n}"}} for _, _, pid, n in asked],
    )
    write(
        folder / "eval_xquad_questions.jsonl.gz",
        [{"id": i, "pid": pid, "q": {"zh": q, "en": f"flower snow {n}"}} for i, q, pid, n in asked],
    )
    write(
        folder / "eval_bitext_ntrex128.jsonl.gz",
        [{"id": 0, "zh": "花", "en": "flower"}, {"id": 1, "zh": "雪", "en": "snow"}],
    )
    return tmp_path / "data"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Knows 花 = flower and 雪 = snow, nothing else."""
    words = ["<unk>", "花", "雪", "flower", "snow"]
    tokenizer = Tokenizer(
        models.WordLevel({word: row for row, word in enumerate(words)}, unk_token="<unk>")
    )
    runs = Regex(r"\p{Han}|[a-z]+")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(runs, "removed", invert=True)
    path = tmp_path / "words.json"
    tokenizer.save(str(path))
    rows = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 1, 0]], dtype=np.float32)
    write_folder(rows, path, tmp_path / "model")
    return tmp_path / "model"


def test_hits_and_gain_follow_the_rank_of_the_right_passage() -> None:
    scores = np.array([[3.0, 1.0, 2.0], [3.0, 1.0, 2.0]], dtype=np.float32)
    result = score("task", "method", scores, [0, 1])  # ranks 1 and 3
    assert result.hit_1 == 0.5
    assert result.hit_10 == 1.0
    assert result.ndcg_10 == pytest.approx((1 + 1 / 2) / 2)


def test_a_tie_counts_against_the_right_passage() -> None:
    result = score("task", "method", np.zeros((1, 20), dtype=np.float32), [0])
    assert (result.hit_1, result.hit_10, result.ndcg_10) == (0.0, 0.0, 0.0)


def test_tasks_are_read_with_each_paragraph_once(data: Path) -> None:
    tasks = {task.name: task for task in read_tasks(data)}
    assert list(tasks) == ["cmrc2018", "xquad zh→zh", "xquad en→zh", "xquad zh→en", "ntrex en→zh"]
    assert tasks["cmrc2018"].passages == tuple(PARAGRAPHS)
    assert tasks["cmrc2018"].right == (0, 1)
    assert tasks["xquad zh→en"].passages == ("text 0", "text 1")
    assert not tasks["ntrex en→zh"].windowed


def test_a_folder_without_benchmarks_is_named(tmp_path: Path) -> None:
    with pytest.raises(TongbaoError, match="no benchmark in"):
        read_tasks(tmp_path)


def test_every_task_is_scored_by_words_by_vectors_and_by_both(data: Path, model: Path) -> None:
    results = {(r.task, r.method.split()[0]): r for r in run(data, [str(model)])}
    assert len(results) == 5 * 3
    assert results["cmrc2018", "bm25"].hit_1 == 1.0
    assert results["cmrc2018", "fused"].hit_1 == 1.0
    assert results["ntrex en→zh", "bm25"].hit_1 == 0.0
    assert results["ntrex en→zh", "dense"].hit_1 == results["ntrex en→zh", "fused"].hit_1


def test_the_command_prints_the_table_and_writes_the_json(
    data: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    out = tmp_path / "bench.json"
    assert (
        main(
            parser.parse_args(
                [str(data), "--model", str(model), "--reading", "0", "--json", str(out)]
            )
        )
        == 0
    )
    printed = capsys.readouterr()
    assert "cmrc2018" in printed.out
    assert "cmrc2018" in printed.err  # progress
    written = json.loads(out.read_text(encoding="utf-8"))
    assert len(written) == 15
    assert set(written[0]) == {"task", "method", "hit_1", "hit_10", "ndcg_10", "questions"}
