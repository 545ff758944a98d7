"""No desk gets a file that its provider, or our policy, does not let it have."""

import json
import stat
from pathlib import Path

import pytest

from tests.federation import Federation
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import H2, ROUTE, Desk

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(cli: Cli, partners: Federation) -> Desk:
    return Desk(cli, partners)


def test_a_desk_gets_a_file_with_the_handling_that_binds_it(
    desk: Desk, tmp_path: Path
) -> None:
    message, file = desk.route(), tmp_path / "out" / "for-customs.json"
    ended = desk.at("BEL", "hand-out", message, "--desk", "customs", "-o", file)
    assert ended.code == 0, ended.out
    written = json.loads(file.read_bytes())
    assert next(iter(written)) == "handling"
    assert written["handling"]["labels"] == H2
    assert written["provider"] == "MEX"
    assert written["content"]["title"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    store = desk.partners.members["BEL"].node.store
    [given] = store.handed_out(store.resolve(message)[0])
    assert given.file_digest.hex() == ended.json["sha256"]
    assert (given.desk, given.agency) == ("customs", "customs")
    again = ("hand-out", message, "--desk", "customs", "-o", file)
    assert desk.refusal("BEL", *again)[0] == "configuration"
    assert len(store.handed_out(store.resolve(message)[0])) == 1


def test_a_desk_that_gets_nothing_gets_no_file(desk: Desk, tmp_path: Path) -> None:
    message, file = desk.route("TLP:GREEN H1"), tmp_path / "file.json"
    out = ("-o", file)
    assert desk.refusal("BEL", "hand-out", message, "--desk", "press", *out)[0] == (
        "import-policy"
    )
    court = ("--desk", "police", "--purpose", "judicial-proceedings")
    assert desk.refusal("BEL", "hand-out", message, *court, *out)[0] == "consent-needed"
    word = ("--desk", "police", "--purpose", "anything")
    assert desk.refusal("BEL", "hand-out", message, *word, *out)[0] == "configuration"
    assert not file.exists()


def test_restrictions_of_the_provider_bind_every_desk(
    desk: Desk, tmp_path: Path
) -> None:
    text = ROUTE.read_text(encoding="utf-8")
    bounds = "{releaseTo: [Police], purposes: [analysis], retentionDays: 30}"
    document, file = tmp_path / "route.yaml", tmp_path / "file.json"
    document.write_text(f"restrictions: {bounds}\n{text}", encoding="utf-8")
    message = desk.sends(
        "MEX", "send", document, "--to", "BEL", "--handling", "TLP:GREEN"
    )
    shown = desk.at("BEL", "show", message).json["restrictions"]
    assert (shown["release_to"], shown["retention_days"]) == (["Police"], 30)
    out = ("hand-out", message, "-o", file, "--desk")
    assert desk.refusal("BEL", *out, "customs")[0] == "looser-handling"
    court = ("police", "--purpose", "judicial-proceedings")
    assert desk.refusal("BEL", *out, *court)[0] == "looser-handling"
    assert desk.at("BEL", *out, "police", "--purpose", "analysis").code == 0
    written = json.loads(file.read_bytes())
    assert written["handling"]["purposes"] == ["analysis"]
    assert written["handling"]["retention_days"] == 30
    assert written["keep_until"]
    assert "restrictions" not in written["message"]
    # Whoever names agencies has not named those of others.
    assert desk.refusal("BEL", "forward", message, "--to", "KEN")[0] == "consent-needed"


def test_a_provider_lets_it_into_court(desk: Desk, tmp_path: Path) -> None:
    message = desk.route("TLP:GREEN H1")
    request = desk.sends(
        "BEL", "permission", "ask", message, "--act", "judicial", "--purpose",
        "judicial-proceedings", "--reason", "The trial begins",
    )  # fmt: skip
    desk.sends("MEX", "permission", "grant", request, "--yes")
    ended = desk.at(
        "BEL", "hand-out", message, "--desk", "police", "--purpose",
        "judicial-proceedings", "-o", tmp_path / "file.json",
    )  # fmt: skip
    assert ended.code == 0, ended.out


def test_the_inbox_shows_a_desk_what_it_gets(desk: Desk) -> None:
    message = desk.route()
    for_customs = desk.at("BEL", "inbox", "--desk", "customs").json["messages"]
    assert for_customs[0]["id"] == message
    assert for_customs[0]["desks"] == ["customs", "police"]
    assert desk.at("BEL", "inbox", "--desk", "press").json["messages"] == []
