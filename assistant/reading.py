"""The reader: reads a question and a passage together, and tells whether the passage states
what is asked, and where.

A small transformer in int8, run by onnxruntime with fixed threads, so that the same machine
always reads the same. How it is made: ``index/training/reader``; what it is: ``reader/README.md``.
It is loaded in the background; whoever asks first waits for it.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.words import matching_form
from index.chinese import Span, sentences
from index.errors import EncoderError

FOLDER = Path(__file__).parent / "reader"
LONGEST_WINDOW = 180  # characters of a passage that are read at once
LONGEST_PAIR = 192  # tokens
_LONGEST_SPAN = 60  # tokens
_THREADS = 2


@dataclass(frozen=True, slots=True)
class PassageReading:
    """How a passage stands to a question: four probabilities that sum to 1, for each token of
    the passage its span and the probability that it belongs to the answer, and the likeliest
    stretch that answers with its probability. Offsets are code points into the passage.
    """

    states: float
    lacks: float
    contradicts: float
    unrelated: float
    tokens: tuple[tuple[int, int, float], ...] = ()
    span: Span = (0, 0)
    span_share: float = 0.0

    def held(self, start: int, end: int) -> float:
        """Mean probability of belonging to the answer over the tokens of a stretch, [0, 1]."""
        inside = [p for a, b, p in self.tokens if a < end and b > start]
        return sum(inside) / len(inside) if inside else 0.0


@dataclass(frozen=True, slots=True)
class ReadablePassage:
    """What of a passage is read: its title and its text as printed."""

    title: str
    text: str


class Reader:
    """Reads passages for questions; loading starts when it is made. Safe to share."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """
        Raises:
            EncoderError: the folder holds no reader.
        """
        missing = [
            n for n in ("model.onnx", "tokenizer.json", "config.json") if not (folder / n).is_file()
        ]
        if missing:
            raise EncoderError(
                f"{folder}: no {', '.join(missing)}; expected a reader's folder",
                hint="name another with TONGBAO_READER, or TONGBAO_READER=none to do without",
            )
        self._folder = folder
        self._session: Any = None
        self._tokenizer: Any = None
        self._failure: Exception | None = None
        self._temperature = float(
            json.loads((folder / "config.json").read_text("utf-8"))["temperature"]
        )
        self._thread = threading.Thread(target=self._load, name="reader", daemon=True)
        self._thread.start()

    def _load(self) -> None:
        try:
            import onnxruntime  # type: ignore[import-untyped]
            from tokenizers import Tokenizer

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = _THREADS
            options.inter_op_num_threads = 1
            options.log_severity_level = 3
            self._tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(
                str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001 - told to whoever reads, in that thread
            self._failure = error

    @property
    def ready(self) -> bool:
        """Whether reading would begin at once."""
        return self._session is not None

    def read(
        self, question: str, passages: Sequence[ReadablePassage]
    ) -> tuple[PassageReading, ...]:
        """One reading a passage, in their order; of a long passage that of its best window.

        Raises:
            EncoderError: the reader could not be loaded.
        """
        self._thread.join()
        if self._session is None:
            raise EncoderError(f"{self._folder}: cannot be loaded: {self._failure}")
        pieces = [(row, w) for row, p in enumerate(passages) for w in windows(p.text)]
        if not pieces:
            return ()
        asked = matching_form(question)
        pairs = []
        for row, (start, end) in pieces:
            title = passages[row].title
            head = f"{title}。" if title else ""
            pairs.append((asked, matching_form(head + passages[row].text[start:end]), len(head)))
        found = self._run(pairs)
        best: dict[int, PassageReading] = {}
        for (row, (start, _)), reading in zip(pieces, found, strict=True):
            if row not in best or reading.states > best[row].states:
                best[row] = _moved(reading, start)
        return tuple(best[row] for row in range(len(passages)))

    def _run(self, pairs: Sequence[tuple[str, str, int]]) -> list[PassageReading]:
        encoded = self._tokenizer.encode_batch([(q, p) for q, p, _ in pairs])
        lengths = [min(len(e.ids), LONGEST_PAIR) for e in encoded]
        ids = np.ones((len(encoded), max(lengths)), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, (one, length) in enumerate(zip(encoded, lengths, strict=True)):
            ids[row, :length], mask[row, :length] = one.ids[:length], 1
        relation, span = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        shares = _softmax(relation / self._temperature)
        return [
            _reading(
                shares[row],
                *_answer(encoded[row], span[row], lengths[row], pairs[row][2]),
            )
            for row in range(len(encoded))
        ]


def windows(text: str, longest: int = LONGEST_WINDOW) -> list[Span]:
    """Spans of whole sentences, joined while they fit into ``longest`` characters."""
    found: list[Span] = []
    for start, end in sentences(text):
        if found and end - found[-1][0] <= longest:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _reading(
    shares: NDArray[np.float64],
    tokens: tuple[tuple[int, int, float], ...],
    span: Span,
    span_share: float,
) -> PassageReading:
    states, lacks, contradicts, unrelated = (round(float(share), 5) for share in shares)
    return PassageReading(states, lacks, contradicts, unrelated, tokens, span, span_share)


def _moved(reading: PassageReading, by: int) -> PassageReading:
    """The reading of a window with its offsets counted from the passage's beginning."""
    tokens = tuple((a + by, b + by, p) for a, b, p in reading.tokens)
    span = reading.span[0] + by, reading.span[1] + by
    return replace(reading, tokens=tokens, span=span)


def _answer(
    encoding: Any, logits: NDArray[np.float32], length: int, head: int
) -> tuple[tuple[tuple[int, int, float], ...], Span, float]:
    """The passage's tokens with P(the answer has begun) x P(it has not ended yet); the likeliest
    stretch of at most _LONGEST_SPAN tokens, and P(it begins there) x P(it ends there).
    """
    rows = [
        row
        for row, side in enumerate(encoding.sequence_ids[:length])
        if side == 1 and encoding.offsets[row][0] >= head
    ]
    if not rows:
        return (), (0, 0), 0.0
    begin, end = (_softmax(logits[rows, side][None])[0] for side in (0, 1))
    inside = np.cumsum(begin) * np.cumsum(end[::-1])[::-1]
    places = [(encoding.offsets[r][0] - head, encoding.offsets[r][1] - head) for r in rows]
    joint = np.triu(np.outer(begin, end)) * (np.tri(len(rows), k=_LONGEST_SPAN) > 0)
    first, last = np.unravel_index(int(joint.argmax()), joint.shape)
    tokens = tuple((a, b, float(p)) for (a, b), p in zip(places, inside, strict=True))
    return tokens, (places[first][0], places[last][1]), float(joint[first, last])


def _softmax(values: NDArray[np.float32]) -> NDArray[np.float64]:
    raised = np.exp(values.astype(np.float64) - values.max(axis=-1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=-1, keepdims=True)
    return shares
