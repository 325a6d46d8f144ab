"""What must be hidden and what must stay: made of forms and numbers, so that each stands for many."""

import itertools

_MOBILES = ("13812345678", "15903741234", "18637400021", "19912340056", "17003749988")
_LANDLINES = (("0374", "2965034"), ("0371", "65651234"), ("010", "62221234"))
_IDENTITIES = ("411002195001011234", "41102419680723005X", "410381200212300017")
_CARDS = ("6222021001001234567", "6228480402564890018", "4563510100888888883")
_DIGITS = "零一二三四五六七八九"
_RADIO = "洞幺两三四五六拐八勾"


def _joined(digits: str, mark: str, *lengths: int) -> str:
    places = [0, *itertools.accumulate(lengths)]
    return mark.join(digits[a:b] for a, b in itertools.pairwise(places))


def _spelled(digits: str, names: str) -> str:
    return "".join(names[int(digit)] for digit in digits)


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


_MARKS = ("、", "，", ",", "/", "|", "~", "*", "   ", " ", "-", ".", "·", " - ", "—", "_", "：")
_MOBILE_FORMS = (
    "打{}找我",
    "{}",
    "我电话{}，姓王",
    "手机号是{}。",
    "请回{}谢谢",
    "（{}）",
    "微信同号{}",
)


def positives() -> list[tuple[str, str]]:
    """(text, what must not be left of it): each text names a person somehow."""
    found: list[tuple[str, str]] = []
    for mobile in _MOBILES:
        found += [(form.format(mobile), mobile) for form in _MOBILE_FORMS]
        found += [(f"打{_joined(mobile, mark, 3, 4, 4)}", mobile[7:]) for mark in _MARKS]
        found += [(f"号{mark.join(mobile)}吧", mobile[8]) for mark in ("、", " ", "-", "，")]
        found += [
            (f"电话{_spelled(mobile, _DIGITS)}", _spelled(mobile, _DIGITS)[3:]),
            (f"呼叫{_spelled(mobile, _RADIO)}", _spelled(mobile, _RADIO)[3:]),
            (f"手机{mobile.replace('0', 'O')}哦", mobile[:4].replace("0", "O")),
            (f"手机{mobile[:5]}l{mobile[6:]}是我", mobile[6:]),
            (f"+86 {mobile}", mobile),
            (f"0086-{_joined(mobile, ' ', 3, 4, 4)}", mobile[7:]),
            (f"86{mobile}联系", mobile),
            (_wide(mobile), _wide(mobile)[4:]),
            (f"{mobile}元旦后打", mobile),
            (f"我{mobile}人在许昌", mobile),
            (f"A{mobile}B", mobile),
        ]
    for area, local in _LANDLINES:
        for form in ("{}-{}", "({}){}", "（{}）{}", "{} {}", "{}{}", "{}—{}", "{}、{}"):
            found.append((f"座机{form.format(area, local)}转3", local))
        found += [(f"家里{local}", local), (f"单位电话：{local}", local)]
    found += [(f"拨{n}", n[-7:]) for n in ("400-123-4567", "8008101234", "400 820 8820")]
    for identity in _IDENTITIES:
        found += [
            (f.format(identity), identity) for f in ("身份证{}", "证号:{}吧", "{}是我的", "我{}")
        ]
        found += [
            (_joined(identity, mark, 6, 8, 4), identity[6:14])
            for mark in (" ", "-", "、", "/", ",", "*")
        ]
        found += [
            (_joined(identity, " ", 4, 4, 4, 4, 2), identity[4:8]),
            (identity.lower(), identity[:17]),
            (_wide(identity), _wide(identity)[:17]),
            (" ".join(identity), " ".join(identity[:9])),
            (
                f"身份证{_spelled(identity[:17], _DIGITS)}{identity[17]}",
                _spelled(identity[:9], _DIGITS),
            ),
        ]
    found += [("老证411002500101123", "411002500101123"), ("410426 680723 005", "680723")]
    for card in _CARDS:
        found += [(f.format(card), card) for f in ("卡号{}", "打到{}上", "{}", "工行{}王")]
        found += [
            (_joined(card, mark, 4, 4, 4, 4, len(card) - 16), card[4:8])
            for mark in (" ", "-", "  ", ".")
        ]
    found += [
        (text, text[-5:])
        for text in (
            "护照E12345678", "护照号EA1234567", "护照G1234 5678", "通行证H12345678", "证件C1234567",
            "护照 E-12345678", "护照号码是e12345678", "军字第1234567", "台胞证T12345678", "港澳证M12345678",
        )
    ]  # fmt: skip
    found += [
        (form.format(plate), plate[-4:])
        for form in ("车牌{}", "我的车是{}停在门口", "{}")
        for plate in ("豫K12345", "豫A·D12345", "豫K 8A632", "京A88888", "豫KD06688", "豫k5x678", "沪C1B2D3", "豫K·12A45")
    ]  # fmt: skip
    found += [
        (form.format(mail), mail[:2])
        for form in ("邮箱{}", "发到 {} 就行", "{}")
        for mail in (
            "a.b@qq.com", "wang_fang@163.com", "li@例子.中国", "x1@民政.公司.cn", "ab@sina.com.cn", "w99艾特qq点com",
            "zhao(at)163.com", "sun@qq。com", "qian[at]126.com", "zh@163点com", "ma @ qq . com",
        )
    ]  # fmt: skip
    found += [
        (text, text.split("@")[0][-2:])
        for text in ("ａｂ＠ｑｑ．ｃｏｍ", "ｗａｎｇ＠１６３．ｃｏｍ")
    ]
    found += [
        (form.format(name), name)
        for form in ("我叫{}", "我叫{}，想问火化", "姓名：{}", "姓名{}，住许昌", "我叫{}我想问一下", "申请人是{}。")
        for name in ("王小明", "李强", "张桂兰", "欧阳建国", "赵四", "陈秀英", "刘洋", "孙玉珍")
    ]  # fmt: skip
    found += [
        (text, text[-5:])
        for text in ("微信号abc_12345", "微信:wangfang88", "vx xiaoming99", "QQ 123456", "QQ号98765432", "wx：li-qiang1")
    ]  # fmt: skip
    return list(dict.fromkeys(found))


_COUNTED = (
    "{}元", "{}余元", "{}多元", "{}万元", "金额{}", "金额为{}", "共计{}元", "补贴{}元", "资金{}元整", "投资{}亿元",
    "约{}人", "人民币{}", "￥{}", "拨付{}元给", "合计：{}", "支出{}余元，", "发放津贴{}元", "累计{}人次",
)  # fmt: skip
_SUMS = ("1234567", "1000000", "25600000", "812345678", "7200000", "1234567890")
_DATES = (
    "2024年11月27日", "2024-11-27", "2024.11.27", "2024/11/27", "20241127", "2024年11月", "2024-11", "11月27日",
    "2023年3月1日至4月20日", "2024-11-27 2024-11-28", "2024/11/27至2024/11/28", "2024.1.1-2024.12.31", "20241231公布",
    "二〇二四年十二月三十一日", "2021、2022、2023、2024", "2021,2022,2023", "2022/2023", "2023-2024年度", "1998年", "截至2024年12月31日",
)  # fmt: skip
_PLAIN = (
    "火化手续现在要多久", "安葬费有没有减免", "高龄津贴每个月多少钱", "养老院查得严不严", "低保怎么核查", "殡仪馆几点开门",
    "老人突然昏迷了怎么办拨打120", "打110还是119", "12345热线能查吗", "96156养老服务", "12319是什么电话", "第37项37.2", "一是二是三是四是五是六是七是",
    "156个助餐场所8.3万人次", "1041个养殖场,7200条地名,1600个站", "15分钟简化为5分钟", "3个80%", "25.5㎡", "1,234,567.89元", "13,800,138,000元",
    "1300、200、1500元", "500元、800元、1000元", "156、1041、720", "1/2/3/4/5/6", "10:30-11:30", "8:00—17:30", "0.5%", "3.14159", "GB/T 2312",
    "豫民文〔2023〕12号", "许民〔2024〕3号", "豫政办〔2019〕27号", "第3批第12条", "A4纸", "B2层", "5G手机", "COVID19", "CO2", "H1N1", "24K", "ISO9001",
    "我叫不到车", "我叫了救护车", "姓名登记错了怎么改", "姓名变更要什么材料", "姓名和身份证不一致", "我叫什么不重要", "他叫我来问的", "姓名怎么写", "户主是谁",
    "申请人需要到场吗", "联系人要填谁", "孩子的名字怎么改", "死者家属怎么办", "名字写错了", "我叫车去殡仪馆", "叫做什么名称", "我叫外卖", "你叫什么名字",
    "许昌市魏都区", "建安区民政局", "鄢陵县", "禹州市", "长葛市", "襄城县", "东城区", "示范区", "殡仪馆在哪儿", "公墓价格", "城市低保标准",
    "微信公众号叫什么", "微信小程序能办吗", "QQ群有吗", "邮箱是什么", "有没有邮箱", "电子邮箱怎么写", "发邮件行吗", "微信认证怎么弄", "护照怎么办",
    "身份证丢了怎么办", "银行卡换了怎么办", "车牌号要登记吗", "手机号换了怎么改", "电话打不通", "没有电话号码", "证件要带几份", "卡号填错了",
    "60岁70岁80岁90岁100岁", "满80周岁每月50元", "90-99周岁", "100周岁以上", "1至12月", "1-6月", "第一季度", "11、12月", "2024年1、2、3月",
    "39个问题107条措施", "一百零七条", "八十岁", "三千五百元", "五六十人", "一二百", "三四个月", "七八年", "二三十", "一九四九年", "零点", "两三天",
    "How long does it take", "cremation fee 2024", "What is 12345", "call 120 now", "page 3 of 12", "no. 37.2", "id 37.2", "v1.2.3", "port 8000",
)  # fmt: skip
_FRAMES = ("{}", "请问{}？", "通报里写的{}是什么意思", "({})")


def negatives() -> list[str]:
    """Texts in which nothing is personal."""
    found = [form.format(number) for form in _COUNTED for number in _SUMS]
    found += [frame.format(date) for frame in _FRAMES for date in _DATES]
    found += [frame.format(plain) for frame in _FRAMES[:2] for plain in _PLAIN]
    return list(dict.fromkeys(found))
