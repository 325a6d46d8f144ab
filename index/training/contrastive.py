"""Contrastive training of the table: a text must find its partner among all of its batch.

Rows and, apart from them, each token's weight are learnt with an Adam that touches only the
rows of a batch. The loss is taken over several prefixes of the dimensions at once.

Sources: van den Oord et al., Representation Learning with Contrastive Predictive Coding, 2018,
eq. 4; Kusupati et al., Matryoshka Representation Learning, 2022, eq. 1.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from index.training.corpus import Corpus, Ragged

Report = Callable[[str], None]
Batch = tuple[
    list[NDArray[np.int32]], list[NDArray[np.int32]], NDArray[np.int64], NDArray[np.int64]
]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast; ``learning_rate`` falls linearly to a twentieth."""

    steps: int = 6000
    batch: int = 1024
    learning_rate: float = 4e-3
    weight_rate: float = 1e-2
    scale: float = 20.0
    prefixes: tuple[int, ...] = (256, 128)
    longest: int = 112
    seed: int = 0
    device: str = "cpu"
    checkpoint_every: int = 500


class Table(torch.nn.Module):
    """Rows and the logarithm of each token's weight, with Adam's moments beside them."""

    rows: torch.Tensor
    weights: torch.Tensor
    step: torch.Tensor

    def __init__(self, rows: NDArray[np.float32], device: str) -> None:
        super().__init__()
        start = torch.from_numpy(rows.copy())
        for name, value in (
            ("rows", start),
            ("rows_mean", torch.zeros_like(start)),
            ("rows_square", torch.zeros_like(start)),
        ):
            self.register_buffer(name, value.to(device))
        for name in ("weights", "weights_mean", "weights_square"):
            self.register_buffer(name, torch.zeros(len(rows), device=device))
        self.register_buffer("step", torch.zeros((), dtype=torch.long))

    def final_rows(self) -> NDArray[np.float32]:
        """Rows times weights, float32 (tokens, dimensions)."""
        merged = self.rows * self.weights.exp()[:, None]
        return np.asarray(merged.cpu().numpy(), dtype=np.float32)


class Sampler:
    """Draws batches: a group by its weight, then rows of it, altered as its kind asks."""

    def __init__(self, corpora: Sequence[Corpus], plan: Plan) -> None:
        self._corpora, self._plan = corpora, plan
        self._random = np.random.default_rng(plan.seed)
        weights = np.array([corpus.group.weight for corpus in corpora])
        self._shares = weights / weights.sum()

    def draw(self) -> Batch:
        """Token ids of both sides and a key for each text; equal keys are no negatives."""
        place = int(self._random.choice(len(self._corpora), p=self._shares))
        corpus = self._corpora[place]
        picked = self._picked(len(corpus.second))
        if corpus.group.kind == "cloze":
            return self._cloze(corpus.second, picked)
        if corpus.group.kind == "paragraph":
            return self._paragraphs(corpus, picked)
        first = [self._thinned(_row(corpus.first, i)) for i in picked]
        second = [self._cropped(_row(corpus.second, i)) for i in picked]
        return first, second, corpus.first.keys[picked], corpus.second.keys[picked]

    def _picked(self, total: int) -> NDArray[np.int64]:
        size = self._plan.batch
        return np.arange(total) if total <= size else self._random.integers(0, total, size)

    def _cloze(self, side: Ragged, picked: NDArray[np.int64]) -> Batch:
        queries, passages = [], []
        for i in picked:
            passage = self._cropped(_row(side, i))
            length = min(int(self._random.integers(3, 14)), max(1, len(passage) // 2))
            start = int(self._random.integers(0, max(1, len(passage) - length + 1)))
            span = passage[start : start + length]
            if self._random.random() < 0.5:
                rest = np.concatenate([passage[:start], passage[start + length :]])
                passage = rest if len(rest) else passage
            keep = self._random.random(len(span)) > 0.25
            queries.append(span[keep] if keep.any() else span)
            passages.append(passage)
        return queries, passages, side.keys[picked], side.keys[picked]

    def _paragraphs(self, corpus: Corpus, picked: NDArray[np.int64]) -> Batch:
        reach = 6
        picked = np.unique(picked // reach) * reach
        first, second = [], []
        for i in picked:
            lower = int(self._random.integers(0, 3))
            upper = int(self._random.integers(1, 4))
            begin, end = max(0, i - lower), min(len(corpus.second), i + upper)
            bounds = corpus.second.starts
            first.append(self._thinned(_row(corpus.first, i)))
            second.append(self._cropped(corpus.second.ids[bounds[begin] : bounds[end]]))
        return first, second, corpus.first.keys[picked], corpus.second.keys[picked]

    def _cropped(self, row: NDArray[np.int32]) -> NDArray[np.int32]:
        longest = self._plan.longest
        if len(row) <= longest:
            return row
        start = int(self._random.integers(0, len(row) - longest + 1))
        return row[start : start + longest]

    def _thinned(self, row: NDArray[np.int32]) -> NDArray[np.int32]:
        row = self._cropped(row)
        if len(row) < 4 or self._random.random() < 0.6:
            return row
        keep = self._random.random(len(row)) > self._random.uniform(0.05, 0.4)
        return row[keep] if keep.any() else row


def _row(side: Ragged, i: int) -> NDArray[np.int32]:
    return side.ids[side.starts[i] : side.starts[i + 1]]


def train(
    rows: NDArray[np.float32],
    corpora: Sequence[Corpus],
    plan: Plan,
    checkpoint: Path,
    report: Report,
    *,
    stop_after: int | None = None,
) -> NDArray[np.float32]:
    """Trained rows; a run that was cut off goes on from the file ``checkpoint``.

    ``stop_after`` ends the run early, at a step of the plan's own schedule.
    """
    torch.manual_seed(plan.seed)
    table, sampler = Table(rows, plan.device), Sampler(corpora, plan)
    if checkpoint.exists():
        table.load_state_dict(torch.load(checkpoint, weights_only=True))
        report(f"resumed at step {int(table.step)}")
    begun, losses = time.monotonic(), 0.0
    first_step = int(table.step)
    for _ in range(first_step):
        sampler.draw()
    for step in range(first_step, min(plan.steps, stop_after or plan.steps)):
        progress = step / plan.steps
        losses += train_step(table, sampler.draw(), plan, max(0.05, 1.0 - progress))
        done = step + 1
        if done % 100 == 0:
            pace = (time.monotonic() - begun) / (done - first_step)
            report(f"step {done}/{plan.steps} loss {losses / 100:.3f} {pace * 1e3:.0f} ms a step")
            losses = 0.0
        if done % plan.checkpoint_every == 0:
            torch.save(table.state_dict(), checkpoint.with_suffix(".part"))
            checkpoint.with_suffix(".part").replace(checkpoint)
    return table.final_rows()


def train_step(table: Table, batch: Batch, plan: Plan, pace: float) -> float:
    """One batch, one update; returns the loss."""
    first, second, first_keys, second_keys = batch
    flat = np.concatenate([*first, *second])
    touched, places = np.unique(flat, return_inverse=True)
    device = plan.device
    index = torch.from_numpy(touched.astype(np.int64)).to(device)
    rows = table.rows[index].requires_grad_()
    weights = table.weights[index].requires_grad_()
    lengths = np.array([len(row) for row in (*first, *second)])
    offsets = torch.from_numpy(np.concatenate(([0], np.cumsum(lengths)[:-1]))).to(device)
    embedded = torch.nn.functional.embedding_bag(
        torch.from_numpy(places.ravel()).to(device),
        rows * weights.exp()[:, None],
        offsets,
        mode="sum",
    )
    same = (first_keys[:, None] == first_keys[None, :]) | (
        second_keys[:, None] == second_keys[None, :]
    )
    np.fill_diagonal(same, False)
    loss = contrast(
        embedded[: len(first)], embedded[len(first) :], torch.from_numpy(same).to(device), plan
    )
    loss.backward()  # type: ignore[no-untyped-call]
    table.step += 1
    with torch.no_grad():
        _adam(table, "rows", index, rows, plan.learning_rate * pace)
        _adam(table, "weights", index, weights, plan.weight_rate * pace)
    return float(loss.detach())


def contrast(
    first: torch.Tensor, second: torch.Tensor, same: torch.Tensor, plan: Plan
) -> torch.Tensor:
    """Mean over prefixes of the two-way cross entropy; pairs in ``same`` do not compete."""
    targets = torch.arange(len(first), device=first.device)
    total = first.new_zeros(())
    for width in plan.prefixes:
        a = torch.nn.functional.normalize(first[:, :width], dim=1)
        b = torch.nn.functional.normalize(second[:, :width], dim=1)
        scores = (plan.scale * a @ b.T).masked_fill(same, -1e4)
        cross_entropy = torch.nn.functional.cross_entropy
        total = total + cross_entropy(scores, targets) + cross_entropy(scores.T, targets)
    return total / (2 * len(plan.prefixes))


def _adam(table: Table, name: str, index: torch.Tensor, value: torch.Tensor, rate: float) -> None:
    mean, square = getattr(table, f"{name}_mean"), getattr(table, f"{name}_square")
    gradient = value.grad
    assert gradient is not None  # for the type checker: backward has just filled it
    new_mean = mean[index].mul_(0.9).add_(gradient, alpha=0.1)
    new_square = square[index].mul_(0.999).addcmul_(gradient, gradient, value=0.001)
    mean[index], square[index] = new_mean, new_square
    step = int(table.step)
    corrected = new_mean / (1 - 0.9**step)
    divisor = (new_square / (1 - 0.999**step)).sqrt_().add_(1e-8)
    getattr(table, name)[index] = value.detach() - rate * corrected / divisor
