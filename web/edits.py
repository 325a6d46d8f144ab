"""What staff add to the curated files: checked, tried out on the questions so far, then written for the next build."""

import json
import shutil
import tempfile
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import Assistant
from assistant.answer import Answer
from index import store, vocabulary
from index.building import build
from index.errors import QuestionError, VocabularyError
from index.notice import Notice
from index.settings import Settings
from web.memory.records import EditKind

# An index in the making takes a core and seconds: one at a time.
_ONE_TRIAL = threading.Lock()
FILES: dict[EditKind, str] = {"phrasing": "phrasings.jsonl", "synonym": "synonyms.tsv"}


@dataclass(frozen=True, slots=True)
class Told:
    """What one question gets: status and the label of the first quote (empty: none)."""

    status: str
    label: str
    id: str


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose answer an edit changes."""

    question: str
    before: Told
    after: Told


@dataclass(frozen=True, slots=True)
class Trial:
    """What an edit would change, of how many questions tried."""

    changes: tuple[Change, ...]
    tried: int


def phrasing(passage_id: str, question: str) -> dict[str, str]:
    """The content of a phrasing edit."""
    return {"id": passage_id.strip(), "question": question.strip(), "lang": "zh", "who": "staff"}


def synonym(word: str, terms: Iterable[str]) -> dict[str, str]:
    """The content of a synonym edit; ``terms`` are the notice's own words."""
    kept = "|".join(term.strip() for term in terms if term.strip())
    return {"word": word.strip(), "terms": kept, "kind": "staff", "lang": "zh"}


def check(kind: EditKind, content: dict[str, str], notice: Notice, ids: frozenset[str]) -> None:
    """Refuse what a build would refuse, or what could change nothing.

    Raises:
        VocabularyError: says in Chinese what is wrong; staff read it on the page.
    """
    if any(ch in value for value in content.values() for ch in "\t\r\n\0"):
        raise VocabularyError("不能含有换行或制表符")
    if kind == "phrasing":
        if len(content["question"]) < 2:
            raise VocabularyError("请写出问法，至少两个字")
        if content["id"] not in ids:
            raise VocabularyError(f"通报里没有编号 {content['id'][:20]!r} 的条目")
        return
    word, terms = content["word"], [term for term in content["terms"].split("|") if term]
    if len(word) < 2 or word.startswith("#") or word == "word" or "|" in word:
        raise VocabularyError("请写出群众的说法，至少两个字，不以 # 开头，不含 |")
    if not terms:
        raise VocabularyError("请写出通报里的词")
    if absent := [term for term in terms if term not in notice.text]:
        raise VocabularyError(f"通报里没有这个词：{'、'.join(absent)[:60]}")


def line(kind: EditKind, content: dict[str, str]) -> str:
    """One line in the format of ``index/vocabulary.py``."""
    if kind == "phrasing":
        return json.dumps(content, ensure_ascii=False)
    return "\t".join(content[name] for name in ("word", "terms", "kind", "lang"))


def write(folder: Path, notice_id: str, kind: EditKind, content: dict[str, str]) -> Path:
    """Append to the curated file of the edits folder; the same line is written only once."""
    path = folder / notice_id / FILES[kind]
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    if line(kind, content) not in lines:
        draft = path.with_suffix(".draft")
        draft.write_text("\n".join([*lines, line(kind, content)]) + "\n", "utf-8")
        draft.replace(path)
    return path


def preview(
    assistant: Assistant,
    settings: Settings,
    notice_id: str,
    edit: tuple[EditKind, dict[str, str]],
    questions: Sequence[str],
) -> Trial:
    """Build an index with the edit in a folder that passes, and ask every question of both."""
    with _ONE_TRIAL, tempfile.TemporaryDirectory(prefix="tongbao-trial-") as folder:
        trial = replace(settings, data=Path(folder))
        if settings.edits_folder.is_dir():
            shutil.copytree(settings.edits_folder, trial.edits_folder)
        write(trial.edits_folder, notice_id, *edit)
        known = store.read_manifest(settings.index_folder)["notices"]
        files = [Path(record["path"]) for record in known.values()]
        build(files, trial)
        changed = Assistant.load(trial)
        return compare(assistant, changed, dict.fromkeys(questions))


def compare(before: Assistant, after: Assistant, questions: Iterable[str]) -> Trial:
    """The questions that get another status or another first quote."""
    changes, tried = [], 0
    for question in questions:
        try:
            was, becomes = told(before.ask(question)), told(after.ask(question))
        except QuestionError:
            continue
        tried += 1
        if (was.status, was.id) != (becomes.status, becomes.id):
            changes.append(Change(question, was, becomes))
    return Trial(tuple(changes), tried)


def told(answer: Answer) -> Told:
    """Status and first quote of an answer."""
    first = answer.citations[0] if answer.citations else None
    return Told(answer.status, first.label if first else "", first.id if first else "")


def known_ids(passage_ids: Iterable[str], notice_id: str) -> frozenset[str]:
    """Short ids of one notice's passages."""
    return frozenset(i.partition("/")[2] for i in passage_ids if i.startswith(f"{notice_id}/"))


def curated(folder: Path, notice_id: str, ids: frozenset[str]) -> vocabulary.Vocabulary:
    """What staff have added so far."""
    return vocabulary.load(folder / notice_id, ids)
