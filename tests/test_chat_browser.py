"""The residents' chat in a real browser: what they see, hear and press."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.serving import NOTICE, QUESTION, Watch, browser_type_launch_args, shared_server

__all__ = ["browser_type_launch_args"]

NOT_STATED = "高龄津贴每个月能领多少钱"
ELSEWHERE = "明天会不会下雨"
Room = Callable[..., Page]


@pytest.fixture
def room(browser: Browser) -> Iterator[Room]:
    """Opens the chat; ``kept`` is what the browser remembers from an earlier visit."""
    contexts = []

    def enter(width: int = 1280, height: int = 860, kept: str = "", **options: Any) -> Page:
        options = {"locale": "zh-CN", "viewport": {"width": width, "height": height}} | options
        context = browser.new_context(**options)
        contexts.append(context)
        context.add_init_script(kept)
        page = context.new_page()
        page.goto(shared_server())
        page.wait_for_selector("html.ready")
        return page

    yield enter
    for context in contexts:
        context.close()


def ask(page: Page, question: str) -> Any:
    """Types a question, presses Enter, waits for the new turn."""
    turns = page.locator("#turns .turn[data-status]")
    before = turns.count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(turns).to_have_count(before + 1)
    return turns.nth(before)


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html']}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_a_question_is_answered_with_its_quote_and_nothing_leaves_the_machine(
    browser: Browser,
) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    watch = Watch(page)
    page.goto(shared_server())
    page.wait_for_selector("html.ready")
    expect(page.locator(".notice-strip")).to_contain_text("2024-12-31")
    turn = ask(page, QUESTION)
    expect(turn).to_have_attribute("data-status", "answered")
    expect(turn.locator(".quote-card .label").first).to_contain_text(
        "第37项 火化手续办理繁琐 · 二是"
    )
    expect(turn.locator("blockquote").first).to_contain_text("由15分钟简化为5分钟")
    assert turn.locator("mark").count() > 0
    turn.locator(".open-quote").first.click()
    frame = page.frame_locator("#panel-frame")
    expect(frame.locator('[id="37.2"] mark').first).to_be_in_viewport()
    assert watch.foreign(shared_server()) == []
    assert watch.complaints == []
    context.close()


def test_an_answer_is_on_screen_soon_and_announced_without_moving_focus(room: Room) -> None:
    page = room()
    ask(page, QUESTION)
    page.evaluate(
        """() => {
        addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
        new MutationObserver(() => {
            if (document.querySelectorAll("#turns .turn[data-status]").length > 1)
                window.shown ??= performance.now();
        }).observe(document.getElementById("turns"), { childList: true, subtree: true });
    }"""
    )
    ask(page, "公墓有没有免费的集体葬")
    assert page.evaluate("window.shown - window.pressed") < 1500
    expect(page.locator("#status")).to_contain_text("通报里有")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_what_is_not_stated_looks_and_reads_different_and_offers_the_phone(room: Room) -> None:
    page = room()
    turn = ask(page, NOT_STATED)
    expect(turn.locator(".badge")).to_contain_text("通报没有写明")
    expect(turn.locator(".contact a[href='tel:0374-2965034']")).to_be_visible()
    border = "e => getComputedStyle(e).borderTopStyle"
    assert turn.locator(".quote-card").first.evaluate(border) == "dashed"
    turn = ask(page, ELSEWHERE)
    expect(turn).to_have_attribute("data-status", "out_of_scope")
    expect(turn.locator(".contact a[href='tel:0374-2965034']")).to_be_visible()
    assert turn.locator(".quote-card").count() == 0


def test_markup_in_a_question_stays_text(room: Room) -> None:
    page = room()
    turn = ask(page, '<img src=x onerror="window.hurt=1"><b>火化手续</b>要多久')
    expect(turn.locator(".asked")).to_contain_text("<img src=x")
    assert page.evaluate("window.hurt") is None
    assert turn.locator("img, b").count() == 0


def test_the_whole_visit_works_by_keyboard_alone(room: Room) -> None:
    page = room()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    turn = page.locator("#turns .turn[data-status]").first
    expect(turn).to_be_visible()
    link = turn.locator(".open-quote").first
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if link.evaluate("e => e === document.activeElement"):
            break
    assert link.evaluate("e => e === document.activeElement")
    assert link.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert link.evaluate("e => e === document.activeElement")


def test_the_enter_of_an_input_method_and_a_blank_box_ask_nothing(room: Room) -> None:
    page = room()
    box = page.locator("#question textarea")
    box.fill("huohua")
    box.evaluate(
        """e => e.dispatchEvent(new KeyboardEvent("keydown",
        { key: "Enter", isComposing: true, bubbles: true, cancelable: true }))"""
    )
    box.fill("   ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert page.locator("#turns .turn").count() == 0


def test_examples_and_suggestions_ask_with_one_press(room: Room) -> None:
    page = room()
    example = page.locator("#examples button").first
    words = example.inner_text()
    example.click()
    turn = page.locator("#turns .turn[data-status]").first
    expect(turn.locator(".asked")).to_contain_text(words)
    expect(turn).to_have_attribute("data-status", "answered")


def test_other_examples_come_on_request(room: Room) -> None:
    page = room()
    first = page.locator("#examples").inner_text()
    page.locator("#other-examples").click()
    assert page.locator("#examples").inner_text() != first


def test_earlier_questions_are_the_context_until_a_new_conversation(room: Room) -> None:
    page = room()
    ask(page, QUESTION)
    turn = ask(page, "还有呢")
    expect(turn.locator(".label").first).to_contain_text("第37项")
    page.locator("#new").click()
    assert page.locator("#turns .turn").count() == 0
    expect(page.locator("#welcome")).to_be_visible()


def test_a_judgement_with_a_line_is_sent_once(room: Room) -> None:
    page = room()
    turn = ask(page, NOT_STATED)
    turn.locator("[data-act='feedback'][data-helpful='false']").click()
    turn.locator(".note input").fill("想知道金额")
    with page.expect_request("**/api/feedback") as sent:
        turn.locator(".note button").click()
    body = sent.value.post_data_json or {}
    assert (body["helpful"], body["note"]) == (False, "想知道金额")
    expect(turn.locator(".told")).to_contain_text("谢谢")


def test_a_server_that_is_gone_is_said_and_the_question_kept(room: Room) -> None:
    page = room()
    page.route("**/gradio_api/**", lambda route: route.abort())
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#alert")).to_contain_text("没有连上服务器", timeout=16000)
    expect(page.locator("#question textarea")).to_have_value(QUESTION)


def test_a_pending_question_can_be_stopped(room: Room) -> None:
    page = room()
    page.route("**/gradio_api/run/**", lambda route: None)
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#stop").click()
    assert page.locator("#turns .turn").count() == 0
    expect(page.locator("#question textarea")).to_have_value(QUESTION)
    expect(page.locator("#status")).to_contain_text("已停止")


def test_the_language_follows_the_browser_and_the_switch(room: Room) -> None:
    page = room(locale="zh-TW")
    expect(page.locator("#welcome h1")).to_contain_text("通報裡")
    page.locator("[data-choose-language='en']").click()
    expect(page.locator("#welcome h1")).to_contain_text("from the notice")
    assert page.evaluate("document.documentElement.lang") == "en"
    turn = ask(page, QUESTION)
    expect(turn.locator(".sentence")).to_contain_text("notice")
    page.reload()
    expect(page.locator("#welcome h1")).to_contain_text("from the notice")


def test_large_text_has_three_sizes_and_is_remembered(room: Room) -> None:
    page = room()
    size = "getComputedStyle(document.body).fontSize"
    page.locator("[data-choose-elder='']").click()
    for step, pixels in (("1", "18px"), ("2", "22px"), ("3", "30px")):
        page.locator(f"[data-choose-elder='{step}']").click()
        assert page.evaluate(size) == pixels
    assert page.locator("#send").bounding_box()["height"] >= 60  # type: ignore[index]
    page.reload()
    assert page.evaluate(size) == "30px"


def test_reading_aloud_is_switched_on_and_off(room: Room) -> None:
    page = room()
    page.evaluate(
        """() => {
        window.spoken = [];
        speechSynthesis.getVoices = () => [{ lang: "zh-CN", localService: true, name: "x" }];
        window.SpeechSynthesisUtterance = function (text) { this.text = text; };
        speechSynthesis.speak = (one) => window.spoken.push(one.text);
        speechSynthesis.cancel = () => { window.cancelled = true; };
    }"""
    )
    turn = ask(page, QUESTION)
    button = turn.locator("[data-act='read']")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert "由15分钟简化为5分钟" in "".join(page.evaluate("window.spoken"))
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.cancelled") is True


ELDER = "localStorage.setItem('tongbao.elder', '3');"
DARK = "localStorage.setItem('tongbao.theme', 'dark');"


@pytest.mark.parametrize(
    ("width", "height", "kept"),
    [(1280, 860, ""), (1280, 860, DARK), (390, 844, ""), (320, 640, ELDER), (320, 256, "")],
    ids=["desktop", "dark", "phone", "large text at 320", "400 % zoom"],
)
def test_every_state_is_accessible_and_never_scrolls_sideways(
    room: Room, width: int, height: int, kept: str
) -> None:
    page = room(width, height, kept, reduced_motion="reduce")
    assert serious(page) == []
    assert not sideways(page)
    for question in (QUESTION, NOT_STATED, ELSEWHERE):
        ask(page, question)
    assert serious(page) == []
    assert not sideways(page)
    page.locator("#turns .open-quote").first.click()
    page.frame_locator("#panel-frame").locator("h1").wait_for()
    assert serious(page) == []
    assert not sideways(page)


def test_targets_are_large_enough(room: Room) -> None:
    page = room(390, 844)
    ask(page, NOT_STATED)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], textarea, summary")]
        .filter((e) => e.checkVisibility() && !e.closest(".skip, .notice-strip, .unseen"))
        .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 43.5))
        .map(([text]) => text)"""
    )
    assert small == []


def test_a_copy_holds_question_quote_source_and_date(room: Room) -> None:
    page = room(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, QUESTION)
    turn.locator("[data-act='copy']").click()
    expect(turn.locator(".told")).to_contain_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    for part in (QUESTION, "由15分钟简化为5分钟", "第37项", f"/notice/{NOTICE}", "2024-12-31"):
        assert part in copied
