"""``python -m eval forms``: the shipped notice in the forms that offices use, and what is read of each.

Its findings and measures are taken apart and printed anew with other numberings, labels, levels
and layouts. Of each form the table says how many findings and measures are recognised of how
many there are, how many of these have other words than were put in, and how many lines
ended in no passage.
"""

import argparse
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from random import Random

from index import sources
from index.lines import half_width
from index.markers import ORDINALS, opener
from index.notice import Finding, Notice, parse
from index.passages import cut

_ENDS = "。;；，,.、 \t\r\n\u3000"
_GROUPED_BY = 8
_IN_TURN = ("首先,", "其次,", "再次,", "最后,")
_TITLE = "中共许昌市民政局党组关于巡察整改情况的通报"
_TAIL = "下一步,将继续跟踪问效,防止问题反弹。"
_LABELS = ("整改落实情况:", "整改措施及成效:", "整改进展:", "整改:", "整改成效:", "具体措施:")
_ORGANISATION = (
    "一、整改工作组织情况",
    "(一)提高政治站位。局党组召开会议,传达反馈意见。",
    "(二)压实整改责任。成立领导小组,逐项明确责任。",
)


@dataclass(frozen=True, slots=True)
class Item:
    """A finding without its numbering: its title, and measures or else prose."""

    title: str
    measures: tuple[str, ...]
    prose: str


@dataclass(frozen=True, slots=True)
class Base:
    """The shipped notice taken apart."""

    preface: tuple[str, ...]
    items: tuple[Item, ...]
    steps: tuple[str, ...]
    closing: tuple[str, ...]


Numbering = Callable[[int], str]


def _spoken(count: int) -> str:
    return f"{ORDINALS[count - 1]}是"


@dataclass(frozen=True, slots=True)
class Style:
    """How a form prints a notice; the shipped notice is the default.

    ``head`` and ``mark`` number findings and measures from 1; where there are more than
    ``most``, measures are 一是, 二是 …. ``groups`` heads every eight
    findings with (一); ``restart`` begins their numbers anew. ``kept`` stand under the title,
    ``after`` under the measures.
    """

    head: Numbering = lambda count: f"{count}."
    mark: Numbering = _spoken
    most: int = 99
    title: Callable[[str], str] = lambda title: f"{title}。"
    label: Numbering = lambda count: "整改情况:"
    between: str = "\n"
    after_label: str = ""
    spread: bool = False
    groups: bool = False
    restart: bool = False
    sections: tuple[str, str] = ("一、整改落实情况", "二、下一步工作安排")
    organised: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    kept: Callable[[int], tuple[str, ...]] = lambda count: ()
    after: Callable[[int], tuple[str, ...]] = lambda count: ()
    lead: str = ""
    end: str = "\n"
    whole: Callable[[str], str] = lambda text: text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read of one form."""

    form: str
    findings: int
    findings_there: int
    measures: int
    measures_there: int
    changed: int
    left_out: int
    reading: str


def base(notice: Notice) -> Base:
    """Take a notice apart; the pieces hold no numbering and no final mark."""
    text = {section.id: notice.text[section.start : section.end] for section in notice.sections}
    return Base(
        preface=tuple(text["preface"].splitlines()),
        items=tuple(_item(notice, finding) for finding in notice.findings),
        steps=tuple(_unmarked(words) for name, words in text.items() if name.startswith("next.")),
        closing=tuple(text["contact"].splitlines()),
    )


def _item(notice: Notice, finding: Finding) -> Item:
    measures = tuple(_unmarked(notice.text[m.start : m.end]) for m in finding.measures)
    prose = "" if measures else notice.text[finding.body_start : finding.end].strip(_ENDS)
    return Item(finding.title, measures, prose)


def _unmarked(words: str) -> str:
    marker = opener(half_width(words))
    return words[marker.end if marker else 0 :].strip(_ENDS)


def printed(base: Base, style: Style) -> str:
    """The notice in one form."""
    lines = [*style.header, *base.preface, *style.organised, *_headed(style.sections[0])]
    for count, item in enumerate(base.items, start=1):
        group, place = divmod(count - 1, _GROUPED_BY)
        if style.groups and not place:
            lines.append(f"({ORDINALS[group]}){'党的建设' if group else '政治建设'}方面")
        lines.append(_printed_item(item, count, place + 1 if style.restart else count, style))
    lines += _headed(style.sections[1].replace("{after}", ORDINALS[len(base.items)]))
    lines += [f"{count}.{step}。" for count, step in enumerate(base.steps, start=1)]
    return style.whole(style.end.join([*lines, *base.closing]).replace("\n", style.end))


def _headed(heading: str) -> list[str]:
    return [heading] if heading else []


def _printed_item(item: Item, count: int, number: int, style: Style) -> str:
    head = f"{style.head(number)}{style.title(item.title)}"
    kept = "".join(f"\n{line}" for line in style.kept(count))
    label = style.label(count)
    joined = "\n" if style.spread else ""
    mark = style.mark if len(item.measures) <= style.most else _spoken
    marks = [f"{mark(order)}{words}。" for order, words in enumerate(item.measures, start=1)] or [
        f"{item.prose}。"
    ]
    body = f"{style.lead}{joined.join(marks)}"
    after = "".join(f"\n{line}" for line in style.after(count))
    between = style.between if label else style.between or "\n"
    return f"{head}{kept}{between}{label}{style.after_label}{body}{after}"


def _han(pattern: str) -> Numbering:
    return lambda count: pattern.format(ORDINALS[count - 1])


def _figure(pattern: str) -> Numbering:
    return lambda count: pattern.format(count)


def _about(title: str) -> str:
    return f"关于{title}的问题"


def _state(count: int) -> str:
    return ("已完成", "正在推进", "长期坚持")[count % 3]


def _in_turn(count: int) -> str:
    return _IN_TURN[count - 1]


def _one_line(text: str) -> str:
    return text.replace("\n", "")


def _full_width(text: str) -> str:
    return text.translate(str.maketrans(",:;()", "，：；（）"))


def _bracketed(text: str) -> str:
    return re.sub(r"(?m)^(整改情况):", r"【\1】", text)


def styles() -> dict[str, Style]:
    """Every form by its name; the first is the shipped notice itself."""
    plain = Style()
    shown = ORDINALS
    about = replace(plain, title=_about)
    lines = replace(plain, spread=True, after_label="\n")
    one_line = replace(plain, whole=_one_line)
    as_group = replace(about, head=_han("({})"))
    as_section = replace(
        plain,
        head=_han("{}、"),
        title=lambda title: f"关于{title}问题的整改情况",
        label=lambda _: "",
        sections=("", "{after}、下一步工作安排"),
    )
    return {
        "as it is printed": plain,
        "full-width marks": replace(plain, whole=_full_width),
        "CRLF, blank lines, indents": replace(plain, end="\r\n\r\n\u3000\u3000"),
        "header and title before it": replace(
            plain, header=("首页 > 信息公开", _TITLE, "来源:本站 发布时间:2024-12-31")
        ),
        "1、 for 1.": replace(plain, head=_figure("{}、")),
        "titles 关于…的问题": about,
        "labels of six kinds": replace(plain, label=lambda n: _LABELS[n % len(_LABELS)]),
        "label in 【】": replace(plain, whole=_bracketed),
        "label on a line of its own": replace(plain, after_label="\n"),
        "no label, body on the next line": replace(plain, label=lambda _: ""),
        "title, label and body on one line": replace(plain, between=""),
        "organisation section first": replace(
            plain,
            organised=_ORGANISATION,
            sections=("二、反馈问题整改落实情况", "三、下一步工作安排"),
        ),
        "第一部分 … for 一、": replace(
            plain, sections=("第一部分 整改落实情况", "第二部分 下一步工作安排")
        ),
        "groups (一), numbers go on": replace(plain, groups=True),
        "groups (一), numbers start anew": replace(plain, groups=True, restart=True),
        "groups, organisation section": replace(
            about,
            groups=True,
            restart=True,
            organised=_ORGANISATION,
            sections=("二、反馈问题整改落实情况", "三、下一步工作安排"),
        ),
        "measures (1)": replace(plain, mark=_figure("({})")),
        "measures (1) on lines": replace(lines, mark=_figure("({})")),
        "measures 1)": replace(plain, mark=_figure("{})")),
        "measures 1. behind the label": replace(plain, mark=_figure("{}.")),
        "measures 1. on lines, findings 1.": replace(lines, mark=_figure("{}.")),
        "measures ①": replace(plain, mark=lambda n: chr(0x245F + n)),
        "measures 一是 on lines": lines,
        "measures 首先 其次": replace(plain, mark=_in_turn, most=len(_IN_TURN)),
        "measures 一要": replace(plain, mark=_han("{}要")),
        "measures 其一": replace(plain, mark=_han("其{},")),
        "measures 第一,": replace(plain, mark=_han("第{},")),
        "measures 措施一: on lines": replace(lines, mark=_han("措施{}:")),
        "measures (一) on lines": replace(lines, mark=_han("({})")),
        "measures as prose": replace(plain, mark=lambda _: ""),
        "three levels (一) 1. 1)": replace(
            lines,
            groups=True,
            restart=True,
            mark=_figure("{})"),
            label=lambda _: "",
            after_label="",
        ),
        "findings (一), measures 一是": as_group,
        "findings (一), measures 1. on lines": replace(
            as_group, spread=True, after_label="\n", mark=_figure("{}.")
        ),
        "findings (一), measures 1., no label": replace(
            as_group,
            title=lambda title: title,
            spread=True,
            mark=_figure("{}."),
            label=lambda _: "",
        ),
        "findings 一、关于…, measures 一是": as_section,
        "findings 一、关于…, measures (一)": replace(as_section, spread=True, mark=_han("({})")),
        "findings 一、, measures 1.": replace(as_section, spread=True, mark=_figure("{}.")),
        "问题一: and 整改情况:": replace(plain, head=lambda n: f"问题{shown[n - 1]}:"),
        "问题1: without groups": replace(plain, head=_figure("问题{}:")),
        "问题: without a number": replace(plain, head=lambda _: "问题:"),
        "1.问题1:": replace(plain, head=lambda n: f"{n}.问题{n}:"),
        "【问题】【整改措施】【完成情况】": replace(
            plain,
            head=lambda _: "【问题】",
            label=lambda _: "【整改措施】",
            after=lambda n: (f"【完成情况】{_state(n)}",),
        ),
        "问题: / 整改措施: / 完成情况:": replace(
            plain,
            head=lambda _: "问题:",
            label=lambda _: "整改措施:",
            after=lambda n: (f"完成情况:{_state(n)}",),
        ),
        "**bold** titles": replace(plain, head=_figure("**{}."), title=lambda t: f"{t}。**"),
        "完成情况: before the label": replace(plain, kept=lambda n: (f"完成情况:{_state(n)}",)),
        "完成情况: after the measures": replace(plain, after=lambda n: (f"完成情况:{_state(n)}",)),
        "责任领导: and 整改时限: beside": replace(
            plain, kept=lambda _: ("责任领导:某某", "责任单位:办公室", "整改时限:2024年12月底")
        ),
        "state in brackets after the title": replace(
            plain, title=lambda title: f"{title}。(已完成)"
        ),
        "该问题已完成整改。一是": replace(plain, lead="该问题已完成整改。"),
        "title runs into 一是": replace(plain, label=lambda _: "", between="\u200b"),
        "a paragraph after the last measure": replace(plain, after=lambda _: (_TAIL,)),
        "totals above the findings": replace(
            plain,
            sections=(
                "一、整改落实情况\n截至目前,39项问题已完成整改36项,长期坚持3项。",
                "二、下一步工作安排",
            ),
        ),
        "the whole notice on one line": one_line,
        "one line, groups start anew": replace(one_line, groups=True, restart=True),
        "one line, measures (1)": replace(one_line, mark=_figure("({})")),
        "one line, findings (一), measures 1.": replace(
            one_line, head=_han("({})"), title=_about, mark=_figure("{}.")
        ),
        "one line, findings 一、关于…": replace(
            as_section, title=lambda t: f"关于{t}问题的整改情况。", whole=_one_line
        ),
        "table: 序号 问题 措施 状态": replace(
            plain,
            sections=("一、整改落实情况\n序号\t反馈问题\t整改措施\t完成情况", "二、下一步工作安排"),
            head=_figure("{}\t"),
            title=lambda title: title,
            between="\t",
            label=lambda _: "",
            after=lambda n: (f"\v{_state(n)}",),
            whole=lambda text: text.replace("\n\v", "\t"),
        ),
    }


def drawn(count: int) -> dict[str, Style]:
    """Combinations of head, measure, title, label, group and layout, the same ones each time.

    Left out is what no reader could tell: one numbering for findings and unlabelled measures.
    """
    heads = {"1.": _figure("{}."), "1、": _figure("{}、"), "(一)": _han("({})"), "一、": _han("{}、"),
             "问题一:": _han("问题{}:"), "(1)": _figure("({})")}  # fmt: skip
    marks = {"一是": _spoken, "(1)": _figure("({})"), "1)": _figure("{})"), "1.": _figure("{}."),
             "①": lambda n: chr(0x245F + n), "(一)": _han("({})"), "首先": _in_turn,
             "一要": _han("{}要")}  # fmt: skip
    titles: dict[str, Callable[[str], str]] = {
        "甲。": lambda t: f"{t}。", "甲": lambda t: t, "关于甲的问题": _about,
        "关于甲的问题。": lambda t: f"{_about(t)}。",
    }  # fmt: skip
    labels = {"label": ("整改情况:", ""), "label alone": ("整改情况:", "\n"), "no label": ("", "")}
    every = list(product(heads, marks, titles, labels, (False, True), (0, 1, 2), (False, True)))
    found: dict[str, Style] = {}
    for head, mark, title, label, spread, groups, run_on in Random(1).sample(every, len(every)):
        same = head == mark or (head in ("1.", "1、") and mark == "1." and label == "no label")
        unmarked = run_on and label == "no label" and not title.endswith("。")
        if len(found) == count or same or unmarked or (groups and head in ("(一)", "一、")):
            continue
        printed_label, after_label = labels[label]
        style = Style(
            head=heads[head],
            mark=marks[mark],
            title=titles[title],
            label=_always(printed_label),
            after_label=after_label,
            spread=spread,
            groups=groups > 0,
            restart=groups > 1,
            whole=_one_line if run_on else str,
            most=len(_IN_TURN) if mark == "首先" else 99,
        )
        if head == "一、":
            style = replace(style, sections=("", "{after}、下一步工作安排"))
        layout = f"{'on lines' if spread else 'inline'}, groups {groups}"
        name = f"{head} {title}, {label}, {mark} {layout}{', one line' if run_on else ''}"
        found[name] = style
    return found


def _always(words: str) -> Numbering:
    return lambda _: words


def outcome(name: str, base: Base, style: Style) -> Outcome:
    """Print a form, read it and compare."""
    text = printed(base, style).replace("\u200b", "")
    notice = parse(text, "form")
    there = [] if "prose" in name else [item.measures for item in base.items]
    wanted = [(item.title, there[at] if there else ()) for at, item in enumerate(base.items)]
    return Outcome(
        form=name,
        findings=len(notice.findings),
        findings_there=len(wanted),
        measures=sum(len(finding.measures) for finding in notice.findings),
        measures_there=sum(len(measures) for _, measures in wanted),
        changed=_changed(notice, wanted),
        left_out=_left_out(notice),
        reading=notice.reading,
    )


def _changed(notice: Notice, wanted: Sequence[tuple[str, Sequence[str]]]) -> int:
    """Titles and measures whose words are not those put in; a missing one is not counted."""
    changed = 0
    for finding, (title, measures) in zip(notice.findings, wanted, strict=False):
        changed += half_width(title) not in half_width(finding.title)
        changed += len(finding.title) > len(title) + 11
        for measure, words in zip(finding.measures, measures, strict=False):
            quote = half_width(_unmarked(notice.text[measure.start : measure.end]))
            own = _squeezed(quote).removesuffix(_squeezed(_TAIL))
            changed += _squeezed(own) != _squeezed(words)
    return changed


def _squeezed(words: str) -> str:
    return "".join(half_width(words).split()).strip("。;,")


def _left_out(notice: Notice) -> int:
    """Lines outside all passages that are no headings."""
    covered = bytearray(len(notice.text))
    passages = cut(notice)
    for passage in passages:
        covered[passage.start : passage.end] = b"\1" * (passage.end - passage.start)
    first = min(passage.start for passage in passages)
    left = "".join(
        c if not covered[at] else "\n" for at, c in enumerate(notice.text) if at >= first
    )
    lines = [line.strip() for line in left.splitlines() if line.strip()]
    return sum(opener(half_width(line)) is None or len(line) > 60 for line in lines)


def outcomes(forms: dict[str, Style]) -> Iterator[Outcome]:
    """What is read of the shipped notice in every form."""
    path = sources.shipped_files()[0]
    taken_apart = base(parse(path.read_text("utf-8"), "shipped"))
    for name, style in forms.items():
        yield outcome(name, taken_apart, style)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--drawn", type=int, default=0, metavar="N", help="N combinations drawn at random instead"
    )
    parser.add_argument(
        "--write", type=Path, metavar="FOLDER", help="also write every form there as a .txt file"
    )


def main(arguments: argparse.Namespace) -> int:
    found = list(outcomes(drawn(arguments.drawn) if arguments.drawn else styles()))
    if arguments.write:
        _write(arguments.write)
    if arguments.json:
        for one in found:
            print(json.dumps({n: getattr(one, n) for n in Outcome.__slots__}, ensure_ascii=False))
    else:
        print(table(found))
    return 0


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = sources.shipped_files()[0]
    taken_apart = base(parse(path.read_text("utf-8"), "shipped"))
    for count, style in enumerate(styles().values(), start=1):
        text = printed(taken_apart, style).replace("\u200b", "")
        (folder / f"form-{count:02d}.txt").write_text(text, "utf-8", newline="")


def table(found: Sequence[Outcome]) -> str:
    """The outcomes as a Markdown table, the totals last."""
    rows = [
        f"| {one.form} | {one.findings} / {one.findings_there} |"
        f" {one.measures} / {one.measures_there} | {one.changed} | {one.left_out} |"
        for one in found
    ]
    whole = sum(
        (one.findings, one.measures, one.changed, one.left_out)
        == (one.findings_there, one.measures_there, 0, 0)
        for one in found
    )
    return "\n".join(
        [
            "| form | findings | measures | other words | lines left out |",
            "|---|---|---|---|---|",
            *rows,
            f"| whole: {whole} of {len(found)} | | | {sum(o.changed for o in found)} |"
            f" {sum(o.left_out for o in found)} |",
        ]
    )
