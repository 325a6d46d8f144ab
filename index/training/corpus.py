"""Cuts the training rows into token ids once and keeps them as arrays on disk."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.training import vocabulary
from index.training.sources import Excluded, Group, Row, read_groups, rows

_TEXTS_COUNTED = 60_000  # of each language: enough for a ranking of words
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Token ids of many texts: text i is ``ids[starts[i]:starts[i + 1]]``; a key tells copies."""

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    keys: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True)
class Corpus:
    """One group's two sides, row by row."""

    group: Group
    first: Ragged
    second: Ragged


def build(folders: Sequence[Path], forbidden: Sequence[Path], work: Path, report: Report) -> None:
    """Writes ``tokenizer.json``, ``probabilities.npy`` and one array file a group to ``work``."""
    excluded = Excluded(forbidden)
    texts: dict[str, list[Row]] = {}
    for group in read_groups():
        texts[group.name] = list(rows(group, folders, excluded))
        report(f"read {group.name}: {len(texts[group.name])} rows")
    tokenizer, probabilities = build_tokenizer(texts, folders, report)
    work.mkdir(parents=True, exist_ok=True)
    np.save(work / "probabilities.npy", probabilities)
    for name, group_rows in texts.items():
        first = ragged(tokenizer, [row.first for row in group_rows])
        second = ragged(tokenizer, [row.second for row in group_rows])
        arrays = {
            f"{side}_{part}": getattr(value, part)
            for side, value in (("first", first), ("second", second))
            for part in ("ids", "starts", "keys")
        }
        np.savez(work / f"{name}.npz", **arrays)
        report(f"cut {name}: {len(first.ids) + len(second.ids)} tokens")
    tokenizer.save(str(work / "tokenizer.json"), pretty=False)


def build_tokenizer(
    texts: dict[str, list[Row]], folders: Sequence[Path], report: Report
) -> tuple[Tokenizer, NDArray[np.float64]]:
    """The tokenizer over the words seen most, and the probability of each of its tokens."""
    plain = vocabulary.counting_tokenizer([])
    lists = {
        language: vocabulary.normalised_words(words, plain)
        for language, words in vocabulary.frequency_lists(folders).items()
    }
    report(f"word lists: {sum(map(len, lists.values()))} words of {len(lists)} languages")
    wide = vocabulary.counting_tokenizer(vocabulary.candidate_scores(lists))
    counts: dict[str, Counter[str]] = {}
    for language, sample in _by_language(texts).items():
        counts[language] = vocabulary.count_tokens(wide, sample)
        report(f"counted {language}: {len(sample)} texts, {len(counts[language])} words")
    chosen = vocabulary.choose(counts, lists)
    scores = vocabulary.candidate_scores({"": chosen})
    probabilities = np.array([1e-12] + [np.exp(score) for _, score in scores])
    report(f"vocabulary: {len(scores) + 1} rows")
    return vocabulary.final_tokenizer([word for word, _ in scores]), probabilities


def _by_language(texts: dict[str, list[Row]]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for group_rows in texts.values():
        for row in group_rows:
            if row.first:
                found.setdefault(row.first_language, {})[row.first] = None
            found.setdefault(row.second_language, {})[row.second] = None
    sampled = {}
    for language, distinct in sorted(found.items()):
        listed = list(distinct)
        step = max(1, len(listed) // _TEXTS_COUNTED)
        sampled[language] = listed[::step]
    return sampled


def ragged(tokenizer: Tokenizer, texts: Sequence[str]) -> Ragged:
    """Token ids of ``texts``."""
    ids: list[NDArray[np.int32]] = []
    keys: list[int] = []
    for start in range(0, len(texts), 20_000):
        for encoding in tokenizer.encode_batch_fast(list(texts[start : start + 20_000])):
            row = np.array(encoding.ids, dtype=np.int32)
            ids.append(row)
            digest = hashlib.blake2b(row.tobytes(), digest_size=8).digest()
            keys.append(int.from_bytes(digest, "little", signed=True))
    lengths = [len(row) for row in ids]
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    flat = np.concatenate(ids) if ids else np.zeros(0, dtype=np.int32)
    return Ragged(flat, starts, np.array(keys, dtype=np.int64))


def load(work: Path) -> list[Corpus]:
    """Every group that has rows, with the weights of today's table."""
    found = []
    for group in read_groups():
        path = work / f"{group.name}.npz"
        if not path.exists():
            continue
        with np.load(path) as arrays:
            sides = [
                Ragged(*(arrays[f"{side}_{part}"] for part in ("ids", "starts", "keys")))
                for side in ("first", "second")
            ]
        if len(sides[1]):
            found.append(Corpus(group, sides[0], sides[1]))
    return found
