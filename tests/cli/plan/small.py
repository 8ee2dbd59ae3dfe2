"""Small lists for the tests of `turnout plan`: three communities, two units, four people, four posts."""

from __future__ import annotations

import copy
from pathlib import Path

import openpyxl

Sheets = dict[str, list[list[object]]]

GOOD: Sheets = {
    "communities": [
        ["community_code", "name", "street_code", "district_code", "lon", "lat", "residents", "households", "risk"],
        ["110102001001", "甲社区", "110102001000", "110102000000", 116.370, 39.910, 3000, 1200, 1],
        ["110102001002", "乙社区", "110102001000", "110102000000", 116.380, 39.910, 3000, 1200, 2],
        ["110102002001", "丙社区", "110102002000", "110102000000", 116.400, 39.920, 3000, 1200, None],
    ],
    "units": [
        ["unit_code", "name", "paired_streets", "quota"],
        ["U1", "甲单位", "110102001000", None],
        ["U2", "乙单位", "110102002000;110102001000", 2],
    ],
    "staff": [
        [
            "staff_id",
            "unit_code",
            "categories",
            "lon",
            "lat",
            "skills",
            "home_community",
            "work_limits",
            "available_from",
        ],
        ["P1", "U1", "general", 116.371, 39.911, None, "110102001001", None, None],
        ["P2", "U1", "district_cadre;general", 116.381, 39.909, None, "110102001002", "no_night", None],
        ["P3", "U2", "health;general", 116.399, 39.921, "采样@2026-12-31", None, None, None],
        ["P4", "U2", "general", 116.402, 39.918, None, "110102002001", None, "2026-11-30 08:00"],
    ],
    "posts": [
        ["post_id", "community_code", "category", "places_min", "places", "skills", "excludes", "starts", "ends"],
        ["Q1", "110102001001", "general", 1, 2, None, None, "2026-12-01 08:00", None],
        ["Q2", "110102001002", "district_cadre", 1, 1, None, None, "2026-12-01 08:00", None],
        ["Q3", "110102002001", "health", 1, 1, "采样", None, "2026-12-01 08:00", None],
        ["Q4", "110102002001", "general", 0, 1, None, "no_night", "2026-12-01 08:00", None],
    ],
}


def good() -> Sheets:
    """A copy to spoil."""
    return copy.deepcopy(GOOD)


def workbook(path: Path, sheets: Sheets) -> Path:
    """Write the sheets to a workbook."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path
