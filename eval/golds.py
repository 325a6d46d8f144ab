"""``python -m eval golds NOTICE QUESTIONS``: whether the passages a question file names are there.

Of every question with gold ids: each id must be a passage of the notice, and the ``span``, where
the question has one, must stand in one of them.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from index import sources
from index.notice import parse
from index.passages import cut
from index.readers import read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notice", type=Path, metavar="NOTICE", help="a notice file")
    parser.add_argument("questions", type=Path, metavar="QUESTIONS", help="JSON Lines")


def misfits(passages: dict[str, str], questions: list[dict[str, Any]]) -> list[str]:
    """What does not fit, one line a question; ``passages``: short id to text."""
    found = []
    for question in questions:
        missing = [gold for gold in question["gold"] if gold not in passages]
        span = question.get("span") or ""
        if missing:
            found.append(f"{question['id']}: no passage {', '.join(missing)}")
        elif span and not any(span in passages[gold] for gold in question["gold"]):
            found.append(f"{question['id']}: {', '.join(question['gold'])} hold no {span[:40]!r}")
    return found


def main(arguments: argparse.Namespace) -> int:
    notice = parse(read(arguments.notice), sources.notice_id(arguments.notice))
    passages = {passage.id: passage.text for passage in cut(notice)}
    lines = arguments.questions.read_text("utf-8").splitlines()
    questions = [q for line in lines if line.strip() and (q := json.loads(line)).get("gold")]
    found = misfits(passages, questions)
    for line in found:
        print(line)
    print(f"{len(questions) - len(found)} of {len(questions)} questions fit")
    return int(bool(found))
