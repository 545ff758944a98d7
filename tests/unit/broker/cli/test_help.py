"""Every command explains itself, and mistakes on the command line are told as such."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

import pytest
import typer.main

from broker.cli.main import build
from tests.unit.broker.cli.conftest import Cli


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - click is vendored by typer, and not typed for us
    yield path
    for name, child in sorted(getattr(command, "commands", {}).items()):
        yield from _commands(child, (*path, name))


@cache
def _built(*names: str) -> typer.Typer:
    return build(names) if names else build()


FEDERATION = (
    *("init", "apply", "pending", "show", "history", "renew", "hub-key"),
    *("enrol", "suspend", "reinstate", "rekey", "retire", "limit"),
    *("steward add", "steward remove", "steward replace", "steward threshold"),
)
PENDING = ("list", "show", "approve", "reject", "withdraw", "export", "import")
COMMANDS = list(_commands(typer.main.get_command(build())))


def test_the_list_of_commands_is_the_one_we_promise() -> None:
    assert {" ".join(path) for path in COMMANDS} >= {
        "send",
        "inbox",
        "sent",
        "show",
        "status",
        "doctor",
        "schema",
        "demo",
        *(f"audit {name}" for name in ("list", "message", "watch", "report")),
        "audit verify",
        "audit proof",
        "directory show",
        *(f"federation {name}" for name in FEDERATION),
        *(f"steward {name}" for name in ("init", "look", "show", "sign")),
        "hub init",
        "hub admit",
        "hub run",
        "node init",
        "node run",
        "node publish",
        *(f"pending {name}" for name in PENDING),
        *(f"officer {name}" for name in ("init", "show", "sign")),
        *(f"policy {name}" for name in ("publish", "pull", "history show")),
    }


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(
    cli: Cli, path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Assembling a group takes longer than its help.
    assembled = import_module("broker.cli.main")
    monkeypatch.setattr(assembled, "build", lambda names=(): _built(*names))
    ended = cli(*path, "--help")
    assert ended.code == 0
    assert "Usage: rogatory" in ended.out
    assert cli(*path, "-h").out == ended.out


def test_version_is_that_of_the_package(cli: Cli) -> None:
    ended = cli("--version")
    assert (ended.code, ended.out.split()) == (0, ["rogatory", version("rogatory")])


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("inbox", "--frobnicate"),
        ("show",),
        ("inbox", "--limit", "0"),
        ("inbox", "--limit", "many"),
        ("audit", "frobnicate"),
        ("hub", "init", "somewhere"),
    ],
    ids=" ".join,
)
def test_wrong_usage_has_exit_code_2(cli: Cli, arguments: tuple[str, ...]) -> None:
    ended = cli(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert "Usage: rogatory" in ended.err


def test_schema_lists_kinds_and_prints_one(cli: Cli) -> None:
    kinds = cli("schema").json["kinds"]
    assert "trace-request/1" in kinds
    for kind in kinds:
        printed = cli("schema", kind)
        assert printed.json["$schema"]
        assert cli("schema", kind.removesuffix("/1")).out == printed.out
    assert cli("schema", "arms-sale").code == 65
