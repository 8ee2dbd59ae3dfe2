"""The table of commands, in the language of whoever asks."""

import pytest

from turnout.cli.main import COMMANDS, language, main


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
