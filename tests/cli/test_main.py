"""The table of commands, in the language of whoever asks."""

from contextlib import nullcontext

import pytest

from turnout.cli import database
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
