"""What every page has: language and looks of account or cookies, the content policy, a sign-in, error pages."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.test import RequestFactory
from tools import messages, vendor

from turnout.access.models import User
from turnout.web import display

pytestmark = pytest.mark.django_db


def request(**cookies: str) -> HttpRequest:
    made = RequestFactory().get("/")
    made.COOKIES.update(cookies)
    return made


def test_both_languages_are_complete_and_compiled():
    assert messages.check() == 0


def test_vendored_files_are_the_ones_that_are_pinned():
    assert vendor.check() == 0


def test_a_visitor_sees_chinese_whatever_the_browser_asks_for(client):
    page = client.get("/accounts/login/", headers={"accept-language": "en-GB"})
    assert b'<html lang="zh-CN">' in page.content
    assert "<h1>登录</h1>" in page.content.decode()


def test_switches_are_kept_in_cookies_for_a_visitor(client):
    for name, value in {"language": "en", "theme": "dark", "type_size": "large"}.items():
        client.post("/display/", {name: value, "next": "/accounts/login/"})
    page = client.get("/accounts/login/").content.decode()
    assert '<html lang="en" data-theme="dark" data-type="large">' in page
    assert "<h1>Sign in</h1>" in page


def test_switches_are_kept_in_the_account_of_somebody_signed_in(client, make_user):
    user = make_user("chen")
    client.force_login(user)
    client.post("/display/", {"language": "en", "theme": "light", "type_size": "large"})
    kept = User.objects.get(pk=user.pk)
    assert (kept.language, kept.theme, kept.type_size) == ("en", "light", "large")


def test_an_unknown_switch_is_left_alone(client, make_user):
    user = make_user("chen")
    client.force_login(user)
    client.post("/display/", {"language": "fr", "theme": "pink"})
    kept = User.objects.get(pk=user.pk)
    assert (kept.language, kept.theme, kept.type_size) == ("zh-hans", "", "")


def test_a_cookie_somebody_made_up_is_ignored():
    assert display.of_cookies(request(language="xx", theme="<script>")) == display.Display()


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_a_switch_never_leads_off_this_site(client, target):
    assert client.post("/display/", {"theme": "dark", "next": target}).headers["Location"] == "/"


def test_every_answer_forbids_content_from_elsewhere(client):
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy


def test_whoever_has_not_signed_in_is_sent_to_do_so_and_back(client):
    answer = client.get("/persons/?q=a")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/persons/%3Fq%3Da")


def test_a_page_that_is_not_there_says_so_and_leads_home(client):
    page = client.get("/nothing/")
    assert page.status_code == 404
    assert "这里没有你能看的内容" in page.content.decode()


def test_a_refusal_says_what_happened_and_what_to_do_next(client, make_user):
    client.force_login(make_user("chen", ("viewer", "110102")))
    page = client.get("/grants/")
    assert page.status_code == 403
    assert "你的角色在这里办不了这件事。" in page.content.decode()
    assert "请向本区域管理员申请权限" in page.content.decode()


def test_a_refusal_names_what_the_person_may_do_and_who_gave_it(client, make_user):
    client.force_login(make_user("chen", ("viewer", "110102")))
    page = client.get("/grants/").content.decode()
    assert "查看员 · 110102000000" in page


def test_a_form_that_was_open_too_long_says_so(make_user):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("chen"))
    page = client.post("/units/add/", {"name": "x"})
    assert page.status_code == 403
    assert "页面打开太久了" in page.content.decode()


@pytest.mark.parametrize(
    ("cause", "status", "says"),
    [
        (psycopg.errors.DiskFull("could not extend file"), 503, "服务器磁盘已满"),
        (psycopg.errors.CrashShutdown("terminating connection"), 503, "数据库暂时没有应答"),
        (psycopg.errors.UndefinedTable("no such table"), 500, "系统出了问题"),
    ],
)
def test_a_page_says_whether_the_database_is_full_or_gone_or_the_fault_is_ours(
    client, make_user, monkeypatch, cause, status, says
):
    def broken(request):
        raise OperationalError("wrapped") from cause

    monkeypatch.setattr("turnout.console.todo.things", broken)
    client.force_login(make_user("chen"))
    client.raise_request_exception = False
    response = client.get("/")
    assert (response.status_code, says in response.content.decode()) == (status, True)
