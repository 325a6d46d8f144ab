"""``python -m index.training``: from the data folder to ``index/model`` in one command.

Every stage leaves its result in the work folder and is not done again: remove the folder to
start afresh. ``--lexicon-packages`` turns unpacked dictionary packages into training files
first (see ``lexicons``).
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from index.errors import TongbaoError
from index.training import contrastive, corpus, export, initial, lexicons, teacher


def main(arguments: list[str]) -> int:
    """Exit status: 0 fine, 1 failed."""
    options = _parser().parse_args(arguments)
    try:
        _train(options)
    except TongbaoError as error:
        print(error.one_line(), file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/")
    parser.add_argument("--out", type=Path, default=Path("index/model"))
    parser.add_argument("--work", type=Path, default=Path("var/training"))
    parser.add_argument(
        "--questions",
        type=Path,
        action="append",
        default=[],
        help="further folders whose texts must never be trained on",
    )
    parser.add_argument("--lexicon-packages", type=Path, help="unpacked dictionary packages")
    parser.add_argument("--teacher", type=Path, help="sentence-transformers folder for English")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    usual = contrastive.Plan()
    parser.add_argument(
        "--start", type=Path, help="static model to improve, instead of starting anew"
    )
    parser.add_argument("--steps", type=int, default=usual.steps)
    parser.add_argument("--batch", type=int, default=usual.batch)
    parser.add_argument("--learning-rate", type=float, default=usual.learning_rate)
    parser.add_argument("--seed", type=int, default=0)
    return parser


def _train(options: argparse.Namespace) -> None:
    begun = time.monotonic()

    def report(line: str) -> None:
        print(f"{time.monotonic() - begun:6.0f} s  {line}", file=sys.stderr, flush=True)

    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    train = options.data / "train"
    if not train.is_dir():
        raise TongbaoError(f"no folder {train}; expected training files", hint="--data DATA")
    if options.lexicon_packages and not (work / "lexicons").exists():
        for name, rows in lexicons.convert(options.lexicon_packages, work / "lexicons").items():
            report(f"lexicon {name}: {rows} rows")
    if not (work / "tokenizer.json").exists():
        forbidden = [
            options.data / "benchmarks",
            options.data.parent / "questions",
            *options.questions,
        ]
        folders = [train, train / "more_languages", work / "lexicons"]
        corpus.build(folders, forbidden, work, report)
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    corpora = corpus.load(work)
    if not (work / "initial.npy").exists():
        np.save(work / "initial.npy", _initial(options, tokenizer, corpora, report))
    plan = contrastive.Plan(
        steps=options.steps,
        batch=options.batch,
        device=options.device,
        learning_rate=options.learning_rate,
        seed=options.seed,
    )
    start = np.load(work / "initial.npy")
    table = contrastive.train(start, corpora, plan, work / "checkpoint.pt", report)
    if options.start:  # the mean of both is better than either (LOG.md)
        table = (start + table) / 2
    export.write_folder(table, work / "tokenizer.json", options.out)
    report(f"wrote {options.out}")


def _initial(
    options: argparse.Namespace,
    tokenizer: Tokenizer,
    corpora: list[corpus.Corpus],
    report: contrastive.Report,
) -> initial.Table:
    if options.start:
        return initial.taken_over(tokenizer, options.start)
    words = tokenizer.get_vocab()
    found = teacher.glosses(options.data / "train", tokenizer.normalizer.normalize_str)
    kept = {word: texts for word, texts in found.items() if word in words}
    texts = {word for word in words if word.isascii() and word.isalpha()}
    texts.update(gloss for values in kept.values() for gloss in values)
    known = teacher.vectors(
        sorted(texts), options.teacher, options.device, options.work / "teacher", report
    )
    probabilities = np.load(options.work / "probabilities.npy")
    return initial.table(tokenizer, probabilities, known, kept, corpora, report, options.seed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
