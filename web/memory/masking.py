r"""Hides personal numbers and names before anything is stored: phone, identity card, bank card,
passport, plate, mail, account, and a name that someone gives as their own.

Digits are recognised in every script that Unicode knows, in full width, spoken as Chinese
(一三八…, 幺, 洞, 拐), with a letter O among them, and with whatever people put between them. What is
recognised is then judged by what it could be: an amount, a date, a list of years and the printed
number of the office itself stay. ``\b`` is of no use between a Chinese character and a digit.

Sources: GB 11643 (identity numbers, by python-stdnum), ISO/IEC 7812 (card numbers, Luhn), the
numbering plan of China (by phonenumbers).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import phonenumbers
from stdnum import luhn
from stdnum.cn import ric

LONGEST = 500

_SPOKEN = str.maketrans(
    "〇零洞一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖拐勾", "0001234567891212345678979"
)
# Between the digits of one number, in any arrangement.
_TIGHT = r"\s\u200b-\u200f\u2060\ufeff\-‐-―−－._·•()（）—+"
# Between the digits of one number, but also between the numbers of a list.
_LOOSE = r"、，,/／|｜~～*＊;；:：#_="
_RUN = re.compile(
    rf"[+(（]?\d(?:[{_TIGHT}{_LOOSE}]{{0,3}}\d)*[{_TIGHT}]{{0,2}}[Xx]?(?![A-Za-z])|[+(（]?\d(?:[{_TIGHT}{_LOOSE}]{{0,3}}\d)*"
)
_GROUP = re.compile(r"\d+")
_LOOSE_ONE = re.compile(rf"[{_LOOSE}]")
_MISTAKEN = re.compile(r"(?<=\d)[Oo]|[Oo](?=\d)|(?<=\d)[lI](?=\d)")

_MOBILE = re.compile(r"(?:0086|86)?(1[3-9]\d{9})")
_SERVICE = re.compile(r"[48]00[0-9]{7}")
_MOBILE_GROUPS = frozenset(
    ((11,), (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (3, 3, 5), (5, 6), (6, 5), (3, 4, 2, 2),
     (2, 11), (2, 3, 4, 4), (4, 3, 4, 4), (4, 11), (3, 2, 3, 3), (3, 3, 3, 2))
)  # fmt: skip
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH = re.compile(r"0?[1-9]|1[0-2]")

_UNIT = re.compile(
    r"\s*(?:余|多|来|几)?\s*(?:元|块|万|亿|千|百|人|户|年|月|日|份|条|次|件|㎡|%|％|个|亩|吨|公里|米|平|"
    r"字|名|位|台|套|笔|处|座|页|岁|天|家|所|项|度|瓦|公斤|斤|克|升|株|棵|只|头|本|册|张|辆|RMB|CNY|人民币)"
)
_AMOUNT = re.compile(
    r"(?:金额|资金|投资|经费|补贴|津贴|款|发放|共计|合计|总计|累计|总额|总数|约|达到?|超过?|支出|收入|价值|预算|拨付|"
    r"人民币|编码|文号|[￥¥$]|RMB|CNY)(?:共|为|是|了|额|总额)?\s*[:：]?\s*$"
)
_CALLED = re.compile(r"(?:电话|手机|号码|联系|拨打|打|座机|微信|QQ|qq|家里|单位|回电)[^\d]{0,4}$")

_LETTERED = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{1,2}[ \-]?\d{7,9}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])[A-Z]{1,2}(?:[ \-]{0,2}\d){8,9}(?![A-Za-z0-9])"
    r"|[军武][字第 ]{0,3}\d{6,8}号?"
    r"|(?<=护照)(?:号码?)?[是为:： ]{0,3}[A-Za-z]{0,2}(?:[ \-]{0,2}\d){6,9}"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]\s?[A-HJ-NP-Za-hj-np-z]\s?[·•.\- ]?\s?"
    r"(?=(?:[A-Za-z]*\d){3})(?:[A-HJ-NP-Za-hj-np-z0-9]\s?){5,6}(?![A-Za-z0-9])[挂学警港澳]?"
)
_DOMAIN = r"[A-Za-z0-9\-]+(?:\s?(?:[.。．]|点|\s?dot\s?)\s?[A-Za-z0-9\-]+)+"
_WIDE = r"[\w\-]{1,30}(?:[.。．][\w\-]{1,20})+"
_AT = r"\s?(?:@|[(（\[]\s?at\s?[)）\]]|艾特|#at#|\sat\s)\s?"
_MAIL = re.compile(
    rf"[A-Za-z0-9._%+\-]+{_AT}{_DOMAIN}|[A-Za-z0-9._%+\-]+\s?@\s?{_WIDE}|[\u4e00-\u9fff]{{1,4}}@{_WIDE}",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"((?:微信|weixin|wechat|wx|vx|QQ|扣扣)(?:账?号码?)?\s?[是为:：]?\s?)"
    r"(?:[A-Za-z][A-Za-z0-9_\-]{5,19}|\d{5,11})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐伍庞颜倪庄聂章"
    "鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈"
    "饶解牟艾尤时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师仇栾隋商刁沙荣寇"
)
_TWO_SURNAMES = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木"
_AFTER_NAME = (
    r"(?=$|[^\u4e00-\u9fff]|[我想要住在是的今电手身家男女和从这请您你咨问办来有现生于先同吗呢吧啊])"
)
_GIVEN = rf"(?:(?:{_TWO_SURNAMES})[\u4e00-\u9fff]{{1,2}}?|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)"
_NAME = re.compile(
    rf"((?:我|俺|本人|他|她|父亲|母亲|老人|孩子)(?:的?名字)?(?:名?叫做?|是叫)|(?:名字|姓名|名)[叫是为:：]+|"
    rf"(?:联系人|申请人|死者|逝者|经办人|户主)[叫是为:：]+|姓名)(\s?{_GIVEN}){_AFTER_NAME}"
)
_NO_NAME = re.compile(r"(?:什么|何|哪)")

_public: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits without anything between them; ``loose`` when a list's mark stands before them."""

    digits: str
    start: int
    end: int
    loose: bool


def publish(texts: Iterable[str]) -> None:
    """What the notices print for everybody to use: these numbers and addresses are kept."""
    global _public
    _public = frozenset(filter(None, map(_bare, texts)))


def mask(text: str) -> str:
    """The text with everything personal replaced by its name in 〔〕; all else untouched."""
    for name, pattern in (("〔邮箱〕", _MAIL), ("〔车牌〕", _PLATE)):
        text = _replaced(text, ((m.start(), m.end(), name) for m in pattern.finditer(_plain(text))))
    text = _replaced(text, _names(text))
    text = _replaced(text, _numbers(_spoken(text)))
    text = _replaced(
        text, ((m.start(), m.end(), "〔证件号〕") for m in _LETTERED.finditer(_plain(text)))
    )
    return _replaced(
        text, ((m.end(1), m.end(), "〔账号〕") for m in _ACCOUNT.finditer(_plain(text)))
    )


def storable(text: str) -> str:
    """Masked, without what no database takes (NUL, lone surrogates), at most ``LONGEST`` long."""
    clean = text[: 4 * LONGEST].replace("\0", "").encode("utf-8", "replace").decode()
    return mask(clean)[:LONGEST]


def _replaced(text: str, found: Iterable[tuple[int, int, str]]) -> str:
    for start, end, name in sorted(found, reverse=True):
        if _bare(text[start:end]) not in _public:
            text = text[:start] + name + text[end:]
    return text


def _names(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _NAME.finditer(text):
        if not _NO_NAME.search(match[2]):
            start = match.start(2) + (len(match[2]) - len(match[2].lstrip()))
            yield start, match.end(2), "〔姓名〕"


def _numbers(plain: str) -> Iterator[tuple[int, int, str]]:
    """Every number in the text that could be a person's, each once, from left to right."""
    for run in _RUN.finditer(plain):
        groups = list(_groups(plain, run.start(), run.end()))
        place = 0
        while place < len(groups):
            length = _date(groups, place)
            if length:
                place += length
                continue
            length, name = _personal(plain, groups, place, run.end())
            if name:
                start, end = groups[place].start, groups[place + length - 1].end
                end = run.end() if _ends_in_x(plain, end, run.end()) else end
                opened = start > 0 and plain[start - 1] in "(（+" and name == "〔电话〕"
                yield start - int(opened), end, name
            place += max(length, 1)


def _groups(plain: str, start: int, end: int) -> Iterator[_Group]:
    before = start
    for match in _GROUP.finditer(plain, start, end):
        between = plain[before : match.start()]
        yield _Group(match.group(), match.start(), match.end(), bool(_LOOSE_ONE.search(between)))
        before = match.end()


def _date(groups: list[_Group], place: int) -> int:
    """How many groups a date or a year of a list takes; 0 for none."""
    here = groups[place : place + 3]
    if not _YEAR.fullmatch(here[0].digits):
        return 0
    if len(here) > 1 and _MONTH.fullmatch(here[1].digits):
        return 3 if len(here) > 2 and len(here[2].digits) <= 2 else 2
    following = len(here) > 1 and _YEAR.fullmatch(here[1].digits)
    return 1 if len(here) == 1 or following or here[1].loose else 0


def _personal(plain: str, groups: list[_Group], place: int, run_end: int) -> tuple[int, str]:
    """The longest number that begins with a group: how many groups it takes, and its name."""
    for length in range(min(len(groups) - place, 20), 0, -1):
        chosen = groups[place : place + length]
        if name := _kind(plain, chosen, run_end):
            return length, name
    return 0, ""


def _kind(plain: str, groups: list[_Group], run_end: int) -> str:
    """What the groups are together; blank when they are nobody's."""
    digits = "".join(group.digits for group in groups)
    lengths = tuple(len(group.digits) for group in groups)
    loose = any(group.loose for group in groups[1:])
    single = max(lengths) <= 2
    end = groups[-1].end
    if len(digits) == 17 and _ends_in_x(plain, end, run_end):
        return "〔证件号〕" if not loose or single or _born(digits + "X") else ""
    if _phone(digits) and (not loose or single or lengths in _MOBILE_GROUPS):
        return "〔电话〕" if not _counted(plain, groups, digits) else ""
    if len(digits) == 18 and (not loose or single or _born(digits)):
        return "〔证件号〕" if _born(digits) or not luhn.is_valid(digits) else "〔银行卡号〕"
    if 16 <= len(digits) <= 19:
        return "〔银行卡号〕" if not loose or single or luhn.is_valid(digits) else ""
    if loose and not single:
        return ""
    if len(digits) == 15:
        return "〔证件号〕"
    if len(digits) >= 12:
        return "〔号码〕" if not _counted(plain, groups, digits) else ""
    return "〔号码〕" if len(groups) == 1 and _some_number(plain, groups, digits) else ""


def _phone(digits: str) -> bool:
    """A mobile, service or fixed number with its area, by the numbering plan."""
    if _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return True
    local = re.sub(r"^(?:0086|86)(?=0?[1-9]\d{8,})", "", digits)
    if not local.startswith("0"):
        if local == digits:
            return False
        local = f"0{local}"
    if not 10 <= len(local) <= 12:
        return False
    return phonenumbers.is_possible_number(phonenumbers.PhoneNumber(86, int(local)))


def _born(digits: str) -> bool:
    """An identity number, or one with a slip in it: the date of birth is one."""
    return ric.is_valid(digits) or bool(_DAY.fullmatch(digits[6:14]))


def _some_number(plain: str, groups: list[_Group], digits: str) -> bool:
    """Seven to eleven digits that are no day, no amount: a number somebody can be reached by."""
    if not 7 <= len(digits) <= 11 or _counted(plain, groups, digits):
        return False
    called = bool(_CALLED.search(plain[: groups[0].start][-12:]))
    if _DAY.fullmatch(digits):
        return called
    round_sum = digits.endswith("0000") or (len(digits) < 9 and digits[0] in "019")
    return called or not round_sum


def _counted(plain: str, groups: list[_Group], digits: str) -> bool:
    """Whether a unit follows or a word for an amount goes before, and no mobile number is meant."""
    unit = _UNIT.match(plain, groups[-1].end)
    amount = _AMOUNT.search(plain[: groups[0].start][-12:])
    if _MOBILE.fullmatch(digits) and len(groups) == 1:
        return bool(unit and amount)
    return bool(unit or amount) and not (_phone(digits) and digits.startswith("0"))


def _ends_in_x(plain: str, end: int, run_end: int) -> bool:
    return end < run_end and plain[run_end - 1] in "Xx"


def _spoken(text: str) -> str:
    """One for one: digits of every kind, and letters that stand for one."""
    plain = _plain(text).translate(_SPOKEN)
    while (mended := _MISTAKEN.sub(_meant, plain)) != plain:
        plain = mended
    return plain


def _meant(match: re.Match[str]) -> str:
    return "0" if match.group() in "Oo" else "1"


def _plain(text: str) -> str:
    return "".join(map(_character, text))


def _character(character: str) -> str:
    """One for one: every digit as 0-9, every full-width letter as ASCII."""
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return chr(ord(character) - 0xFEE0) if "\uff01" <= character <= "\uff5e" else character


def _bare(text: str) -> str:
    """Digits of a number, letters of an address: how it is compared with what is public."""
    plain = _plain(text).casefold()
    return re.sub(r"\s", "", plain) if "@" in plain else re.sub(r"\D", "", plain)
