"""Witnesses of a real hub: nothing counts without them, and they catch what it does."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from broker.app.evidence_sources import Wanted, export_evidence
from broker.app.registrar import Registrar
from broker.app.witness_files import WitnessFolder, make_witness, open_key
from broker.core.audit.quorum import cosigned_by
from broker.core.audit.witness import Contradiction
from broker.core.codec.desk_cosignatures import CosignOutcome
from broker.core.evidence.verify import Demands, verify_evidence
from broker.services.witness import Outcome
from keys.cosigning import CosignatureType
from keys.errors import KeystoreFormatError
from keys.framing import sha256
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.federation import PASSPHRASE, Federation
from tests.unit.broker.cli.conftest import Cli, cli
from tests.watched import RUNS, Watched

pytestmark = pytest.mark.integration

__all__ = ["cli"]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Two parties with running nodes, and no witness yet."""
    folder = tmp_path_factory.mktemp("witnesses") / "f"
    made = Watched(Federation(folder, ("BEL", "KEN")))
    honest = Registrar._open_log

    def open_log(registrar: Registrar) -> object:
        return made.doctored or honest(registrar)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Registrar, "_open_log", open_log)
        with made.federation:
            yield made
            for memory in made.memories.values():
                memory.close()


def ok(cli: Cli, *arguments: object) -> Any:  # noqa: ANN401 - whatever it prints
    ended = cli(*arguments, "--json")
    assert ended.code == 0, ended.err
    return ended.json


async def test_1_stewards_name_witnesses_that_cosign_from_then_on(
    watched: Watched, cli: Cli
) -> None:
    federation, secret = watched.federation, watched.federation.passphrase_file
    here = ("--here", "--yes", "--passphrase-file", secret)
    for name, party in RUNS.items():
        folder = watched.folder(name)
        card = make_witness(
            folder,
            name=name,
            kind=CosignatureType.MLDSA44,
            party=PartyId(party),
            secret=PASSPHRASE,
            cost=UNSAFE_THROWAWAY_COST,
        )
        look = await watched.look(name)
        assert look.answer is CosignOutcome.UNKNOWN_WITNESS
        told = ("--fingerprint", card.fingerprint)
        add = ("federation", "witness", "add", federation.hub_folder, folder.card)
        await asyncio.to_thread(ok, cli, *add, *told, *here)
    await watched.until(
        lambda: all(watched.witness_names_at(p) == list(RUNS) for p in RUNS.values())
    )
    # While it waits for the hub's own view, a cosignature is not taken yet.
    await watched.cosigned("w1.example")


async def test_2_with_a_quorum_a_node_takes_no_directory_that_is_not_cosigned(
    watched: Watched, cli: Cli
) -> None:
    federation = watched.federation
    here = ("--here", "--yes", "--passphrase-file", federation.passphrase_file)
    quorum = ("federation", "witness", "quorum", federation.hub_folder)
    ended = await asyncio.to_thread(cli, *quorum, 2, *here)
    assert ended.code == 0, ended.err
    assert "warning: no checkpoint has the cosignatures of 2" in ended.err
    async with watched.running("w1.example"):
        # Its news reach the nodes at once; one witness is not enough for them.
        await watched.until(
            lambda: federation.trust().view.federation.witness_quorum == 2
        )
        assert {watched.quorum_at(party) for party in RUNS.values()} == {0}
        async with watched.running("w2.example"):
            await watched.until(
                lambda: all(watched.quorum_at(p) == 2 for p in RUNS.values())
            )
            digest = await asyncio.to_thread(federation.send, "KEN", "trace-request")
            await federation.opened("KEN", digest, [])
    shown = await asyncio.to_thread(
        ok, cli, "federation", "show", federation.hub_folder
    )
    assert shown["witness_quorum"] == 2
    assert [one["name"] for one in shown["witnesses"]] == list(RUNS)


async def test_2_exported_evidence_then_names_both_of_them(watched: Watched) -> None:
    there, ken = watched.federation, watched.federation.members["KEN"]
    async with watched.running(*RUNS):
        digest = await asyncio.to_thread(there.send, "KEN", "trace-request")
        await there.opened("KEN", digest, ["BEL"])
        wanted = Wanted(messages=tuple(ken.node.store.sent(1)))
        made = await export_evidence(ken.node, ken.keys, wanted, disclosed=True)
    root = sha256(there.hub.federation.root)
    report = verify_evidence(made.data, Demands(root_sha256=root, witnesses=2))
    assert (report.holds, report.witnesses) == (True, tuple(RUNS))


async def test_3_the_command_line_shows_what_was_seen_and_nothing_else(
    watched: Watched, cli: Cli
) -> None:
    folder = watched.folder("w1.example").root
    shown = await asyncio.to_thread(ok, cli, "witness", "show", folder)
    assert shown["evidence"] == []
    assert set(shown["seen"][0]) == {
        *("origin", "size", "root", "seen", "cosigned", "checkpoint")
    }
    secret = watched.federation.passphrase_file
    once = await asyncio.to_thread(
        cli,
        *("witness", "run", folder, "--once"),
        *("--node", watched.federation.members["BEL"].node.folder.root),
        *("--passphrase-file", secret, "--witness-passphrase-file", secret),
    )
    assert once.code == 0, once.err
    assert "cosigned" in once.out


async def test_3_a_witness_that_is_stopped_ends(
    watched: Watched, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from a terminal, but for the signal that stops it."""

    def stopped_at_once(serve: Callable[[asyncio.Event], Awaitable[None]]) -> None:
        async def go() -> None:
            stop = asyncio.Event()
            stop.set()
            await serve(stop)

        asyncio.run(go())

    monkeypatch.setattr("broker.cli.witness.run_until_stopped", stopped_at_once)
    secret = watched.federation.passphrase_file
    ended = await asyncio.to_thread(
        cli,
        *("witness", "run", watched.folder("w1.example").root),
        *("--node", watched.federation.members["BEL"].node.folder.root),
        *("--passphrase-file", secret, "--witness-passphrase-file", secret),
    )
    assert (ended.code, "witness w1.example at work" in ended.err) == (0, True)


@pytest.mark.parametrize("kind", list(Contradiction))
async def test_4_a_hub_that_forks_rewinds_or_drops_an_entry_is_caught(
    watched: Watched, cli: Cli, kind: Contradiction
) -> None:
    federation, name = watched.federation, "w2.example"
    await watched.cosigned(name)
    (step,) = watched.memories[name].steps(limit=1)
    true, size = watched.leaves(), step.seen.checkpoint.size
    without = [leaf for at, leaf in enumerate(true) if at != 1]
    filler = [bytes([number]) * 32 for number in range(9)]
    watched.show(
        {
            Contradiction.FORK: [*without, *filler][:size],
            Contradiction.REWIND: true[: size - 1],
            Contradiction.REWRITTEN: [*without, *filler],
        }[kind]
    )
    try:
        look = await watched.look(name)
        assert look.outcome is Outcome.REFUSED
        assert look.evidence is not None
        assert look.evidence.contradiction is kind
        ended = await asyncio.to_thread(
            cli,
            *("witness", "run", watched.folder(name).root, "--once", "--json"),
            *("--node", federation.members["KEN"].node.folder.root),
            *("--passphrase-file", federation.passphrase_file),
            *("--witness-passphrase-file", federation.passphrase_file),
        )
        assert (ended.code, ended.json["outcome"]) == (1, "refused")
        # And nobody relies on what it shows: no witness has cosigned it.
        node = federation.members["BEL"].node.folder.root
        audit = await asyncio.to_thread(
            cli,
            *("audit", "verify", "--node", node),
            *("--passphrase-file", federation.passphrase_file),
        )
        assert audit.code != 0
    finally:
        watched.doctored = None
        watched.forget()
    shown = await asyncio.to_thread(
        cli, "witness", "show", watched.folder(name).root, "--json"
    )
    assert shown.code == 1
    found = shown.json["evidence"][0]
    assert found["contradiction"] == kind.value
    for note in (found["seen"], found["shown"]):
        assert cosigned_by(note, federation.trust().view.federation) == ()
        assert "\n— rogatory/" in note
    alarms = federation.members["KEN"].node.store.alarms()
    assert any(alarm.topic == "witness" for alarm in alarms)


async def test_5_an_honest_log_is_cosigned_on_after_all_that(watched: Watched) -> None:
    federation = watched.federation
    async with watched.running(*RUNS):
        digest = await asyncio.to_thread(federation.send, "KEN", "trace-request", "BEL")
        await federation.opened("KEN", digest, ["BEL"])
        size = len(watched.leaves())
        await federation.until(
            lambda: all(
                watched.memories[name].steps(limit=1)[0].seen.checkpoint.size >= size
                for name in RUNS
            ),
            "both witnesses to have seen it",
        )


def test_what_a_witness_holds_names_nobody(watched: Watched) -> None:
    """Neither party nor message: sizes, roots and times only."""
    for name in RUNS:
        data = b"".join(
            path.read_bytes()
            for path in watched.folder(name).root.iterdir()
            if path.name.startswith("witness.sqlite3")
        )
        assert len(data) > 1000
        for word in (b"BEL", b"KEN", b"trace-request"):
            assert word not in data


def test_a_damaged_card_or_key_is_refused(watched: Watched, tmp_path: Path) -> None:
    other = WitnessFolder(tmp_path)
    first, second = (watched.folder(name) for name in RUNS)
    other.card.write_bytes(first.card.read_bytes())
    other.keys.write_bytes(second.keys.read_bytes())
    other.keys.chmod(0o600)
    with pytest.raises(KeystoreFormatError, match="is not the key on"):
        open_key(other, PASSPHRASE)
