"""``python -m index build [FILE…]``: reads notices, builds the index, prints what it found.

``list`` shows the builds that are kept, ``use BUILD`` goes back to one of them.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from index import builds, sources
from index.building import of_sources
from index.errors import TongbaoError
from index.notice import Notice
from index.settings import Settings
from index.store import Source


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m index", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("build", help="read notices and build or refresh the index")
    command.add_argument("files", nargs="*", type=Path, metavar="FILE")
    commands.add_parser("list", help="the builds that are kept, latest first")
    use = commands.add_parser("use", help="let another build answer; servers take it up")
    use.add_argument("build", metavar="BUILD", help="its name, or how it begins")
    options = parser.parse_args(arguments)
    try:
        if options.command == "list":
            _list()
        elif options.command == "use":
            builds.use(Settings.from_environment().index_folder, options.build)
            _list()
        else:
            _build(options.files)
        sys.stdout.flush()
    except TongbaoError as error:
        print(f"error: {error.one_line()}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return _unread()
    return 0


def _list() -> None:
    for one in builds.listed(Settings.from_environment().index_folder):
        mark = "*" if one.current else " "
        print(f"{mark} {one.name}  {one.written:%Y-%m-%d %H:%M} UTC")


def _unread() -> int:
    """What reads the output has closed it (``| head``): said once, and nothing more is written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    print("error: the output was closed before it was written — read all of it", file=sys.stderr)
    return 1


def _build(files: list[Path]) -> None:
    settings = Settings.from_environment()
    found = sources.collect(files or sources.shipped_files(), settings.edits_folder)
    for source in found:
        _describe(source)
    sys.stdout.flush()  # a closed output is told before anything is built
    built = of_sources(found, settings)
    print(f"encoder: {built.encoder.name}, {built.encoder.dimensions} dimensions")
    print("vectors: " + ", ".join(f"{count} {kind}s" for kind, count in built.counts.items()))
    print(f"index: {settings.index_folder} (build {built.name})")


def _describe(source: Source) -> None:
    notice, words = source.notice, source.vocabulary
    print(
        f"{notice.id}: {notice.title} ({notice.issued or 'no date'}), {len(notice.text)} characters"
    )
    if notice.structured:
        measures = sum(len(finding.measures) for finding in notice.findings)
        bare = [finding.id for finding in notice.findings if not finding.measures]
        print(f"  {len(notice.findings)} findings, {measures} measures", end="")
        print(f"; without measures: {', '.join(bare)}" if bare else "")
        print(f"  other passages: {', '.join(section.id for section in notice.sections)}")
        _describe_reading(notice)
    else:
        print(f"  unstructured: {len(notice.sections)} paragraphs, no findings recognised")
    print(
        f"  curated: {len(words.synonyms)} synonyms, {len(words.phrasings)} phrasings,"
        f" {len(words.gaps)} gaps"
    )
    print(
        f"  profile: {source.profile.issuer or 'no issuer'}; {len(source.profile.areas)} places,"
        f" {len(source.profile.organisations)} organisations, {len(source.profile.subjects)} subjects"
    )
    for oddity in notice.oddities:
        print(f"  odd, left as it is: line {oddity.line}: {oddity.what}")


def _describe_reading(notice: Notice) -> None:
    if notice.reading:
        print(f"  two readings: {notice.reading}")
    states = Counter(finding.status.kind for finding in notice.findings if finding.status)
    if states:
        print("  completion: " + ", ".join(f"{count} {kind}" for kind, count in states.items()))


if __name__ == "__main__":
    sys.exit(main())
