from pathlib import Path

from benchmarks.table import markdown, replace_section, rows, section


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


def test_the_rows_of_a_section_come_back_as_they_were_written(tmp_path: Path) -> None:
    file = tmp_path / "B.md"
    replace_section("One", "text\n\n" + markdown(("no.", "best"), [(1, "0.5 %"), (2, None)]), file)
    replace_section("Two", "other", file)
    assert rows(section("One", file), 2) == [["1", "0.5 %"], ["2", None]]
    assert rows(section("One", file), 3) == []
    assert section("Three", file) == ""
