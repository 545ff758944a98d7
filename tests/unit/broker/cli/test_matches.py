"""`rogatory matches` and `rogatory records` on a node in memory."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broker.app.node_folder import Node
from broker.cli import matches, records
from tests.unit.broker.app.route_node import keys, node
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.services.recall_world import RecallWorld
from tests.unit.broker.services.weapon_world import ask, item
from tests.world import BEL, KEN, MEX, NOW_MS

LIST = (
    "serial,make,model,calibre,type,country,reference,colour\n"
    "ZZQ-00417,Example Works,Model 17,9mm Luger,pistol,Belgium,TEST-77,black\n"
    "ZZQ-90000,Example Works,Model 17,9mm Luger,pistol,Belgium,TEST-78,black\n"
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[RecallWorld]:
    made = RecallWorld(tmp_path)
    for party in (KEN, BEL, MEX):
        made.side(party)
    yield made
    made.close()


@pytest.fixture
def office(
    cli: Cli,
    world: RecallWorld,
    monkeypatch: pytest.MonkeyPatch,
    stop_clock: Callable[[int], object],
) -> Cli:
    """Belgium's command line; Kenya has asked about a pistol."""
    ask(world.sides[KEN], (BEL,), item())
    asyncio.run(world.settle())

    @contextmanager
    def session(_given: Path | None) -> Iterator[Node]:
        yield node(world.sides[BEL])

    for module in (matches, records):
        monkeypatch.setattr(module, "node_session", session)
        monkeypatch.setattr(module, "unlock", lambda _node, _given: keys(BEL))
    stop_clock(NOW_MS)
    return cli


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    path = tmp_path / "stock.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_a_list_is_checked_taken_in_listed_and_destroyed(
    office: Cli, stock: Path
) -> None:
    dry = office("records", "import", stock, "--dry-run", "--json").json
    assert (dry["entries"], dry["columns_unknown"]) == (2, ["colour"])
    assert office("records", "list", "--json").json["lists"] == []
    shown = office("records", "import", stock, "--dry-run").err
    assert "nobody knows it: colour" in shown
    assert "Nothing was taken in." in shown
    taken = office("records", "import", stock, "--sort", "export", "--json").json
    assert (taken["name"], taken["leads"], taken["replaced"]) == ("stock", 1, None)
    again = office("records", "import", stock, "--hash-only", "--delimiter", "comma")
    assert "takes the place of 2 entries" in again.err
    [listed] = office("records", "list", "--json").json["lists"]
    assert (listed["sort"], listed["tokens_only"]) == ("holding", True)
    assert "tokens only" in office("records", "list").out
    unsaid = office("records", "remove", "stock")
    assert (unsaid.code, "--yes" in unsaid.err) == (78, True)
    removed = office("records", "remove", "stock", "--yes", "--json")
    assert removed.json == {"removed": "stock"}
    gone = office("records", "remove", "stock", "--yes", "--json")
    assert (gone.code, "no list" in gone.json["error"]["text"]) == (78, True)
    assert "No list" in office("records", "list").err


def test_a_list_with_a_wrong_row_is_not_taken_in(
    office: Cli, stock: Path, tmp_path: Path
) -> None:
    stock.write_text(LIST + "???,,,,,,,\n", encoding="utf-8")
    refused = office("records", "import", stock)
    assert (refused.code, "line 4" in refused.err) == (65, True)
    assert office("records", "import", tmp_path / "none.csv").code == 65
    (tmp_path / "odd.csv").write_bytes(b"serial\n\xff\xfe\n")
    assert "UTF-8" in office("records", "import", tmp_path / "odd.csv").err
    assert office("records", "import", stock, "--delimiter", "pipe").code == 78
    assert office("records", "import", stock, "--name", " ").code == 78
    assert office("records", "list", "--json").json["lists"] == []


def test_leads_are_listed_shown_and_decided_by_a_person(
    office: Cli, stock: Path, world: RecallWorld
) -> None:
    office("records", "import", stock)
    ask(world.sides[MEX], (BEL,), item("ZZQ 0417"))
    asyncio.run(world.settle())
    found = office("matches", "--json").json["leads"]
    assert len(found) == 3
    best = found[0]
    assert best["found"]["reference"] == "TEST-77"
    assert best["reasons"][0]["key"] == "k0"
    number = best["number"]
    assert "TEST-77" in office("matches", "list", "--min", "0.9").out
    shown = office("matches", "show", number).out
    assert "+ the serial numbers are equal [k0]" in shown
    nobody = office("matches", "confirm", number, "--by", " ")
    assert nobody.code == 78
    said = office(
        *("matches", "confirm", number, "--by", "Registry", "--remark", "seen"),
        "--json",
    ).json
    assert (said["decision"], said["by"], said["remark"]) == (
        "confirmed",
        "Registry",
        "seen",
    )
    other = found[1]["number"]
    assert (
        "dismissed by Registry"
        in office("matches", "dismiss", other, "--by", "Registry").out
    )
    left = office("matches", "list", "--json").json["leads"]
    assert {one["number"] for one in left} == {found[2]["number"]}
    assert len(office("matches", "list", "--all", "--json").json["leads"]) == 3
    assert office("matches", "show", 99).code == 78
    message = best["asked"]["message"][:16]
    mine = office("matches", "list", message, "--all", "--json").json["leads"]
    assert 0 < len(mine) < 3


def test_a_number_is_looked_up_without_leaving_a_trace(
    office: Cli, stock: Path
) -> None:
    office("records", "import", stock)
    hits = office("matches", "search", "ZZQ-9000?", "--make", "Example Works", "--json")
    assert [one["reference"] for one in hits.json["hits"]] == ["TEST-78"]
    shown = office("matches", "search", "ZZQ-00417", "--calibre", "9mm")
    assert "own list stock, TEST-77" in shown.out
    assert "trace-request" in shown.out
    assert "Nothing that this node keeps" in office("matches", "search", "ZZQ-1").err
    assert len(office("matches", "list", "--json").json["leads"]) == 1
