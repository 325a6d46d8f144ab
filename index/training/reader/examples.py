"""What the reader learns from: a question, a passage, how the passage stands to it, and where.

Sets of other texts teach reading in general, constructed notices the genre, and the shipped
notice's curated questions its subjects. ``sources`` names every set with its share. Statements
with a figure, date, direction or scope altered are made here, by program.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import opencc

from index.notice import parse
from index.passages import cut

STATES, LACKS, CONTRADICTS, UNRELATED = range(4)
RELATIONS = ("states", "lacks", "contradicts", "unrelated")
OWN_NOTICES = Path(__file__).parent / "notices"
LONGEST_PASSAGE = 180  # characters of Chinese; other scripts get 1.7 times as many
_MEASURE = re.compile(r"(?<=[。;；:：\n])(?=[一二三四五六七八九十]{1,2}是)")
_TITLE = re.compile(
    r"^(?:\d{1,3}[.、]+|[(（][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、)"
)
_SENTENCE = re.compile(r"[^。!?！？;；\n]+[。!?！？;；]?")


@dataclass(frozen=True, slots=True)
class Example:
    """``span`` is the answer's stretch of ``passage`` (code points), None when unknown."""

    question: str
    title: str
    passage: str
    relation: int
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a notice short enough to be read at once."""

    title: str
    text: str


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Simplified characters, the form in which Chinese is read."""
    return str(_converter().convert(text))


def rows(path: Path) -> list[dict[str, Any]]:
    """The JSON Lines of a file, gzipped or not."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def units(text: str) -> list[Unit]:
    """A notice cut into measures, or sentences of a long one, each with its title."""
    found: list[Unit] = []
    title = ""
    for line in text.split("\n"):
        line = line.strip()
        if not line:
            continue
        if _TITLE.match(line) and len(line) < 60:
            title = _TITLE.sub("", line).rstrip("。")
            continue
        for part in _MEASURE.split(line):
            found += [Unit(title, window) for window in windows(part)]
    return found


def windows(text: str, longest: int = LONGEST_PASSAGE) -> list[str]:
    """Whole sentences of a text, joined while they fit into ``longest`` characters."""
    found: list[str] = []
    for sentence in _SENTENCE.findall(text):
        if found and len(found[-1]) + len(sentence) <= longest:
            found[-1] += sentence
        else:
            found.append(sentence)
    return found


def around(text: str, span: tuple[int, int], longest: int, rng: random.Random) -> Example:
    """A window of a long text with the span in it, at a random place."""
    if len(text) > longest:
        room = max(0, longest - (span[1] - span[0]))
        start = max(0, min(span[0] - rng.randint(0, room), len(text) - longest))
        start = min(start, span[0])
        text, span = (
            text[start : start + max(longest, span[1] - start)],
            (
                span[0] - start,
                span[1] - start,
            ),
        )
    return Example("", "", text, STATES, span)


def _grams(text: str) -> set[str]:
    text = re.sub(r"\W", "", text.lower())
    return {text[i : i + 2] for i in range(len(text) - 1)}


def nearest(question: str, candidates: Sequence[Unit], count: int) -> list[int]:
    """Rows of the candidates that share most character pairs with a question."""
    asked = _grams(question)
    shared = [len(asked & _grams(c.title + c.text)) / (20 + len(c.text)) ** 0.5 for c in candidates]
    return sorted(range(len(candidates)), key=lambda row: -shared[row])[:count]


# -- sets of other texts ----------------------------------------------------------------


def spans(path: Path, most: int, rng: random.Random) -> Iterator[Example]:
    """Questions with the stretch that answers, or with none (lacks)."""
    found = rows(path)
    rng.shuffle(found)
    for row in found[:most]:
        text, question = row["p"], row["q"]
        wide = row["lang"] in ("zh", "zh-Hant", "ja", "ko", "th")
        longest = LONGEST_PASSAGE if wide else int(1.7 * LONGEST_PASSAGE)
        if row["lang"].startswith("zh"):
            text, question = _same_length(text), simplified(question)
        if history := row.get("history"):
            question = f"{history[-1] if isinstance(history, list) else history} {question}"[-150:]
        if row["a"] is None:
            middle = (len(text) // 2, len(text) // 2)
            yield Example(question, "", around(text, middle, longest, rng).passage, LACKS)
            continue
        kept = around(text, tuple(row["a"]), longest, rng)
        yield Example(question, "", kept.passage, STATES, kept.span)
        if len(text) > 2.2 * longest and rng.random() < 0.25:  # the same text, elsewhere
            a, b = row["a"]
            far = text[: a - 5] if a > len(text) - b else text[b + 5 :]
            if text[a:b] not in far and len(far) > longest // 2:
                yield Example(question, "", far[:longest], LACKS)
        if rng.random() < 0.15:
            other = rng.choice(found)
            yield Example(question, "", other["p"][:longest], UNRELATED)


def _same_length(text: str) -> str:
    converted = simplified(text)
    return converted if len(converted) == len(text) else text


def inference(path: Path, most: int, rng: random.Random) -> Iterator[Example]:
    """A hypothesis asked of its premise: entailed, left open, or denied."""
    relations = {"entailment": STATES, "neutral": LACKS, "contradiction": CONTRADICTS}
    found = rows(path)
    rng.shuffle(found)
    for row in found[:most]:
        premise, hypothesis = row["premise"], row["hypothesis"]
        if row["lang"].startswith("zh"):
            premise, hypothesis = simplified(premise), simplified(hypothesis)
            hypothesis = asserted(hypothesis, rng)
        yield Example(hypothesis, "", premise[:300], relations[row["label"]])


def requests(
    path: Path, most: int, passages: Sequence[Unit], rng: random.Random
) -> Iterator[Example]:
    """Everyday requests on passages that have nothing to do with them."""
    found = rows(path)
    rng.shuffle(found)
    for row in found[:most]:
        unit = rng.choice(passages)
        yield Example(row["q"], unit.title, unit.text, UNRELATED)


def pairs(path: Path, most: int, rng: random.Random) -> Iterator[Example]:
    """Citizens' questions with the official answer, and with another's."""
    found = rows(path)
    rng.shuffle(found)
    for row in found[:most]:
        yield Example(simplified(row["q"]), "", simplified(row["p"])[:200], STATES)
        other = rng.choice(found)
        if other["q"] != row["q"]:
            yield Example(simplified(row["q"]), "", simplified(other["p"])[:200], UNRELATED)


# -- statements altered by program --------------------------------------------------------

_FIGURE = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.])")
_SWAPS = (
    ("提高", "降低"), ("增加", "减少"), ("上升", "下降"), ("增长", "下降"), ("减免", "加收"), ("免费", "收费"),
    ("取消", "保留"), ("扩大", "缩小"), ("全部", "部分"), ("已完成", "尚未完成"), ("不得", "可以"), ("已", "尚未"),
    ("不少于", "不超过"), ("新增", "减少"), ("以上", "以下"), ("县级", "市级"), ("每月", "每年"), ("每周", "每月"), ("统一", "各自"),
    ("缩短", "延长"), ("延长", "缩短"), ("首次", "再次"), ("公开", "不公开"), ("城市", "农村"), ("农村", "城市"), ("先", "后"),
)  # fmt: skip
_PLACE = re.compile(r"[\u4e00-\u9fff]{2}(?:市|县|区|镇|乡)(?![\u4e00-\u9fff]?(?:级|场|委|政))")
_PLACES = (
    "青川县",
    "宁河区",
    "临江市",
    "石门镇",
    "云阳县",
    "安丘市",
    "沙河镇",
    "东湖区",
    "长葛市",
    "禹州市",
    "襄城县",
)
_ENDS = (
    "吗",
    "吗?",
    "是吗",
    "是不是",
    "对不对",
    "对吧",
    "没错吧",
    "是这样吗",
    "是真的吗",
    "",
    "吧",
    "了吧",
)
_STARTS = ("", "", "", "听说", "我听说", "请问", "是不是", "通报里说", "有人说", "记得")


def asserted(statement: str, rng: random.Random) -> str:
    """A statement as people ask whether it is so."""
    statement = statement.strip().rstrip("。;；,，.")
    return f"{rng.choice(_STARTS)}{statement}{rng.choice(_ENDS)}"


def altered(clause: str, rng: random.Random) -> str | None:
    """The clause with one figure, direction, scope or place another; None if it has none."""
    ways: list[tuple[int, int, str]] = []
    for match in _FIGURE.finditer(clause):
        ways.append((match.start(), match.end(), _other_figure(match.group(), rng)))
        ways.append((match.start(), match.end(), _other_figure(match.group(), rng)))
    for old, new in _SWAPS:
        if (place := clause.find(old)) >= 0:
            ways.append((place, place + len(old), new))
    for match in _PLACE.finditer(clause):
        ways.append((match.start(), match.end(), rng.choice(_PLACES)))
    ways = [way for way in ways if clause[way[0] : way[1]] != way[2]]
    if not ways:
        return None
    start, end, new = rng.choice(ways)
    return clause[:start] + new + clause[end:]


def _other_figure(figure: str, rng: random.Random) -> str:
    if "." in figure:
        return f"{float(figure) * rng.choice((0.5, 1.5, 2.0, 3.1)):.1f}"
    value = int(figure)
    if 1900 < value < 2100:
        return str(value + rng.choice((-3, -2, -1, 1, 2)))
    if value <= 31:
        return str(max(1, value + rng.choice((-3, -2, -1, 1, 2, 4, 7))))
    return str(rng.choice((value // 2, value * 2, value * 10, value + 10 ** (len(figure) - 1))))


def _loosened(clause: str, rng: random.Random) -> str:
    """A clause as somebody remembers it: now and then a stretch without figures left out."""
    parts = re.split(r"(?<=[,，、])", clause)
    if len(parts) > 2 and rng.random() < 0.5:
        del parts[rng.randrange(len(parts) - 1)]
    text = "".join(parts)
    return re.sub(r"[的了已将]", lambda m: "" if rng.random() < 0.3 else m.group(), text)


def statements(found: Sequence[Unit], most: int, rng: random.Random) -> Iterator[Example]:
    """Clauses of passages confirmed, and the same altered (contradicts), one in three each;
    the rest asked of another passage of the same text (unrelated).
    """
    count = 0
    order = list(found)
    rng.shuffle(order)
    for unit in order:
        sentences = [s for s in _SENTENCE.findall(unit.text) if 8 <= len(s) <= 70]
        if not sentences or count >= most:
            continue
        clause = re.sub(r"^[一二三四五六七八九十]{1,2}是", "", rng.choice(sentences)).strip(
            "。;； "
        )
        place = unit.text.find(clause)
        span = (place, place + len(clause))
        said = _loosened(clause, rng)
        yield Example(asserted(said, rng), unit.title, unit.text, STATES, span)
        count += 1
        if changed := altered(said, rng):
            yield Example(asserted(changed, rng), unit.title, unit.text, CONTRADICTS, span)
            count += 1


_ASKED = {
    "多少钱": r"元", "要花多少钱": r"元", "每月发多少钱": r"元", "电话是多少": r"\d{3,4}-\d{7}|\d{11}", "联系谁": r"电话|联系",
    "几点开门": r"点|时至", "负责人叫什么": r"[某]", "在什么地方": r"[市县区镇乡路街楼馆村]", "什么时候开始的": r"\d+[年月日]",
    "的文号是多少": r"号", "一共多少人": r"\d+(?:余|多)?[名人]", "具体是哪几家": r"、", "名单有吗": r"、", "为什么": r"因|由于|为",
    "要带什么材料": r"证|材料|书|表", "比去年多了多少": r"比|同比|由", "花了多少经费": r"元", "哪天截止": r"日前|日止|\d日",
}  # fmt: skip


def unasked(found: Sequence[Unit], most: int, rng: random.Random) -> Iterator[Example]:
    """A noun phrase of a passage with a kind of thing that the passage does not hold (lacks)."""
    count = 0
    order = list(found)
    rng.shuffle(order)
    for unit in order:
        nouns = re.findall(
            r"《[^》]{3,20}》|[\u4e00-\u9fff]{2,6}(?:中心|机构|补贴|津贴|制度|办法|工程|活动|检查|培训|资金|系统|医院|学校|服务|公墓|墓|站|队|会议|项目)",
            unit.text,
        )
        kinds = [ask for ask, held in _ASKED.items() if not re.search(held, unit.text)]
        if not nouns or not kinds or count >= most:
            continue
        yield Example(rng.choice(nouns) + rng.choice(kinds), unit.title, unit.text, LACKS)
        count += 1


def sentences_of(path: Path, key: str, most: int, rng: random.Random) -> list[Unit]:
    """Stretches of three neighbouring lines of an ordered set, as passages to state from."""
    found = rows(path)
    begins = rng.sample(range(len(found) - 3), min(most, len(found) - 3))
    made = ["".join(str(row[key]) for row in found[at : at + 3])[:LONGEST_PASSAGE] for at in begins]
    return [Unit("", text) for text in made]


# -- notices --------------------------------------------------------------------------------


def constructed(folder: Path, rng: random.Random) -> tuple[list[Example], list[Unit]]:
    """The constructed notices' questions on their own passages, and on neighbours."""
    made: list[Example] = []
    every: list[Unit] = []
    for path in sorted(folder.glob("*.txt")):
        own = units(path.read_text("utf-8"))
        every += own
        for row in rows(path.with_suffix(".jsonl")):
            made += _asked_of(row, own, rng)
    return made, every


def _asked_of(row: dict[str, Any], own: list[Unit], rng: random.Random) -> Iterator[Example]:
    question = simplified(
        f"{row['history'][-1]} {row['question']}" if row["history"] else row["question"]
    )
    if row["expect"] == "out_of_scope":
        for place in nearest(question, own, 2):
            yield Example(question, own[place].title, own[place].text, UNRELATED)
        return
    relation = (
        STATES
        if row["expect"] == "answered"
        else CONTRADICTS
        if row["reason"] == "false_premise"
        else LACKS
    )
    span = row["span"] or ""
    holding = [u for u in own if span and span in u.text] or [
        u for u in own if span and span[:12] in u.text
    ]
    for unit in holding[:1]:
        place = unit.text.find(span)
        known = (place, place + len(span)) if place >= 0 and relation != LACKS else None
        yield Example(question, unit.title, unit.text, relation, known)
    yield from _neighbours(question, own, holding, [span, *row["must_contain"]], rng)


def _neighbours(
    question: str,
    own: Sequence[Unit],
    holding: Sequence[Unit],
    held: Sequence[str],
    rng: random.Random,
) -> Iterator[Example]:
    """The question asked of passages near it that do not hold the answer."""
    titles = {unit.title for unit in holding}
    near = [own[row] for row in nearest(question, own, 8)]
    near = [u for u in near if u not in holding and not any(h and h in u.text for h in held)]
    far = rng.sample(near[1:], min(1, len(near[1:]))) if rng.random() < 0.3 else []
    for unit in near[:1] + far:
        relation = LACKS if unit.title in titles else UNRELATED
        yield Example(question, unit.title, unit.text, relation)


def curated(spans_file: Path, notice_folder: Path, rng: random.Random) -> list[Example]:
    """The shipped notice's labelled phrasings and its gaps."""
    text = (notice_folder / "notice.txt").read_text("utf-8")
    notice = parse(text, "n")
    finest = [p for p in cut(notice) if p.finest]
    own: list[Unit] = []
    places: dict[str, list[tuple[int, int]]] = {}
    for passage in finest:
        at = passage.start
        for window in windows(passage.text):
            start = text.find(window, at)
            places.setdefault(passage.id, []).append((start, len(own)))
            own.append(Unit(passage.title, window))
            at = start + len(window)
    made: list[Example] = []
    for row in rows(spans_file):
        question = simplified(row["q"])
        relation = LACKS if row["relation"] == "not" else STATES
        a, b = row["a"]
        answer = text[a:b]
        holding = []
        for start, place in places.get(row["id"], ()):
            unit = own[place]
            if start <= a < start + len(unit.text):
                span = (a - start, min(b - start, len(unit.text))) if relation == STATES else None
                made.append(Example(question, unit.title, unit.text, relation, span))
                holding = [unit]
        made += _neighbours(question, own, holding, [answer[:24]], rng)
    for row in rows(notice_folder / "gaps.jsonl"):
        question = simplified(row["question"])
        if row["status"] == "out_of_scope":
            near = [own[p] for p in nearest(question, own, 3)]
            made += [Example(question, u.title, u.text, UNRELATED) for u in rng.sample(near, 2)]
            continue
        relation = CONTRADICTS if row["reason"] == "false_premise" else LACKS
        for shown in row["show"][:2]:
            here = [own[place] for _, place in places.get(shown, ())]
            if here and (relation == LACKS or shown == row["show"][0]):
                unit = here[nearest(question, here, 1)[0]]
                made.append(Example(question, unit.title, unit.text, relation))
    return made


def mixed(
    data: Path,
    notice_folder: Path | None,
    seed: int,
    *,
    share: float = 1.0,
    rounds: int = 2,
    curated_share: float = 1.0,
) -> list[Example]:
    """All sets together, shuffled.

    ``notice_folder`` adds the shipped notice's questions, ``curated_share`` of them; ``share``
    thins the general sets; our own constructed notices are taken ``rounds`` times, those of the
    data folder ``rounds - 1`` times.
    """
    rng = random.Random(seed)
    reader = data / "train" / "reader"
    made, every = constructed(reader / "notices", rng)
    own, further = constructed(OWN_NOTICES, rng)
    examples = made * max(1, rounds - 1) + own * rounds
    every += further
    policy = sentences_of(data / "train/parallel_gov_work_reports.jsonl.gz", "zh", 2500, rng)
    policy += [
        Unit("", row["p"][:LONGEST_PASSAGE])
        for row in rng.sample(rows(data / "train/pairs_localpolicy.jsonl.gz"), 2500)
        if len(row["p"]) > 40
    ]

    def most(count: int) -> int:
        return int(share * count)

    for name, count in SPANS.items():
        examples += spans(reader / f"{name}.jsonl.gz", most(count), rng)
    for name, count in INFERENCE.items():
        examples += inference(reader / f"{name}.jsonl.gz", most(count), rng)
    for name, count in REQUESTS.items():
        examples += requests(reader / f"{name}.jsonl.gz", most(count), every + policy, rng)
    examples += pairs(data / "train/pairs_kaohsiung_faq.jsonl.gz", most(1000), rng)
    about = every + (
        units((notice_folder / "notice.txt").read_text("utf-8")) if notice_folder else []
    )
    for _ in range(3):
        examples += statements(about, 2 * len(about), rng)
    examples += statements(policy, most(3500), rng)
    examples += unasked(every, len(every), rng)
    examples += unasked(policy, most(1500), rng)
    if notice_folder is not None:
        known = curated(reader / "xuchang_spans.jsonl.gz", notice_folder, rng)
        examples += rng.sample(known, int(curated_share * len(known)))
    rng.shuffle(examples)
    return examples


SPANS = {
    "span_cmrc2018_train": 7000, "span_cmrc2018_trial": 991, "span_drcd_test": 2500, "null_drcd_test_sibling": 2000,
    "span_squad2_dev": 3500, "span_idk_mrc": 2000, "span_jaquad": 1000, "null_jaquad_sibling": 600, "span_jsquad": 800,
    "span_iapp_th": 400, "span_arcd": 500, "span_doc2dial_en": 1200,
}  # fmt: skip
INFERENCE = {
    "nli_cfever_pairs_zh": 740, "nli_xinfotabs_zh": 2000, "nli_indonli_id": 1000, "nli_jnli_ja": 1000, "nli_klue_ko": 1000,
}  # fmt: skip
REQUESTS = {"intent_clinc150_en": 600, "intent_xsid": 600}
