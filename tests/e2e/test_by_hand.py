"""What people do with a keyboard, a map, a printer and large type."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import PASSWORD, Stage
from tests.e2e.test_every_page import sign_in

pytestmark = pytest.mark.e2e
JOB = 120_000
"""Milliseconds a job may take on a machine that does other things; nobody waits longer than the job takes."""


def test_somebody_signs_in_and_finds_a_person_without_a_mouse(page: Page, stage: Stage) -> None:
    page.goto("/accounts/login/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.locator("[name=login]").focus()
    page.keyboard.type("zhoumin")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{stage.url}/")
    page.keyboard.press("/")
    page.keyboard.type("czy")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/persons/*/")
    expect(page.locator("h1")).to_have_text("陈志远")


def test_a_click_on_the_map_opens_the_row_of_the_table(page: Page) -> None:
    sign_in(page, "zhoumin")
    page.goto("/areas/110102020000/")
    box = page.locator("[data-map]")
    expect(box).to_have_attribute("data-drawn", "38")
    rows = page.locator("tr[id^='area-']")
    assert rows.count() == 38
    # the map answers to the row: pointing at one row, then clicking its lit point, marks that row
    code = rows.nth(3).get_attribute("id")
    place = page.evaluate(
        """async (code) => {
            const box = document.querySelector("[data-map]");
            const echarts = await import(box.dataset.echarts);
            const chart = echarts.getInstanceByDom(box);
            for (const id of ["given", "made_up"]) {
                const rows = chart.getOption().series.find((one) => one.id === id).data;
                const point = rows.find((one) => `area-${one.code}` === code);
                if (point) {
                    const [x, y] = chart.convertToPixel("geo", point.value);
                    const edge = box.getBoundingClientRect();
                    return [edge.x + x, edge.y + y];
                }
            }
        }""",
        code,
    )
    page.mouse.click(*place)
    expect(page.locator("tr.is-here")).to_have_attribute("id", str(code))


def test_a_whole_phone_number_is_shown_for_a_purpose_and_the_look_is_listed(page: Page, stage: Stage) -> None:
    sign_in(page, "zhoumin")
    page.goto(f"/persons/{stage.ids['person']}/")
    assert "138" not in page.locator("#phone").inner_text()
    page.get_by_role("button", name="查看完整电话").click()
    expect(page.locator("#phone [role=alert]")).to_be_visible()
    page.select_option("#phone select", "call_out")
    page.get_by_role("button", name="查看完整电话").click()
    expect(page.locator("#phone b")).to_have_text("138 0000 0001")
    page.goto(f"/persons/{stage.ids['person']}/")
    expect(page.locator("[aria-labelledby=p-looks] li").first).to_contain_text("周敏")


def test_a_list_prints_its_table_and_who_printed_it_and_nothing_to_click(page: Page) -> None:
    sign_in(page, "zhoumin")
    page.goto("/persons/")
    page.emulate_media(media="print")
    expect(page.locator(".print-only").first).to_be_visible()
    expect(page.locator(".print-only").first).to_contain_text("周敏")
    expect(page.locator("table.tbl")).to_be_visible()
    for gone in (".mast__nav", ".where", ".filters", ".head__acts", ".pager"):
        expect(page.locator(gone).first).to_be_hidden()


def test_large_type_dark_and_language_stay_with_the_account(visitor: Callable[..., BrowserContext]) -> None:
    first = visitor().new_page()
    sign_in(first, "xuxiulan")
    first.click("button[name=type_size]")
    first.click("button[name=theme]")
    first.click("button[name=language]")
    second = visitor().new_page()
    sign_in(second, "xuxiulan")
    html = second.locator("html")
    assert {name: html.get_attribute(name) for name in ("lang", "data-type", "data-theme")} == {
        "lang": "en",
        "data-type": "large",
        "data-theme": "dark",
    }


def test_a_form_with_mistakes_keeps_what_was_typed_and_leads_to_each(page: Page) -> None:
    sign_in(page, "zhoumin")
    page.goto("/persons/add/")
    page.fill("[name=phone]", "138 0000")
    page.click("main form .btn--main")
    summary = page.locator(".errsum")
    expect(summary).to_be_focused()
    expect(page.locator("[name=phone]")).to_have_value("138 0000")
    summary.get_by_role("link", name="请填姓名").click()
    expect(page.locator("[name=name]")).to_be_focused()


def test_an_area_is_chosen_by_typing_part_of_its_name(page: Page) -> None:
    sign_in(page, "zhoumin")
    page.goto("/persons/add/")
    box = page.locator("[name='home-text']")
    box.fill("马连道")
    expect(page.locator("[role=option]").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    assert page.locator("[name='home']").input_value().startswith("110102")


def test_a_list_is_checked_shown_taken_in_and_found_again(page: Page) -> None:
    sign_in(page, "zhoumin")
    page.goto("/imports/")
    rows = ["工号,姓名,手机号,单位编号,人员类别", "B1,钱一,13900000001,TJJ,区直干部", "B2,孙二,1390000,TJJ,区直干部"]
    page.set_input_files(
        "[name=list]", {"name": "名单.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    )
    page.check("[name=kind][value='import.people']")
    page.click("main form .btn--main")
    expect(page.locator(".st--short").first).to_have_text("已核对，等你定", timeout=JOB)
    expect(page.locator("#faults")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载有错的行").click()
    assert download.value.suggested_filename == "有问题的行.xlsx"
    page.get_by_role("button", name="只导入 1 行好的…").click()
    page.locator("dialog .btn--danger").click()
    expect(page.locator(".banner--ok")).to_be_visible(timeout=JOB)
    page.goto("/imports/")
    expect(page.locator("table.tbl tbody tr").first).to_contain_text("已导入")
    page.goto("/persons/?q=钱一")
    expect(page.locator("table.tbl tbody th").first).to_contain_text("钱一")


def test_a_unit_issues_a_link_and_somebody_signs_up_through_it_on_a_phone(
    visitor: Callable[..., BrowserContext], stage: Stage
) -> None:
    desk = visitor().new_page()
    sign_in(desk, "zhoumin")
    desk.goto(f"/units/{stage.ids['unit']}/signups/add/")
    desk.fill("[name=label]", "周末值守")
    desk.fill("[name=quota]", "2")
    desk.fill("[name=until]", desk.evaluate("new Date(Date.now() + 864e6).toISOString().slice(0, 10)"))
    desk.click("main form .btn--main")
    expect(desk.locator(".qr svg")).to_be_visible()
    address = desk.locator("p.code").inner_text()
    phone = visitor(viewport={"width": 390, "height": 844}).new_page()
    phone.goto(address)
    phone.fill("[name=name]", "周小青")
    phone.fill("[name=phone]", "139 0000 7777")
    phone.locator("[name='home-text']").fill("红莲北里")
    phone.locator("[role=option]").first.click()
    phone.click("main form .btn--main")
    expect(phone.locator("h1")).to_have_text("谢谢你")
    desk.goto("/persons/?q=zxq")
    expect(desk.locator("table.tbl tbody th").first).to_contain_text("周小青")


def test_a_list_of_units_is_taken_in(page: Page) -> None:
    sign_in(page, "zhoumin")
    page.goto("/imports/")
    page.check("[name=kind][value='import.units']")
    rows = ["单位编号,单位名称,所属区域,可派人数", "SWJ,区税务局,110102000000,60"]
    page.set_input_files(
        "[name=list]", {"name": "单位.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    )
    page.click("main form .btn--main")
    page.get_by_role("button", name="导入名单，改动 1 个单位").click(timeout=JOB)
    expect(page.locator(".banner--ok")).to_be_visible(timeout=JOB)
    page.goto("/units/?q=SWJ")
    expect(page.locator("table.tbl tbody th").first).to_contain_text("区税务局")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_team_s_card_prints_on_one_page_of_a5(
    visitor: Callable[..., BrowserContext], stage: Stage, language: str
) -> None:
    """In a dark browser too, with whole numbers: the paper is A5, white, and one page."""
    page = visitor(language=language, color_scheme="dark").new_page()
    sign_in(page, "zhoumin")
    page.goto(f"/teams/{stage.ids['team']}/card/")
    page.locator(".cardbar form button").click()
    page.locator("dialog [value=yes]").click()
    expect(page.locator(".cardbar form")).to_have_count(0)
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1
    (width, height), *_ = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", paper)
    assert (round(float(width)), round(float(height))) == (420, 595)
