"""What kind of thing a question asks for, and whether a text states such a thing."""

import re
from typing import Literal

Slot = Literal[
    "amount", "duration", "frequency", "date", "place", "phone", "person", "count", "document",
    "condition", "procedure", "names", "reason", "opinion", "rumour",
]  # fmt: skip

_ASKS: dict[Slot, re.Pattern[str]] = {
    "amount": re.compile(
        r"多少钱|标准.{0,6}多少|多少.{0,2}标准|多钱|几块|几百|几千|多少元|几元|价格|价钱|价位|收费|费用|花多少|给多少|发多少|领多少|补多少|补助多少|"
        r"减多少|退多少|罚多少|涨多少|多少补贴|标准是?多少|金额|钱数|啥价|贵不贵|单价|报价|预算|花了多少|薪|工资|"
        r"how much|\bcosts?\b|price|\bfees?\b|\bcharges?\b|amount|salary|budget|いくら|料金|費用|얼마|비용|요금|bao nhiêu tiền|giá|phí|"
        r"сколько стоит|цена|стоимост|плат|cuánto cuesta|precio|importe|combien coûte|prix|tarif|montant|wie viel kostet|"
        r"preis|gebühr|betrag|كم يبلغ|تكلفة|سعر|رسوم|مبلغ"
    ),
    "duration": re.compile(
        r"多久|多长时间|几分钟|几天|几个月|多少天|多少分钟|几个小时|要等|时限|how long|どのくらい|얼마나 걸|bao lâu|"
        r"сколько времени|cuánto tiempo|combien de temps|wie lange|كم من الوقت|كم تستغرق"
    ),
    "frequency": re.compile(
        r"几回|多久.{0,4}(一次|一回)|隔多久|每月几|几个月一|一年几|how often|頻度|얼마나 자주|bao lâu một lần|как часто|"
        r"con qué frecuencia|à quelle fréquence|wie oft|كم مرة"
    ),
    "date": re.compile(
        r"什么时候|啥时候|啥时|几时|几号|哪天|哪一天|何时|哪年|哪个月|几月|日期|时间是|几点|时间表|截止|到期|"
        r"\bwhen\b|what date|which day|what time|いつ|何月|언제|며칠|khi nào|ngày nào|когда|какого числа|cuándo|fecha|quand|"
        r"quelle date|wann|datum|متى|تاريخ"
    ),
    "place": re.compile(
        r"在哪(?!家|份|个文件|条|一?天|年|几|次|些)|哪里|哪儿|搁哪|哪个地方|啥地方|什么地方|哪块|地址|地点|位置|哪条路|怎么走|几路|哪个窗口|"
        r"\bwhere\b|address|location|どこ|住所|어디|주소|ở đâu|địa chỉ|где|адрес|dónde|dirección|\boù\b|adresse|\bwo\b|أين|عنوان"
    ),
    "phone": re.compile(
        r"(电话|热线)(号码?)?(是|为|:)?(多少|啥|什么|几|哪|呢|有没有|$|[?]|给我|发我)|号码|打(哪个|啥|什么|几)|多少号|手机号|座机|[咋怎]么?联系|联系方式|联系电话|phone|hotline|number to call|電話|전화|điện thoại|"
        r"телефон|teléfono|téléphone|telefon|هاتف"
    ),
    "person": re.compile(
        r"是谁|谁[^都]|哪个人|哪位|姓名|名字|叫啥名|负责人|经办人|领导是|局长|馆长|院长|姓啥|姓什么|"
        r"\bwho\b|\bname\b|誰|누구|이름|là ai|tên|\bкто\b|имя|фамили|quién|nombre|\bqui\b|\bnom\b|\bwer\b|\bnamen?\b|من هو|اسم"
    ),
    "count": re.compile(
        r"多少[^钱元天分久]|几[个家人次户件条份名起场批项届位处台辆只种类篇部回所]|人数|总数|数量|总共|一共|占比|比例|百分之|"
        r"how many|percentage|percent|何人|何か所|何件|몇|비율|bao nhiêu|mấy|tỷ lệ|сколько|процент|cuánt[oa]s|porcentaje|"
        r"combien|pourcentage|wie viele|prozent|كم عدد|نسبة"
    ),
    "document": re.compile(
        r"什么文件|哪个文件|哪份|哪些文件|文件名|啥文件|什么制度|哪个办法|什么办法|通知叫|规定叫|全文|原文|附件|文号|"
        r"第几条|which document|title of|what regulation|full text|文書|문서|văn bản|документ|documento|document|dokument|وثيقة"
    ),
    "condition": re.compile(
        r"条件|资格|符合|够不够格|能不能[领吃办申享纳]|能[领吃申享]|可以[领申享]|几岁|多大岁数|多大年龄|年龄|哪些人|啥人|什么人|"
        r"算不算|够格|eligib|qualif|who can|what age|条件|資格|자격|조건|나이|điều kiện|tuổi|услови|возраст|requisit|\bedad\b|"
        r"condition|âge|voraussetzung|\balter\b|شروط|عمر"
    ),
    "procedure": re.compile(
        r"怎么[办申领报弄查退投预登]|咋[办申领报弄查退投预登]|如何[办申领报查退投预登]|流程|手续怎|材料|带啥|带什么|哪些证|证件|"
        r"去哪.{0,3}[办报申领]|找谁办|网上.{0,4}[办约申]|预约|报名|how (do|can|to)|apply|register|book|what documents|"
        r"手続き|申請|신청|절차|예약|thủ tục|đăng ký|nộp|как (подать|оформ|получ|запис)|cómo|solicit|comment (faire|demander)|"
        r"inscri|wie (kann|beantrag|melde)|كيف|التسجيل"
    ),
    "names": re.compile(
        r"名单|清单|明细|都是谁|分别是哪|哪几家|哪些单位|哪些家|具体.{0,4}(有哪些|名称)|列个表|list of names|which ones|リスト|명단|"
        r"danh sách|список|lista|liste|قائمة"
    ),
    "reason": re.compile(r"为什么|为啥|为何|咋会|什么原因|\bwhy\b|なぜ|왜|tại sao|почему|por qué|pourquoi|warum|لماذا"),
    "opinion": re.compile(
        r"你觉得|你认为|你说说看|评价|该不该|是不是失职|失职|不作为|谁的错|怪谁|好不好|靠谱|有没有猫腻|活该|给个结论|"
        r"应该.{0,4}处分|你怎么看|公平吗|合理吗|值不值|do you think|your opinion|is it fair|to blame|どう思|어떻게 생각"
    ),
    "rumour": re.compile(r"听说|听人说|都说|传言|网上说|据说|有人说|是不是真的|真的假的|i heard|rumou?r|本当ですか|사실인가"),
}  # fmt: skip

_STATES: dict[Slot, re.Pattern[str]] = {
    "amount": re.compile(r"\d+(?:\.\d+)?[万亿]?元"),
    "duration": re.compile(r"\d+(?:分钟|小时|天|个月)|[一二三]个月|月\d+日至"),
    "frequency": re.compile(r"每[月天季年]|平均每月|每次|\d+次"),
    "date": re.compile(r"\d{1,2}月|\d{4}年|每月|每天|春节|清明"),
    "place": re.compile(r"[\u4e00-\u9fff]{2,}(?:路|街|楼|镇|乡|村|社区|县|区|市|馆|中心|广场)"),
    "phone": re.compile(r"\d{3,4}-\d{7,8}|(?<!\d)1\d{10}(?!\d)"),
    "person": re.compile(r"收\)|[\u4e00-\u9fff]{2,4}(?:同志|局长|书记)|机关党委|书记|专人|班子成员|局党组|纪检"),
    "count": re.compile(r"\d+(?:\.\d+)?[万亿]?(?:余|多)?(?:个|家|人|次|户|件|条|份|名|起|批|项|届|台|场|幅|篇|块|%)"),
    "document": re.compile(r"《[^》]+》"),
    "condition": re.compile(r"条件|标准|符合|对象|岁"),
    "procedure": re.compile(r"办理|申请|帮办|代办|引导|流程|证件|程序"),
    "names": re.compile(r"、"),
    "reason": re.compile(r"由于|因为|因|避免|针对|为"),
}  # fmt: skip

# One measure states these; a question for one of them is not about a whole finding.
POINTED: frozenset[Slot] = frozenset(
    {"amount", "duration", "frequency", "date", "place", "phone", "person", "count", "document"}
)
SLOTS: tuple[Slot, ...] = tuple(_ASKS)


def asked(text: str) -> frozenset[Slot]:
    """The kinds of thing a question asks for; empty when none is recognisable."""
    lowered = text.lower()
    return frozenset(slot for slot, pattern in _ASKS.items() if pattern.search(lowered))


def stated(slot: Slot, text: str) -> bool:
    """Whether a text of the notice states a thing of that kind at all."""
    pattern = _STATES.get(slot)
    return bool(pattern and pattern.search(text))
