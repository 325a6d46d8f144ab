"""First rows of the table: English words by a sentence encoder, the rest by what they translate.

A row's length says how much its word tells: rare words are long, frequent ones short.
Source of the weighting: Arora, Liang and Ma, A Simple but Tough-to-Beat Baseline for Sentence
Embeddings, 2017, eq. 3.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.encoder import read_table
from index.training.corpus import Corpus, Ragged

DIMENSIONS = 256
_SMOOTHING = 3e-4
_CHUNK = 20_000
_TOKENS_ENOUGH = 1_000_000  # of one group
_KNOWN_ENOUGH = 0.9  # a group that has little to teach is skipped

Table = NDArray[np.float32]
Report = Callable[[str], None]


def table(
    tokenizer: Tokenizer,
    probabilities: NDArray[np.float64],
    teacher: Mapping[str, NDArray[np.float32]],
    glosses: Mapping[str, Sequence[str]],
    corpora: Sequence[Corpus],
    report: Report,
    seed: int = 0,
) -> Table:
    """Rows for every token, float32 (tokens, 256); ``teacher`` holds unit vectors of English texts."""
    size = len(probabilities)
    words = [tokenizer.id_to_token(token) or "" for token in range(size)]
    directions = np.zeros((size, DIMENSIONS), dtype=np.float32)
    reduce = principal_components(np.stack([teacher[w] for w in words if w in teacher]))
    known = np.zeros(size, dtype=bool)
    for token, word in enumerate(words):
        vectors = [teacher[g] for g in glosses.get(word, ()) if g in teacher]
        if word in teacher and word.isascii():
            vectors = [teacher[word]]
        if vectors:
            directions[token] = reduce(np.mean(vectors, axis=0, keepdims=True))[0]
            known[token] = True
    report(f"rows from the sentence encoder: {known.sum()} of {size}")
    weights = (_SMOOTHING / (_SMOOTHING + probabilities)).astype(np.float32)
    directions = unit(directions)
    spread_by_translation(directions, known, weights, corpora)
    report(f"rows after translation: {known.sum()} of {size}")
    compose_from_characters(directions, known, words)
    report(f"rows borrowed by stem: {borrow_by_stem(directions, known, words)}")
    generator = np.random.default_rng(seed)
    noise = unit(generator.standard_normal(directions.shape, dtype=np.float32))
    eastern = np.array(
        [bool(word) and ("一" <= word[0] <= "鿿" or word.isascii()) for word in words]
    )
    # An unknown Chinese word, name or number still matches itself; elsewhere it says nothing.
    directions[~known & eastern] = noise[~known & eastern]
    directions[known] += 0.2 * noise[known]
    return np.asarray(unit(directions) * weights[:, None], dtype=np.float32)


def taken_over(tokenizer: Tokenizer, folder: Path) -> Table:
    """Rows of an earlier static model in ``folder``, float32 (tokens, 256), word by word.

    A word that the model lacks starts as the mean of its characters, or else as zeros.
    """
    rows, factors = read_table(folder / "model.safetensors")
    places = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
    table = rows.astype(np.float32)
    if factors is not None:
        table *= factors[:, None]
    taken = np.zeros((tokenizer.get_vocab_size(), table.shape[1]), dtype=np.float32)
    for word, token in tokenizer.get_vocab().items():
        parts = [places[word]] if word in places else [places[c] for c in word if c in places]
        if parts:
            taken[token] = table[parts].mean(axis=0)
    return taken


def unit(rows: Table) -> Table:
    """Rows of length one; rows of zeros stay zeros."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)


def principal_components(sample: Table) -> Callable[[Table], Table]:
    """A function that centres vectors and keeps their first components."""
    mean = sample.mean(axis=0)
    _, _, axes = np.linalg.svd(np.cov((sample - mean).T))
    kept = axes[:DIMENSIONS].T.astype(np.float32)
    return lambda vectors: np.asarray((vectors - mean) @ kept, dtype=np.float32)


def spread_by_translation(
    directions: Table,
    known: NDArray[np.bool_],
    weights: NDArray[np.float32],
    corpora: Sequence[Corpus],
) -> None:
    """Gives each unknown token the mean of the texts it is aligned with, short ones counting more."""
    sums = np.zeros_like(directions)
    seeded = np.where(known[:, None], directions * weights[:, None], 0).astype(np.float32)
    for corpus in corpora:
        if corpus.group.kind != "pair":
            continue
        sample = np.concatenate((corpus.first.ids[:200_000], corpus.second.ids[:200_000]))
        if known[sample].mean() > _KNOWN_ENOUGH:
            continue
        for start in range(0, len(corpus.second), _CHUNK):
            if max(corpus.first.starts[start], corpus.second.starts[start]) > _TOKENS_ENOUGH:
                break
            sides = [_part(side, start) for side in (corpus.first, corpus.second)]
            vectors = [_sums(seeded, *side) for side in sides]
            for (ids, owners), others in zip(sides, (vectors[1], vectors[0]), strict=True):
                unknown = ~known[ids]
                ids, owners = ids[unknown], owners[unknown]
                share = (
                    unit(others)
                    / np.maximum(np.bincount(owners, minlength=len(others)), 1)[:, None]
                )
                order = np.argsort(ids, kind="stable")
                if len(order):
                    ids, owners = ids[order], owners[order]
                    firsts = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]])
                    sums[ids[firsts]] += _segment_sums(share.astype(np.float32), owners, firsts)
    found = np.linalg.norm(sums, axis=1) > 1e-6
    if found.any():
        units = unit(sums[found])
        directions[found] = unit(units - units.mean(axis=0))
    known |= found


def _part(side: Ragged, start: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    stop = min(start + _CHUNK, len(side))
    bounds = side.starts[start : stop + 1]
    return side.ids[bounds[0] : bounds[-1]], np.repeat(np.arange(stop - start), np.diff(bounds))


def _sums(rows: Table, ids: NDArray[np.int32], owners: NDArray[np.int64]) -> Table:
    total = np.zeros((int(_CHUNK), rows.shape[1]), dtype=np.float32)
    if len(ids):
        firsts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
        total[owners[firsts]] = _segment_sums(rows, ids, firsts)
    return total


def _segment_sums(rows: Table, picked: NDArray[Any], firsts: NDArray[np.intp]) -> Table:
    """Sums of ``rows[picked]`` from each of ``firsts`` to the next."""
    summed = torch.nn.functional.embedding_bag(
        torch.from_numpy(picked.astype(np.int64)),
        torch.from_numpy(rows),
        torch.from_numpy(firsts),
        mode="sum",
    )
    return np.asarray(summed.numpy(), dtype=np.float32)


def compose_from_characters(
    directions: Table, known: NDArray[np.bool_], words: Sequence[str]
) -> None:
    """An unknown Chinese word begins as the mean of its characters."""
    places = {word: token for token, word in enumerate(words)}
    for token, word in enumerate(words):
        parts = [places[c] for c in word if c in places and known[places[c]]]
        if (
            not known[token]
            and len(word) > 1
            and len(parts) == len(word)
            and "一" <= word[0] <= "鿿"
        ):
            directions[token] = unit(directions[parts].mean(axis=0, keepdims=True))[0]
            known[token] = True


def borrow_by_stem(directions: Table, known: NDArray[np.bool_], words: Sequence[str]) -> int:
    """An unknown word takes the row of the known word it shares its longest beginning with.

    The beginning must have four letters or more and be two thirds of the word. Returns how
    many rows were borrowed.
    """
    stems = sorted(
        word
        for token, word in enumerate(words)
        if known[token] and len(word) >= 4 and word.isalpha()
    )
    places = {word: token for token, word in enumerate(words)}
    borrowed: list[tuple[int, int]] = []
    for token, word in enumerate(words):
        if known[token] or len(word) < 5 or "一" <= word[0] <= "鿿":
            continue
        spot = bisect_left(stems, word)
        near = max(stems[max(0, spot - 1) : spot + 1], key=lambda s: _shared(s, word), default="")
        if (shared := _shared(near, word)) >= 4 and 3 * shared >= 2 * len(word):
            borrowed.append((token, places[near]))
    for token, source in borrowed:
        directions[token] = directions[source]
        known[token] = True
    return len(borrowed)


def _shared(first: str, second: str) -> int:
    for place, (a, b) in enumerate(zip(first, second, strict=False)):
        if a != b:
            return place
    return min(len(first), len(second))
