"""The notice, the page without scripts and the other plain pages, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.serving import (
    NOTICE,
    QUESTION,
    Watch,
    browser_type_launch_args,
    shared_assistant,
    shared_server,
)

__all__ = ["browser_type_launch_args"]


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_context(locale="zh-CN", reduced_motion="reduce").new_page()


@pytest.fixture
def scriptless(browser: Browser) -> Page:
    return browser.new_context(locale="zh-CN", java_script_enabled=False).new_page()


def test_the_notice_page_holds_every_character_of_the_notice(page: Page) -> None:
    page.goto(f"{shared_server()}/notice/{NOTICE}")
    shown = page.locator(".notice-text").inner_text()
    text = shared_assistant().notices[NOTICE].text
    assert "".join(shown.split()) == "".join(text.split())
    assert page.locator("[id='37.2']").inner_text().startswith("二是在逝者及承办人")
    assert page.locator(".contents a").count() == 39 + 5


def test_an_address_marks_words_without_a_script(scriptless: Page) -> None:
    passage = shared_assistant().passage("37.2")
    start = passage.text.index("由15分钟") + passage.start
    scriptless.goto(f"{shared_server()}/notice/{NOTICE}?mark={start}-{start + 11}#37.2")
    expect(scriptless.locator("[id='37.2'] mark")).to_have_text("由15分钟简化为5分钟")
    expect(scriptless.locator("[id='37.2']")).to_be_in_viewport()
    colour = "e => getComputedStyle(e).backgroundColor"
    other = scriptless.locator("[id='37.3']").evaluate(colour)
    assert scriptless.locator("[id='37.2']").evaluate(colour) != other


@pytest.mark.parametrize("mark", ["9-3", "99999999-1", "a-b", "1-2,,", "<script>", "0-9999999"])
def test_a_wrong_mark_is_passed_over(page: Page, mark: str) -> None:
    page.goto(f"{shared_server()}/notice/{NOTICE}?mark={mark}")
    assert page.locator(".notice-text script").count() == 0
    expect(page.locator(".notice-text")).to_contain_text("火化手续办理繁琐")


def test_a_conversation_works_without_scripts(scriptless: Page) -> None:
    scriptless.goto(f"{shared_server()}/plain")
    scriptless.get_by_label("您的问题").fill(QUESTION)
    scriptless.get_by_role("button", name="提问").click()
    expect(scriptless.locator("blockquote").first).to_contain_text("由15分钟简化为5分钟")
    scriptless.get_by_label("您的问题").fill("还有呢")
    scriptless.get_by_role("button", name="提问").click()
    expect(scriptless.locator(".turn .label").first).to_contain_text("第37项")
    expect(scriptless.locator(".earlier li")).to_have_text([QUESTION, "还有呢"])
    scriptless.locator(".open-quote").first.click()
    expect(scriptless).to_have_url(f"{shared_server()}{scriptless.url[len(shared_server()) :]}")
    expect(scriptless.locator(".notice-text")).to_be_visible()


def test_a_browser_without_scripts_is_led_from_the_chat_to_the_plain_page(scriptless: Page) -> None:
    scriptless.goto(shared_server())
    scriptless.wait_for_url("**/plain")


def test_markup_in_a_plain_question_stays_text(scriptless: Page) -> None:
    scriptless.goto(f"{shared_server()}/plain?question=%3Cb%3E火化手续%3C/b%3E")
    expect(scriptless.locator(".asked")).to_contain_text("<b>火化手续</b>")
    assert scriptless.locator(".turn b").count() == 0


@pytest.mark.parametrize(
    "path",
    [
        f"/notice/{NOTICE}",
        "/plain",
        "/plain?question=火化手续现在要多久",
        "/plain?lang=en&question=今天天气怎么样",
        "/docs",
        "/nothing",
    ],
)
@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_is_accessible_fits_and_loads_nothing_foreign(
    page: Page, path: str, width: int
) -> None:
    watch = Watch(page)
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(shared_server() + path)
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("a[href='tel:0374-2965034']").first.is_visible()
    assert watch.foreign(shared_server()) == []
    assert [c for c in watch.complaints if path != "/nothing"] == []
