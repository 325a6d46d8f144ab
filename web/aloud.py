"""One line an operator can read out: at most 60 characters, about 15 seconds, quoted not retold."""

from assistant import compose
from assistant.answer import Answer, Citation
from index.chinese import sentences

LONGEST = 60
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
    listed = answer.rule in ("list", "overview")
    if answer.status == "answered" and answer.citations and not listed:
        return quoted(answer.citations[0])
    lead = answer.text.strip().partition("\n")[0].strip()
    if not lead or len(lead) > LONGEST:
        lead = _LACKING.get(answer.reason or "") or _first_sentence(lead) or _silent(answer.status)
    if not phone or phone in lead or answer.status != "not_stated":
        return lead
    with_phone = f"{lead}可打通报上的电话{phone}询问。"
    return with_phone if len(with_phone) <= LONGEST else lead


def quoted(citation: Citation) -> str:
    """Where it stands, then the whole clauses of the answering words, word for word."""
    opening = f"{spoken_place(citation.id)}写明："
    first, last = citation.highlights[0] if citation.highlights else (citation.start, citation.end)
    start, end = compose.whole_clauses(
        citation.quote,
        (first - citation.start, last - citation.start),
        LONGEST - len(opening) - 1,
    )
    return f"{opening}{citation.quote[start:end]}。"


def spoken_place(identifier: str) -> str:
    """``…/37.2`` as 通报第37项."""
    first = identifier.rpartition("/")[2].partition(".")[0]
    return f"通报第{first}项" if first.isdigit() else _PLACES.get(first, "通报")


def _silent(status: str) -> str:
    return "通报没有写这一点。" if status == "not_stated" else "这件事不在这份通报里。"


def _first_sentence(text: str) -> str:
    """The first sentences that fit, or nothing."""
    ends = [end for _, end in sentences(text) if end <= LONGEST]
    return text[: ends[-1]] if ends else ""
