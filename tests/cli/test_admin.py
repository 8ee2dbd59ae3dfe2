"""The first person, made at a shell: of an area that exists, in words that fit a shell."""

import argparse
from contextlib import nullcontext

import pytest

from turnout.access.models import User
from turnout.cli import admin, start

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_this_database(monkeypatch):
    monkeypatch.setattr(start, "django", nullcontext)


def call(*words):
    parser = argparse.ArgumentParser()
    admin.arguments(parser)
    return admin.run(parser.parse_args(words))


def test_the_first_person_gets_a_link_and_a_role(capsys):
    assert call("create", "zhoumin", "--area", "110102", "--address", "http://t") == 0
    assert capsys.readouterr().out.startswith("http://t/welcome/")
    assert User.objects.get().grants.get().area_code == "110102000000"


@pytest.mark.parametrize("area", [[], ["--area", "999999"], ["--area", "12"[:1]]])
def test_an_area_that_is_on_no_list_is_refused_and_nobody_made(area, capsys):
    assert call("create", "ghost", *area) == 2
    assert User.objects.count() == 0
    assert capsys.readouterr().err != ""


def test_a_link_for_nobody_is_refused_by_name(capsys):
    assert call("link", "nobody") == 2
    assert "nobody" in capsys.readouterr().err
