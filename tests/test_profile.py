"""What is about one notice: written beside it, or read off it, and never about another."""

from pathlib import Path

import pytest

from index import profile, sources, store
from index.errors import VocabularyError
from index.notice import Notice, parse
from index.profile import Profile, Subject
from tests.conftest import SHIPPED, TinyEncoder

OFFICE = """\
按照区委统一部署,2025年4月至6月,区委第二巡察组对滨洲市清河区教育局党组开展了巡察。现将整改情况予以公布。
一、反馈问题整改情况
1.关于校车安全监管不到位的问题。
整改情况:一是与清河区交通运输局、公安部门检查校车42辆。二是在柳树镇、白石乡增设站点。
2.关于校外培训收费不规范的问题。
整改情况:督促滨洲育才教育咨询有限公司退费3.2万元。白石乡、杨家湾村各设公示栏1个。
3.关于校车线路偏少的问题。
整改情况:清河区教育局新开线路5条。
4.关于党支部换届不及时的问题。
整改情况:已完成换届。
欢迎社会各界对整改情况进行监督。联系电话:0000-1234567。
中共滨洲市清河区教育局党组
2025年12月1日
"""


@pytest.fixture
def office() -> Notice:
    return parse(OFFICE, "qinghe-jyj")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "qinghe-jyj.txt"
    path.write_text(OFFICE, "utf-8")
    return path


def write(file: Path, text: str) -> Path:
    path = file.with_suffix(".toml")
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_issuer_area_and_places_are_read_off_the_text(office: Notice) -> None:
    found = profile.read_off(office)
    assert found.issuer == "中共滨洲市清河区教育局党组"
    assert found.area == "清河区"
    assert found.areas == ("滨洲市", "清河区", "柳树镇", "白石乡", "杨家湾村")


def test_without_a_file_bodies_and_companies_are_read_off_the_text(office: Notice) -> None:
    assert set(profile.read_off(office).organisations) >= {
        "区委第二巡察组",
        "清河区教育局",
        "清河区交通运输局",
        "滨洲育才教育咨询有限公司",
    }


def test_without_a_file_subjects_are_words_that_titles_share(office: Notice) -> None:
    assert profile.read_off(office).subjects == (Subject("校车", ("校车",)),)


def test_without_a_file_examples_are_made_of_titles_those_about_the_office_last(
    office: Notice,
) -> None:
    assert profile.read_off(office).examples == (
        "校车安全监管不到位的问题整改得怎么样",
        "校外培训收费不规范的问题整改得怎么样",
        "校车线路偏少的问题整改得怎么样",
        "党支部换届不及时的问题整改得怎么样",
    )


def test_without_a_file_the_telephone_is_for_what_the_notice_invites_to(office: Notice) -> None:
    assert profile.read_off(office).contact_role == "对整改情况的监督和意见"


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("中共山阳县水利局党组关于巡察整改情况的通报\n根据安排,现将情况予以公布。\n1.甲。", "中共山阳县水利局党组"),
        ("根据县委部署,县委巡察组对山阳县水利局党组开展了巡察。\n1.甲。", "山阳县水利局"),
        ("1.甲。\n整改情况:已改。", ""),
    ],
)  # fmt: skip
def test_an_unsigned_notice_is_of_whom_its_title_or_opening_names(text: str, issuer: str) -> None:
    found = profile.read_off(parse(text, "n"))
    assert found.issuer == issuer
    assert found.area == ("山阳县" if issuer else "")


def test_a_text_that_names_nothing_has_an_empty_profile() -> None:
    assert profile.read_off(parse("今天休息。", "n")) == Profile()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("会同县财政局检查。", ()),
        ("指导各县、全市、本镇和城乡社区。", ()),
        ("在柳树镇、白石乡检查,向石门村拨款。", ("柳树镇", "白石乡", "石门村")),
        ("进小区、进农村、进校区。", ()),
        ("对青山县检查,青山县已改。", ("青山县",)),
    ],
)
def test_a_place_is_told_from_common_words(text: str, places: tuple[str, ...]) -> None:
    assert profile.read_off(parse(text, "n")).areas == places


def test_what_is_written_wins_and_what_is_missing_is_read_off(file: Path, office: Notice) -> None:
    write(
        file,
        'area = "清河"\nexamples = ["校车几点来"]\n'
        '[[subjects]]\nname = "上学"\nwords = ["校车", "培训"]\n',
    )
    found = profile.load(file, office)
    assert (found.area, found.examples) == ("清河", ("校车几点来",))
    assert found.subjects == (Subject("上学", ("校车", "培训")),)
    assert found.areas == profile.read_off(office).areas


def test_an_empty_list_is_kept_empty(file: Path, office: Notice) -> None:
    write(file, "subjects = []\nexamples = []\n")
    found = profile.load(file, office)
    assert (found.subjects, found.examples) == ((), ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("isuer = 'x'", r"unknown key 'isuer'; expected issuer, area"),
        ("issuer = 3", r"issuer is 3; expected a text in quotes"),
        ("areas = '甲县'", r"areas is '甲县'; expected a list of texts"),
        ("areas = ['甲县', 2]", r"areas is .*; expected a list of texts"),
        ("examples = ['']", r"examples is .*; expected a list of texts, none of them empty"),
        ("subjects = '甲'", r"subjects is '甲'; expected tables headed \[\[subjects\]\]"),
        (
            "subjects = [{name = '甲'}]",
            r"subjects\[0\] is .*; expected a table with name and words",
        ),
        ("subjects = [{name = '甲', words = 1}]", r"subjects\[0\]\.words is 1; expected a list"),
        ("subjects = [{name = '甲', words = []}]", r"expected a name and at least one word"),
        ("issuer =", r"is not TOML"),
    ],
)
def test_a_bad_file_is_named_with_key_and_what_is_expected(
    text: str, says: str, file: Path, office: Notice
) -> None:
    path = write(file, text)
    with pytest.raises(VocabularyError, match=says) as caught:
        profile.load(file, office)
    assert str(path) in caught.value.message


def test_a_file_in_another_encoding_is_named(file: Path, office: Notice) -> None:
    file.with_suffix(".toml").write_bytes("issuer = '许'".encode("gb18030"))
    with pytest.raises(VocabularyError, match="is not UTF-8"):
        profile.load(file, office)


def test_a_profile_comes_back_from_the_index_as_it_was(
    file: Path, tmp_path: Path, tiny_encoder: TinyEncoder
) -> None:
    write(file, "[[subjects]]\nname = '上学'\nwords = ['校车']\n")
    (source,) = sources.collect([file])
    store.build([source], tiny_encoder, tmp_path / "index")
    (loaded,) = store.load(tmp_path / "index", tiny_encoder).sources
    assert loaded.profile == source.profile
    assert loaded.profile.subjects == (Subject("上学", ("校车",)),)


def test_the_shipped_profile_names_only_what_the_notice_prints(real_notice: Notice) -> None:
    found = profile.load(SHIPPED, real_notice)
    assert (found.issuer, found.area) == ("中共许昌市民政局党组", "许昌市")
    assert [name for name in found.areas if name not in real_notice.text] == []
    assert [name for name in found.organisations if name not in real_notice.text] == []
    words = [word for subject in found.subjects for word in subject.words]
    assert [word for word in words if word not in real_notice.text] == []


def test_every_finding_of_the_shipped_notice_has_a_subject(real_notice: Notice) -> None:
    found = profile.load(SHIPPED, real_notice)
    words = [word for subject in found.subjects for word in subject.words]
    without = [f.id for f in real_notice.findings if not any(word in f.title for word in words)]
    assert without == []


def test_no_rule_speaks_of_the_shipped_notices_city() -> None:
    folder = Path(profile.__file__).parent
    spoken = [path.name for path in folder.glob("*.py") if "许昌" in path.read_text("utf-8")]
    assert spoken == []
