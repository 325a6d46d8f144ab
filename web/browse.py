"""Complete lists for staff: passages that meet every filter, read from the structure, with counts and exports."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.words import matching_form
from index import dates
from index.extraction import Fact
from index.notice import Notice
from index.passages import Passage
from web.subjects import subjects

Span = tuple[int, int]
KINDS = ("place", "organisation", "document", "figure", "date")
SORTS = ("order", "date", "figures", "length")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_COLUMNS = (
    "编号",
    "标题",
    "主题",
    "原文",
    "日期",
    "地点",
    "机构",
    "文件",
    "数字",
    "起",
    "止",
    "链接",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters as sent by the form; an empty one asks for nothing.

    ``month_from`` and ``month_to`` are ``YYYY-MM``, inclusive. ``unit`` is measure or finding.
    """

    text: str = ""
    subject: str = ""
    place: str = ""
    organisation: str = ""
    document: str = ""
    month_from: str = ""
    month_to: str = ""
    figure: str = ""
    has: str = ""
    unit: str = "measure"
    sort: str = "order"


@dataclass(frozen=True, slots=True)
class Row:
    """One passage with the facts it states; ``matches`` are where the filters hold."""

    passage: Passage
    subject: str
    facts: tuple[Fact, ...]
    matches: tuple[Span, ...]

    def values(self, kind: str) -> list[str]:
        """The facts of a kind as normalised, each once, in reading order."""
        return list(dict.fromkeys(fact.value for fact in self.facts if fact.kind == kind))


def rows(
    notice: Notice, passages: Iterable[Passage], facts: Sequence[Fact], wanted: Wanted
) -> list[Row]:
    """Every passage of the wanted unit that meets every filter, sorted."""
    by_number = subjects(notice)
    folded = matching_form(notice.text)
    found = []
    for passage in passages:
        if passage.notice_id != notice.id or not _of_unit(passage, wanted.unit):
            continue
        subject = by_number.get(int(passage.group), "") if passage.group.isdigit() else ""
        inside = tuple(f for f in facts if passage.start <= f.start < passage.end)
        matches = _matches(folded, passage, inside, wanted)
        if matches is not None and wanted.subject in ("", subject):
            found.append(Row(passage, subject, inside, tuple(sorted(set(matches)))))
    return _sorted(found, wanted.sort)


def _of_unit(passage: Passage, unit: str) -> bool:
    return passage.kind != "measure" if unit == "finding" else passage.finest


def _sorted(found: list[Row], sort: str) -> list[Row]:
    if sort == "date":
        return sorted(found, key=lambda row: (_earliest(row), row.passage.start))
    if sort == "figures":
        return sorted(found, key=lambda row: (-len(row.values("figure")), row.passage.start))
    if sort == "length":
        return sorted(found, key=lambda row: (-len(row.passage.text), row.passage.start))
    return found


def _earliest(row: Row) -> date:
    """Undated passages come last."""
    read = [stated for value in row.values("date") if (stated := dates.of_value(value))]
    return min((interval.first for interval, _ in read), default=date.max)


def _matches(
    folded: str, passage: Passage, facts: Sequence[Fact], wanted: Wanted
) -> list[Span] | None:
    """Where every filter holds; None when one of them does not."""
    found: list[Span] = []
    for word in matching_form(wanted.text).split():
        spans = [
            (passage.start + m.start(), passage.start + m.end())
            for m in re.finditer(re.escape(word), folded[passage.start : passage.end])
        ]
        if not spans and word not in matching_form(passage.title):
            return None
        found += spans
    for spans in _fact_filters(facts, wanted):
        if not spans:
            return None
        found += spans
    return found


def _fact_filters(facts: Sequence[Fact], wanted: Wanted) -> Iterable[list[Span]]:
    for kind in ("place", "organisation", "document"):
        if part := matching_form(getattr(wanted, kind).strip()):
            yield [
                (f.start, f.end) for f in facts if f.kind == kind and part in matching_form(f.value)
            ]
    if wanted.has:
        yield [(f.start, f.end) for f in facts if f.kind == wanted.has]
    if wanted.figure.strip():
        yield [(f.start, f.end) for f in facts if f.kind == "figure" and _figure(f, wanted.figure)]
    if wanted.month_from or wanted.month_to:
        days = dates.filtered(
            wanted.month_from or wanted.month_to, wanted.month_to or wanted.month_from
        )
        yield [
            (f.start, f.end) for f in facts if f.kind == "date" and dates.falls_in(f.value, days)
        ]


def _figure(fact: Fact, wanted: str) -> bool:
    """``5`` finds 5次 and 5分钟 but not 500元; ``5次`` finds 5次 alone; words find their unit."""
    flat = matching_form(wanted.strip())
    if _NUMBER.fullmatch(flat):
        return flat in _NUMBER.findall(fact.value)
    value = matching_form(fact.value)
    return value == flat if _NUMBER.match(flat) else flat in value


def counts(found: Iterable[Row]) -> dict[str, list[tuple[str, int]]]:
    """For every kind of fact, its values with the number of rows that state them, most first."""
    tables: dict[str, Counter[str]] = {kind: Counter() for kind in (*KINDS, "subject", "month")}
    for row in found:
        for kind in KINDS:
            tables[kind].update(row.values(kind))
        tables["month"].update(months(row))
        tables["subject"].update([row.subject] if row.subject else [])
    return {
        kind: sorted(table.items(), key=lambda pair: (-pair[1], pair[0]))
        for kind, table in tables.items()
    }


def months(row: Row) -> set[str]:
    """The ends of every dated stretch, as ``YYYY-MM``."""
    ends = [end for value in row.values("date") for end in value.split("/")]
    return {end[:7] for end in ends if re.match(r"\d{4}-\d{2}", end)}


def to_csv(found: Iterable[Row], address: str) -> str:
    """With a byte order mark, so that spreadsheet programs read UTF-8; no cell can be a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for row in found:
        writer.writerow([_harmless(cell) for cell in _cells(row, address)])
    return "\ufeff" + out.getvalue()


def to_markdown(found: Sequence[Row], title: str, address: str) -> str:
    """A table that survives any cell."""
    lines = [f"# {title}", "", f"共 {len(found)} 条。", ""]
    lines += ["| " + " | ".join(_COLUMNS) + " |", "|" + " --- |" * len(_COLUMNS)]
    for row in found:
        cells = [_markdown_cell(str(cell)) for cell in _cells(row, address)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cells(row: Row, address: str) -> list[str | int]:
    passage = row.passage
    facts = [
        "；".join(row.values(kind))
        for kind in ("date", "place", "organisation", "document", "figure")
    ]
    link = f"{address}/notice/{passage.notice_id}#{passage.id}"
    return [
        passage.id, passage.title, row.subject, passage.text, *facts, passage.start, passage.end, link
    ]  # fmt: skip


def _harmless(cell: str | int) -> str | int:
    """Spreadsheets run what begins like a formula; an apostrophe makes it text."""
    if isinstance(cell, str) and cell.lstrip().startswith(_RISKY):
        return f"'{cell}"
    return cell


def _markdown_cell(text: str) -> str:
    escaped = re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)
    return escaped.replace("\r", "").replace("\n", "<br>")
