"""Lists and counts answered from the structure: complete, in the order of the notice.

"11月份开展了哪些活动", "印发了哪些文件", "涉及魏都区的有哪些", "养老方面有几条": every passage
that meets the criterion is an item, never the best few of a search. A question that asks no
list (yes or no, one thing, one figure) gets none.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant import list_asks
from assistant.list_asks import Asked
from assistant.list_documents import by_document
from assistant.list_items import Catalogue, Listing, Profile, Subject, catalogue
from assistant.list_names import by_name, by_subject, by_term
from assistant.list_rules import (
    by_action,
    by_date,
    by_figure,
    by_frequency,
    by_measures,
    by_status,
    by_structure,
    by_title,
    measures,
)
from assistant.understand import Understood

__all__ = [
    "Catalogue",
    "Listing",
    "Profile",
    "Subject",
    "catalogue",
    "listed",
    "measures",
]

MOST = 40  # what more passages hold is too common to list by

_Rule = Callable[[Asked, Catalogue, Profile | None], Listing | None]
# In the order they are tried: the first that finds anything is the list.
_RULES: tuple[_Rule, ...] = (
    by_structure,
    by_status,
    by_title,
    by_document,
    by_figure,
    by_frequency,
    by_measures,
    by_date,
    by_action,
    by_name,
    by_subject,
    by_term,
)


def listed(
    understood: Understood,
    known: Catalogue,
    profile: Profile | None = None,
    *,
    within: Sequence[int] | None = None,
) -> Listing | None:
    """The list or count a question asks for; None when it asks for none or nothing meets it.

    ``within`` are the rows of an earlier list: the question then needs no more than a
    criterion (养老的呢), and only what stands in that list is listed.
    """
    asked = list_asks.read(understood)
    if within is not None:
        asked = replace(asked, asks=asked.asks | {"which"})
    if not asked.asks:
        return None
    rules = (by_measures,) if asked.finding else _RULES
    for rule in rules:
        found = rule(asked, known, profile)
        if found is None or not found.rows:
            continue
        rows = found.rows if within is None else _inside(found.rows, within, known)
        if not 0 < len(rows) <= MOST:
            return None
        return Listing(found.criterion, found.kind, rows, found.facts, asked.counted)
    return None


def _inside(rows: Sequence[int], within: Sequence[int], known: Catalogue) -> tuple[int, ...]:
    """Rows of a list that stand in an earlier one; a whole finding holds its measures."""
    kept = set(within)
    whole = {known.passages[row].group for row in within if known.passages[row].kind == "finding"}
    parts = {known.passages[row].group for row in within}
    found: dict[int, None] = {}
    for row in rows:
        passage = known.passages[row]
        if row in kept or (passage.kind == "measure" and passage.group in whole):
            found[row] = None
        elif passage.kind == "finding" and passage.group in parts:
            found.update(
                dict.fromkeys(r for r in within if known.passages[r].group == passage.group)
            )
    return tuple(sorted(found))
