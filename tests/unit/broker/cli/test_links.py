"""What an operator sees of the links, and how they have something asked for again."""

import asyncio
import shutil
from pathlib import Path

import pytest

from broker.app.node_folder import dispatcher
from broker.core.codec.links import encode_heartbeat
from broker.core.links import DAY_MS, UPKEEP_LIFETIME_MS
from broker.core.outgoing import OutgoingDocument
from broker.core.protocol_kinds import HEARTBEAT
from broker.services.link_post import UPKEEP_HANDLING
from tests.federation import Federation
from tests.link_world import EVERY_MS, LinkWorld, is_content
from tests.unit.broker.cli.conftest import Cli
from tests.world import BEL, KEN, KIND

pytestmark = pytest.mark.integration


async def lived(folder: Path) -> None:
    """KEN's second message is dropped and repaired, its fourth is missing."""
    links = LinkWorld(folder)
    links[KEN].send(BEL)
    await links.settle()
    links.keeps_back = is_content
    links[KEN].send(BEL)
    await links.settle()
    links.keeps_back = lambda _header, _to: False
    links[KEN].send(BEL)
    await links.settle()
    await links.find_and_ask()
    links.keeps_back = is_content
    links[KEN].send(BEL)
    await links.settle()
    links.keeps_back = lambda _header, _to: False
    await links.later(EVERY_MS)
    links.close()


@pytest.fixture
def node(tmp_path: Path, federation: Federation) -> Path:
    """The folder of BEL's node after such a life."""
    (tmp_path / "life").mkdir()
    asyncio.run(lived(tmp_path / "life"))
    root = tmp_path / "BEL"
    root.mkdir()
    for name in ("node.toml", "federation.json"):
        shutil.copy(federation.folder / "BEL" / name, root / name)
    shutil.copy(tmp_path / "life" / "BEL.sqlite3", root / "node.sqlite3")
    return root


def test_links_tell_what_is_missing_what_came_of_it_and_repair_asks_anew(
    cli: Cli, node: Path
) -> None:
    shown = cli("links", "--node", node, "--json").json
    [link] = shown["links"]
    assert (link["party"], link["received_number"]) == ("KEN", 6)
    assert [one["number"] for one in link["missing"]] == [5]
    assert [(one["number"], one["how"]) for one in link["closed"]] == [
        (2, "sent-again")
    ]
    assert link["dropped"] == 1
    assert link["heard"] < link["to_be_heard_by"]
    [dropped] = shown["dropped"]
    assert (dropped["from"], dropped["number"]) == ("KEN", 2)
    assert dropped["message"] == link["closed"][0]["message"]
    assert dropped["receipt"]
    assert dropped["proof"]

    table = cli("links", "--node", node)
    assert "KEN" in table.out
    assert "number 2 came when it was asked for" in table.err
    assert "warning: the hub had accepted 1 message(s) of KEN" in table.err

    again = cli("links", "repair", "KEN", "--node", node)
    assert (again.code, "number 5" in again.err) == (0, True)
    assert cli("links", "repair", "KEN", "--node", node, "--json").json == {
        "party": "KEN",
        "asked_for": [5],
    }
    [link] = cli("links", "--node", node, "--json").json["links"]
    assert (link["asked"], link["unanswered"]) == (None, 0)

    stranger = cli("links", "repair", "ZZZ", "--node", node)
    assert (stranger.code, "nothing was exchanged with ZZZ" in stranger.err) == (
        78,
        True,
    )
    listed = cli("inbox", "--node", node, "--json").json["messages"]
    assert {one["kind"] for one in listed} == {KIND}
    listed = cli("inbox", "--all", "--node", node, "--json").json["messages"]
    assert "heartbeat/1" in {one["kind"] for one in listed}
    listed = cli("sent", "--node", node, "--json").json["messages"]
    assert listed == []
    listed = cli("sent", "--all", "--node", node, "--json").json["messages"]
    assert {"resend-request/1"} <= {one["kind"] for one in listed}


def test_a_node_that_exchanged_nothing_says_so(
    cli: Cli, federation: Federation, tmp_path: Path
) -> None:
    for name in ("node.toml", "federation.json"):
        shutil.copy(federation.folder / "BEL" / name, tmp_path / name)
    ended = cli("links", "--node", tmp_path)
    assert (ended.code, "Nothing was exchanged" in ended.err) == (0, True)
    ended = cli("links", "repair", "KEN", "--node", tmp_path)
    assert ended.code == 78


def test_a_running_node_hears_a_heartbeat_over_a_real_hub(
    federation: Federation,
) -> None:
    """No policy is asked about it, and nobody has to list it."""
    ken, bel = federation.members["KEN"], federation.members["BEL"]
    trust = federation.trust()
    document = OutgoingDocument(
        kind=HEARTBEAT,
        body=encode_heartbeat(DAY_MS),
        recipients=(BEL,),
        handling=UPKEEP_HANDLING,
        lifetime_ms=UPKEEP_LIFETIME_MS,
    )
    [sealed] = dispatcher(ken.node, ken.keys, lambda: trust).send(document)

    def heard() -> bool:
        one = bel.node.store.heard().get(KEN)
        return one is not None and one.next_within_ms == DAY_MS

    asyncio.run(federation.until(heard, "the heartbeat"))
    asyncio.run(federation.opened("KEN", sealed.message_digest, ["BEL"]))
    listed = bel.node.store.inbox(protocol=False)
    assert sealed.message_digest not in {one.message_digest for one in listed}
