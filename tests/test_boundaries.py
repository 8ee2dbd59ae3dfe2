"""Every address of the product is tried by everybody who should not be there. A new route is tried by itself.

Dongcheng has areas, a site, a unit, a person, an account with a role, a list run and a sign-up link, and a night;
every role that there is, held over Xicheng or one of its units, and a visitor try to reach each of them, and every
list, by reading and by writing. So do a community desk and a street desk of Dongcheng that lie beside the place.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from turnout.access.domain import grants
from turnout.access.queries import actor_of
from turnout.access.roles import ROLES
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.row_security import PROTECTED
from turnout.incidents import playbook as files
from turnout.incidents.domain import incidents, playbooks
from turnout.notices.domain import messages
from turnout.notices.domain.messages import Draft
from turnout.notices.models import Message
from turnout.people.domain import imports, merges, persons, proposals, signups, units
from turnout.people.domain.uploads import File
from turnout.people.models import MergeProposal
from turnout.places.domain import loading, sites
from turnout.places.models import Area
from turnout.staffing.domain import openings, remarks, waves, whistles
from turnout.staffing.models import CallOut, Plan, Team

pytestmark = pytest.mark.django_db

EAST = "110101"
EAST_COMMUNITY = "110101001001"
SECRETS = ("东城保密单位", "欧阳测试", "东城隔离点", "东城保密行动", "尾号 8899", "13800138899")
"""Names and a phone number that nobody outside Dongcheng may read on any page."""

FOR_EVERYBODY = {"healthz", "display", "styleguide", "welcome", "signup", "signup-qr", "signup-done", "signup-areas"}
FOR_EVERYBODY |= {
    "place-signup",
    "called",
    "called-me",
    "called-answer",
    "called-leader",
    "called-feedback",
    "called-remark",
}
"""Public by design: each opens its own scope or touches nothing protected."""
PUBLIC_FACTS = {"area", "area-map", "area-history", "area-outside", "areas", "area-go", "area-pick"}
"""Areas, their codes and counts are public facts; only writing them is guarded."""


def routes() -> list[tuple[str, tuple[str, ...]]]:
    """Return the name and the named parts of every address of ours."""
    found: list[tuple[str, tuple[str, ...]]] = []

    def walk(patterns: list[Any], parts: tuple[str, ...]) -> None:
        for pattern in patterns:
            named = (*parts, *pattern.pattern.converters)
            if isinstance(pattern, URLResolver):
                if not str(pattern.pattern).startswith("accounts/"):
                    walk(pattern.url_patterns, named)
            elif isinstance(pattern, URLPattern):
                assert pattern.name, f"{pattern.pattern} has no name: nobody can link to it or try it"
                found.append((pattern.name, named))

    walk(get_resolver().url_patterns, ())
    return found


ROUTES = routes()
GUARDED = [route for route in ROUTES if route[0] not in FOR_EVERYBODY]
WHO = [*ROLES, "nobody"]
BESIDE = {"desk": "110101001002", "triage": "110101002000"}
"""The community next door in the same street, and the next street."""


@pytest.fixture
def east(make_user):
    """Things of Dongcheng, by the name that addresses give them."""
    with acting_as(SYSTEM):
        loading.load_public(code=EAST, by=SYSTEM)
        unit = units.create(code="E1", name="东城保密单位", area_key=key_of(EAST), by=SYSTEM)
        person = persons.add(
            unit=unit,
            name="欧阳测试",
            phone="13800138899",
            categories=["health"],
            home_key=key_of(EAST_COMMUNITY),
            by=SYSTEM,
        )
        home = Area.objects.get(area_key=key_of(EAST_COMMUNITY))
        site = sites.add(area=home, kind="isolation_hotel", name="东城隔离点", by=SYSTEM)
        epidemic = playbooks.publish(text=files.shipped()["epidemic"], by=SYSTEM)
        incident = incidents.open_(title="东城保密行动", area_code=EAST, playbook=epidemic, by=SYSTEM)
        now = clock.now()
        whistle = whistles.raise_(
            incident=incident, area_key=key_of(EAST_COMMUNITY), ground="emergency", kind="emergency",
            category="health", people=2, starts_at=now + timedelta(hours=8), ends_at=now + timedelta(hours=16),
            arrive_by=now + timedelta(hours=8), task="东城保密行动入户", otherwise="东城保密行动停下", by=SYSTEM,
        )  # fmt: skip
        post = whistles.approve(whistle=whistle, by=SYSTEM)
        wave = waves.create(
            incident=incident, arrive_by=now + timedelta(hours=8), lock_at=now + timedelta(hours=4),
            closes_at=now + timedelta(hours=9), by=SYSTEM,
        )  # fmt: skip
        mark = incidents.mark(incident=incident, area_key=key_of(EAST_COMMUNITY), level="sealed", by=SYSTEM)
        plan = Plan.objects.create(
            incident=incident, number=1, area_key=incident.area_key, made_at=now, seconds=1, objective_minutes=1,
            needed=2, placed=0, input_hash="x", stopped_by="proof",
        )  # fmt: skip
        callout = CallOut.objects.create(
            incident=incident, wave=wave, person=person, post=post, area_key=post.area_key, unit_key=unit.scope_key,
            sender_key=unit.area_key, category="health",
        )  # fmt: skip
        (message,) = messages.write(
            [Draft(person.pk, "file", "东城保密行动，请点开答复", post.area_key, "staffing.callout", callout.pk)],
            by=SYSTEM,
        )
        messages.write([Draft(person.pk, "in_app", "东城保密行动，请答复")], by=SYSTEM)
        Message.objects.filter(channel="in_app").update(state="sent", claimed_at=now, finished_at=now)
        Message.objects.filter(pk=message).update(state="failed", claimed_at=now, finished_at=now)
        team = Team.objects.create(
            incident=incident, unit=unit, area_key=post.area_key, leader_id=person.pk, made_at=now
        )
        opening, _ = openings.open_(
            post=post, wave=waves.advance(wave=wave, to="open", by=SYSTEM), places=1,
            closes_at=now + timedelta(hours=3), by=SYSTEM,
        )  # fmt: skip
        remark = remarks.send_as_community(
            incident=incident, area_key=post.area_key, kind="complaint", words="东城保密行动盒饭凉了", by=SYSTEM
        )
        callout.team = team
        callout.save(update_fields=["team"])
    user = make_user("dongcheng", ("dispatcher", EAST))
    with acting_as(actor_of(user)) as by:
        run = imports.begin(file=File("东城保密单位.csv", "姓名\n欧阳测试".encode()), by=by)
        twins = [persons.add(unit=unit, name="欧阳测试", categories=["health"], by=by) for _ in range(3)]
        proposals.look(by=by)
        ends = clock.now() + timedelta(days=9)
        link, _token = signups.issue(unit=unit, label="东城", category="volunteer", quota=3, ends_at=ends, by=by)
        merge = merges.merge(keep=twins[0], gone=twins[1], by=by)
        proposal = MergeProposal.objects.filter(state="open").earliest("id")
    return {
        "run_id": run.pk,
        "link_id": link.pk,
        "role": "source",
        "proposal_id": proposal.pk,
        "merge_id": merge.pk,
        "code": EAST_COMMUNITY,
        "level": "compound",
        "unit_id": unit.pk,
        "person_id": person.pk,
        "site_id": site.pk,
        "user_id": user.pk,
        "incident_id": incident.pk,
        "whistle_id": whistle.pk,
        "mark_id": mark.pk,
        "plan_id": plan.pk,
        "team_id": team.pk,
        "message_id": message,
        "wave_id": wave.pk,
        "post_id": post.pk,
        "callout_id": callout.pk,
        "opening_id": opening.pk,
        "remark_id": remark.pk,
        "grant_id": user.grants.get().pk,
        "token": "x" * 43,
    }


@pytest.fixture
def strangers(make_user, east):
    """Everybody who has no business in Dongcheng."""
    with acting_as(SYSTEM):
        own = units.create(code="W1", name="西城单位", area_key=key_of("110102"), by=SYSTEM)
        liaison = make_user("lianluo")
        grants.give(
            user=liaison, role="liaison", unit=grants.UnitScope(own.pk, own.scope_key, own.area_key),
            ends_at=clock.now() + timedelta(days=9), by=SYSTEM,
        )  # fmt: skip
    over = {"desk": "110102007003", "triage": "110102007000"}
    users = {
        role.name: make_user(f"x-{role.name}", (role.name, over.get(role.name, "110102")))
        for role in ROLES.values()
        if not role.over_unit
    }
    return users | {"liaison": liaison, "nobody": make_user("xinren")}


def address(name: str, parts: tuple[str, ...], things: dict[str, Any]) -> str:
    missing = [part for part in parts if part not in things]
    assert not missing, f"tell tests/test_boundaries.py what {missing} of the address {name!r} can be"
    try:
        return reverse(name, kwargs={part: things[part] for part in parts})
    except NoReverseMatch as error:
        raise AssertionError(f"{name}: {error}") from None


def body(response: Any) -> str:
    if response.streaming:
        return b"".join(response.streaming_content).decode(errors="replace")
    return response.content.decode(errors="replace")


def test_a_visitor_is_led_to_the_sign_in_page(client, east):
    found = {}
    for name, parts in GUARDED:
        for method in ("get", "post"):
            response = getattr(client, method)(address(name, parts, east))
            found[name, method] = response.status_code, response.headers.get("Location", "")[:16]
    assert {key: seen for key, seen in found.items() if seen != (302, "/accounts/login/")} == {}


@pytest.mark.parametrize("who", WHO)
def test_nobody_reaches_into_another_district(client, east, strangers, who):
    client.force_login(strangers[who])
    wrong = []
    for name, parts in GUARDED:
        for method in ("get", "post"):
            response = getattr(client, method)(address(name, parts, east))
            text = body(response)
            wrong += [(name, method, secret) for secret in SECRETS if secret in text]
            allowed = (403, 404, 405) if parts and name not in PUBLIC_FACTS else range(500)
            if response.status_code not in allowed:
                wrong.append((name, method, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("who", WHO)
def test_with_every_filter_of_a_read_taken_away_still_nothing_leaks(client, east, strangers, monkeypatch, who):
    """What would happen if somebody forgot a filter: row security shows the own scope all the same."""

    def forgetful(self: QuerySet[Any], *args: Any, **kwargs: Any) -> QuerySet[Any]:
        if self.model._meta.db_table in PROTECTED:
            return self._chain()
        return original(self, *args, **kwargs)

    client.force_login(strangers[who])
    client.raise_request_exception = False  # one row where a view expects one: without its filter there may be more
    original = QuerySet.filter
    monkeypatch.setattr(QuerySet, "filter", forgetful)
    leaked = []
    for name, parts in GUARDED:
        for query in ("",) if parts else ("", "?q=欧阳", "?q=8899", "?q=oyc"):
            text = body(client.get(address(name, parts, east) + query))
            leaked += [(name, query, secret) for secret in SECRETS if secret in text]
    assert leaked == []


def test_without_row_security_as_well_these_tests_would_see_it(client, east, strangers, monkeypatch):
    """The test above can fail: with the filters gone and the scope torn open, the secrets of Dongcheng are on pages."""
    from turnout.access import scope
    from turnout.core.area_keys import EVERYTHING

    honest = scope.scope_settings
    monkeypatch.setattr(scope, "scope_settings", lambda _: honest((EVERYTHING,)))
    with pytest.raises(AssertionError, match="东城保密单位"):
        test_with_every_filter_of_a_read_taken_away_still_nothing_leaks(
            client, east, strangers, monkeypatch, "dispatcher"
        )


OF_THE_DISTRICT = {
    "area", "areas", "area-export", "incident", "board", "wall", "board-sheet", "whistles-of", "whistle-raise", "units",
    "unit", "teams", "boards", "whistles", "desks",
}  # fmt: skip
"""What everybody of the district may open: of the night they see the own part, of units the names."""
OF_THE_COMMUNITY = (
    "欧阳测试",
    "东城隔离点",
    "东城保密行动入户",
    "东城保密行动停下",
    "盒饭凉了",
    "尾号 8899",
    "13800138899",
)
"""Names and words of a community's people and whistles, which the one beside it does not read."""


@pytest.mark.parametrize("who", BESIDE)
def test_nobody_reaches_into_the_community_beside_the_own(client, east, make_user, who):
    client.force_login(make_user("pangbian", (who, BESIDE[who])))
    wrong = []
    for name, parts in GUARDED:
        for method in ("get", "post"):
            response = getattr(client, method)(address(name, parts, east))
            text = body(response)
            wrong += [(name, method, secret) for secret in OF_THE_COMMUNITY if secret in text]
            allowed = (403, 404, 405) if parts and name not in PUBLIC_FACTS | OF_THE_DISTRICT else range(500)
            if response.status_code not in allowed:
                wrong.append((name, method, response.status_code))
    assert wrong == []


def test_those_who_belong_there_get_in(client, east):
    """The other side of every refusal above: the same addresses answer whoever holds the district."""
    from turnout.access.models import User

    user = User.objects.get(pk=east["user_id"])
    client.force_login(user)
    assert actor_of(user).can("person.view", key_of(EAST))
    for name in ("person", "unit", "area"):
        parts = dict(ROUTES)[name]
        assert client.get(address(name, parts, east)).status_code == 200, name
    assert "欧阳测试" in body(client.get(reverse("persons")))


def test_the_community_s_own_desk_reads_what_the_one_beside_it_does_not(client, east, make_user):
    client.force_login(make_user("benshequ", ("desk", EAST_COMMUNITY)))
    text = body(client.get(reverse("desk", args=[east["incident_id"], EAST_COMMUNITY])))
    assert "欧阳测试" in text
    assert "东城保密行动入户" in text
