"""The pages of django-allauth speak our words: one sentence of help, no placeholder, no second term for one thing."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

pytestmark = pytest.mark.django_db
PASSWORD = "three grey herons at dawn"
FOREIGN = ("你的密码不能", "placeholder", "验证码", "重复）", "Code", "忘记密码？")


@pytest.fixture
def user(make_user):
    user = make_user("zhoumin")
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def signed_in(client, user):
    client.post("/accounts/login/", {"login": "zhoumin", "password": PASSWORD})
    return client


def main(response):
    assert response.status_code == 200, response
    return response.content.decode().partition("<main")[2]


def test_changing_the_password(client, user):
    page = main(signed_in(client, user).get("/accounts/password/change/"))
    assert [word for word in FOREIGN if word in page] == []
    assert "至少 10 个字" in page
    wrong = {"oldpassword": "no", "password1": "four grey herons at noon", "password2": "four grey herons at noon"}
    assert "这不是现在的密码" in main(client.post("/accounts/password/change/", wrong))


def test_switching_on_the_second_step(client, user):
    signed_in(client, user)
    again = main(client.get("/accounts/reauthenticate/"))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = again + main(client.get("/accounts/2fa/totp/activate/"))
    assert [word for word in FOREIGN if word in page] == []
    assert "数字不对" in main(client.post("/accounts/2fa/totp/activate/", {"code": "000000"}))


def test_the_second_step_of_signing_in(client, user):
    TOTP.activate(user, generate_totp_secret())
    client.post("/accounts/login/", {"login": "zhoumin", "password": PASSWORD})
    page = main(client.get("/accounts/2fa/authenticate/"))
    assert [word for word in FOREIGN if word in page] == []
    assert "六位数字" in page
    assert "数字不对" in main(client.post("/accounts/2fa/authenticate/", {"code": "000000"}))


def test_a_wrong_password_at_the_door(client, user):
    page = main(client.post("/accounts/login/", {"login": "zhoumin", "password": "wrong"}))
    assert "登录名或密码不对" in page
