"""Make the pictures of the README: `python tools/screenshots.py ADDRESS PASSWORD`, against a running `make demo`.

Writes docs/screenshots/*.png, small enough to commit. Nobody in them is real: the demo makes everybody up.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
TARGET = Path(__file__).parent.parent / "docs" / "screenshots"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

PICTURES = [
    # name, who looks, address and then the links to follow, window, milliseconds a map needs to draw
    ("board", "lijun", ["/board/"], DESK, 0),
    ("wall", "lijun", ["/board/", "a[href*='/wall/']"], DESK, 0),
    ("plan", "lijun", ["/incidents/", "main a[href^='/incidents/0']", "main a[href^='/plans/']"], DESK, 0),
    ("call-out", "lijun", ["/incidents/", "main a[href^='/incidents/0']", "th a[href^='/waves/']"], DESK, 0),
    ("desk", "chenjing", ["/desk/"], DESK, 0),
    ("whistle", "chenjing", ["/whistles/", "main a[href$='/raise/']"], PHONE, 0),
    ("areas", "lijun", ["/areas/"], DESK, 1500),
    ("people", "lijun", ["/persons/"], DESK, 0),
    ("lists", "lijun", ["/imports/"], DESK, 0),
]


def main(address: str, password: str) -> None:
    """Sign in once per picture's window and save what it shows."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        for name, username, way, window, wait in PICTURES:
            context = browser.new_context(base_url=address, viewport=window, color_scheme="light", locale="zh-CN")
            page = context.new_page()
            _sign_in(page, username, password)
            _go(page, way)
            page.wait_for_timeout(wait)
            page.screenshot(path=TARGET / f"{name}.png")
            context.close()
        browser.close()


def _go(page: Page, way: list[str]) -> None:
    page.goto(way[0])
    for link in way[1:]:
        href = page.locator(link).first.get_attribute("href")
        assert href, f"no link {link} on {page.url}"
        page.goto(href)


def _sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", password)
    page.click("main form .btn--main")
    page.locator("a[href='/me/']").wait_for()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
