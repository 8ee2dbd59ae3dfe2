"""Make the pictures of the README: `python tools/screenshots.py ADDRESS NAME PASSWORD`, against a running `make demo`.

Writes docs/screenshots/*.png, small enough to commit. Nobody in them is real: the demo makes everybody up.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
TARGET = Path(__file__).parent.parent / "docs" / "screenshots"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 760}

PICTURES = [
    # name, address, window, dark, milliseconds a map needs to draw
    ("home", "/", DESK, False, 0),
    ("areas", "/areas/", DESK, False, 1500),
    ("people", "/persons/", DESK, False, 0),
    ("lists", "/imports/", DESK, False, 0),
    ("phone", "/areas/", PHONE, False, 1500),
]


def main(address: str, username: str, password: str) -> None:
    """Sign in once per picture's window and save what it shows."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        for name, path, window, dark, wait in PICTURES:
            context = browser.new_context(
                base_url=address, viewport=window, color_scheme="dark" if dark else "light", locale="zh-CN"
            )
            page = context.new_page()
            _sign_in(page, username, password)
            page.goto(path)
            page.wait_for_timeout(wait)
            page.screenshot(path=TARGET / f"{name}.png")
            context.close()
        browser.close()


def _sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", password)
    page.click("main form .btn--main")
    page.locator("a[href='/me/']").wait_for()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
