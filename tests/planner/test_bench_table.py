from pathlib import Path

from benchmarks.table import markdown, replace_section


def test_a_section_replaces_the_one_of_its_title_and_leaves_the_others(tmp_path: Path) -> None:
    file = tmp_path / "B.md"
    replace_section("One", "first", file)
    replace_section("Two", "second", file)
    before = file.read_text()
    replace_section("One", "third", file)
    assert file.read_text() == before.replace("first", "third")


def test_writing_the_same_section_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "B.md"
    replace_section("One", "first", file)
    replace_section("Two", "| a |\n", file)
    before = file.read_text()
    replace_section("Two", "| a |\n", file)
    assert file.read_text() == before


def test_a_table_shows_nothing_as_a_dash() -> None:
    assert markdown(("a", "b"), [(1, None)]) == "| a | b |\n| --- | --- |\n| 1 | - |"
