"""Signing in with the account of an organisation, against a provider that really speaks OpenID Connect."""

import copy
import urllib.request
from urllib.error import HTTPError

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings as configured
from django.test import Client

from tests.access import identity_provider

pytestmark = pytest.mark.django_db

LOGIN, CALLBACK = "/accounts/oidc/city/login/", "/accounts/oidc/city/login/callback/"


@pytest.fixture(scope="module")
def provider():
    with identity_provider.running() as running:
        yield running


@pytest.fixture(autouse=True)
def city(settings, provider):
    """One provider, as TURNOUT_OIDC would name it."""
    provider.subject, provider.asked = "staff-1", []
    oidc = copy.deepcopy(configured.SOCIALACCOUNT_PROVIDERS["openid_connect"])
    oidc["APPS"] = [
        {
            "provider_id": "city", "name": "市统一身份", "client_id": identity_provider.CLIENT,
            "secret": identity_provider.SECRET,
            "settings": {"server_url": provider.issuer, "oauth_pkce_enabled": True},
        }
    ]  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": oidc}


class Stay(urllib.request.HTTPRedirectHandler):
    """Show where a provider sends the browser instead of going there."""

    def redirect_request(self, *args):
        return None


def agree(address):
    """Go to the provider, agree there, and return the address it sends the browser back to."""
    with pytest.raises(HTTPError) as answer:
        urllib.request.build_opener(Stay).open(address)
    assert answer.value.code == 302
    return answer.value.headers["Location"]


def through(client, process="login"):
    """The whole way: our page, the provider, and back."""
    page = client.get(f"{LOGIN}?process={process}")
    assert (page.status_code, "form-action *" in page.headers["Content-Security-Policy"]) == (200, True)
    sent = client.post(f"{LOGIN}?process={process}")
    back = agree(sent.headers["Location"])
    assert back.startswith(f"http://testserver{CALLBACK}")
    return client.get(back.removeprefix("http://testserver"))


@pytest.fixture
def connected(make_user):
    """Zhou Min, who signed in with a password once and connected the account of the city."""
    user = make_user("zhoumin")
    client = Client()
    client.force_login(user)
    assert through(client, "connect").status_code == 302
    return user


def test_the_sign_in_page_offers_the_provider_and_its_own_policy_stays_strict(client):
    page = client.get("/accounts/login/")
    assert "用市统一身份登录" in page.content.decode()
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]


def test_who_has_connected_an_account_signs_in_with_it(client, connected, provider):
    provider.asked = []
    answer = through(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/me/").context["user"] == connected
    assert {"/.well-known/openid-configuration", "/authorization", "/token"} <= set(provider.asked)


def test_nothing_of_the_person_is_kept_but_the_identifier(client, connected):
    through(client)
    account = SocialAccount.objects.get()
    assert (account.user, account.uid, account.extra_data) == (connected, "staff-1", {})
    assert SocialToken.objects.count() == 0


def test_somebody_the_provider_knows_but_we_do_not_gets_no_account(client, connected, provider):
    from turnout.access.models import User

    provider.subject = "stranger"
    answer = through(client)
    assert "账号由" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 1)


def test_an_account_of_the_organisation_opens_one_account_only(connected, make_user):
    other = Client()
    other.force_login(make_user("lijun"))
    through(other, "connect")
    assert SocialAccount.objects.get().user == connected


def test_a_disabled_account_stays_shut(client, connected):
    connected.is_active = False
    connected.save(update_fields=["is_active"])
    through(client)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("change", [("state", "forged"), ("code", "forged")])
def test_a_forged_answer_signs_nobody_in(client, connected, change):
    sent = client.post(LOGIN)
    name, value = change
    query = dict(part.split("=") for part in agree(sent.headers["Location"]).partition("?")[2].split("&"))
    answer = client.get(CALLBACK, query | {name: value})
    assert "登录没有成功" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_code_is_good_once(client, connected):
    sent = client.post(LOGIN)
    back = agree(sent.headers["Location"]).removeprefix("http://testserver")
    assert client.get(back).status_code == 302
    client.logout()
    client.get(back)
    assert "_auth_user_id" not in client.session


def test_a_provider_that_cannot_be_reached_is_said_in_words(client, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:1"
    answer = client.post(LOGIN)
    assert "登录没有成功" in answer.content.decode()


def test_on_the_own_page_it_can_be_taken_away_again(client, connected):
    connected.set_password("three grey herons at dawn")
    connected.save(update_fields=["password"])
    client.force_login(connected)
    assert "单位统一账号" in client.get("/me/").content.decode()
    page = client.get("/accounts/3rdparty/").content.decode()
    assert "市统一身份" in page
    client.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk})
    assert SocialAccount.objects.count() == 0
