"""The staff's pages in a real browser: complete, readable, by keyboard, safe."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.rooms import (
    STAFF,
    enter,
    grave_violations,
    rooms_memory,
    rooms_server,
    sideways,
)
from tests.serving import NOTICE, Watch, browser_type_launch_args, shared_settings

__all__ = ["browser_type_launch_args"]

PAGES = ("", "/glance", "/verify", "/board", "/words", "/log")
DRAFT = (
    "办理手续时间已由15分钟简化为3分钟,显著降低其负担;今天天气很好<script>alert(1)</script>。"
    "一是开展干部队伍建设专题调研。一是减免安葬费，大大地提高了安葬率。"
)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN"}


@pytest.fixture
def watch(page: Page) -> Watch:
    return Watch(page)


@pytest.fixture
def staff(page: Page, watch: Watch) -> Iterator[Page]:
    rooms_memory().put_on_board(NOTICE, "nothing_found", "<b onclick=alert(1)>怪问题</b>", "", None)
    enter(page, STAFF, "/staff")
    yield page
    assert watch.complaints == []
    assert watch.foreign(rooms_server()) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave_on_any_page(staff: Page, scheme: Any) -> None:
    staff.emulate_media(color_scheme=scheme)
    found = {}
    for path in PAGES:
        staff.goto(f"{rooms_server()}/staff{path}")
        found[path] = grave_violations(staff)
    staff.goto(f"{rooms_server()}/staff?text=没有这样的字")
    found["nothing"] = grave_violations(staff)
    staff.goto(f"{rooms_server()}/staff/verify")
    staff.fill("textarea", DRAFT)
    staff.click("form.verify-form button")
    found["verified"] = grave_violations(staff)
    assert found == {state: [] for state in found}


def test_the_login_page_and_its_refusal_are_accessible(page: Page) -> None:
    page.goto(rooms_server() + "/login")
    assert grave_violations(page) == []
    page.keyboard.type("nobody")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("用户名或密码不对。")
    assert grave_violations(page) == []


@pytest.mark.parametrize("size", [(320, 640), (320, 256)], ids=["320 px", "1280 px at 400 %"])
def test_no_page_scrolls_sideways(staff: Page, size: tuple[int, int]) -> None:
    staff.set_viewport_size({"width": size[0], "height": size[1]})
    for path in (*PAGES, "?month_from=2024-11", "?unit=finding"):
        staff.goto(f"{rooms_server()}/staff{path}")
        assert sideways(staff) <= 0, path
    staff.goto(f"{rooms_server()}/staff/verify")
    staff.fill("textarea", DRAFT + "很" * 60 + "a" * 80)
    staff.click("form.verify-form button")
    assert sideways(staff) <= 0


def test_november_is_listed_completely_and_marked(staff: Page) -> None:
    staff.select_option("#month_from", "2024-11")
    staff.wait_for_url("**/staff?*month_from=2024-11*")
    expect(staff.locator(".result-line strong")).to_have_text("10")
    assert staff.locator("tbody tr").count() == 10
    assert "11月13日" in staff.locator("mark").all_inner_texts()
    staff.click("text=16.2")
    staff.wait_for_url(f"**/notice/{NOTICE}?mark=*#16.2")


def test_a_list_is_filtered_by_keyboard_alone(staff: Page) -> None:
    staff.focus("#text")
    staff.keyboard.type("日间照料 助餐")
    staff.keyboard.press("Enter")
    staff.wait_for_url(re.compile("text="))
    expect(staff.locator(".result-line strong")).to_have_text("2")
    staff.locator("summary").focus()
    staff.keyboard.press("Enter")
    assert staff.locator(".chip").first.is_visible()
    staff.keyboard.press("Tab")
    staff.keyboard.press("Enter")
    staff.wait_for_load_state("load")
    assert int(staff.inner_text(".result-line strong")) <= 2


def test_a_list_is_exported_as_it_stands(staff: Page) -> None:
    staff.goto(f"{rooms_server()}/staff?place=魏都区")
    for name, suffix in (("导出 CSV", "csv"), ("导出 Markdown", "md")):
        with staff.expect_download() as download:
            staff.click(f"text={name}")
        assert download.value.suggested_filename == f"{NOTICE}.{suffix}"
        content = download.value.path().read_bytes()
        assert b"16.2" in content
        assert "第三方".encode() not in content
    assert content[:2] == b"# "


def test_a_draft_is_held_against_the_notice(staff: Page) -> None:
    staff.goto(f"{rooms_server()}/staff/verify")
    staff.fill("textarea", DRAFT)
    staff.focus("textarea")
    staff.keyboard.press("Tab")
    staff.keyboard.press("Enter")
    expect(staff.locator(".checked > li")).to_have_count(4)
    badges = staff.locator(".checked .verdict").all_inner_texts()
    assert [re.sub(r"\s.*", "", badge) for badge in badges] == [
        "与原文不同",
        "通报里没有",
        "逐字一致",
        "文字一致，标点不同",
    ]
    expect(staff.locator(".figures dd").first).to_contain_text("文稿写 3分钟，通报写 5分钟")
    assert staff.locator("main script").count() == 0
    staff.locator(".checked a").first.click()
    staff.wait_for_url(f"**/notice/{NOTICE}?mark=*#37.2")


def test_the_board_shows_text_as_text_and_moves_a_group(staff: Page) -> None:
    staff.goto(f"{rooms_server()}/staff/board")
    group = staff.locator(".groups > li", has_text="怪问题")
    expect(group.locator("h2")).to_have_text("<b onclick=alert(1)>怪问题</b>")
    group.get_by_role("button", name="不归我们").click()
    staff.wait_for_load_state("load")
    expect(staff.locator(".groups > li", has_text="怪问题")).to_have_count(0)
    staff.goto(f"{rooms_server()}/staff/board?status=not_ours")
    expect(staff.locator(".groups > li", has_text="怪问题")).to_have_count(1)
    staff.goto(f"{rooms_server()}/staff/log")
    expect(staff.locator("tbody")).to_contain_text("not_ours: 1 items")


def test_a_phrasing_is_tried_kept_and_accepted(staff: Page) -> None:
    question = "咕噜咕噜哐当哐当咋使"
    staff.goto(f"{rooms_server()}/staff/words?question={question}")
    expect(staff.locator("#question")).to_have_value(question)
    staff.select_option("#passage", "25.2")
    staff.locator("form", has_text="一种问法").get_by_role("button", name="先试一试").click()
    expect(staff.locator("#trial-name")).to_contain_text("个会改变", timeout=60_000)
    expect(staff.locator("#trial")).to_contain_text("第25项")
    assert grave_violations(staff) == []
    staff.locator("form", has_text="一种问法").get_by_role("button", name="存为待定").click()
    row = staff.locator("tr", has_text=question)
    row.get_by_role("button", name="采用", exact=True).click()
    expect(staff.get_by_role("status").first).to_contain_text("已采用")
    written = shared_settings().edits_folder / NOTICE / "phrasings.jsonl"
    assert question in written.read_text("utf-8")
    written.unlink()


def test_the_picture_leads_to_findings_and_months(staff: Page) -> None:
    staff.goto(f"{rooms_server()}/staff/glance")
    assert staff.locator(".tile").count() == 39
    staff.get_by_role("link", name="2024-11：").focus()
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/staff?month_from=2024-11")
    staff.go_back()
    staff.locator(".subject-name", has_text="殡葬").click()
    expect(staff.locator(".result-line strong")).to_have_text("4")
    staff.go_back()
    staff.locator(".tile", has_text="37").first.click()
    staff.wait_for_url(f"**/notice/{NOTICE}#37")
