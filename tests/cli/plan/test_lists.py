"""Lists that are refused or only remarked on, and the problem that good lists become."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.plan.small import Sheets, good, workbook

from turnout.cli.plan.layouts import INPUT
from turnout.cli.plan.lists import Lists, ListsRefused, read_lists
from turnout.cli.plan.refusals import REFUSALS, WARNINGS
from turnout.planner.placement.problem import ALWAYS_FROM, ALWAYS_UNTIL, NO_QUOTA, NONE
from turnout.sheets import say


def read(tmp_path: Path, sheets: Sheets, **options: object) -> Lists:
    return read_lists(workbook(tmp_path / "lists.xlsx", sheets), teams=True, **options)  # type: ignore[arg-type]


def refusals(tmp_path: Path, sheets: Sheets) -> list[tuple[str, int, str, str]]:
    with pytest.raises(ListsRefused) as caught:
        read(tmp_path, sheets)
    for fault in caught.value.faults:
        assert all(sentence and "{" not in sentence for lang in ("zh", "en") for sentence in say(fault, lang, REFUSALS))
    return [(fault.sheet, fault.row, fault.column, fault.code) for fault in caught.value.faults]


def warnings(lists: Lists) -> list[str]:
    for note in lists.notes:
        assert all(say(note, lang, WARNINGS)[0] for lang in ("zh", "en"))
    return [note.code for note in lists.notes]


def test_good_lists_become_a_problem_sorted_by_id(tmp_path: Path) -> None:
    lists = read(tmp_path, good())
    problem = lists.problem
    assert warnings(lists) == []
    assert problem.communities.ids == ("110102001001", "110102001002", "110102002001")
    assert problem.categories == ("district_cadre", "general", "health")
    assert problem.skills == ("采样",)
    assert problem.communities.risk.tolist() == [1, 2, 1]
    assert problem.units.quota.tolist() == [NO_QUOTA, 2]
    assert problem.units.pairing.tolist() == [0, 1, 0]
    assert problem.people.home.tolist() == [0, 1, NONE, 2]
    assert problem.people.skill_until.tolist() == [1798732800]  # 2027-01-01 00:00 in Shanghai
    assert problem.people.available_from.tolist() == [ALWAYS_FROM] * 3 + [1795996800]
    assert problem.posts.starts.tolist() == [1796083200] * 4
    assert problem.posts.ends.tolist() == [1796083200 + 14 * 86400] * 4
    assert problem.params.team == 120
    assert read_lists(tmp_path / "lists.xlsx", teams=False).problem.params.team == 0


def test_the_hash_knows_content_not_order_nor_kind_of_file(tmp_path: Path) -> None:
    sheets = good()
    first = read(tmp_path, sheets).input_hash
    folder = tmp_path / "shuffled"
    folder.mkdir()
    for name, (head, *rows) in sheets.items():
        random.Random(1).shuffle(rows)
        columns = list(range(len(head)))
        random.Random(2).shuffle(columns)
        with (folder / f"{name}.csv").open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream).writerows([row[c] for c in columns] for row in (head, *rows))
    assert read_lists(folder, teams=True).input_hash == first
    sheets["staff"][1][3] = 116.372
    assert read(tmp_path, sheets).input_hash != first


def test_chinese_sheet_and_column_names_and_words_are_understood(tmp_path: Path) -> None:
    sheets = good()
    expected = read(tmp_path, sheets).input_hash
    titles = {layout.name: {column.name: column.aliases[0] for column in layout.columns} for layout in INPUT[:4]}
    names = {"communities": "社区", "units": "派出单位", "staff": "人员名单", "posts": "岗位"}
    for name, (head, *_) in sheets.items():
        head[:] = [f"＊{titles[name][str(column)]}（必填）" for column in head]
    sheets["staff"][2][2], sheets["staff"][2][7] = "区直干部；一般人员", "不上夜班"
    assert read(tmp_path, {names[name]: rows for name, rows in sheets.items()}).input_hash == expected


Spoil = Callable[[Sheets], None]


def put(sheet: str, row: int, column: str, value: object) -> Spoil:
    """Write a value into a cell, the row as the office counts it."""

    def spoil(sheets: Sheets) -> None:
        sheets[sheet][row - 1][sheets[sheet][0].index(column)] = value

    return spoil


def add(sheet: str, *row: object) -> Spoil:
    """Append a row."""

    def spoil(sheets: Sheets) -> None:
        sheets[sheet].append(list(row))

    return spoil


def params(*rows: list[object]) -> Spoil:
    """Add a params sheet."""

    def spoil(sheets: Sheets) -> None:
        sheets["params"] = [["name", "value"], *rows]

    return spoil


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (put("staff", 3, "lon", 39.9), None),
        (
            put("communities", 2, "community_code", "1.10102E+11"),
            ("communities", 2, "community_code", "code_lost_digits"),
        ),
        (put("staff", 2, "unit_code", "U9"), ("staff", 2, "unit_code", "unknown_unit")),
        (put("posts", 2, "community_code", "110102001009"), ("posts", 2, "community_code", "unknown_community")),
        (put("units", 2, "paired_streets", "U1"), ("units", 2, "paired_streets", "pairs_itself")),
        (put("posts", 2, "places_min", 3), ("posts", 2, "places_min", "min_above_places")),
        (put("posts", 2, "ends", "2026-12-01 07:00"), ("posts", 2, "ends", "ends_before_start")),
        (put("posts", 2, "ends", "2026-12-01 08:00"), ("posts", 2, "ends", "ends_before_start")),
        (put("posts", 2, "category", None), ("posts", 2, "category", "blank")),
        (put("posts", 2, "places", "二"), ("posts", 2, "places", "not_number")),
        (put("communities", 2, "risk", 4), ("communities", 2, "risk", "too_large")),
        (put("units", 3, "quota", -1), ("units", 3, "quota", "too_small")),
        (put("staff", 2, "lat", 91), ("staff", 2, "lon", "outside")),
        (put("staff", 2, "work_limits", "no_nights"), ("staff", 2, "work_limits", "not_choice")),
        (put("staff", 4, "skills", "采样@2026-13-01"), ("staff", 4, "skills", "not_date")),
        (put("staff", 2, "available_from", "明天"), ("staff", 2, "available_from", "not_moment")),
        (add("staff", "P1", "U2", "general", 116.4, 39.9), ("staff", 6, "staff_id", "id_differs")),
        (add("staff", "Ｐ１", "U2", "general", 116.4, 39.9), ("staff", 6, "staff_id", "id_differs")),
        (params(["walk_kmh", 5]), ("params", 2, "name", "param_unknown")),
        (params(["team", 12], ["team", 13]), ("params", 3, "name", "param_twice")),
        (params(["team", 12.25]), ("params", 2, "value", "param_number")),
        (params(["team", -1]), ("params", 2, "value", "param_number")),
        (params(["team", "many"]), ("params", 2, "value", "param_number")),
        (params(["horizon_days", 1.5]), ("params", 2, "value", "param_days")),
        (params(["plan_start", "soon"]), ("params", 2, "value", "param_moment")),
        (params(["missing_more", 2500]), ("params", 2, "value", "param_order")),
        (params(["nigth_pair_price", 60]), ("params", 2, "name", "param_unknown")),
        (params(["team_most", 2.5]), ("params", 2, "value", "param_whole")),
        (params(["experienced_share", 101]), ("params", 2, "value", "param_share")),
        (params(["team_most", 2], ["team_least", 3]), ("params", 3, "value", "param_team_sizes")),
    ],
)
def test_one_bad_cell_is_refused_by_its_place_and_code(
    tmp_path: Path, spoil: Spoil, fault: tuple[str, int, str, str] | None
) -> None:
    sheets = good()
    spoil(sheets)
    if fault is None:
        # A longitude of 39.9 beside a latitude of 39.9 is a place on earth, though far away: only remarked on.
        assert warnings(read(tmp_path, sheets)) == ["far_away"]
    else:
        assert refusals(tmp_path, sheets) == [fault]


def test_swapped_coordinates_are_recognised_and_put_right_in_the_sentence(tmp_path: Path) -> None:
    sheets = good()
    put("staff", 2, "lon", 39.911)(sheets)
    put("staff", 2, "lat", 116.371)(sheets)
    with pytest.raises(ListsRefused) as caught:
        read(tmp_path, sheets)
    assert [fault.code for fault in caught.value.faults] == ["swapped"]
    assert say(caught.value.faults[0], "zh", REFUSALS) == (
        "经度 39.911、纬度 116.371 像是写反了",
        "经度 116.371，纬度 39.911",
    )


def test_every_bad_row_of_every_sheet_is_told_at_once_in_order(tmp_path: Path) -> None:
    sheets = good()
    for spoil in (
        put("posts", 5, "places_min", 9),
        put("staff", 5, "unit_code", "U9"),
        put("staff", 3, "lat", "北"),
        put("communities", 4, "risk", 0),
        put("units", 2, "paired_streets", "U1"),
    ):
        spoil(sheets)
    assert refusals(tmp_path, sheets) == [
        ("communities", 4, "risk", "too_small"),
        ("units", 2, "paired_streets", "pairs_itself"),
        ("staff", 3, "lat", "not_number"),
        ("staff", 5, "unit_code", "unknown_unit"),
        ("posts", 5, "places_min", "min_above_places"),
    ]


def test_wrong_sheet_names_are_named_with_what_was_found(tmp_path: Path) -> None:
    sheets = good()
    renamed = {{"staff": "Sheet3"}.get(name, name): rows for name, rows in sheets.items()}
    assert refusals(tmp_path, renamed) == [("staff", 0, "", "sheet_missing")]


def test_a_sheet_with_headings_only_is_refused(tmp_path: Path) -> None:
    sheets = good()
    sheets["posts"] = sheets["posts"][:1]
    assert refusals(tmp_path, sheets) == [("posts", 0, "", "no_rows")]


def test_what_may_be_missing_counts_as_none_with_a_remark(tmp_path: Path) -> None:
    sheets = good()
    put("staff", 2, "home_community", "990000000001")(sheets)
    put("units", 2, "paired_streets", "990000000000")(sheets)
    sheets["staff"][0].append("current_post")
    sheets["staff"][1].append("Q9")
    lists = read(tmp_path, sheets)
    assert warnings(lists) == ["unknown_home", "unknown_post", "unknown_street"]
    assert lists.problem.people.home.tolist()[0] == NONE
    assert lists.problem.people.current_post.tolist() == [NONE] * 4


def test_a_row_repeated_word_for_word_counts_once(tmp_path: Path) -> None:
    sheets = good()
    expected = read(tmp_path, good()).input_hash
    sheets["staff"].append(list(sheets["staff"][2]))
    lists = read(tmp_path, sheets)
    assert warnings(lists) == ["id_repeated"]
    assert lists.problem.people.ids == ("P1", "P2", "P3", "P4")
    assert lists.input_hash == expected


def test_posts_without_times_begin_at_plan_start_and_last_the_horizon(tmp_path: Path) -> None:
    sheets = good()
    for row in sheets["posts"][1:]:
        row[7] = None
    lists = read(tmp_path, sheets)
    assert warnings(lists) == ["no_period"]
    assert (lists.problem.posts.starts == ALWAYS_FROM).all()
    assert (lists.problem.posts.ends == ALWAYS_UNTIL).all()
    params(["plan_start", "2026/12/1 8:00"], ["horizon_days", 7])(sheets)
    timed = read(tmp_path, sheets)
    assert warnings(timed) == []
    assert timed.problem.posts.starts.tolist() == [1796083200] * 4
    assert timed.problem.posts.ends.tolist() == [1796083200 + 7 * 86400] * 4


def test_a_category_nobody_asks_for_is_remarked_on_with_the_one_it_resembles(tmp_path: Path) -> None:
    sheets = good()
    put("staff", 4, "categories", "helth;general")(sheets)
    lists = read(tmp_path, sheets)
    assert [(note.code, note.params) for note in lists.notes] == [
        ("unused_category", {"word": "helth", "near": " (health?)"})
    ]


def test_traits_are_read_by_either_name_refused_when_misspelt_and_leave_the_hash_alone_when_blank(
    tmp_path: Path,
) -> None:
    sheets = good()
    before = read(tmp_path, sheets)
    for row, word in zip(sheets["staff"], ("特征", None, "有经验；女", "local", "男"), strict=True):
        row.append(word)
    assert read(tmp_path, sheets).problem.people.traits.tolist() == [0, 1 + 4, 2, 8]
    assert read(tmp_path, sheets).input_hash != before.input_hash
    sheets["staff"][2][-1] = sheets["staff"][3][-1] = sheets["staff"][4][-1] = None
    assert read(tmp_path, sheets).input_hash == before.input_hash
    sheets["staff"][2][-1] = "有经念"
    assert refusals(tmp_path, sheets) == [("staff", 3, "traits", "not_choice")]


def test_params_replace_cost_terms(tmp_path: Path) -> None:
    sheets = good()
    params(["Team", "１５.5"], ["travel_cap", 60], ["plan_start", "20261201"])(sheets)
    lists = read(tmp_path, sheets)
    assert (lists.problem.params.team, lists.problem.params.travel_cap) == (155, 600)


def test_a_travel_table_is_read_rounded_and_sorted(tmp_path: Path) -> None:
    table = tmp_path / "分钟.csv"
    table.write_text(
        "from_community,community_code,minutes\n110102001002,110102001001,12.25\n110102001001,110102002001,30\n"
        "110102001001,110102001002,8.35\n110102001001,999,1\n"
    )
    lists = read(tmp_path, good(), travel=table)
    assert warnings(lists) == ["unknown_pair"]
    found = lists.problem.travel
    assert found is not None
    assert (found.start.tolist(), found.community.tolist(), found.tenths.tolist()) == (
        [0, 2, 3, 3],
        [1, 2, 0],
        [84, 300, 122],
    )
    assert lists.input_hash != read(tmp_path, good()).input_hash


def test_a_travel_table_with_two_answers_for_one_pair_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(
        "from_community,community_code,minutes\n110102001002,110102001001,12\n110102001002,110102001001,13\n"
    )
    with pytest.raises(ListsRefused) as caught:
        read(tmp_path, good(), travel=table)
    assert [(fault.sheet, fault.row, fault.code) for fault in caught.value.faults] == [("travel", 3, "travel_twice")]
