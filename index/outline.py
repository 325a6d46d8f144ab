"""How the numbered lines of a notice nest, and which of them are its findings.

Offices number in every order: (一) above 1. or 1. above (一), 1. within 1. … So the levels are
read off the whole text: a series that starts anew under each member of another lies inside it,
one that goes on lies beside or above. Findings are the series whose members are followed by
整改情况:, whose titles name a defect, or that is as long as the notice announces.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from index.cues import (
    ABOUT,
    BODY_LABEL,
    NEXT_STEPS,
    ORGANISATION,
    a_remedy,
    about_a_defect,
    announced,
    kept_beside,
    labelled,
    state_span,
)
from index.lines import HEADING_LENGTH, Line
from index.markers import Kind, Marker, opener

_FINDING_KINDS: tuple[Kind, ...] = (
    "item", "problem", "section", "group", "bracket", "half", "circle", "ordinal",
)  # fmt: skip
_HEADING_KINDS = ("part", "section", "group")
# Weights of what speaks for a series: set by hand, so that one clear sign outweighs the rest.
_LABELLED, _DEFECTS, _ANNOUNCED, _REMEDIES, _HAS_BODY, _USUAL = 4.0, 2.0, 3.0, -2.0, 0.5, 0.5
_TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Node:
    """A numbered line and what lies under it: lines[line:end].

    ``above``: the nodes it lies in, outermost first. ``behind_label``: it follows 整改情况: on
    its line, so it is a measure.
    """

    marker: Marker
    line: int
    end: int
    above: tuple[int, ...]
    behind_label: bool = False

    @property
    def kind(self) -> Kind:
        return self.marker.kind

    @property
    def depth(self) -> int:
        return len(self.above)


@dataclass(frozen=True, slots=True)
class Reading:
    """Which nodes are findings; ``why`` is empty unless another series could have been."""

    findings: tuple[Node, ...]
    why: str


@dataclass(frozen=True, slots=True)
class _Series:
    """One candidate: the nodes of a kind that lie in no other of that kind."""

    kind: Kind
    nodes: tuple[Node, ...]
    sample: str
    labels: float
    defects: float
    remedies: float
    bodies: float
    announced: bool

    @property
    def score(self) -> float:
        usual = self.kind in ("item", "problem")
        return (
            _LABELLED * self.labels
            + _DEFECTS * self.defects
            + _ANNOUNCED * self.announced
            + _REMEDIES * self.remedies
            + _HAS_BODY * self.bodies
            + _USUAL * usual
        )

    @property
    def likely(self) -> bool:
        """Figures at line starts may always be findings; other series need a sign of it."""
        if self.kind in ("item", "problem"):
            return True
        signs = max(self.labels, self.defects)
        enough = 1 if self.kind in ("section", "group") else 2
        return signs >= 0.5 and len(self.nodes) >= enough and self.score > 0

    def reasons(self) -> str:
        found = []
        if self.announced:
            found.append(f"the notice announces {len(self.nodes)} problems")
        if self.labels >= 0.5:
            found.append("整改情况 or the like follows them")
        if self.defects >= 0.5:
            found.append("their titles name a defect")
        return ", ".join(found) or "their titles and bodies are more like findings"


# Nesting


def nest(lines: Sequence[Line]) -> list[Node]:
    """The numbered lines as a tree, in reading order."""
    nodes: list[Node] = []
    stack: list[int] = []
    last: dict[Kind, int] = {}
    for at, line in enumerate(lines):
        marker, behind = opener(line.flat), False
        if marker is None and (marker := _behind_label(line.flat)):
            behind = True
        if marker is None:
            continue
        above = [nodes[node] for node in stack]
        level = len(stack) if behind else _level(marker, above, lines, at, last)
        if level is None:
            continue
        for closed in stack[level:]:
            nodes[closed] = replace(nodes[closed], end=at)
        stack = [*stack[:level], len(nodes)]
        nodes.append(Node(marker, at, len(lines), tuple(stack[:-1]), behind))
        last[marker.kind] = marker.number
    return nodes


def _behind_label(flat: str) -> Marker | None:
    """A first marker that follows a label on its line: 整改情况:1.…"""
    label = BODY_LABEL.match(flat)
    inner = opener(flat[label.end() :]) if label else None
    if label is None or inner is None or inner.number != 1:
        return None
    return replace(inner, start=label.end() + inner.start, end=label.end() + inner.end)


def _level(
    marker: Marker, stack: Sequence[Node], lines: Sequence[Line], at: int, last: Mapping[Kind, int]
) -> int | None:
    """At which depth a marker goes on; len(stack) opens a new level, None is no marker."""
    same = [depth for depth, node in enumerate(stack) if node.kind == marker.kind]
    follows = [
        depth for depth in same if marker.number in (0, stack[depth].marker.number + 1)
    ]  # fmt: skip
    if follows:
        outer = heads_a_finding(lines, at) or _heads_a_group(lines, at)
        return follows[0] if outer else follows[-1]
    if marker.number <= 1:
        return _anew(same, stack, lines, at)
    jumps = [depth for depth in same if 0 < marker.number - stack[depth].marker.number <= 3]
    if jumps:
        return jumps[-1]
    if marker.kind == "item" and same:
        return same[-1]
    # A series may go on under the next heading: (一) 1. 2. (二) 3.
    goes_on = marker.number == last.get(marker.kind, 0) + 1
    return len(stack) if goes_on or marker.kind == "item" else None


def _anew(same: Sequence[int], stack: Sequence[Node], lines: Sequence[Line], at: int) -> int:
    """Where a series that starts at 1 belongs: inside what is open, or beside its like."""
    if not same:
        return len(stack)
    if heads_a_finding(lines, at) or _heads_a_group(lines, at):
        return same[-1]
    inside = same[-1] < len(stack) - 1 or _leads_in(lines, stack[-1].line, at)
    return len(stack) if inside else same[-1]


def _leads_in(lines: Sequence[Line], start: int, at: int) -> bool:
    """Whether a body has begun above a line, so that a series starting anew lies inside it."""
    return any(BODY_LABEL.search(line.flat) or line.flat.endswith(":") for line in lines[start:at])


def heads_a_finding(lines: Sequence[Line], at: int) -> bool:
    """Whether a label or a state of completion follows a line, or stands in it."""
    if BODY_LABEL.search(lines[at].flat):
        return True
    for line in lines[at + 1 : at + 6]:
        if labelled(line.flat) or state_span(line.flat):
            return True
        if not kept_beside(line.flat):
            break
    return False


def _heads_a_group(lines: Sequence[Line], at: int) -> bool:
    """Whether a short line without a sentence is followed by a numbering of another kind."""
    flat = lines[at].flat
    if len(flat) > HEADING_LENGTH or "。" in flat[:-1] or at + 1 >= len(lines):
        return False
    own, after = opener(flat), opener(lines[at + 1].flat)
    if own is None or after is None or own.kind not in _HEADING_KINDS:
        return False
    return after.kind in _FINDING_KINDS and after.kind != own.kind


# What sections are for


def title_of(lines: Sequence[Line], node: Node) -> str:
    """The words after a marker, up to a label or the end of the first sentence."""
    flat = lines[node.line].flat[node.marker.end :]
    label = BODY_LABEL.search(flat)
    cut = label.start() if label and flat[label.start() - 1 : label.start()] != "的" else len(flat)
    return flat[:cut].split("。")[0][:_TITLE_LENGTH].strip(" *:】]")


def holds_next_steps(lines: Sequence[Line], node: Node) -> bool:
    """Whether a top section tells what comes next."""
    heading = lines[node.line].flat
    return (
        node.depth == 0
        and node.kind in _HEADING_KINDS
        and bool(NEXT_STEPS.search(heading[:HEADING_LENGTH]))
        and not about_a_defect(title_of(lines, node))
    )


def tells_of_organisation(lines: Sequence[Line], nodes: Sequence[Node], node: Node) -> bool:
    """Whether a top section tells how the work was organised: it holds no findings."""
    heading = lines[node.line].flat
    if node.depth or node.kind not in _HEADING_KINDS or not ORGANISATION.search(heading[:80]):
        return False
    if (heading.endswith("落实情况") and "组织" not in heading) or ABOUT.search(heading):
        return False
    if about_a_defect(title_of(lines, node)):
        return False
    if any(labelled(line.flat) or state_span(line.flat) for line in lines[node.line : node.end]):
        return False
    inside = [n for n in nodes if node.line <= n.line < node.end]
    titles = [title_of(lines, n) for n in inside if n is not node] or [title_of(lines, node)]
    return 2 * sum(map(about_a_defect, titles)) < len(titles)


# Choosing


def choose(lines: Sequence[Line], nodes: Sequence[Node], apart: Callable[[Node], bool]) -> Reading:
    """The findings among the nodes; ``apart`` tells nodes of sections that hold none."""
    numbers = announced("".join(line.flat for line in lines)[:6000])
    series = [_series(kind, lines, nodes, apart, numbers) for kind in _FINDING_KINDS]
    likely = sorted((s for s in series if s.nodes and s.likely), key=lambda s: -s.score)
    if not likely:
        return Reading((), "")
    best = likely[0]
    others = [s for s in likely[1:] if len(s.nodes) > 1 and max(s.labels, s.defects) >= 0.5]
    why = ""
    if others:
        told = ", ".join(f"{s.sample} ({len(s.nodes)})" for s in others)
        why = f"findings are {best.sample} ({len(best.nodes)}), not {told}: {best.reasons()}"
    return Reading(best.nodes, why)


def _series(
    kind: Kind,
    lines: Sequence[Line],
    nodes: Sequence[Node],
    apart: Callable[[Node], bool],
    numbers: set[int],
) -> _Series:
    chosen = [
        node
        for node in nodes
        if node.kind == kind
        and not node.behind_label
        and not any(nodes[above].kind == kind or apart(nodes[above]) for above in node.above)
        and not apart(node)
    ]
    titles = [title_of(lines, node) for node in chosen]
    total = max(1, len(chosen))
    first = lines[chosen[0].line].flat if chosen else ""
    return _Series(
        kind=kind,
        nodes=tuple(chosen),
        sample=first[chosen[0].marker.start : chosen[0].marker.end].strip() if chosen else "",
        labels=sum(_has_label(lines, nodes, node) for node in chosen) / total,
        defects=sum(map(about_a_defect, titles)) / total,
        remedies=sum(a_remedy(title) and not about_a_defect(title) for title in titles) / total,
        bodies=sum(_has_body(lines, node) for node in chosen) / total,
        announced=len(chosen) > 1 and len(chosen) in numbers,
    )


def _has_label(lines: Sequence[Line], nodes: Sequence[Node], node: Node) -> bool:
    """Whether a label stands in the text of a node before anything numbered inside it."""
    inside = [n.line for n in nodes if node.line < n.line < node.end and n.kind in _FINDING_KINDS]
    end = min(inside, default=node.end)
    if BODY_LABEL.search(lines[node.line].flat):
        return True
    return any(labelled(line.flat) or state_span(line.flat) for line in lines[node.line + 1 : end])


def _has_body(lines: Sequence[Line], node: Node) -> bool:
    return node.end > node.line + 1 or "。" in lines[node.line].flat[:-1]
