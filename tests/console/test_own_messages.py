"""My own page: what I was told in the app, and where messages reach me."""

import pytest
from django.urls import reverse

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.notices import queries
from turnout.notices.domain import messages
from turnout.people.domain import persons, units

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(make_user, client):
    """An account without any role, linked to a person who was told something in the app."""
    user = make_user("benren")
    with acting_as(SYSTEM):
        unit = units.create(code="W1", name="区统计局", area_key=key_of("110102"), by=SYSTEM)
        person = persons.add(unit=unit, name="李文静", categories=["health"], by=SYSTEM)
        persons.link_account(person=person, user=user, by=SYSTEM)
        draft = messages.Draft(person.pk, "in_app", "请答复：https://t/x <b>", drill=True, urgent=True)
        messages.write([draft], by=SYSTEM)
    messages.send_due("in_app")
    client.force_login(user)
    return user


def test_i_read_what_i_was_told_and_it_is_no_longer_new(me, client):
    text = client.get(reverse("me")).content.decode()
    assert "【演练】请答复：" in text
    assert "<b>" not in text.split("【演练】")[1][:200].replace("<b></b>", "")
    assert client.post(reverse("me-read"))["Location"] == reverse("me")
    assert queries.inbox(me)[0].read


def test_i_say_where_messages_reach_me(me, client):
    assert client.post(reverse("me-email"), {"email": "x"}).status_code == 422
    assert queries.own_email(me) == ""
    client.post(reverse("me-email"), {"email": "lwj@example.cn"})
    assert queries.own_email(me) == "lwj@example.cn"
    assert "lwj@example.cn" in client.get(reverse("me")).content.decode()


def test_reading_is_a_post(me, client):
    assert client.get(reverse("me-read")).status_code == 405
    assert client.get(reverse("me-email")).status_code == 405
