"""Tells whether a message is about a person in danger now; asked before everything else.

The raw message alone decides, without history and without the notice. Two voices are
added up: signs by language, for and against (``signs/emergency.toml``), and, for Chinese,
short stretches of characters and of sounds, which also hear what no sign foresaw. How much
each counts was fitted to the lines in ``eval/emergencies`` by ``python -m eval emergency``
and is kept in ``signs/emergency.json``.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.matching import plain, read_signs, scripts, signs_in, syllables

FOLDER = Path(__file__).parent / "signs"
SIGNS = FOLDER / "emergency.toml"
WEIGHTS = FOLDER / "emergency.json"

_ENOUGH = (
    0.3  # log-odds above the threshold: emergencies have 5 and more, what sounds like one less
)
_MOST_COUNTED = 3  # signs of a side; more say nothing new
_STRETCHES = (1, 2, 3, 4)  # characters
_SOUND_STRETCHES = (2, 3)  # syllables


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds of both voices and where "yes" begins.

    ``stretches`` gives rarity (inverse document frequency) and weight of each; a message's
    stretches are scaled to a vector of length 1 by their rarities.
    """

    threshold: float
    signs_start: float
    signs: Mapping[str, float]
    stretches_start: float
    stretches: Mapping[str, tuple[float, float]]


def is_emergency(message: str) -> bool:
    """Whether somebody is in danger now: illness, violence, fire, loss, thoughts of suicide.

    Questions about rules, money, procedures or the past are not, whatever words they use.
    """
    return score(message) > _ENOUGH


def score(message: str) -> float:
    """Log-odds above the threshold: positive means emergency."""
    weights = _weights()
    text = plain(message)
    signs = sum(weights.signs.get(name, 0.0) for name in sign_features(text))
    heard = _stretches_score(text, weights)
    return weights.signs_start + signs + heard - weights.threshold


def sign_features(text: str) -> frozenset[str]:
    """Groups of signs in a ``plain`` text and how many signs each side has, by name."""
    found = signs_in(text, read_signs(SIGNS))
    family = "han" if "han" in scripts(text) else "other"
    counts = {
        side: sum(sign.side == side for sign in found) for side in ("strong", "hint", "damper")
    }
    names = {sign.group for sign in found} | {family}
    for side, count in counts.items():
        names |= {f"{family}: {side} >= {n}" for n in range(1, min(count, _MOST_COUNTED) + 1)}
    for side in ("strong", "hint"):
        if counts[side]:
            names.add(f"{family}: {side}, {'damped' if counts['damper'] else 'undamped'}")
    return frozenset(names)


def stretches(text: str) -> Iterator[str]:
    """Every short stretch of a ``plain`` Chinese text, sounds marked by "~"; else none."""
    if "han" not in scripts(text):
        return
    for length in _STRETCHES:
        yield from (text[place : place + length] for place in range(len(text) - length + 1))
    sounds = syllables(text)
    for length in _SOUND_STRETCHES:
        for place in range(len(sounds) - length + 1):
            yield "~" + " ".join(sounds[place : place + length])


def _stretches_score(text: str, weights: Weights) -> float:
    known = [weights.stretches[s] for s in set(stretches(text)) if s in weights.stretches]
    if not known:
        return 0.0
    length = math.sqrt(sum(rarity * rarity for rarity, _ in known))
    return weights.stretches_start + sum(rarity * weight for rarity, weight in known) / length


@cache
def _weights() -> Weights:
    stored = json.loads(WEIGHTS.read_text("utf-8"))
    return Weights(
        threshold=stored["threshold"],
        signs_start=stored["signs_start"],
        signs=stored["signs"],
        stretches_start=stored["stretches_start"],
        stretches={text: (rarity, weight) for text, rarity, weight in stored["stretches"]},
    )
