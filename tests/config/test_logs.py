"""Nothing in a log line opens anything or names anybody."""

import json
import logging

import pytest
from django.conf import settings
from django.test import Client

from turnout.config.logs import WithoutSecrets, without_secrets


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Unprocessable Entity: /join/wrs8MiNT5gpoA1tFLmXO5o23on608Wmi/", "Unprocessable Entity: /join/…/"),
        ("Gone: /welcome/UScbcXMbOvFzjVoHE8b/", "Gone: /welcome/…/"),
        ("/c/abc/answer/", "/c/…/answer/"),
        ("Not Found: /persons/?q=13800138000&unit=3", "Not Found: /persons/"),
        ("<WSGIRequest: GET '/persons/?unit=xx'>", "<WSGIRequest: GET '/persons/'>"),
        ("Not Found: /areas/110102000000/", "Not Found: /areas/110102000000/"),
    ],
)
def test_keys_and_query_strings_are_cut_out(line, kept):
    assert without_secrets(line) == kept


@pytest.mark.django_db
def test_a_refused_link_leaves_no_token_in_the_log(caplog):
    handler = caplog.handler
    handler.addFilter(WithoutSecrets())
    with caplog.at_level(logging.WARNING, logger="django.request"):
        assert Client().get("/welcome/" + "k" * 43 + "/?phone=13800138000").status_code == 410
    text = json.dumps([record.__dict__ for record in caplog.records], default=str)
    assert "k" * 43 not in text
    assert "13800138000" not in text


def test_every_handler_cuts_them_out():
    assert all("without_secrets" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
