"""Every Markdown file: what it tells to type exists, and its links lead somewhere."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import typer.main
import yaml

from broker.cli.main import build

PROJECT: Final = Path(__file__).resolve().parents[2]
FILES: Final = sorted(
    path
    for pattern in ("*.md", "*/*.md")
    for path in PROJECT.glob(pattern)
    if not path.relative_to(PROJECT).parts[0].startswith(".")
)
FOLDERS: Final = sorted(
    path.name
    for path in PROJECT.iterdir()
    if path.is_dir()
    and path.name[0] not in "._"
    and path.name not in {"build", "dist", "run"}
)

_BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE: Final = re.compile(r"`((?:rogatory|make) [^`]+)`")
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_SEPARATORS: Final = re.compile(r"&&|\|\||[;|]|\bdo\b")
_HELP: Final = {"-h", "--help"}


def commands(text: str) -> Iterator[list[str]]:
    """Yields the words of each command that a Markdown text tells to type."""
    lines = []
    for language, block in _BLOCK.findall(text):
        if language == "sh":
            lines += block.splitlines()
        if language == "console":
            lines += [x.removeprefix("$ ") for x in block.splitlines() if x[:1] == "$"]
    for line in lines:
        for part in _SEPARATORS.split(line):
            yield shlex.split(part, comments=True)
    prose = _BLOCK.sub("", text)
    for found in _INLINE.findall(prose):
        yield shlex.split(found)


@cache
def rogatory() -> Any:  # noqa: ANN401 - a command of whichever library Typer stands on
    """Returns the whole command line, assembled once."""
    return typer.main.get_command(build())


def problem_of_rogatory(words: list[str]) -> str:
    """Returns what is wrong with a command line of ours; nothing if empty."""
    command = rogatory()
    while words and hasattr(command, "commands"):
        if words[0].startswith("-"):
            break
        name = words.pop(0)
        if name not in command.commands:
            return f"there is no command {name}"
        command = command.commands[name]
    known = _HELP | {opt for param in command.params for opt in param.opts}
    unknown = {word.partition("=")[0] for word in words if word.startswith("--")}
    return "" if unknown <= known else f"there is no option {min(unknown - known)}"


def problem_of(words: list[str]) -> str:
    """Returns what is wrong with a command; nothing if empty, or not ours."""
    match words:
        case ["rogatory", *rest]:
            return problem_of_rogatory(rest)
        case ["make", *rest]:
            makefile = (PROJECT / "Makefile").read_text("utf-8")
            there = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
            wanted = {word for word in rest if "=" not in word}
            return "" if wanted <= there else f"there is no target {wanted - there}"
        case ["docker", "compose", "exec", service, *rest]:
            compose = (PROJECT / "docker-compose.yml").read_text("utf-8")
            if service not in yaml.safe_load(compose)["services"]:
                return f"there is no service {service}"
            return problem_of(rest)
        case [program, *_] if "/" in program and not program.startswith((".venv", "/")):
            there_is = (PROJECT / program).is_file()
            return "" if there_is else f"there is no {program}"
        case _:
            return ""


def anchors(path: Path) -> set[str]:
    """Returns the anchors that the headings of a file make."""
    text = _BLOCK.sub("", path.read_text("utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PROJECT)))
def test_every_command_exists(path: Path) -> None:
    found = [(words, problem_of(list(words))) for words in commands(path.read_text())]
    assert [(words, problem) for words, problem in found if problem] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PROJECT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in _LINK.findall(_BLOCK.sub("", path.read_text("utf-8"))):
        if link.startswith("https://"):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_says_what_it_is_for_and_why_it_is_so(folder: str) -> None:
    text = (PROJECT / folder / "README.md").read_text("utf-8")
    decisions = text.partition("\n## Decisions\n")[2]
    numbers = re.findall(r"^(\d+)\. ", decisions, re.MULTILINE)
    assert numbers, "a README ends in numbered decisions"
    assert numbers == [str(number + 1) for number in range(len(numbers))]
    assert "\n## " not in decisions
    assert decisions.count("costs") >= len(numbers)


def test_the_readme_has_a_transcript_and_maps_every_folder() -> None:
    text = (PROJECT / "README.md").read_text("utf-8")
    assert "audit verified: " in text
    for folder in FOLDERS:
        assert f"| `{folder}/` |" in text


@pytest.mark.parametrize(
    "line",
    [
        "rogatory sendd x",
        "rogatory hub check x --nonsense",
        "make nonsense",
        "docker compose exec nobody rogatory sent",
        "deploy/nonsense",
    ],
)
def test_a_command_that_does_not_exist_is_noticed(line: str) -> None:
    (words,) = commands(f"```sh\n{line}\n```\n")
    assert problem_of(words)
