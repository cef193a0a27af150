"""The demo as a person uses it: four phones in a real browser, by taps and by typing, in both languages."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import TimeoutError, expect

from bot.alliance.key import Key
from bot.demo.street import Caption
from bot.text import text
from tests.demo.chromium import CLIENT, COORDINATOR, NARROW, NURSE, OTHER, Visit, visiting

pytestmark = pytest.mark.browser

CRISIS = {"fr": "je veux mourir", "en": "I want to die"}
WEIGHS = {"fr": "La douleur me réveille chaque nuit", "en": "The pain wakes me every night"}
NAMES = {"fr": ("Marc", "Amélie", "Karim", "Dominique"), "en": ("Sam", "Emily", "Karim", "Dana")}

# Everything that a quick look with assistive technology would stumble over, as a list of words.
STUMBLES = """() => {
  const found = [];
  const say = (what, node) => found.push(`${what}: ${node.outerHTML.slice(0, 120)}`);
  const named = (node) => (node.getAttribute("aria-label") || node.textContent || "").trim();
  for (const node of document.querySelectorAll("button, [role=tab], [role=switch]")) {
    if (!named(node) && !node.closest("[hidden]")) say("a button without a name", node);
  }
  for (const node of document.querySelectorAll("textarea, input")) {
    if (!node.getAttribute("aria-label") && !node.labels?.length) say("a field without a name", node);
  }
  for (const node of document.querySelectorAll("img:not([alt])")) say("a picture without alt", node);
  for (const node of document.querySelectorAll("[aria-controls], [aria-labelledby]")) {
    const id = node.getAttribute("aria-controls") || node.getAttribute("aria-labelledby");
    if (!document.getElementById(id)) say("points at nothing", node);
  }
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) found.push(`id twice: ${id}`);
  if (!document.documentElement.lang) found.push("the page has no language");
  if (!document.title) found.push("the page has no title");
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  return found;
}"""

# Widths beyond the window, of the page itself and of whatever can be pressed.
TOO_WIDE = """() => {
  const wide = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) wide.push(`the page: ${document.documentElement.scrollWidth}`);
  for (const node of document.querySelectorAll("button, textarea, .bubble, .hint, #clock")) {
    const { left, right } = node.getBoundingClientRect();
    if (right > left && (left < 0 || right > width)) wide.push(`${left}–${right}: ${node.outerHTML.slice(0, 120)}`);
  }
  return wide;
}"""

# Lets the page's event stream speak at the last moment before the answer to a look arrives.
NEWS_DURING_A_LOOK = """
  const RealSource = window.EventSource;
  let stream;
  window.EventSource = class extends RealSource {
    constructor(...args) { super(...args); stream = this; }
  };
  const realFetch = window.fetch;
  window.fetch = async (path, ...rest) => {
    const answer = await realFetch(path, ...rest);
    if (path !== "/state" || window.newsDuringTheNextLook === undefined) return answer;
    const looks = Number(document.documentElement.dataset.looks || 0) + 1;
    document.documentElement.dataset.looks = looks;
    if (looks === 1) stream.onmessage();
    return answer;
  };
"""


async def main_path(visit: Visit, language: str) -> None:
    """From the invitation to an alert that nobody takes, in one language."""
    client, nurse, other, _ = NAMES[language]
    await expect(visit.page.locator("html")).to_have_attribute("lang", language)
    await expect(visit.page.locator(".phone:visible h2")).to_have_text(list(NAMES[language]))
    await visit.enrol()

    await visit.move()  # to the check-in
    await expect(visit.question(CLIENT).locator(".buttons button")).to_have_count(4)
    await visit.tap(CLIENT, text(Key("check_in.worse"), language))
    await expect(visit.question(CLIENT)).to_contain_text(text(Key("rating.6"), language))
    await visit.write(CLIENT, "6")
    await expect(visit.phone(CLIENT)).to_contain_text(nurse)
    await expect(visit.question(CLIENT)).to_contain_text(text(Key("check_in.open.worse"), language))
    await visit.write(CLIENT, WEIGHS[language])

    # The nurse who is there is told, the other one is not disturbed.
    await expect(visit.question(NURSE)).to_contain_text(client)
    await expect(visit.question(OTHER)).to_have_count(0)
    await visit.tap(NURSE, text(Key("page.take"), language))
    await expect(visit.phone(NURSE)).to_contain_text(WEIGHS[language])
    await expect(visit.last(OTHER)).to_contain_text(nurse)
    await expect(visit.last(CLIENT)).to_contain_text(text(Key("alert.read"), language, nurse=nurse))
    await visit.tap(NURSE, text(Key("outcome.reached"), language))
    await expect(visit.last(NURSE)).to_contain_text(text(Key("outcome.reached"), language))

    # Words that cannot wait: the numbers at once, both nurses at once, and nobody else yet.
    silent = await visit.phone(COORDINATOR).locator("li.message").count()
    await visit.write(CLIENT, CRISIS[language])
    await expect(visit.phone(CLIENT).locator(".number", has_text="911").last).to_be_visible()
    for chat in (NURSE, OTHER):
        await expect(visit.last(chat)).to_contain_text("URGENT")
    await visit.street.settle()
    await expect(visit.phone(COORDINATOR).locator("li.message")).to_have_count(silent)

    await visit.move()  # five minutes, and nobody has taken it
    await expect(visit.last(COORDINATOR)).to_contain_text("URGENT")
    await expect(visit.last(COORDINATOR)).to_contain_text(other)
    await visit.tap(COORDINATOR, text(Key("page.take"), language))
    for chat in (NURSE, OTHER):
        await expect(visit.last(chat)).to_contain_text(NAMES[language][3])
    await expect(visit.last(CLIENT)).to_contain_text(NAMES[language][3])


async def test_the_whole_path_in_french_then_in_english(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        await main_path(visit, "fr")
        await visit.page.locator('[data-language="en"]').click()
        await visit.page.locator("dialog .solid").click()
        await expect(visit.phone(CLIENT).locator("li.message")).to_have_count(0)
        await main_path(visit, "en")


async def test_choosing_to_stay_changes_no_language(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        await visit.enrol()
        await visit.page.locator('[data-language="en"]').click()
        await visit.page.locator("dialog .plain").click()
        await expect(visit.page.locator("html")).to_have_attribute("lang", "fr")
        await expect(visit.phone(CLIENT).locator(".keyboard")).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_one_phone_at_a_time_on_a_narrow_screen(tmp_path: Path, language: str) -> None:
    async with visiting(tmp_path, language, NARROW) as visit:
        assert await visit.page.evaluate(TOO_WIDE) == []
        await visit.enrol()
        await visit.move()
        assert await visit.page.evaluate(TOO_WIDE) == []
        tabs = visit.page.get_by_role("tab")
        await expect(tabs).to_have_count(4)
        for index, chat in enumerate((CLIENT, NURSE, OTHER, COORDINATOR)):
            await tabs.nth(index).click()
            await expect(visit.page.locator(".phone:visible")).to_have_count(1)
            await expect(visit.phone(chat)).to_be_visible()
            await expect(tabs.nth(index)).to_have_attribute("aria-selected", "true")
            assert await visit.page.evaluate(TOO_WIDE) == []
        await tabs.nth(3).press("ArrowRight")
        await expect(visit.phone(CLIENT)).to_be_visible()


async def test_an_unseen_message_is_counted_on_the_tab(tmp_path: Path) -> None:
    async with visiting(tmp_path, view=NARROW) as visit:
        await visit.enrol()
        await visit.write(CLIENT, CRISIS["fr"])
        tab = visit.page.locator(f"#tab-{NURSE}")
        await expect(tab.locator(".count")).to_have_text("1")
        await tab.click()
        await expect(visit.last(NURSE)).to_contain_text("URGENT")
        await expect(tab.locator(".count")).to_be_hidden()


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_everything_has_a_name(tmp_path: Path, language: str) -> None:
    async with visiting(tmp_path, language) as visit:
        assert await visit.page.evaluate(STUMBLES) == []
        await visit.enrol()
        await visit.move()
        await visit.phone(CLIENT).locator(".attach").click()
        await visit.phone(CLIENT).locator(".attachments button").last.click()
        await expect(visit.phone(CLIENT).locator(".picture")).to_have_count(1)
        await visit.page.locator("#whatif").click()
        assert await visit.page.evaluate(STUMBLES) == []


async def test_telegram_goes_down_and_comes_back(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        await visit.enrol()
        await visit.page.locator("#whatif").click()
        down = visit.page.get_by_role("switch").first
        await down.click()
        await expect(visit.page.locator(".phone .state:visible")).to_have_count(4)
        said = await visit.phone(CLIENT).locator("li.theirs").count()
        await visit.write(CLIENT, CRISIS["fr"])
        await visit.move("1h")  # comes to an end although nothing can leave
        await expect(visit.page.locator("#clock")).to_contain_text("10")
        await expect(visit.phone(CLIENT).locator("li.theirs")).to_have_count(said)
        await visit.page.locator("#whatif").click()
        await down.click()
        await expect(visit.phone(CLIENT).locator(".number", has_text="911").last).to_be_visible()
        await expect(visit.last(NURSE)).to_contain_text("URGENT")


async def test_the_bot_starts_anew_in_the_middle_of_a_question(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        await visit.enrol()
        await visit.move()
        await visit.page.locator("#whatif").click()
        await visit.page.locator("#restart").click()
        await expect(visit.page.locator("#toast")).to_have_text(text(Key("demo.restart.done"), "fr"))
        await visit.quiet()
        await visit.write(CLIENT, "6")
        await expect(visit.phone(CLIENT)).to_contain_text(text(Key("rating.6"), "fr"))
        await expect(visit.question(NURSE)).to_contain_text("Marc")


async def test_blocking_is_told_and_undone_at_the_phone(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        await visit.enrol()
        await visit.page.locator("#whatif").click()
        await visit.page.get_by_role("switch", name="Marc").click()
        await expect(visit.phone(CLIENT).locator("textarea")).to_be_hidden()
        await expect(visit.question(NURSE)).to_contain_text("Marc")
        await visit.phone(CLIENT).locator(".only").click()
        await expect(visit.phone(CLIENT).locator("textarea")).to_be_visible()


async def test_a_nurse_is_away_by_the_menu_and_back_by_her_own_words(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        await visit.page.locator("#whatif").click()
        await visit.page.get_by_role("switch", name="Amélie").click()
        badge = visit.phone(NURSE).locator(".state")
        await expect(badge).to_have_text(text(Key("demo.status.away"), "fr"))
        await visit.write(NURSE, "/present")
        await expect(badge).to_be_hidden()


async def test_a_day_with_an_alert_that_nobody_takes_comes_to_an_end(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        await visit.enrol()
        await visit.write(CLIENT, CRISIS["fr"])
        await expect(visit.last(NURSE)).to_contain_text("URGENT")
        morning = visit.street.now()
        await visit.page.locator('[data-move="1d"]').click()
        await expect(visit.page.locator("body.busy")).to_have_count(0, timeout=16_000)
        assert timedelta(days=1) <= visit.street.now() - morning < timedelta(days=1, minutes=5)
        await expect(visit.page.locator("#clock")).to_contain_text("9 h", ignore_case=True)
        assert await visit.phone(COORDINATOR).locator("li.message").count() > 10


async def test_the_caption_of_a_story_is_shown_and_points_at_a_phone(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        visit.street.caption = Caption(Key("demo.story.nobody"), COORDINATOR)
        visit.street.telegram.touch()
        await expect(visit.page.locator("#hint")).to_contain_text("Dominique")
        await expect(visit.page.locator(".phone.spoken-of h2")).to_have_text("Dominique")
        await visit.page.locator("#hint-close").click()
        await expect(visit.page.locator(".hint")).to_be_hidden()


async def test_what_happens_while_the_page_looks_is_not_lost(tmp_path: Path) -> None:
    async with visiting(tmp_path) as visit:
        await visit.page.add_init_script(NEWS_DURING_A_LOOK)
        await visit.page.reload()
        await visit.page.locator("body:not(.waiting)").wait_for()
        with suppress(TimeoutError):
            while True:  # until the page has nothing to ask for a while
                async with visit.page.expect_request("**/state", timeout=1_000):
                    pass
        await visit.page.evaluate("window.newsDuringTheNextLook = true")
        visit.street.telegram.touch()
        # The one look that this asks for hears news at its end; a second one follows, long before the quiet refresh.
        await expect(visit.page.locator("html")).to_have_attribute("data-looks", "2")
