"""An answer as people read it: one sentence, then the quotations as cards. HTML, escaped."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from assistant.answer import Answer, Citation
from assistant.words import matching_form
from index.notice import Notice
from web import languages
from web.contact import contact
from web.pages import fragment

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One quotation; ``quote`` has its answering words in ``<mark>``."""

    id: str
    label: str
    quote: Markup
    plain: str
    href: str


def turn_html(answer: Answer, notice: Notice, language: str, *, scripted: bool) -> Markup:
    """One question and its answer; ``scripted`` adds what needs a script."""
    t = languages.texts(language)
    cards = [card(citation) for citation in answer.citations]
    source = cards.pop() if answer.status == "not_stated" and _ends_in_contact(cards) else None
    return fragment(
        "turn.html",
        t=t,
        answer=answer,
        sentence=lead(answer) or t["bare"],
        contact_source=source,
        language=language,
        cards=cards[:SHOWN],
        more=cards[SHOWN:],
        notice=notice,
        contact=contact(notice),
        scripted=scripted,
        understood=answer.understood_as if _resolved(answer) else "",
    )


def failure_html(message: str, question: str, language: str) -> Markup:
    """In place of an answer: what went wrong, announced at once."""
    return fragment("failure.html", t=languages.texts(language), message=message, question=question)


def lead(answer: Answer) -> str:
    """The sentence of an answer, without the quotations that the cards show anyway.

    Blank when the answer had to be reduced to its bare quotations.
    """
    first = answer.text.strip().partition("\n")[0].strip()
    bare = any(first and first in citation.quote for citation in answer.citations)
    return "" if bare else first


def card(citation: Citation) -> Card:
    notice_id, _, short = citation.id.partition("/")
    return Card(
        id=short,
        label=citation.label,
        quote=marked(citation.quote, citation.highlights, citation.start),
        plain=citation.quote,
        href=notice_address(notice_id, short, citation.highlights),
    )


def notice_address(notice_id: str, short_id: str, spans: Iterable[tuple[int, int]] = ()) -> str:
    """Where the whole notice shows a passage, with the answering words marked."""
    marks = ",".join(f"{start}-{end}" for start, end in spans)
    query = f"?mark={marks}" if marks else ""
    return f"/notice/{notice_id}{query}#{short_id}"


def marked(text: str, spans: Sequence[tuple[int, int]], offset: int = 0) -> Markup:
    """``text`` escaped, with the spans (counted from ``offset``) in ``<mark>``."""
    pieces: list[Markup] = []
    place = 0
    for start, end in sorted(spans):
        start, end = max(start - offset, place), min(end - offset, len(text))
        if start >= end:
            continue
        pieces += [escape(text[place:start]), Markup("<mark>"), escape(text[start:end])]
        pieces.append(Markup("</mark>"))
        place = end
    pieces.append(escape(text[place:]))
    return Markup("").join(pieces)


def _ends_in_contact(cards: Sequence[Card]) -> bool:
    """Whether the notice's contact was added as the last quotation."""
    return len(cards) > 1 and cards[-1].id == "contact"


def _resolved(answer: Answer) -> bool:
    """Whether the question was read as another one than typed."""
    read, typed = (
        re.sub(r"[\W_]", "", matching_form(text))
        for text in (answer.understood_as, answer.question)
    )
    return bool(read) and read != typed
