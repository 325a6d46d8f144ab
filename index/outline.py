"""How the numbered lines of a notice nest, and which of them are its findings.

Offices number in every order: (一) above 1. or 1. above (一), 1. within 1. … So the levels are
read off the whole text: a series that starts anew under each member of another lies inside it,
one that goes on lies beside or above. Findings are the series whose members are followed by
整改情况:, whose titles name a defect, or that is as long as the notice announces.
"""

from collections.abc import Callable, Sequence
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
_CLOSE = 2.5
_TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Node:
    """A numbered line and what lies under it: lines[line:end]. ``above``: nodes it lies in."""

    marker: Marker
    line: int
    end: int
    above: tuple[int, ...]

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
    for at, line in enumerate(lines):
        marker = opener(line.flat)
        if marker is None:
            continue
        level = _level(marker, [nodes[node] for node in stack], lines, at)
        if level is None:
            continue
        for closed in stack[level:]:
            nodes[closed] = replace(nodes[closed], end=at)
        stack = [*stack[:level], len(nodes)]
        nodes.append(Node(marker, at, len(lines), tuple(stack[:-1])))
    return nodes


def _level(marker: Marker, stack: Sequence[Node], lines: Sequence[Line], at: int) -> int | None:
    """At which depth a marker goes on; len(stack) opens a new level, None is no marker."""
    same = [depth for depth, node in enumerate(stack) if node.kind == marker.kind]
    follows = [
        depth
        for depth in same
        if marker.number in (0, stack[depth].marker.number + 1)
    ]  # fmt: skip
    if follows:
        outer = heads_a_finding(lines, at) or _heads_a_group(lines, at)
        return follows[0] if outer else follows[-1]
    if marker.number <= 1:
        if same and not _leads_in(lines, stack[-1].line, at):
            return same[-1]
        return len(stack)
    jumps = [depth for depth in same if 0 < marker.number - stack[depth].marker.number <= 3]
    if jumps:
        return jumps[-1]
    if marker.kind == "item":
        return same[-1] if same else len(stack)
    return None


def _leads_in(lines: Sequence[Line], start: int, at: int) -> bool:
    """Whether a body has begun above a line, so that a series starting anew lies inside it."""
    if heads_a_finding(lines, at):
        return False
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
    flat = lines[at].flat
    if len(flat) > HEADING_LENGTH or "。" in flat[:-1] or at + 1 >= len(lines):
        return False
    after = opener(lines[at + 1].flat)
    return after is not None and after.kind in ("item", "problem")


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
    best, others = likely[0], [s for s in likely[1:] if len(s.nodes) > 1]
    close = [s for s in others if s.score > 0 and best.score - s.score < _CLOSE]
    why = ""
    if close:
        told = ", ".join(f"{s.sample} ({len(s.nodes)})" for s in close)
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
