"""Training: the table of weights, the tokenizer, the rows, and what must never be trained on."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import normalizers

from index.training import contrastive, corpus, initial, vocabulary
from index.training.charsmap import compile_charsmap, simplified_characters
from index.training.sources import EVERYDAY, Excluded, Group, matching_key, read_groups, rows

SHARED = Path(__file__).parents[2] / "shared"
HAN = re.compile("[\u3400-\u9fff]")
needs_shared = pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="no shared data here")


def write(path: Path, lines: list[dict[str, str]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def test_the_charsmap_maps_its_characters_and_no_others() -> None:
    mapping = {"藝": "艺", "気": "气", "殯": "殡", "a": "b", "𠮷": "吉"}
    normalise = normalizers.Precompiled(compile_charsmap(mapping)).normalize_str
    assert normalise("藝術気a了殯𠮷来abc") == "艺術气b了殡吉来bbc"
    plain = "".join(chr(code) for code in range(0x4E00, 0x9FFF) if chr(code) not in mapping)
    assert normalise(plain) == plain


def test_traditional_and_japanese_forms_become_simplified_ones() -> None:
    mapping = simplified_characters()
    assert "".join(mapping.get(c, c) for c in "殯儀館気駅") == "殡仪馆气驿"
    assert "予" not in mapping  # a Chinese character too, though Japanese has a fuller form


def test_the_tokenizer_cuts_by_the_longest_word_and_loses_only_unknown_characters() -> None:
    tokenizer = vocabulary.final_tokenizer([*"高龄津贴", "高龄", "高龄津贴", "apply", "ing"])
    assert tokenizer.encode("高齡津貼", add_special_tokens=False).tokens == ["高龄津贴"]
    assert tokenizer.encode("高龟津贴。", add_special_tokens=False).tokens == ["高", "津", "贴"]
    assert tokenizer.encode("Applying!", add_special_tokens=False).tokens == ["apply", "ing"]


def test_a_word_is_ranked_by_what_was_seen_and_by_its_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vocabulary, "QUOTAS", {"zh": 2})
    chosen = vocabulary.choose({"zh": {"甲": 3, "乙": 1}}, {"zh": {"丙": 0.9, "乙": 0.1}})
    assert set(chosen) == {"丙", "甲"}  # shares 0.45 and 0.375; 乙 has 0.125 + 0.05


def test_a_word_borrows_the_row_of_its_stem() -> None:
    words = ["punkten", "punkte", "wand", "wandern"]
    directions = np.zeros((4, 2), dtype=np.float32)
    known = np.array([False, True, True, False])
    directions[1] = (1.0, 0.0)
    directions[2] = (0.0, 1.0)
    assert initial.borrow_by_stem(directions, known, words) == 1  # wand is too short for wandern
    assert directions[0].tolist() == [1.0, 0.0]
    assert known.tolist() == [True, True, True, False]


def test_rows_are_thinned_to_the_cap_and_forbidden_texts_are_dropped(tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    write(tmp_path / "benchmarks" / "b.jsonl.gz", [{"q": "这一句是考题,不得用于训练。"}])
    write(tmp_path / "pairs_x.jsonl.gz", [
        {"q": f"问题{n}", "p": f"答案{n}"} for n in range(10)
    ])  # fmt: skip
    write(tmp_path / "pairs_y.jsonl.gz", [
        {"q": "这一句是考题，不得用于训练", "p": "答案"}, {"q": "别的问题", "p": "别的答案"},
    ])  # fmt: skip
    excluded = Excluded([tmp_path / "benchmarks"])
    group = Group("x", "pair", ("pairs_x", "pairs_y"), 1.0, 5)
    found = [row.first for row in rows(group, [tmp_path], excluded)]
    assert found == ["问题0", "问题2", "问题4", "问题6", "问题8", "别的问题"]


def small_corpus() -> corpus.Corpus:
    """Sixteen pairs: token n asks for token n + 16."""
    first = corpus.Ragged(
        np.arange(16, dtype=np.int32), np.arange(17, dtype=np.int64), np.arange(16, dtype=np.int64)
    )
    second = corpus.Ragged(first.ids + 16, first.starts, first.keys + 16)
    return corpus.Corpus(Group("small", "pair", (), 1.0, 16), first, second)


def small_rows() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.random.default_rng(0).standard_normal((32, 8)).astype(np.float32)


def test_training_brings_partners_together(tmp_path: Path) -> None:
    plan = contrastive.Plan(steps=60, batch=16, learning_rate=0.05, prefixes=(8, 4))
    quiet: list[str] = []
    trained = contrastive.train(
        small_rows(), [small_corpus()], plan, tmp_path / "checkpoint.pt", quiet.append
    )
    for width in (8, 4):
        table = initial.unit(trained[:, :width])
        assert ((table[:16] @ table[16:].T).argmax(axis=1) == np.arange(16)).all()


def test_a_run_that_was_cut_off_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    def run(steps: int, checkpoint: Path) -> np.ndarray[Any, np.dtype[np.float32]]:
        plan = contrastive.Plan(
            steps=20, batch=8, learning_rate=0.05, prefixes=(8,), checkpoint_every=5
        )
        return contrastive.train(
            small_rows(), [small_corpus()], plan, checkpoint, lambda line: None, stop_after=steps
        )

    whole = run(20, tmp_path / "whole.pt")
    run(10, tmp_path / "part.pt")
    assert np.array_equal(run(20, tmp_path / "part.pt"), whole)


def test_equal_texts_of_a_batch_do_not_compete() -> None:
    import torch

    plan = contrastive.Plan(prefixes=(2,), scale=1.0)
    vectors = torch.eye(2)
    alone = contrastive.contrast(vectors, vectors, torch.zeros(2, 2, dtype=torch.bool), plan)
    same = torch.tensor([[False, True], [True, False]])
    assert float(alone) == pytest.approx(np.log(1 + np.exp(-1)), abs=1e-6)
    assert float(contrastive.contrast(vectors, vectors, same, plan)) == pytest.approx(0.0, abs=1e-6)


def test_everyday_words_are_pairs_without_repeats() -> None:
    lines = [line for line in EVERYDAY.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    assert len(lines) >= 300
    assert len(set(lines)) == len(lines)
    assert all(len(line.split("\t")) == 2 and line.split("\t")[0] for line in lines)


@needs_shared
def test_every_group_of_the_table_finds_files_or_names_an_optional_lexicon() -> None:
    folders = [SHARED / "data" / "train", SHARED / "data" / "train" / "more_languages"]
    from index.training.sources import files_of

    for group in read_groups():
        assert group.kind in ("pair", "cloze", "paragraph")
        assert group.weight > 0
        lexicon = all(name.startswith("lexicon_") for name in group.files)
        assert lexicon or files_of(group, folders), group.name


NO_TEXTS = {"id", "pid", "src", "la", "lb", "label"}
SHORT_ANSWERS = NO_TEXTS | {"a", "gold", "must_contain", "note", "who", "lang", "style"}


def texts_of(value: Any, skipped: set[str]) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in skipped:
                yield from texts_of(item, skipped)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item, skipped)


def lines_of(folder: Path, most: int = 10**9) -> Iterator[Any]:
    """Rows of every file, of a long file about ``most`` of them evenly."""
    for path in sorted(folder.glob("*.jsonl*")):
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            lines = file.read().splitlines()
        for line in lines[:: max(1, len(lines) // most)]:
            yield json.loads(line)


def chunks(key: str, step: int) -> list[int]:
    """Hashes of stretches of 13 Chinese characters or 30 letters, one every ``step`` places."""
    width = 13 if HAN.search(key) else 30
    return [hash(key[i : i + width]) for i in range(0, len(key) - width + 1, step or width)]


@needs_shared
def test_nothing_of_the_benchmarks_or_the_questions_is_trained_on() -> None:
    """Exact after normalisation, and near: half of a text's stretches stand in a benchmark.

    Long files are sampled here; a training run itself drops every exact copy.
    """
    import opencc

    simplify = opencc.OpenCC("t2s").convert
    exact: set[str] = set()
    stretches: set[int] = set()
    for folder in (SHARED / "data" / "benchmarks", SHARED / "questions"):
        for line in lines_of(folder):
            for text in set(texts_of(line, SHORT_ANSWERS)):
                key = matching_key(simplify(text) if HAN.search(text) else text)
                if len(key) >= 12:
                    exact.add(key)
                    if HAN.search(key) or key.isascii():
                        stretches.update(chunks(key, 1))
    train = SHARED / "data" / "train"
    everyday = [line.split("\t") for line in EVERYDAY.read_text(encoding="utf-8").splitlines()]
    for line in (*lines_of(train, 1500), *lines_of(train / "more_languages", 150), everyday):
        for text in texts_of(line, NO_TEXTS):
            key = matching_key(text)
            assert key not in exact, text
            found = [chunk in stretches for chunk in chunks(key, 0)]
            assert len(found) < 4 or sum(found) < len(found) / 2, text
