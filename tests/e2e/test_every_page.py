"""Every page, in both languages, light and dark, at a desk and on a phone: nothing an accessibility rule finds serious,
nothing wider than the screen, nothing the content policy had to stop."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

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
LISTS = {
    "people": "工号,姓名,手机号,单位编号,人员类别\nC1,钱二,13900000011,TJJ,区直干部\nC2,孙三,1390000,TJJ,区直干部\n",
    "places": "小区名称,社区编码\n红莲南里甲区,110102020014\n,110102020014\n",
}
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
    with _speaking(page, "zhoumin", language):
        found |= {path: _look_at(page, path.format(**stage.ids)) for path in ADMINISTRATOR}
        found |= _lists_at_work(page)
    with _speaking(page, "lijun", language):
        found |= {path: _look_at(page, path.format(**stage.ids)) for path in DISPATCHER}
        found["the page behind a link"] = _behind_link(page, stage)
    with _speaking(page, "songjie", language):
        found |= _second_step(page)
    assert {path: problems for path, problems in found.items() if problems} == {}
    assert complaints == []


@contextmanager
def _speaking(page: Page, username: str, language: str) -> Iterator[None]:
    """Sign in, in a language; the account keeps it, so it is put back for whoever looks next."""
    sign_in(page, username)
    _speak(page, language)
    try:
        yield
    finally:
        page.context.clear_cookies(name="sessionid")
        sign_in(page, username)
        _speak(page, "zh-hans")
        page.context.clear_cookies(name="sessionid")


def _speak(page: Page, language: str) -> None:
    tag = {"zh-hans": "zh-CN", "en": "en"}[language]
    if page.locator("html").get_attribute("lang") != tag:
        page.click("button[name=language]")
    expect(page.locator("html")).to_have_attribute("lang", tag)


def _behind_link(page: Page, stage: Stage) -> list[str]:
    """The person's page, after saying that it is them. Another look binds the same link again: the four digits."""
    path = f"/c/{stage.ids['other_link']}/"
    page.goto(path)
    if page.locator("#last4").count():
        page.fill("#last4", stage.ids["other_last4"])
    page.click("main form .btn--main")
    page.locator(".reply").wait_for()
    return _look_at(page, path)


def _lists_at_work(page: Page) -> dict[str, list[str]]:
    """Lists that were checked: of people with a bad row, of places with one that is new and one that is bad."""
    found = {}
    for kind, lines in LISTS.items():
        page.goto("/imports/")
        page.check(f"[name=kind][value='import.{kind}']")
        page.set_input_files("[name=list]", {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": lines.encode()})
        page.click("main form .btn--main")
        page.locator("#faults").wait_for(timeout=120_000)
        found[f"a list of {kind}"] = _findings(page)
    return found


def _second_step(page: Page) -> dict[str, list[str]]:
    """Switching the second step on, signing in with it, and switching it off again for whoever looks next."""
    found = {"who are you": _look_at(page, "/accounts/2fa/totp/activate/")}
    _confirm(page)
    found["activate"] = _findings(page)
    page.fill("[name=code]", "000000")
    page.click("main form .btn--main")
    found["a wrong code"] = _findings(page)
    page.locator("details summary").click()
    page.fill("[name=code]", totp(page.locator("p.code").inner_text()))
    page.click("main form .btn--main")
    page.goto("/accounts/2fa/recovery-codes/")
    found["recovery codes"] = _findings(page)
    spare = page.locator("main .code").first.inner_text().split()[0]
    for name in ("recovery-codes/generate", "totp/deactivate"):
        found[name] = _look_at(page, f"/accounts/2fa/{name}/")
    page.context.clear_cookies(name="sessionid")
    page.goto("/accounts/login/")
    page.fill("[name=login]", "songjie")
    page.fill("[name=password]", PASSWORD)
    page.click("main form .btn--main")
    page.wait_for_url("**/2fa/authenticate/**")
    found["second step"] = _findings(page)
    page.fill("[name=code]", spare)
    page.click("main form .btn--main")
    page.locator("a[href='/me/']").wait_for()
    found |= {path: _look_at(page, path) for path in ("/accounts/reauthenticate/", "/accounts/2fa/")}
    page.goto("/accounts/2fa/totp/deactivate/")
    _confirm(page)
    page.click("main form .btn--danger, main form .btn--main")
    page.wait_for_url("**/2fa/")
    return found


def _confirm(page: Page) -> None:
    """Give the password once more, as is asked before the ways of signing in are changed."""
    page.fill("[name=password]", PASSWORD)
    page.click("main form .btn--main")
    page.wait_for_url("**/2fa/totp/**")


def totp(secret: str) -> str:
    """The six digits of an authenticator app now (RFC 6238)."""
    key = base64.b32decode("".join(secret.split()))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def _look_at(page: Page, path: str) -> list[str]:
    """What is wrong with a page, in words."""
    response = page.goto(path)
    assert response is not None
    right = (404, 410) if "/no-such" in path or "/nothing/" in path else (401,) if path.endswith("/error/") else (200,)
    problems = [f"status {response.status}"] if response.status not in right else []
    return problems + _findings(page)


def _findings(page: Page) -> list[str]:
    """The same for the page that is open."""
    problems = []
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
