"""Lists by what the notice's structure tells: dates, rhythm, titles, figures, what was done.

Each rule takes the question read, the catalogue and the profile, and gives a listing or None.
"""

from collections.abc import Sequence

from assistant import list_asks
from assistant.list_asks import Asked
from assistant.list_items import (
    NEARLY,
    Catalogue,
    Listing,
    Profile,
    covered,
    facts_of,
    gathered,
    general,
    items,
    sign,
    subject_words,
    terms_in,
    titled,
)
from assistant.signs import signs
from assistant.words import matching_form
from index import chinese, dates
from index.extraction import Fact
from index.passages import Passage


def by_structure(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """Findings in one piece (没分一是二是、只有一段话的)."""
    if not (asked.firm and sign("structure", "undivided").search(asked.text)):
        return None
    rows = tuple(row for row, p in items(known) if p.kind == "finding")
    return Listing("不分条的", "structure", rows)


def by_status(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """Findings by how far they are, where the notice prints it before what was done."""
    if not (asked.asks & {"which", "command", "count", "open"}):
        return None
    for name, words in signs("lists")["status"].items():
        if not sign("status", name, "asked").search(asked.text):
            continue
        printed = sign("status", name, "printed")
        rows = [
            row
            for row, p in enumerate(known.passages)
            if p.kind == "finding" and printed.search(_standing(known.folded[row]))
        ]
        if rows:
            return Listing(words["printed"][0], "status", tuple(rows))
    return None


def _standing(text: str) -> str:
    """The short second line of a finding (完成情况:已完成), blank when it has none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[1] if len(lines) > 2 and len(lines[1]) < 40 else ""


def by_title(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """Findings whose title holds a word (问题名称里带养老的)."""
    if not (asked.asks and sign("structure", "title").search(asked.text)):
        return None
    for word in (*asked.quoted, *asked.rest):
        rows = titled(known, [word])
        if rows:
            return Listing(word, "title", tuple(rows))
    return None


def by_measures(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """All measures of the one finding that a question names by its subject."""
    if "measures" not in asked.asks or asked.mention:
        return None
    finding = str(asked.finding) if asked.finding else _one_finding(asked, known)
    title = next((p.title for p in known.passages if p.group == finding), None)
    if finding is None or title is None:
        return None
    return Listing(title, "measures", measures(known, finding))


def _one_finding(asked: Asked, known: Catalogue) -> str | None:
    """The finding whose title says what a question says and nothing of it is left over."""
    for parts in (asked.rest, asked.rest_replaced):
        words = [half for part in parts for half in (list_asks.halves(part) if part else ())]
        if not words or sum(map(len, words)) < 2:
            continue
        scores = {
            passage.group: min(covered(word, known.titles[row]) for word in words)
            for row, passage in enumerate(known.passages)
            if passage.kind == "finding"
        }
        best = sorted(scores, key=lambda group: -scores[group])[:2]
        if not best or scores[best[0]] < NEARLY or _names_a_place(words, known):
            continue
        if len(best) == 1 or scores[best[0]] > scores[best[1]]:
            return best[0]
    return None


def _names_a_place(words: Sequence[str], known: Catalogue) -> bool:
    """魏都区的适老化 is not all that a finding says."""
    places = {fact.value for facts in known.facts for fact in facts if fact.kind == "place"}
    return any(place in word or place[:-1] in word for place in places for word in words)


def measures(known: Catalogue, finding: str) -> tuple[int, ...]:
    """Rows of all measures of a finding, or of the finding itself when it has none."""
    return tuple(row for row, p in enumerate(known.passages) if p.group == finding and p.finest)


def by_frequency(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """What recurs: 每月都要做的, 天天都得干的."""
    if not (asked.asks & {"which", "command", "open"} or asked.firm):
        return None
    for name, words in signs("lists")["frequency"].items():
        if not sign("frequency", name, "asked").search(asked.text):
            continue
        printed = sign("frequency", name, "printed")
        rows = tuple(row for row, _ in items(known) if printed.search(known.folded[row]))
        return Listing(words["asked"][0], "frequency", _narrowed(rows, asked, known, profile, name))
    return None


def _narrowed(
    rows: tuple[int, ...], asked: Asked, known: Catalogue, profile: Profile | None, name: str
) -> tuple[int, ...]:
    """Of recurring things those of the subject that the question names besides, if any."""
    free = [part for part in asked.rest if not sign("frequency", name, "asked").search(part)]
    words = subject_words(free, profile)
    if not words:
        return rows
    groups = {known.passages[row].group for row in titled(known, words)}
    return tuple(
        row
        for row in rows
        if known.passages[row].group in groups or any(word in known.folded[row] for word in words)
    )


def by_date(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """What falls into a day, a month or a stretch of time.

    The preface and the signature are no items of a month that they merely span: they are
    listed when one of their dates begins or ends in it.
    """
    days = [day for day in dates.asked(asked.text, known.issued) if day.grain != "year"]
    if not days or not asked.asks or not _spoken_of(asked, known):
        return None
    exact = bool(sign("structure", "divided_day").search(asked.text))
    pairs = [
        (row, fact)
        for row, fact in facts_of(known, "date")
        if any(_counts_in(known.passages[row], fact, day, exact=exact) for day in days)
    ]
    listing = gathered("、".join(dates.words_of(day.interval) for day in days), "date", pairs)
    return _of_subject(listing, asked, known, profile)


def _spoken_of(asked: Asked, known: Catalogue) -> bool:
    """Whether what an open question says besides the date is something the notice speaks of."""
    if asked.firm or asked.foreign:
        return True
    pairs = [part[i : i + 2] for part in asked.rest for i in range(len(part) - 1)]
    return not pairs or any(pair in text for pair in pairs for text in known.folded)


def _counts_in(passage: Passage, fact: Fact, day: dates.Dated, *, exact: bool) -> bool:
    if not dates.falls_in(fact.value, day.interval, any_year=day.any_year):
        return False
    if exact and not all(len(end) == 10 for end in fact.value.split("/")):
        return False
    if passage.kind != "section" and not exact:
        return True
    ends = fact.value.split("/")
    return len(ends) == 1 or any(
        dates.falls_in(end, day.interval, any_year=day.any_year) for end in ends
    )


def _of_subject(
    listing: Listing, asked: Asked, known: Catalogue, profile: Profile | None
) -> Listing:
    """Of a dated list those about the subject or place that the question names besides."""
    words = subject_words(asked.rest, profile) or terms_in(asked.rest, known)
    kept = [
        row
        for row in listing.rows
        if any(word in known.folded[row] or word in known.titles[row] for word in words)
    ]
    if not words or not kept:
        return listing
    facts = tuple(
        f
        for f in listing.facts
        if any(known.passages[r].start <= f.start < known.passages[r].end for r in kept)
    )
    return Listing(f"{listing.criterion}、{words[0]}", "date", tuple(kept), facts)


def by_figure(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """The figures given for a subject: in findings titled so, else beside its name."""
    if "figures" not in asked.asks:
        return None
    words = [half for part in asked.rest for half in list_asks.halves(part)]
    words = [word for word in [*words, *asked.terms] if word not in general()]
    words = [w for w in dict.fromkeys(words) if any(w in text for text in known.folded)]
    if not words:
        return None
    groups = {known.passages[row].group for row in titled(known, words)}
    pairs = [
        (row, fact)
        for row, fact in facts_of(known, "figure")
        if known.passages[row].group in groups or _beside(known.passages[row], fact, words)
    ]
    return gathered("、".join(words[:3]), "figure", pairs)


def _beside(passage: Passage, fact: Fact, words: Sequence[str]) -> bool:
    """Whether a figure stands in a clause that names the subject."""
    text = matching_form(passage.text)
    place = fact.start - passage.start
    return any(
        start <= place < end and any(word in text[start:end] for word in words)
        for start, end in chinese.clauses(passage.text)
    )


def by_action(asked: Asked, known: Catalogue, profile: Profile | None) -> Listing | None:
    """Measures by what they do to people (对干部作出处理的)."""
    if not (asked.asks & {"which", "command", "count", "open"}):
        return None
    for name, words in signs("lists")["actions"].items():
        if sign("actions", name, "asked").search(asked.text):
            printed = sign("actions", name, "printed")
            rows = tuple(
                row
                for row, p in items(known)
                if p.kind != "section" and printed.search(known.folded[row])
            )
            return Listing(words["name"], "action", rows)
    return None
