"""``python -m index.training.reader``: base, training and export of the reader, a step a command."""

import argparse
import sys
from pathlib import Path

import torch

from index.errors import TongbaoError
from index.training.reader import examples, train


def main(arguments: list[str]) -> int:
    """Exit status: 0 fine, 1 failed."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        options.run(options)
    except TongbaoError as error:
        print(error.one_line(), file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index.training.reader", description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    steps = parser.add_subparsers(required=True)
    usual = train.Plan()
    taught = steps.add_parser("train", help="train from a base or an earlier run")
    taught.add_argument("--data", type=Path, required=True, help="folder with train/")
    taught.add_argument("--base", type=Path, required=True)
    taught.add_argument("--out", type=Path, required=True)
    taught.add_argument("--start", type=Path, help="an earlier run whose weights are taken up")
    taught.add_argument("--notice", type=Path, help="folder of the shipped notice, to learn it too")
    taught.add_argument("--share", type=float, default=1.0, help="of the general sets")
    taught.add_argument("--curated-share", type=float, default=1.0, help="of the shipped notice's")
    taught.add_argument("--rounds", type=int, default=2, help="of the constructed notices")
    for name in ("steps", "batch", "rate", "head_rate", "frozen", "warmup", "seed"):
        value = getattr(usual, name)
        taught.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    taught.set_defaults(run=_train)
    return parser


def _train(options: argparse.Namespace) -> None:
    made = examples.mixed(
        options.data,
        options.notice,
        options.seed,
        share=options.share,
        rounds=options.rounds,
        curated_share=options.curated_share,
    )
    names = ("steps", "batch", "rate", "head_rate", "frozen", "warmup", "seed")
    plan = train.Plan(**{name: getattr(options, name) for name in names})

    def report(line: str) -> None:
        print(line, flush=True)

    train.train(options.base, options.out, made, plan, report, start=options.start)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
