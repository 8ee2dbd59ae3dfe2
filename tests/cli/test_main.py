"""The table of commands, in the language of whoever asks."""

import argparse
import importlib
import re
from contextlib import nullcontext

import psycopg
import pytest
from django.db import OperationalError

from turnout.cli import database, start
from turnout.cli.chinese import ABOUT, explain
from turnout.cli.main import COMMANDS, language, main
from turnout.core.keyfile import KeyFileError


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"TURNOUT_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"TURNOUT_LANGUAGE": "zh", "LANG": "en_US.UTF-8"}, "zh"),
    ],
)
def test_chinese_first_where_nothing_says_otherwise(environ, expected):
    assert language(environ) == expected


@pytest.mark.parametrize(("chosen", "place"), [("zh", 1), ("en", 2)])
def test_every_command_is_explained_in_the_chosen_language(capsys, monkeypatch, chosen, place):
    monkeypatch.setenv("TURNOUT_LANGUAGE", chosen)
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert [name for name, words in COMMANDS.items() if words[place] not in told] == []


@pytest.mark.parametrize(
    "command", [["keys", "check"], ["areas", "template", "-o", "x.xlsx"], ["audit", "verify"]], ids=" ".join
)
def test_a_file_that_holds_no_keys_is_said_in_a_line_by_every_command(capsys, monkeypatch, command):
    def unreadable():
        raise KeyFileError("The key file /etc/keys cannot be read.")

    monkeypatch.setattr(database, "started", nullcontext)
    monkeypatch.setattr(database, "use_django", unreadable)
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert (ended.value.code, capsys.readouterr().err) == (2, "turnout: The key file /etc/keys cannot be read.\n")


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        (psycopg.errors.DiskFull("could not extend file"), "is full.\nFree some space"),
        (psycopg.errors.AdminShutdown("terminating connection"), "turnout: The database went away: "),
        (psycopg.OperationalError("server closed the connection"), "turnout: The database went away: "),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True], ids=["psycopg", "django"])
def test_a_database_that_ends_in_the_middle_is_said_in_words(capsys, monkeypatch, cause, says, wrapped):
    monkeypatch.setattr(database, "started", nullcontext)
    monkeypatch.setattr(database, "use_django", lambda: None)
    monkeypatch.setattr("turnout.access.installation.is_up_to_date", lambda: True)
    error: Exception = OperationalError("wrapped") if wrapped else cause
    error.__cause__ = cause if wrapped else None
    with pytest.raises(SystemExit) as ended, start.django():
        raise error
    told = capsys.readouterr().err
    assert (ended.value.code, says in told, "Traceback" in told) == (2, True, False)


def test_a_deadlock_is_a_fault_of_ours_and_keeps_its_traceback():
    with pytest.raises(psycopg.errors.DeadlockDetected), database.refusals():
        raise psycopg.errors.DeadlockDetected("deadlock detected")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_is_chinese_first_and_every_option_has_a_line(capsys, monkeypatch, name):
    monkeypatch.setenv("TURNOUT_LANGUAGE", "zh")
    monkeypatch.setattr("argparse._", argparse._)  # put back afterwards
    with pytest.raises(SystemExit):
        main([name, "--help"])
    told = capsys.readouterr().out
    assert told.startswith(f"用法：turnout {name}")
    assert COMMANDS[name][1] in told
    assert told.index(ABOUT[name]) < told.index(importlib.import_module(COMMANDS[name][0]).__doc__.strip()[:40])
    parser = argparse.ArgumentParser()
    importlib.import_module(COMMANDS[name][0]).arguments(parser)
    explain(name, parser)
    assert [action.dest for action in _all_actions(parser) if not re.search("[一-鿿]", action.help or "")] == []


def _all_actions(parser):
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action._choices_actions
            for below in action.choices.values():
                yield from _all_actions(below)
        elif action.dest != "help":
            yield action


def test_a_wrong_call_is_said_in_chinese(capsys, monkeypatch):
    monkeypatch.setenv("TURNOUT_LANGUAGE", "zh")
    monkeypatch.setattr("argparse._", argparse._)
    with pytest.raises(SystemExit) as ended:
        main(["plan", "lists.xlsx"])
    assert (ended.value.code, "缺少参数：-o/--output" in capsys.readouterr().err) == (2, True)


def test_the_help_of_a_command_is_english_where_english_is_chosen(capsys, monkeypatch):
    monkeypatch.setenv("TURNOUT_LANGUAGE", "en")
    with pytest.raises(SystemExit):
        main(["plan", "--help"])
    told = capsys.readouterr().out
    assert told.startswith("usage: turnout plan")
    assert not re.search("[一-鿿]", told)
