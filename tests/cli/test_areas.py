"""`turnout areas`: load, check, import and export without a page."""

from __future__ import annotations

import openpyxl
import pytest

from turnout.access.scope import acting_as
from turnout.cli import main, start
from turnout.core.actors import SYSTEM
from turnout.places.models import Area

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def here(monkeypatch, db):
    """The command finds the suite's database already there."""
    from contextlib import nullcontext

    monkeypatch.setattr(start, "django", nullcontext)


def rows(path, sheet="areas"):
    return [list(row) for row in openpyxl.load_workbook(path)[sheet].values]


def test_a_street_is_loaded_exported_and_comes_back_the_same(tmp_path, capsys):
    assert main.main(["areas", "load", "110102001"]) == 0
    assert capsys.readouterr().out == "14 new, 0 here before\n"
    out = tmp_path / "list.xlsx"
    assert main.main(["areas", "export", "110102001", "-o", str(out)]) == 0
    assert len(rows(out)) == 1 + 12
    assert main.main(["areas", "check", str(out)]) == 0
    assert capsys.readouterr().out.startswith("areas: 0 new, 0 changed, 12 same, 0 closed\n")


def test_a_bad_list_is_told_row_by_row_given_back_and_not_taken_over(tmp_path, capsys):
    main.main(["areas", "load", "110102001"])
    path = tmp_path / "list.xlsx"
    assert main.main(["areas", "template", "-o", str(path)]) == 0
    book = openpyxl.load_workbook(path)
    book["areas"].append(["110102001598", "新街社区"])
    book["areas"].append(["110102777001", "无家可归社区"])
    book.save(path)
    assert main.main(["areas", "import", str(path), "--lang", "en"]) == 2
    assert "areas 3 code (column A): the area above 110102777001 is not here or is closed" in capsys.readouterr().err
    assert "110102777001" in str(rows(tmp_path / "list-errors.xlsx"))
    with acting_as(SYSTEM):
        assert not Area.objects.filter(code="110102001598").exists()


@pytest.mark.parametrize(
    "argv",
    [
        ["load"],
        ["export", "110102"],
        ["template"],
        ["load", "119999"],
        ["export", "x", "-o", "y.xlsx"],
        ["import", "nowhere.xlsx"],
    ],
)
def test_a_call_that_cannot_be_done_ends_with_2(argv):
    assert main.main(["areas", *argv]) == 2
