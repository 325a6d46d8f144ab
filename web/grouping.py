"""Puts alike questions together, so that staff decide once. Character pairs, weighted by rarity."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.words import matching_form
from web.memory.records import BoardItem

ALIKE = 0.34


@dataclass(frozen=True, slots=True)
class Group:
    """Alike board items of one status; the first is the one asked most."""

    items: tuple[BoardItem, ...]

    @property
    def question(self) -> str:
        return self.items[0].question

    @property
    def times(self) -> int:
        return sum(item.times for item in self.items)

    @property
    def notes(self) -> list[str]:
        return list(dict.fromkeys(item.note for item in self.items if item.note))


def grouped(items: Sequence[BoardItem]) -> list[Group]:
    """Groups, most asked first. An item joins the first group whose leading question is alike."""
    ordered = sorted(items, key=lambda item: (-item.times, item.id))
    alike = _similarities([item.question for item in ordered])
    leaders: list[int] = []
    members: dict[int, list[int]] = {}
    for place in range(len(ordered)):
        best = max(leaders, key=lambda leader: alike[place, leader], default=None)
        if best is not None and alike[place, best] >= ALIKE:
            members[best].append(place)
        else:
            leaders.append(place)
            members[place] = [place]
    groups = [Group(tuple(ordered[place] for place in members[leader])) for leader in leaders]
    return sorted(groups, key=lambda group: (-group.times, group.items[0].id))


def _similarities(questions: Sequence[str]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """Cosine of the weighted character pairs, float32 (questions, questions)."""
    counted = [Counter(_pairs(question)) for question in questions]
    seen = Counter(pair for pairs in counted for pair in pairs)
    columns = {pair: column for column, pair in enumerate(seen)}
    table = np.zeros((len(questions), max(1, len(columns))), dtype=np.float32)
    for row, pairs in enumerate(counted):
        for pair, count in pairs.items():
            table[row, columns[pair]] = count * (math.log((1 + len(questions)) / seen[pair]) + 2)
    norms = np.linalg.norm(table, axis=1, keepdims=True)
    table /= np.where(norms > 0, norms, 1)
    return table @ table.T


def _pairs(question: str) -> list[str]:
    plain = "".join(character for character in matching_form(question) if character.isalnum())
    return [plain[i : i + 2] for i in range(len(plain) - 1)] or [plain]
