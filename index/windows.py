"""Overlapping windows of whole sentences: the parts of a long passage that are embedded too.

A question mostly asks for one sentence of a passage; the window that holds it is closer to the
question than the whole. Offsets are code points into the text that was given.
"""

from index.chinese import worded


def windows(text: str, *, longest: int = 2) -> list[tuple[int, int]]:
    """Start and end of every run of one to ``longest`` sentences, the short runs first.

    The whole text is no window of itself: a text of one sentence has none.
    """
    if longest < 1:
        raise ValueError(f"a window needs at least 1 sentence, got {longest}")
    spans = worded(text)
    return [
        (spans[first][0], spans[first + count - 1][1])
        for count in range(1, min(longest, len(spans) - 1) + 1)
        for first in range(len(spans) - count + 1)
    ]
