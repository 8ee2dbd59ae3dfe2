"""What pages do besides showing: refusals in forms, files that name no cache, the log that every look leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.console.conftest import COMMUNITY, STREET
from turnout.access.models import Grant, User
from turnout.access.scope import acting_as
from turnout.console import words
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.people.models import Person, Unit
from turnout.places.models import Area, Site

pytestmark = pytest.mark.django_db


def said(response):
    return response.content.decode()


def in_a_year():
    return (clock.now() + timedelta(days=300)).strftime("%Y-%m-%d")


def test_a_unit_is_added_with_the_streets_it_is_paired_with(desk, places):
    form = {
        "name": "区统计局",
        "code": "TJJ",
        "area": "110102000000",
        "streets": f"广安门外街道 {STREET}",
        "quota": "40",
    }
    desk.post("/units/add/", form)
    unit = Unit.objects.get()
    assert (unit.name, unit.paired_streets, unit.quota) == ("区统计局", [key_of(STREET)], 40)


def test_a_refusal_of_a_verb_stands_in_the_form_and_nothing_is_kept(desk, places, make_unit):
    make_unit("TJJ")
    page = desk.post("/units/add/", {"name": "另一个", "code": "TJJ", "area": "110102000000"})
    assert page.status_code == 422
    assert '<a href="#id_code">单位代码 TJJ 已有人用。' in said(page)
    assert Unit.objects.count() == 1


def test_a_person_is_entered_and_changed_and_the_phone_stays_when_it_is_not_typed(desk, places, make_unit):
    unit = make_unit()
    entered = {
        "name": "王芳",
        "unit": str(unit.pk),
        "phone": "13800138001",
        "categories": ["health"],
        "home": COMMUNITY,
    }
    desk.post("/persons/add/", entered)
    with acting_as(SYSTEM):
        person = Person.objects.get()
    desk.post(f"/persons/{person.pk}/edit/", {"name": "王芳芳", "categories": ["volunteer"], "home": ""})
    with acting_as(SYSTEM):
        changed = Person.objects.get()
    assert (person.home_key, changed.home_key) == (key_of(COMMUNITY), None)
    assert (changed.name, changed.categories, changed.phone_last4) == ("王芳芳", ["volunteer"], "8001")


def test_no_list_shows_more_than_the_end_of_a_phone_number(desk, places, make_unit, make_person):
    person = make_person(make_unit(), phone="13800138001")
    for path in ("/persons/", "/search/?q=王芳", f"/persons/{person.pk}/"):
        assert "尾号 8001" in said(desk.get(path)), path
        assert "13800138001" not in said(desk.get(path)).replace(" ", ""), path


def test_every_look_at_a_whole_number_is_a_row_in_the_log_and_no_cache_keeps_it(desk, places, make_unit, make_person):
    person = make_person(make_unit(), phone="13800138001")
    answer = desk.post(f"/persons/{person.pk}/reveal/", {"purpose": "call_out"}, headers={"hx-request": "true"})
    assert "138 0013 8001" in said(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    with acting_as(SYSTEM):
        assert AuditRow.objects.filter(verb="person.reveal", object_id=person.pk).count() == 1


def test_without_a_purpose_nothing_is_shown_and_nothing_logged(desk, places, make_unit, make_person):
    person = make_person(make_unit(), phone="13800138001")
    answer = desk.post(f"/persons/{person.pk}/reveal/", {"purpose": ""}, headers={"hx-request": "true"})
    assert "8001</b>" not in said(answer)
    with acting_as(SYSTEM):
        assert not AuditRow.objects.filter(verb="person.reveal").exists()


def test_skills_and_times_are_read_from_lines(desk, places, make_unit, make_person):
    person = make_person(make_unit())
    form = {
        "tier": "on_duty",
        "skills": "驾驶证 2027-06-30\n核酸采样",
        "periods": "2026-11-21 08:00 至 2026-11-28 20:00",
    }
    assert desk.post(f"/persons/{person.pk}/ability/", form).status_code == 302
    with acting_as(SYSTEM):
        skills = {(skill.name, str(skill.valid_through)) for skill in person.skills.all()}
        (period,) = person.availability.all()
    assert skills == {("驾驶证", "2027-06-30"), ("核酸采样", "None")}
    assert (period.starts_at.isoformat(), period.ends_at.isoformat()) == (
        "2026-11-21T00:00:00+00:00",
        "2026-11-28T12:00:00+00:00",
    )


def test_a_line_that_is_no_date_is_named(desk, places, make_unit, make_person):
    person = make_person(make_unit())
    page = desk.post(f"/persons/{person.pk}/ability/", {"tier": "standby", "skills": "驾驶证 2027-13-40"})
    assert "这不是日期：驾驶证 2027-13-40" in said(page)


def test_an_account_is_made_with_a_role_and_its_link_is_shown_once(desk, places):
    form = {"name": "许秀兰", "username": "xuxiulan", "role": "desk", "area": COMMUNITY, "until": in_a_year()}
    page = desk.post("/grants/accounts/add/", form)
    assert page.headers["Cache-Control"] == "no-store"
    assert "/welcome/" in said(page)
    made = Grant.objects.get(user__username="xuxiulan")
    assert (made.role, made.area_code) == ("desk", "110102020014")


def test_a_link_sets_a_password_once(client, desk, places):
    form = {"name": "许秀兰", "username": "xuxiulan", "role": "desk", "area": COMMUNITY, "until": in_a_year()}
    address = "/welcome/" + said(desk.post("/grants/accounts/add/", form)).split("/welcome/")[1].split("<")[0]
    client.logout()
    assert client.get(address).status_code == 200
    typed = {"password": "three grey herons", "again": "three grey herons"}
    assert client.post(address, typed).headers["Location"] == "/accounts/login/"
    assert User.objects.get(username="xuxiulan").check_password("three grey herons")
    assert client.get(address).status_code == 410


def test_a_weak_password_is_refused_in_words(client, desk, places):
    form = {"name": "许秀兰", "username": "xuxiulan", "role": "desk", "area": COMMUNITY, "until": in_a_year()}
    address = "/welcome/" + said(desk.post("/grants/accounts/add/", form)).split("/welcome/")[1].split("<")[0]
    page = client.post(address, {"password": "123456", "again": "123456"})
    assert page.status_code == 200
    assert "这个密码太容易猜到。" in said(page)


def test_a_compound_and_a_site_are_added_and_an_area_is_renamed(desk, places):
    desk.post(f"/areas/{COMMUNITY}/add/compound/", {"name": "红莲小区", "management": "company", "system": "wgs84"})
    desk.post(f"/areas/{COMMUNITY}/sites/add/", {"kind": "gate", "name": "东门", "system": "wgs84", "capacity": "3"})
    desk.post(f"/areas/{COMMUNITY}/edit/", {"name": "红莲北里社区", "system": "wgs84"})
    assert list(Area.objects.filter(level="compound").values_list("name", "compound__management")) == [
        ("红莲小区", "company")
    ]
    with acting_as(SYSTEM):
        assert list(Site.objects.values_list("name", "kind", "capacity")) == [("东门", "gate", 3)]
    assert Area.objects.get(code=COMMUNITY).name == "红莲北里社区"


def test_half_a_point_is_refused(desk, places):
    page = desk.post(
        f"/areas/{COMMUNITY}/sites/add/", {"kind": "gate", "name": "东门", "lon": "116.3", "system": "wgs84"}
    )
    assert "两个都填，或都不填。" in said(page)


def test_a_closed_area_leads_to_its_successor(desk, places):
    heir = "110102020001"
    desk.post(f"/areas/{COMMUNITY}/close/", {"successor": heir})
    page = said(desk.get(f"/areas/{COMMUNITY}/"))
    assert f'href="/areas/{heir}/"' in page


def test_the_map_draws_what_the_table_lists(desk, places):
    data = desk.get(f"/areas/{STREET}/map.json").json()
    page = said(desk.get(f"/areas/{STREET}/"))
    assert len(data["points"]) == page.count('<tr id="area-') == 38
    assert all(f'id="area-{point[2]}"' in page for point in data["points"])


def test_the_picker_finds_by_part_of_a_name_and_says_where_it_lies(desk, places):
    rows = desk.get("/areas/pick/?q=红莲北里&levels=community").json()["rows"]
    assert rows == [{"value": COMMUNITY, "label": "红莲北里社区居委会", "note": "西城区 广安门外街道"}]


def test_places_read_in_pinyin_in_english_with_the_chinese_beside_it(desk, places):
    User.objects.filter(username="zhoumin").update(language="en")
    page = said(desk.get(f"/areas/{STREET}/"))
    assert 'Guanganmenwai <span lang="zh-CN">广安门外街道</span>' in page


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("马连道社区居委会", "Maliandao"),
        ("什刹海街道", "Shichahai"),
        ("西城区", "Xicheng"),
        ("大栅栏西街社区居委会", "Dashilanxijie"),
    ],
)
def test_pinyin_of_places_leaves_the_ending_out(name, shown):
    assert words.pinyin(name) == shown


def test_the_log_is_read_in_words_and_narrowed_by_verb(desk, places, make_unit):
    make_unit()
    page = said(desk.get("/audit/?verb=unit.create"))
    assert page.count("<tbody>") == 1
    assert "添加单位" in page
    assert "载入公开名单的区域</td>" not in page


def test_my_own_page_says_who_saw_my_number_and_for_what(desk, places, make_unit, make_person, client):
    person = make_person(make_unit(), phone="13800138001")
    me = User.objects.get(username="zhoumin")
    with acting_as(SYSTEM):
        from turnout.people.domain import persons

        persons.link_account(person=person, user=me, by=SYSTEM)
    desk.post(f"/persons/{person.pk}/reveal/", {"purpose": "welfare"})
    page = said(desk.get("/me/"))
    assert "询问此人情况" in page
