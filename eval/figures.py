"""The main figures of the project's own question sets: ``python -m eval figures``.

They stand in ``questions/figures.json``, README cites them, and a test fails when one of them
falls more than two points below what stands there.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from assistant import Assistant
from eval.metrics import LESS_IS_BETTER
from eval.questions import ask_all, read_questions
from eval.runs import OWN, measured
from eval.variants import is_curated, of_notices, plain
from index import sources
from index.settings import Settings

FILE = Path(__file__).parent / "questions" / "figures.json"
METRICS = ("status", "opening", "harm", "denied", "listed")
ALLOWED = 0.02  # below what is stated
SHIPPED_READER = "shipped"
Figures = dict[str, dict[str, float]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=FILE, help="where the figures go")


def main(arguments: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    record = {"reader": settings.reader or SHIPPED_READER, "figures": measure(settings)}
    text = json.dumps(record, indent=1)
    arguments.out.write_text(f"{text}\n", "utf-8")
    print(text)
    return 0


def stated(path: Path = FILE) -> dict[str, Any]:
    """What the file says: ``reader`` and ``figures``."""
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return record


def measure(settings: Settings) -> Figures:
    """The figures of every own set by its name; indexes are built in folders that pass."""
    found: Figures = {}
    for name, chosen in OWN.items():
        files = [chosen.notice] if chosen.notice else sources.shipped_files()
        asked = of_notices(files, settings)
        found[name] = _figures(asked, chosen.questions)
        if is_curated(asked):
            found[f"{name} without curated files"] = _figures(plain(asked), chosen.questions)
    return found


def fallen(metric: str, value: float, stated: float) -> bool:
    """Whether a figure is worse than the stated one by more than is allowed."""
    worse = value - stated if metric in LESS_IS_BETTER else stated - value
    return worse > ALLOWED + 1e-9


def _figures(assistant: Assistant, files: tuple[Path, ...]) -> dict[str, float]:
    questions = read_questions(files)
    report = measured(
        assistant, questions, (), lambda asked: ask_all(asked, questions), resamples=0
    )
    return {name: round(report.scores.value(name), 3) for name in METRICS}
