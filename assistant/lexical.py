"""Lexical search: BM25 over the tokens of a collection, through bm25s."""

from collections.abc import Sequence

import bm25s  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray


class LexicalIndex:
    """BM25 (Lucene's variant) over token lists; documents keep the order they came in.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, eq. 3.15.
    """

    def __init__(
        self, token_lists: Sequence[Sequence[str]], *, k1: float = 1.2, b: float = 0.6
    ) -> None:
        vocabulary: dict[str, int] = {}
        ids = [
            [vocabulary.setdefault(t, len(vocabulary)) for t in tokens] for tokens in token_lists
        ]
        self._vocabulary = vocabulary
        self._documents = len(token_lists)
        counts = np.zeros(len(vocabulary))
        for row in ids:
            counts[np.unique(np.array(row, dtype=np.int64))] += 1
        self._idf = np.log1p((self._documents - counts + 0.5) / (counts + 0.5))
        self._unknown_idf = float(np.log1p(self._documents + 0.5) + np.log(2.0))
        self._bm25 = bm25s.BM25(k1=k1, b=b, method="lucene")
        if vocabulary:
            self._bm25.index((ids, dict(vocabulary)), show_progress=False)

    def idf(self, token: str) -> float:
        """Inverse document frequency; a token that no document has gets the largest."""
        row = self._vocabulary.get(token)
        return self._unknown_idf if row is None else float(self._idf[row])

    def knows(self, token: str) -> bool:
        return token in self._vocabulary

    def scores(
        self, tokens: Sequence[str], weights: Sequence[float] | None = None
    ) -> NDArray[np.float32]:
        """BM25 of every document, float32 (documents,), higher is closer; zeros if none match."""
        known = [
            (self._vocabulary[token], 1.0 if weights is None else weights[place])
            for place, token in enumerate(tokens)
            if token in self._vocabulary
        ]
        total = np.zeros(self._documents, dtype=np.float32)
        matrix = self._bm25.scores if known else {}
        for row, weight in known:
            begin, end = matrix["indptr"][row], matrix["indptr"][row + 1]
            total[matrix["indices"][begin:end]] += weight * matrix["data"][begin:end]
        return total

    def coverage(self, tokens: Sequence[str]) -> float:
        """Share of the question's IDF mass that the collection's tokens cover, [0, 1]."""
        if not tokens:
            return 0.0
        unique = dict.fromkeys(tokens)  # a set's order, and so the sum's last bits, would vary
        mass = [(self.idf(token), self.knows(token)) for token in unique]
        total = sum(idf for idf, _ in mass)
        return sum(idf for idf, known in mass if known) / total if total else 0.0
