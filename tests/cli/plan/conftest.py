"""The public cities as folders of CSV files, and small lists as a workbook."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from tests.cli.plan.small import good, workbook

from turnout.cli.main import main

INSTANCES = Path(__file__).parents[3] / "instances"


@pytest.fixture(scope="session")
def city_1000(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeded, made-up city of 1,000 people and 100 communities."""
    folder = tmp_path_factory.mktemp("cities")
    with tarfile.open(INSTANCES / "city-1000.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    return folder / "city-1000"


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Example lists of one street as a folder: 11 communities, 70 made-up people; small enough to count teams on."""
    folder = tmp_path_factory.mktemp("street") / "lists"
    assert main(["sample", "--area", "110102001", "--staff", "70", "-o", str(folder)]) == 0
    return folder


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """Three communities, two units, four people, four posts, as a workbook."""
    return workbook(tmp_path / "lists.xlsx", good())
