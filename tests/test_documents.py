"""What the documents say is true of this checkout."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", "ARCHITECTURE.md", "STYLE.md"]


@pytest.mark.parametrize("page", PAGES)
def test_every_path_a_page_names_exists(page):
    text = (ROOT / page).read_text()
    named = set(re.findall(r"(?<![\w/.-])((?:src|docs|tests|tools|benchmarks|instances)/[\w./-]*\w)", text))
    missing = sorted(path for path in named if not (ROOT / path).exists())
    assert missing == []


def test_every_room_of_the_architecture_is_there_and_none_is_left_out():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    named = set(re.findall(r"^  (\w+)/ ", text, re.MULTILINE))
    real = {path.name for path in (ROOT / "src/turnout").iterdir() if (path / "__init__.py").exists()}
    assert named == real


def test_the_lock_names_no_address():
    assert "://" not in (ROOT / "requirements.lock").read_text()


def test_every_dependency_says_why_it_is_there():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = lines.index("dependencies = [")
    entries = [line for line in lines[start + 1 : lines.index("]", start)] if line.strip().startswith('"')]
    assert [line for line in entries if "#" not in line and "numpy" not in line] == []


def test_every_locked_package_carries_a_hash():
    text = (ROOT / "requirements.lock").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for dependency in project["dependencies"]:
        name = re.split(r"[\[<>=]", dependency)[0]
        assert re.search(rf"^{re.escape(name)}(\[.*\])?==[^\n]*\n    --hash=sha256:", text, re.MULTILINE), name


def test_ci_runs_exactly_the_readme_s_test_command():
    assert "exec make test" in (ROOT / ".ci/run").read_text()
    assert "make test" in (ROOT / "README.md").read_text()


def test_no_text_names_a_path_of_a_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    pattern = re.compile(r"/(work|farm)/[a-z]")
    bad = [
        name
        for name in tracked
        if Path(name).suffix in {".md", ".py", ".toml", ".html", ".js", ".css", ".sh"}
        and Path(name).name != "test_documents.py"
        and pattern.search((ROOT / name).read_text(errors="replace"))
    ]
    assert bad == []
