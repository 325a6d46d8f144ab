"""Whether a message is about a person in danger now: recognised, or only sounding like it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import emergency
from assistant.emergency import is_emergency, sign_features, stretches
from assistant.matching import plain, read_signs, scripts, signs_in, syllables
from eval.emergency import written_lines


@pytest.mark.parametrize(
    "message",
    [
        "俺爹躺地上喊不应了",
        "我妈胸口疼得喘不上气",
        "老头嘴歪了话也说不清",
        "孩子吃花生卡住了脸都紫了",
        "血止不住",
        "奶奶从楼梯上摔下来动不了",
        "我不想活了",
        "安眠药都数好了,今晚就走",
        "楼道里全是烟,下不去",
        "一屋子煤气味头晕得很",
        "小孩把农药喝了",
        "有人掉井里了",
        "工人触电了手甩不开",
        "电梯卡住了里面的人喘不过气",
        "他拿刀堵在门口",
        "护工正在打老人",
        "老人走丢一晚上没回来",
        "桥洞里有个人冻得不会动了",
        "羊水破了",
        "救命",
    ],
)
def test_a_person_in_danger_now_is_an_emergency(message: str) -> None:
    assert is_emergency(message)


@pytest.mark.parametrize(
    "message",
    [
        "养老院老人摔倒骨折了赔多少钱",
        "心梗能不能申请大病救助",
        "养老院消防检查查了几次",
        "去年煤气中毒那家后来给补助没",
        "打人的护工处分了没",
        "自杀的人火化要啥证明",
        "防走失手环去哪领",
        "火化炉有几台",
        "俺爹昨天走了,火化要带啥证件",
        "万一老人晕倒了,日间照料中心咋处理",
        "排队排得腿都断了",
        "急死我了,津贴啥时候发",
        "笑死我了",
        "燃气费怎么交",
        "流浪乞讨人员救助",
        "突发事件应急预案",
        "你好",
        "那第二条呢",
        "低保几号发",
        "",
        " \u3000\n",
    ],
)
def test_a_question_of_rules_money_or_the_past_is_none(message: str) -> None:
    assert not is_emergency(message)


@pytest.mark.parametrize(
    "message",
    [
        "老爷子昏迷了,低保户能免费叫救护车不",
        "今晚我就走了,麻烦问下火化是不是不要钱",
        "养老院着火了老人还在三楼出不来,归谁管",
    ],
)
def test_danger_stays_danger_before_a_question_of_services(message: str) -> None:
    assert is_emergency(message)


@pytest.mark.parametrize(
    "message",
    ["我想自沙", "人昏谜了叫不醒", "房子着活了", "摔到了起不来", "救名啊快来人", "煤汽漏了"],
)
def test_wrong_characters_of_the_same_sound_are_heard(message: str) -> None:
    assert is_emergency(message)


@pytest.mark.parametrize(
    "message", ["媽媽昏倒了叫不醒", "失火了!快來人", "我不想活了啦", "救命啊!!!"]
)
def test_traditional_characters_and_punctuation_change_nothing(message: str) -> None:
    assert is_emergency(message)


@pytest.mark.parametrize(
    ("danger", "question"),
    [
        ("My grandfather is unconscious on the floor", "How many fire inspections were there?"),
        ("父が倒れて息をしていません", "消防点検は何回ありましたか"),
        ("할머니가 쓰러져서 의식이 없어요", "소방 점검은 몇 번 했나요"),
        ("Nhà tôi đang cháy, cứu với", "Trợ cấp người cao tuổi bao nhiêu"),
        ("Бабушка упала и не дышит", "Сколько было пожарных проверок"),
        ("Mi madre no respira", "¿Cuánto cuesta la cremación?"),
        ("Ma mère ne respire plus", "Combien coûte la crémation ?"),
        ("Mein Vater atmet nicht mehr", "Was kostet die Einäscherung?"),
        ("أبي لا يتنفس", "كم علاوة كبار السن"),
        ("พ่อไม่หายใจ ช่วยด้วย", "เบี้ยผู้สูงอายุเท่าไหร่"),
        ("Ayah saya tidak bernapas", "Berapa tunjangan lansia?"),
        ("Meu pai não respira", "Quanto custa a cremação?"),
        ("Mio padre non respira", "Quanto costa la cremazione?"),
        ("मेरे पिता सांस नहीं ले रहे", "वृद्धा भत्ता कितना है?"),
        ("Babam nefes almıyor", "Yaşlılık maaşı ne kadar?"),
        ("Батько не дихає", "Скільки коштує кремація?"),
        ("Tata nie oddycha", "Ile kosztuje kremacja?"),
        ("پدرم نفس نمی‌کشد", "هزینه چقدر است؟"),
        ("বাবা অজ্ঞান হয়ে গেছেন", "বয়স্ক ভাতা কত টাকা?"),
        ("ابو بے ہوش ہو گئے ہیں", "وظیفہ کتنا ہے؟"),
        ("Hindi humihinga ang tatay ko", "Magkano ang allowance?"),
        ("Mijn vader ademt niet", "Wat kost een crematie?"),
        ("אבא לא נושם", "כמה עולה קבורה?"),
        ("Ο πατέρας μου δεν αναπνέει", "Πόσο κοστίζει η αποτέφρωση;"),
        ("Tata nu respiră", "Cât costă incinerarea?"),
        ("Baba hapumui, nisaidieni", "Posho ni kiasi gani?"),
    ],
)
def test_other_languages_are_understood_both_ways(danger: str, question: str) -> None:
    assert is_emergency(danger)
    assert not is_emergency(question)


def test_nearly_every_line_it_was_fitted_to_is_told_right() -> None:
    lines = list(written_lines())
    wrong = [line for line in lines if is_emergency(line.text) != line.danger]
    assert len(lines) > 2500
    assert len(wrong) / len(lines) < 0.02


def test_signs_of_parts_stand_only_within_reach() -> None:
    languages = read_signs(emergency.SIGNS)
    near = {sign.group for sign in signs_in(plain("喊了半天不应"), languages)}
    far = {sign.group for sign in signs_in(plain("喊" + "人" * 30 + "不应"), languages)}
    assert "han.strong.unresponsive" in near
    assert "han.strong.unresponsive" not in far


def test_figures_of_speech_are_no_signs() -> None:
    assert "han.strong.cry" in sign_features(plain("救命"))
    assert "han.strong.cry" not in sign_features(plain("这是俺的救命钱"))


def test_plain_text_has_no_accents_articles_or_punctuation() -> None:
    assert plain("¡Ayúdenme, no respira!") == " ayudenme no respira "
    assert plain("フジ、火事!") == " フジ 火事 "
    assert plain("救命!!快來") == " 救命 快来 "
    assert plain("فقدت الوعي") == " فقدت وعي "
    assert plain("?!") == " "


def test_characters_beside_kana_are_japanese() -> None:
    assert scripts(plain("火事です")) == {"kana"}
    assert scripts(plain("着火了 help")) == {"han", "latin"}
    assert list(stretches(plain("火事です"))) == []


def test_syllables_have_no_tones() -> None:
    assert syllables("自沙") == syllables("自杀") == ["zi", "sha"]


@given(st.text(max_size=400))
def test_any_text_is_judged_the_same_twice(message: str) -> None:
    assert is_emergency(message) is is_emergency(message)


@pytest.mark.parametrize(
    "unit",
    [
        "打",
        "疼",
        "救命",
        "俺爹心口疼",
        "血流",
        "a",
        "help ",
        "не ",
        "غاز ",
        "が",
        "不 ",
        "\u0301",
        " ",
    ],
)
def test_the_work_grows_with_the_length_and_no_faster(unit: str) -> None:
    is_emergency(unit)
    long = (unit * 5000)[:5000]
    started = time.perf_counter()
    is_emergency(long)
    # 0.05 s on an idle core; a pattern that backtracks would need minutes.
    assert time.perf_counter() - started < 5.0


def test_every_sign_is_quick_on_its_own_words_repeated() -> None:
    languages = read_signs(emergency.SIGNS)
    starts = sorted({key for found in languages.values() for one in found for key in one.by_start})
    started = time.perf_counter()
    for start in starts[:: max(1, len(starts) // 60)]:
        signs_in(plain((start * 5000)[:5000]), languages)
    assert time.perf_counter() - started < 60.0
