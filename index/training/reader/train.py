"""Trains the reader: question and passage through one transformer, two heads on top.

One head tells how the passage stands to the question, the other where the answer begins and
ends. Embeddings and the lower layers stay as they came (in bfloat16, without gradients); a run
leaves a checkpoint every few minutes and goes on from it.
"""

import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from index.training.reader.examples import STATES, Example

LONGEST = 192  # tokens
RELATION_WEIGHTS = (1.0, 1.0, 1.3, 0.7)


@dataclass(frozen=True, slots=True)
class Plan:
    """A run: ``rate`` is the largest learning rate, of layers that are not frozen."""

    steps: int = 1500
    batch: int = 32
    rate: float = 1e-4
    head_rate: float = 5e-4
    frozen: int = 4
    warmup: int = 100
    span_weight: float = 0.5
    seed: int = 0
    save_every: int = 100


class Reader(nn.Module):
    """Relation logits (batch, 4) and span logits (batch, tokens, 2) of encoded pairs."""

    def __init__(self, base: Path | BertModel) -> None:
        super().__init__()
        if isinstance(base, Path):
            base = BertModel.from_pretrained(
                base,
                add_pooling_layer=False,
                hidden_dropout_prob=0.0,
                attention_probs_dropout_prob=0.0,
            )
        self.bert: BertModel = base
        width = base.config.hidden_size
        self.relation = nn.Sequential(nn.Linear(2 * width, width), nn.GELU(), nn.Linear(width, 4))
        self.span = nn.Linear(width, 2)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return self.heads(hidden, attention_mask)

    def heads(self, hidden: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weight).sum(1) / weight.sum(1)
        return self.relation(torch.cat([hidden[:, 0], mean], dim=-1)), self.span(hidden)


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example as tokens; ``begin`` and ``end`` are -1 without a known span."""

    ids: list[int]
    relation: int
    begin: int
    end: int
    first: int  # of the passage's tokens


def encode(tokenizer: Tokenizer, example: Example) -> Encoded:
    """Question, then title and passage, as one sequence of at most LONGEST tokens."""
    head = f"{example.title}。" if example.title else ""
    pair = tokenizer.encode(example.question, head + example.passage)
    ids = [*pair.ids[: LONGEST - 1], 2] if len(pair.ids) > LONGEST else pair.ids
    second = pair.sequence_ids.index(1)
    begin = end = -1
    if example.span is not None:
        a, b = example.span[0] + len(head), example.span[1] + len(head)
        for token in range(second, len(ids) - 1):
            start, stop = pair.offsets[token]
            if start < b and stop > a:
                begin, end = (token if begin < 0 else begin), token
    return Encoded(ids, example.relation, begin, end, second)


def batches(data: Sequence[Encoded], size: int, seed: int) -> Iterator[list[Encoded]]:
    """Endless batches of about equal length, in a new order each round."""
    rng = random.Random(seed)
    while True:
        order = list(range(len(data)))
        rng.shuffle(order)
        for chunk in range(0, len(order), size * 40):
            part = sorted(order[chunk : chunk + size * 40], key=lambda row: len(data[row].ids))
            found = [part[at : at + size] for at in range(0, len(part) - size + 1, size)]
            rng.shuffle(found)
            for rows in found:
                yield [data[row] for row in rows]


def padded(batch: Sequence[Encoded]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(e.ids) for e in batch)
    ids = torch.tensor([e.ids + [1] * (longest - len(e.ids)) for e in batch])
    return ids, (ids != 1).long()


class _Run:
    """The model in training: lower layers without gradients, the rest in mixed precision."""

    def __init__(self, model: Reader, plan: Plan) -> None:
        self.model, self.plan = model, plan
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        model.to(self.device)
        for parameter in model.bert.embeddings.parameters():
            parameter.requires_grad = False
        layers = list(model.bert.encoder.layer)
        self.lower, self.upper = layers[: plan.frozen], layers[plan.frozen :]
        for layer in self.lower:
            layer.to(torch.bfloat16)
            for parameter in layer.parameters():
                parameter.requires_grad = False
        body = [p for layer in self.upper for p in layer.parameters()]
        head = [*model.relation.parameters(), *model.span.parameters()]
        self.optimizer = torch.optim.AdamW(
            [{"params": body, "lr": plan.rate}, {"params": head, "lr": plan.head_rate}],
            weight_decay=0.01,
            betas=(0.9, 0.98),
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)
        self.weights = torch.tensor(RELATION_WEIGHTS, device=self.device)

    def _rate(self, step: int) -> float:
        if step < self.plan.warmup:
            return (step + 1) / self.plan.warmup
        done = (step - self.plan.warmup) / max(1, self.plan.steps - self.plan.warmup)
        return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))

    def loss(self, batch: Sequence[Encoded]) -> tuple[torch.Tensor, torch.Tensor]:
        ids, mask = (part.to(self.device) for part in padded(batch))
        wide = None
        if not bool(mask.all()):
            wide = (1.0 - mask[:, None, None, :].to(torch.bfloat16)) * -1e4
        with torch.no_grad():
            hidden = self.model.bert.embeddings(input_ids=ids).to(torch.bfloat16)
            for layer in self.lower:
                hidden = _through(layer, hidden, wide)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            for layer in self.upper:
                hidden = _through(layer, hidden, wide)
        relation, span = self.model.heads(hidden.float(), mask)
        wanted = torch.tensor([e.relation for e in batch], device=self.device)
        told = nn.functional.cross_entropy(
            relation, wanted, weight=self.weights, label_smoothing=0.02
        )
        places = torch.arange(ids.shape[1], device=self.device)
        first = torch.tensor([e.first for e in batch], device=self.device)
        span = span.masked_fill(((places < first[:, None]) | (mask == 0))[..., None], -1e4)
        ends = [
            nn.functional.cross_entropy(
                span[..., side],
                torch.tensor([(e.begin, e.end)[side] for e in batch], device=self.device),
                ignore_index=-1,
                reduction="sum",
            )
            for side in (0, 1)
        ]
        known = max(1, sum(e.begin >= 0 for e in batch))
        return told, (ends[0] + ends[1]) / (2 * known)


def _through(layer: nn.Module, hidden: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
    output = layer(hidden, mask)
    found: torch.Tensor = output[0] if isinstance(output, tuple) else output
    return found


def train(
    base: Path,
    out: Path,
    examples: Sequence[Example],
    plan: Plan,
    report: Callable[[str], None],
    start: Path | None = None,
) -> None:
    """Train from a base, or from the file of an earlier run (``start``), into ``out``.

    A folder that holds a checkpoint of the same plan goes on from it.
    """
    torch.manual_seed(plan.seed)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    data = [encode(tokenizer, example) for example in examples]
    data = [e for e in data if not (e.relation == STATES and e.begin < 0 and len(e.ids) >= LONGEST)]
    model = Reader(base)
    if start is not None:
        saved = torch.load(start)
        model.load_state_dict(saved.get("model", saved))
    run = _Run(model, plan)
    begun, saved = 0, out / "checkpoint.pt"
    if saved.exists():
        state = torch.load(saved)
        model.load_state_dict(state["model"])
        run.optimizer.load_state_dict(state["optimizer"])
        run.schedule.load_state_dict(state["schedule"])
        begun = state["step"]
    report(f"{len(data)} examples, steps {begun} to {plan.steps}, {json.dumps(asdict(plan))}")
    feed = batches(data, plan.batch, plan.seed + begun)
    clock, told, spanned = time.monotonic(), 0.0, 0.0
    for step in range(begun, plan.steps):
        relation, span = run.loss(next(feed))
        (relation + plan.span_weight * span).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
        run.optimizer.step()
        run.optimizer.zero_grad()
        run.schedule.step()
        told, spanned = told + float(relation.detach()), spanned + float(span.detach())
        if (step + 1) % 25 == 0:
            pace = (time.monotonic() - clock) / 25
            report(
                f"step {step + 1}: relation {told / 25:.3f}, span {spanned / 25:.3f}, {pace:.2f} s"
            )
            clock, told, spanned = time.monotonic(), 0.0, 0.0
        if (step + 1) % plan.save_every == 0 or step + 1 == plan.steps:
            state = {
                "model": model.state_dict(),
                "optimizer": run.optimizer.state_dict(),
                "schedule": run.schedule.state_dict(),
                "step": step + 1,
            }
            torch.save(state, out / "checkpoint.new")
            (out / "checkpoint.new").replace(saved)
    torch.save({k: v.float() for k, v in model.state_dict().items()}, out / "weights.pt")
