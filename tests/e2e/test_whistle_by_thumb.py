"""A community whistles from a phone: how many taps and fields it takes, counted, not timed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Stage
from tests.e2e.test_every_page import SIZES, sign_in

pytestmark = pytest.mark.e2e


class Thumb:
    """A person at a phone: counts what they tap and what they type."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.typed = page, 0, ""

    def tap(self, where: str) -> None:
        self.taps += 1
        self.page.locator(where).first.tap()

    def type(self, where: str, words: str) -> None:
        self.tap(where)
        self.typed += words
        self.page.keyboard.insert_text(words)


def test_a_whistle_from_a_template_takes_four_taps_and_one_short_sentence(
    visitor: Callable[..., BrowserContext], stage: Stage
) -> None:
    page = visitor(viewport=SIZES["phone"], has_touch=True).new_page()
    sign_in(page, "xuxiulan")
    page.goto(f"/whistles/of/{stage.ids['incident']}/")
    thumb = Thumb(page)
    thumb.tap(".head .whistle")
    page.wait_for_url("**/raise/")
    thumb.tap(".fold a.btn")
    page.wait_for_url("**/raise/?template=*")
    assert page.locator("[name=task]").input_value() != ""
    thumb.type("[name=otherwise]", "老人没人送药")
    thumb.tap("main button.whistle")
    page.wait_for_url(f"**/whistles/of/{stage.ids['incident']}/")
    expect(page.locator("#whistles")).to_contain_text("老人没人送药")
    assert (thumb.taps, len(thumb.typed)) == (4, 6)
