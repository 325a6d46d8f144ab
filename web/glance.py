"""The notice at a glance: where every finding and month stands in the picture. Geometry only; colours are CSS."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.notice import Finding, Notice
from web.browse import Row, months
from web.subjects import order, subjects

TILE = 44
GAP = 6
PER_ROW = 9
LABEL = 124
BAR = 30
BETWEEN = 4
HEIGHT = 270


@dataclass(frozen=True, slots=True)
class Tile:
    """One finding; ``weight`` 0 to 3 grows with its measures."""

    number: int
    title: str
    measures: int
    weight: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Band:
    """One subject and its findings."""

    subject: str
    y: int
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """How many dated passages and figures fall into a month; bars grow upwards from ``HEIGHT``."""

    month: str
    measures: int
    figures: int
    x: int
    measures_height: int
    figures_height: int


@dataclass(frozen=True, slots=True)
class Picture:
    bands: tuple[Band, ...]
    width: int
    height: int
    months: tuple[Month, ...]
    months_width: int


def picture(notice: Notice, rows: Sequence[Row]) -> Picture:
    """``rows`` are the finest passages."""
    bands, y = [], 0
    by_number = subjects(notice)
    for subject in order(set(by_number.values())):
        members = [f for f in notice.findings if by_number[f.number] == subject]
        tiles = tuple(_tile(finding, place, y) for place, finding in enumerate(members))
        bands.append(Band(subject, y, tiles))
        y += ((len(members) - 1) // PER_ROW + 1) * (TILE + GAP) + GAP
    found = _months(rows)
    return Picture(
        tuple(bands),
        LABEL + PER_ROW * (TILE + GAP),
        y,
        found,
        max(1, len(found)) * (BAR + BETWEEN),
    )


def _tile(finding: Finding, place: int, y: int) -> Tile:
    measures = len(finding.measures)
    return Tile(
        number=finding.number,
        title=finding.title,
        measures=measures,
        weight=min(3, (measures + 1) // 2),
        x=LABEL + place % PER_ROW * (TILE + GAP),
        y=y + place // PER_ROW * (TILE + GAP),
    )


def _months(rows: Sequence[Row]) -> tuple[Month, ...]:
    measures: Counter[str] = Counter()
    figures: Counter[str] = Counter()
    for row in rows:
        for month in months(row):
            measures[month] += 1
            figures[month] += len(row.values("figure"))
    highest = max([*measures.values(), *figures.values()], default=1)
    return tuple(
        Month(
            month,
            measures[month],
            figures[month],
            place * (BAR + BETWEEN),
            round(measures[month] / highest * HEIGHT),
            round(figures[month] / highest * HEIGHT),
        )
        for place, month in enumerate(_between(sorted(measures)))
    )


def _between(found: Sequence[str]) -> list[str]:
    """Every month from the first to the last, those without anything included."""
    if not found:
        return []
    first, last = (int(m[:4]) * 12 + int(m[5:7]) - 1 for m in (found[0], found[-1]))
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(first, last + 1)]
