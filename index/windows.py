"""Overlapping windows of whole sentences: the parts of a long passage that are embedded too.

A question mostly asks for one sentence of a passage; the window that holds it is closer to the
question than the whole. Offsets are code points into the text that was given.
"""

import re

# Chinese marks end a sentence anywhere; a Latin full stop only before a blank (3.5 is no end).
# Closing quotes and brackets belong to the sentence they close.
_END = re.compile(r"[。！？；!?;؟।…]+[”’」』）》)\]\"']*|\.[”’)\]\"']*(?=\s)|\n+")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence, in order, blanks at both ends left out."""
    spans: list[tuple[int, int]] = []
    begin = 0
    for match in [*_END.finditer(text), None]:
        end = len(text) if match is None else match.end()
        piece = text[begin:end]
        left = begin + len(piece) - len(piece.lstrip())
        right = begin + len(piece.rstrip())
        if any(character.isalnum() for character in text[left:right]):
            spans.append((left, right))
        begin = end
    return spans


def windows(text: str, *, longest: int = 2) -> list[tuple[int, int]]:
    """Start and end of every run of one to ``longest`` sentences, the short runs first.

    The whole text is no window of itself: a text of one sentence has none.
    """
    if longest < 1:
        raise ValueError(f"a window needs at least 1 sentence, got {longest}")
    spans = sentence_spans(text)
    return [
        (spans[first][0], spans[first + count - 1][1])
        for count in range(1, min(longest, len(spans) - 1) + 1)
        for first in range(len(spans) - count + 1)
    ]
