"""Example lists: real communities, made-up people, the same for a seed, and an area that is not known."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from turnout.cli.main import main
from turnout.cli.plan.lists import read_lists
from turnout.places import public


def sample(path: Path, *options: str) -> int:
    return main(["sample", "-o", str(path), *options])


def test_lists_of_a_district_hold_its_real_communities_and_can_be_planned(tmp_path: Path) -> None:
    assert sample(tmp_path / "lists.xlsx", "--area", "110102") == 0
    lists = read_lists(tmp_path / "lists.xlsx", teams=True)
    assert lists.notes == []
    assert lists.problem.communities.ids == tuple(c.code for c in public.communities("110102"))
    assert len(lists.problem.communities.ids) == 263
    assert lists.problem.categories == ("district_cadre", "general", "health", "street_cadre")
    assert int((lists.problem.posts.places_min > 0).sum()) == len(lists.problem.posts.ids) == 4 * 263
    assert len(lists.problem.people.ids) > int(lists.problem.posts.places.sum())


def test_what_is_made_up_says_so(tmp_path: Path) -> None:
    sample(tmp_path / "lists.xlsx", "--area", "110102001")
    book = openpyxl.load_workbook(tmp_path / "lists.xlsx")
    assert book.sheetnames == ["说明", "communities", "units", "staff", "posts", "params"]
    told = " ".join(str(cell) for row in book["说明"].values for cell in row if cell)
    assert "单位和人员都是虚构的" in told
    assert public.LABELS["residents_split"][0] in told
    assert public.LABELS["point_placed"][0] in told
    assert all("（虚构）" in str(row[1]) for row in list(book["units"].values)[1:])


def test_the_same_seed_gives_the_same_lists_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        sample(tmp_path / name, "--area", "110102001", "--seed", seed)
    hashes = [read_lists(tmp_path / name, teams=True).input_hash for name in "abc"]
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize("staff", [1, 2, 137])
def test_any_number_of_people(tmp_path: Path, staff: int) -> None:
    assert sample(tmp_path / "lists", "--area", "110102001", "--staff", str(staff)) == 0
    assert len(read_lists(tmp_path / "lists", teams=True).problem.people.ids) == staff


@pytest.mark.parametrize("area", ["441900", "460400", "659001", "150102001", "西城区", "110102001004"])
def test_cities_without_districts_streets_names_and_single_communities(tmp_path: Path, area: str) -> None:
    assert sample(tmp_path / "lists", "--area", area, "--lang", "en") == 0
    assert len(read_lists(tmp_path / "lists", teams=True).problem.people.ids) > 0


@pytest.mark.parametrize(
    ("area", "near"),
    [
        ("110199", "110119 延庆区"),
        ("海定区", "110108 海淀区"),
        ("鼓楼区", "320106 鼓楼区"),
        ("44", "4401 广州市"),
        ("990000", "11 北京市"),
        ("朝阳", "220104 朝阳区"),
    ],
)
def test_an_unknown_area_is_refused_with_near_matches(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], area: str, near: str
) -> None:
    assert sample(tmp_path / "lists.xlsx", "--area", area) == 2
    assert near in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_name_in_part_offers_every_place_that_has_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sample(tmp_path / "lists.xlsx", "--area", "朝阳") == 2
    told = capsys.readouterr().err
    assert [code for code in ("110105 朝阳区", "220104 朝阳区", "2113 朝阳市") if code not in told] == []
