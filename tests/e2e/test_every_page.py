"""Every page, in both languages, light and dark, at a desk and on a phone: nothing an accessibility rule finds serious,
nothing wider than the screen, nothing the content policy had to stop."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.e2e.conftest import PASSWORD, Stage
from tests.e2e.pages import ADMINISTRATOR, DISPATCHER, VISITOR

pytestmark = pytest.mark.e2e
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
LOOKS = [
    pytest.param("desk", "zh-hans", "light", id="desk-zh-light"),
    pytest.param("desk", "en", "dark", id="desk-en-dark"),
    pytest.param("phone", "zh-hans", "dark", id="phone-zh-dark"),
    pytest.param("phone", "en", "light", id="phone-en-light"),
]
SERIOUS = {"serious", "critical"}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.mark.parametrize(("size", "language", "scheme"), LOOKS)
def test_no_page_has_a_serious_finding(
    visitor: Callable[..., BrowserContext], stage: Stage, size: str, language: str, scheme: str
) -> None:
    context = visitor(viewport=SIZES[size], color_scheme=scheme, language=language)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found = {path: _look_at(page, path.format(**stage.ids)) for path in VISITOR}
    sign_in(page, "zhoumin")
    found |= {path: _look_at(page, path.format(**stage.ids)) for path in ADMINISTRATOR}
    page.context.clear_cookies(name="sessionid")
    sign_in(page, "lijun")
    found |= {path: _look_at(page, path.format(**stage.ids)) for path in DISPATCHER}
    found["the page behind a link"] = _behind_link(page, stage)
    assert {path: problems for path, problems in found.items() if problems} == {}
    assert complaints == []


def _behind_link(page: Page, stage: Stage) -> list[str]:
    """The person's page, after saying that it is them. Another look binds the same link again: the four digits."""
    path = f"/c/{stage.ids['other_link']}/"
    page.goto(path)
    if page.locator("#last4").count():
        page.fill("#last4", stage.ids["other_last4"])
    page.click("main form .btn--main")
    page.locator(".reply").wait_for()
    return _look_at(page, path)


def _look_at(page: Page, path: str) -> list[str]:
    """What is wrong with a page, in words."""
    response = page.goto(path)
    assert response is not None
    problems = [f"status {response.status}"] if response.status not in ((404, 410) if "/no" in path else (200,)) else []
    results = Axe().run(page, options=RULES)
    for finding in results.response["violations"]:
        if finding["impact"] in SERIOUS:
            problems += [f"{finding['id']}: {node['html'][:160]}" for node in finding["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        problems.append("wider than the screen")
    return problems


def sign_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main form .btn--main")
    page.locator("a[href='/me/']").wait_for()
