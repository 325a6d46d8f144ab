"""One line an operator can read out: at most 60 characters, about 15 seconds, quoted not retold."""

import re

from assistant.answer import Answer, Citation

LONGEST = 60
_CLAUSE = re.compile(r"[^，,。；;！!？?\n]+[，,。；;！!？?\n]*")
_MARKER = re.compile(r"^[一二三四五六七八九十]+是")
_ENDS = "，,。；;！!？?：:、 \n"
_PLACES = {"preface": "通报开头", "contact": "通报末尾", "next": "通报的下一步安排"}
_LACKING = {
    "amount_not_stated": "通报没有写具体金额。",
    "place_not_stated": "通报没有写具体地点。",
    "phone_not_stated": "通报没有写这个电话。",
    "time_not_stated": "通报没有写具体时间。",
    "personal_data": "通报里没有个人信息。",
    "false_premise": "通报不是这样写的，请看下面的原文。",
}


def aloud(answer: Answer, phone: str | None) -> str:
    """What to say for an answer; where the notice is silent, whom to ask if that still fits."""
    if answer.status == "answered" and answer.citations:
        return quoted(answer.citations[0])
    lead = answer.text.strip().partition("\n")[0].strip()
    if not lead or len(lead) > LONGEST:
        lead = _LACKING.get(answer.reason or "") or _first_sentence(lead) or _silent(answer.status)
    if not phone or phone in lead or answer.status != "not_stated":
        return lead
    with_phone = f"{lead}可打通报上的电话{phone}询问。"
    return with_phone if len(with_phone) <= LONGEST else lead


def quoted(citation: Citation) -> str:
    """Where it stands, then the clauses around the answering words, word for word."""
    opening = f"{spoken_place(citation.id)}写明："
    start, end = _best_clauses(citation, LONGEST - len(opening) - 1)
    words = citation.quote[start:end].strip(_ENDS)
    words = _MARKER.sub("", words) or words
    return f"{opening}{words}。"


def spoken_place(identifier: str) -> str:
    """``…/37.2`` as 通报第37项."""
    first = identifier.rpartition("/")[2].partition(".")[0]
    return f"通报第{first}项" if first.isdigit() else _PLACES.get(first, "通报")


def _silent(status: str) -> str:
    return "通报没有写这一点。" if status == "not_stated" else "这件事不在这份通报里。"


def _first_sentence(text: str) -> str:
    """The first sentences that fit, or nothing."""
    said = ""
    for sentence in re.findall(r"[^。！？!?]+[。！？!?]*", text):
        if len(said + sentence) > LONGEST:
            break
        said += sentence
    return said


def _best_clauses(citation: Citation, room: int) -> tuple[int, int]:
    """Neighbouring clauses with the most answering words; one long clause is cut to the room."""
    clauses = [match.span() for match in _CLAUSE.finditer(citation.quote)]
    spans = [(a - citation.start, b - citation.start) for a, b in citation.highlights]

    def answering(start: int, end: int) -> int:
        return sum(max(0, min(end, b) - max(start, a)) for a, b in spans)

    fitting = [
        (start, end)
        for place, (start, _) in enumerate(clauses)
        for _, end in clauses[place:]
        if end - start <= room
    ]
    cut = [(start, min(end, start + room)) for start, end in clauses]
    whole = (0, min(room, len(citation.quote)))
    return max(fitting + cut, key=lambda span: (answering(*span), span[1] - span[0]), default=whole)
