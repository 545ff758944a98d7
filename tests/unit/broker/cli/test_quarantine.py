"""What Kenya's policy wants looked at waits until an officer has decided."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from broker.core.model import Receipt
from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli

pytestmark = pytest.mark.integration
ALERT = EXAMPLES / "diversion-alert.yaml"


@pytest.fixture
def waiting(cli: Cli, partners: Federation) -> str:
    """An alert of Belgium's that waits at Kenya's node: its id."""
    ended = cli(
        "send", ALERT, "--to", "KEN", "--handling", "TLP:AMBER", "--node",
        partners.folder / "BEL", "--json",
    )  # fmt: skip
    assert ended.code == 0, ended.out
    [sent] = ended.json["messages"]
    store, digest = partners.members["KEN"].node.store, bytes.fromhex(sent["digest"])
    asyncio.run(partners.until(lambda: store.admission(digest), "quarantine"))
    return str(sent["id"])


def at_ken(
    cli: Cli,
    partners: Federation,
    *arguments: object,
) -> Any:  # noqa: ANN401 - what a command left behind
    return cli(*arguments, "--node", partners.folder / "KEN", "--json")


def answer(partners: Federation, message: str) -> Receipt:
    """Returns Kenya's final word on a message, as Belgium's node holds it."""
    [digest] = partners.members["BEL"].node.store.resolve(message)
    final = {"OPENED", "REFUSED"}

    def look() -> list[Receipt]:
        told = partners.receipts("BEL", digest)
        return [one for one in told if one.by == "KEN" and one.stage.name in final]

    return asyncio.run(partners.until(look, "Kenya's word"))[0]


def test_nobody_reads_it_and_the_origin_hears_nothing_until_it_is_released(
    cli: Cli, partners: Federation, waiting: str
) -> None:
    listed = at_ken(cli, partners, "quarantine", "list").json["waiting"]
    assert waiting in [one["id"] for one in listed]
    table = cli("quarantine", "list", "--node", partners.folder / "KEN")
    assert waiting in table.out
    ended = at_ken(cli, partners, "show", waiting)
    assert (ended.code, "rogatory quarantine" in ended.err + ended.out) == (78, True)
    out = ("--desk", "police", "-o", partners.folder / "never.json")
    for refused in (
        at_ken(cli, partners, "hand-out", waiting, *out),
        at_ken(cli, partners, "forward", waiting, "--to", "MEX"),
    ):
        assert (refused.code, "waits for a person" in refused.out) == (78, True)
    press = cli("inbox", "--desk", "press", "--node", partners.folder / "KEN")
    assert "nothing to this desk" in press.err
    inbox = cli("inbox", "--node", partners.folder / "KEN")
    assert "waits for a person" in inbox.out
    shown = at_ken(cli, partners, "quarantine", "show", waiting).json
    assert shown["content"]
    assert any(rule.startswith("look-first") for rule in shown["rules"])
    ended = at_ken(
        cli, partners, "quarantine", "release", waiting, "--to", "coast-guard", "--yes"
    )
    assert (ended.code, ended.json["desks"]) == (0, ["coast-guard"])
    assert answer(partners, waiting).stage.name == "OPENED"
    assert at_ken(cli, partners, "show", waiting).code == 0
    mine = at_ken(cli, partners, "inbox", "--desk", "coast-guard").json["messages"]
    assert mine[0]["id"] == waiting
    again = at_ken(
        cli, partners, "quarantine", "decline", waiting, "--reason", "x", "--yes"
    )
    assert (again.code, again.json["error"]["code"]) == (69, "store")


def test_a_declined_message_is_refused_and_cannot_be_read(
    cli: Cli, partners: Federation, waiting: str
) -> None:
    decline = ("quarantine", "decline", waiting, "--reason")
    assert at_ken(cli, partners, *decline, " ", "--yes").code == 78
    assert at_ken(cli, partners, *decline, "Names a CANARY").code == 78
    ended = at_ken(cli, partners, *decline, "Names a CANARY", "--yes")
    assert (ended.code, ended.json["state"]) == (0, "declined")
    said = answer(partners, waiting)
    assert (said.stage.name, said.code, "CANARY" in said.detail) == (
        "REFUSED",
        "declined",
        False,
    )
    assert at_ken(cli, partners, "show", waiting).code == 78
    files = Path(partners.folder / "KEN").rglob("*")
    assert not any(b"CANARY" in one.read_bytes() for one in files if one.is_file())


def test_what_does_not_wait_is_told_apart(cli: Cli, partners: Federation) -> None:
    ended = cli(
        "send", EXAMPLES / "trace-request.yaml", "--to", "MEX", "--wait", 20,
        "--node", partners.folder / "KEN", "--json",
    )  # fmt: skip
    [sent] = ended.json["messages"]
    own = at_ken(cli, partners, "quarantine", "show", sent["id"])
    assert (own.code, "sent, not received" in own.out) == (78, True)
    digest, mex = bytes.fromhex(sent["digest"]), partners.folder / "MEX"
    asyncio.run(partners.opened("KEN", digest, ["MEX"]))
    taken = cli("quarantine", "release", sent["id"], "--yes", "--node", mex, "--json")
    assert (taken.code, "it is admitted" in taken.out) == (69, True)


def test_people_read_it_as_a_page_and_machines_as_json(
    cli: Cli, partners: Federation, waiting: str
) -> None:
    ken = partners.folder / "KEN"
    page = cli("quarantine", "show", waiting, "--node", ken)
    assert "state: quarantined" in page.out
    ended = cli("quarantine", "release", waiting, "--yes", "--node", ken)
    assert "is released for customs, police" in ended.err
