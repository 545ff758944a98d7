"""Promises about the source as a whole that no linter of ours keeps."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).resolve().parents[2]
MOST_LINES: Final = 350
FOLDERS: Final = ("adapters", "benchmarks", "broker", "keys", "tests")
# Put together here, so that this file does not hold what it looks for.
_REGISTRIES: Final = re.compile(
    "|".join(
        ["pypi" + r"\.org", "pythonhosted" + r"\.org", "index" + "-url", "npm" + "js"]
    )
)
_MACHINES: Final = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w")
_ALLOWED: Final = re.compile(r"--no-emit-index-url")
_CLOCKS: Final = {
    "datetime": {"now", "today", "utcnow"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime"},
}


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((PROJECT / folder).rglob("*.py"))


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - whichever git there is
        cwd=PROJECT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a checkout")
    names = listed.stdout.decode().split("\0")
    return [PROJECT / name for name in names if name and (PROJECT / name).is_file()]


def test_no_file_is_long() -> None:
    long = {
        str(path.relative_to(PROJECT)): count
        for path in sources()
        if (count := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}


def test_nothing_names_a_registry_or_a_machine() -> None:
    found = []
    for path in tracked():
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            rest = _ALLOWED.sub("", line)
            if _REGISTRIES.search(rest) or _MACHINES.search(rest):
                found.append(f"{path.relative_to(PROJECT)}:{number}: {line.strip()}")
    assert found == []


def test_one_module_reads_the_clock() -> None:
    """And so every decision can be made again, at any time one likes."""
    readers = {
        path.relative_to(PROJECT).as_posix()
        for path in sources()
        if path.parts[len(PROJECT.parts)] in {"adapters", "broker", "keys"}
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.attr in _CLOCKS.get(node.value.id, set())
    }
    assert readers == {"broker/infra/clock.py"}


def test_every_import_points_down() -> None:
    """The floors, the circles and the borders that pyproject.toml draws."""
    program = "from importlinter.cli import lint_imports_command as run; run()"
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program, "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_top_level_folder_explains_itself() -> None:
    """What it is for, what it leaves to others; some end in decisions."""
    folders = {
        path.parts[len(PROJECT.parts)] for path in tracked() if path.parent != PROJECT
    }
    silent = {
        name
        for name in folders
        if not name.startswith(".") and not (PROJECT / name / "README.md").is_file()
    }
    assert silent == set()


@pytest.mark.parametrize("start", ["broker.app.node", "broker.app.hub"])
def test_what_runs_is_started_without_what_holds_documents_against_forms(
    start: str,
) -> None:
    """That takes longer to load than most commands take."""
    program = f"import sys, {start}; sys.exit('jsonschema' in sys.modules)"
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program], cwd=PROJECT, check=False
    )
    assert done.returncode == 0
