"""What is about one notice and no other: its issuer, places, bodies, subjects and examples.

It stands in ``notice.toml`` beside ``notice.txt`` (``X.toml`` beside ``X.txt``), every key of it
optional; what the file leaves out is read off the text by rules that hold for any office.

    issuer = "中共…党组"            who published the notice
    area = "…市"                   whose notice it is
    areas = ["…县", "…镇"]          places of its own
    organisations = ["…局", "…"]    bodies, companies and channels of its own
    examples = ["…吗", "…"]         questions to begin with
    contact_role = "…"             what the printed telephone is for
    [[subjects]]                   any number
    name = "…"
    words = ["…", "…"]             words that mark a finding as being about it
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from index.errors import VocabularyError
from index.gazetteer import issuer_areas, organisation_names, place_names
from index.lines import half_width
from index.notice import Finding, Notice

KEYS = ("issuer", "area", "areas", "organisations", "subjects", "examples", "contact_role")
_SUBJECTS_AT_MOST = 8
_EXAMPLES_AT_MOST = 9

_INSPECTED = re.compile(
    r"对([\u4e00-\u9fff]{3,30}?)(?:党组|党委)?(?:开展|进行)了?[^,。;]{0,8}巡[察视]"
)
_TITLED = re.compile(r"^(?:中国共产党|中共)?[\u4e00-\u9fff]{3,40}?(?=关于)")
_FRAME = re.compile(r"^关于|的?问题(?:的?(?:整改|办理)[^。]{0,6})?$|的?整改(?:落实)?情况$")
_PARTY = re.compile(r"党|干部|政治|纪检|巡察|巡视|组织生活|班子|讲话|精神|财务|采购|资产|公务")
_INVITED = re.compile(r"对([^,。;:\s]{2,20}?)(?:进行|予以|实施)?监督|(?:欢迎[^,。;]{2,12})(监督)")
# What every title says of its defect, in pieces: no subject.
_GENERIC = re.compile(
    r"问题|整改|情况|不够|不到|到位|不足|不严|不力|不实|不畅|不规|规范|不及|及时|不优|不深|不准|不强|不高"
    r"|存在|落实|工作|管理|制度|执行|履行|责任|关于|部分|个别|不|未|较|的|有|和|与|及|等|慢|难|把关|审核"
    r"|作用|发挥|建设|作风|力度|拨付|监管|推进|严格|滞后|偏|缺|乱|差|符合|条件|人员|对象|无人|机构|单位|服务|群众|发放"
)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject in residents' words, and the words that mark a finding as being about it."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is about one notice; empty texts and tuples where nothing is known."""

    issuer: str = ""
    area: str = ""
    areas: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()
    examples: tuple[str, ...] = ()
    contact_role: str = ""


def place(notice_file: Path) -> Path:
    """Where the profile of a notice file stands, whether or not there is one."""
    return notice_file.with_suffix(".toml")


def load(notice_file: Path, notice: Notice) -> Profile:
    """The profile beside a notice file; what it leaves out is read off the notice.

    Raises:
        VocabularyError: not TOML, an unknown key or a value of another type.
    """
    path = place(notice_file)
    return from_words(_written(path), notice, where=str(path))


def read_off(notice: Notice) -> Profile:
    """The profile of a notice with no file beside it, by rules that hold for any office."""
    return from_words({}, notice, where="")


def from_words(written: dict[str, Any], notice: Notice, *, where: str) -> Profile:
    """A profile of what was written, each missing key read off the notice.

    Raises:
        VocabularyError: names file, key, what was seen and what was expected.
    """
    for key in written:
        if key not in KEYS:
            raise VocabularyError(
                f"{where}: unknown key {key!r}; expected {', '.join(KEYS)}",
                hint=f"remove {key} or spell it as one of these",
            )

    def given(
        key: str, check: Callable[[str, str, Any], Value], else_: Callable[[], Value]
    ) -> Value:
        return check(where, key, written[key]) if key in written else else_()

    flat = half_width(notice.text)
    issuer = given("issuer", _text, lambda: _issuer(notice, flat))
    areas = given("areas", _texts, lambda: _areas(issuer, flat))
    return Profile(
        issuer=issuer,
        area=given("area", _text, lambda: (issuer_areas(issuer) or ("",))[-1]),
        areas=areas,
        organisations=given("organisations", _texts, lambda: organisation_names(flat, areas)),
        subjects=given("subjects", _subjects, lambda: _frequent(notice.findings)),
        examples=given("examples", _texts, lambda: _examples(notice.findings)),
        contact_role=given("contact_role", _text, lambda: _contact_role(notice)),
    )


def _written(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise VocabularyError(f"{path} is not UTF-8", hint="save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise VocabularyError(f"{path} is not TOML: {error}", hint="mend that line") from error
    except OSError as error:
        raise VocabularyError(
            f"{path} cannot be read: {error.strerror}", hint="check its permissions"
        ) from error


def _text(where: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(where, key, value, "a text in quotes")
    return value.strip()


def _texts(where: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or any(not isinstance(v, str) or not v.strip() for v in value):
        raise _wrong(where, key, value, "a list of texts, none of them empty")
    return tuple(v.strip() for v in value)


def _subjects(where: str, key: str, value: object) -> tuple[Subject, ...]:
    if not isinstance(value, list):
        raise _wrong(where, key, value, f"tables headed [[{key}]]")
    return tuple(_subject(where, f"{key}[{place}]", one) for place, one in enumerate(value))


def _subject(where: str, key: str, value: object) -> Subject:
    if not isinstance(value, dict) or set(value) != {"name", "words"}:
        raise _wrong(where, key, value, "a table with name and words, nothing else")
    name = _text(where, f"{key}.name", value["name"])
    words = _texts(where, f"{key}.words", value["words"])
    if not name or not words:
        raise _wrong(where, key, value, "a name and at least one word")
    return Subject(name, words)


def _wrong(where: str, key: str, value: object, expected: str) -> VocabularyError:
    return VocabularyError(f"{where}: {key} is {value!r:.60}; expected {expected}")


def _issuer(notice: Notice, flat: str) -> str:
    """Who signed, else whom the title names, else who was inspected."""
    if notice.issuer:
        return notice.issuer
    if title := _TITLED.match(half_width(notice.title)):
        return title[0]
    inspected = _INSPECTED.search(flat)
    return inspected[1] if inspected else ""


def _areas(issuer: str, flat: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*issuer_areas(issuer), *place_names(flat))))


def _core(title: str) -> str:
    """A title without 关于…的问题: the defect alone."""
    core = title.strip()
    while (shorter := _FRAME.sub("", core).strip("。. ")) != core:
        core = shorter
    return core


def _frequent(findings: Sequence[Finding]) -> tuple[Subject, ...]:
    """Words that at least two titles share, the most frequent first; none without findings."""
    counts = Counter(word for finding in findings for word in _pieces(finding.title))
    shared = sorted((word for word in counts if counts[word] > 1), key=lambda w: (-len(w), w))
    found: list[str] = []
    for word in shared:  # the longest first: 失业保险, not 保险 beside 失业保
        if not any(word[at : at + 2] in other for other in found for at in range(len(word) - 1)):
            found.append(word)
    found.sort(key=lambda word: (-counts[word], word))
    return tuple(Subject(word, (word,)) for word in found[:_SUBJECTS_AT_MOST])


def _pieces(title: str) -> set[str]:
    """Runs of two to four characters of a title, without what any title may say."""
    return {
        run[begin : begin + length]
        for run in _GENERIC.split(re.sub(r"[^\u4e00-\u9fff]", "的", _core(title)))
        for length in (2, 3, 4)
        for begin in range(len(run) - length + 1)
    }


def _examples(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Questions made of the titles, those about the office itself last."""
    cores = [core for finding in findings if (core := _core(finding.title))]
    own = sorted(dict.fromkeys(cores), key=lambda core: bool(_PARTY.search(core)))
    return tuple(f"{core}的问题整改得怎么样" for core in own[:_EXAMPLES_AT_MOST])


def _contact_role(notice: Notice) -> str:
    """What the notice invites to: 对…的监督和意见; empty where it prints no contact."""
    contact = next((section for section in notice.sections if section.id == "contact"), None)
    words = half_width(notice.text[contact.start : contact.end]) if contact else ""
    if invited := _INVITED.search(words):
        return f"对{invited[1] or '整改情况'}的监督和意见"
    return "意见和建议" if "意见" in words else ""
