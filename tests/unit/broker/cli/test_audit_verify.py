"""A party computes the hub's log again, and shows a broken promise to others."""

import asyncio
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.app.files_over_bus import ask_desk
from broker.app.node_link import connected
from broker.core.audit.checkpoint import read_checkpoint
from broker.core.codec.desk_stamps import (
    NO_STAMP,
    StampAnswer,
    decode_stamp_answer,
    encode_stamp_question,
)
from broker.core.codec.receipts import decode_receipt, encode_proof, encode_receipt
from broker.core.model import Receipt, Stage, new_nonce
from broker.core.receipts import sign_together
from broker.core.records import LedgerLine
from broker.infra.clock import SYSTEM_CLOCK
from keys.framing import sha256
from keys.identity import HUB, PartyId
from keys.notes import NoteKey
from keys.timestamps import verify_timestamp
from tests.federation import Federation
from tests.time_authority import make_authority, served
from tests.unit.broker.cli.conftest import Cli

pytestmark = pytest.mark.integration

_MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Two parties; KEN holds a promise that the hub has not kept."""
    folder = tmp_path_factory.mktemp("verify")
    authority = make_authority(folder / "authority")
    with (
        served(authority) as url,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("ROGATORY_HUB_TIMESTAMP_URL", url)
        patch.setenv(
            "ROGATORY_HUB_TIMESTAMP_AUTHORITIES", str(folder / "authority/root.pem")
        )
        patch.setattr("broker.services.timekeeper._LOOK_S", 0.1)
        yield from founded(folder / "a federation")


def founded(folder: Path) -> Iterator[Federation]:
    with Federation(folder, ("BEL", "KEN")) as running:
        sent = running.send("KEN")
        asyncio.run(running.opened("KEN", sent, ["BEL"]))

        def logged() -> bool:
            return len({entry.stage for entry in running.log_about(sent)}) == 3

        asyncio.run(running.until(logged, "the log"))
        plant(running)
        yield running


def plant(federation: Federation) -> None:
    """Has KEN hold a promise that the hub signed, and has not kept."""
    now_ms = SYSTEM_CLOCK.now_ms()
    receipt = Receipt(
        stage=Stage.ACCEPTED,
        message_digest=sha256(secrets.token_bytes(8)),
        by=HUB,
        to=PartyId("KEN"),
        at_ms=now_ms,
        logged_by_ms=now_ms - 10 * _MINUTE_MS,
        nonce=new_nonce(),
    )
    data = encode_receipt(receipt)
    bundle = sign_together([data], signer=HUB, key=federation.hub_keys.signing)
    line = LedgerLine(
        receipt=decode_receipt(data),
        receipt_bytes=data,
        proof=encode_proof(bundle, bundle.receipts[0], with_signature=True),
    )
    federation.members["KEN"].node.store.store_receipts([line])


@pytest.fixture
def shown(pair: Federation, cli: Cli) -> Path:
    """The file that shows the promise to be broken."""
    ended = cli("audit", "verify", "--node", pair.folder / "KEN", "--json")
    assert (ended.code, ended.json["verified"]) == (1, False)
    assert ended.json["promises_broken"] == 1
    assert ended.json["broken"][0]["provable"]
    [path] = ended.json["proofs"]
    return Path(path)


async def test_a_party_gets_the_time_stamp_on_an_entry(pair: Federation) -> None:
    member = pair.members["BEL"]
    authority = (pair.folder.parent / "authority/root.pem").read_bytes()

    async def ask(index: int) -> StampAnswer:
        question = encode_stamp_question(index)
        async with connected(member.node, member.keys, name="stamps") as bus:
            return decode_stamp_answer(await ask_desk(bus, question))

    found = await ask(0)
    assert read_checkpoint(found.note).size > 0
    said = verify_timestamp(found.token, found.note.encode(), authority)
    assert abs(said.at_ms - SYSTEM_CLOCK.now_ms()) < 10 * _MINUTE_MS
    assert await ask(1_000_000) == NO_STAMP


def root_of(federation: Federation) -> str:
    """Returns the fingerprint of the root that the stewards tell."""
    return sha256(federation.hub.federation.root).hex()


def test_the_whole_log_is_computed_and_then_continues(
    cli: Cli, pair: Federation
) -> None:
    bel = pair.folder / "BEL"
    first = cli("audit", "verify", "--node", bel, "--json")
    assert (first.code, first.json["verified"]) == (0, True)
    assert first.json["recomputed"]
    assert first.json["since"] == 0
    size = first.json["checkpoint"]["size"]
    again = cli("audit", "verify", "--node", bel)
    assert again.code == 0
    assert f"It continues the log of {size} entries" in again.err
    fast = cli("audit", "verify", "--fast", "--node", bel, "--json")
    assert (fast.code, fast.json["recomputed"]) == (0, False)
    assert fast.json["entries"] == first.json["entries"]


def test_a_broken_promise_is_shown_to_somebody_without_our_data(
    cli: Cli, pair: Federation, shown: Path, tmp_path: Path
) -> None:
    alone = Path(shutil.copy(shown, tmp_path))
    ended = cli("audit", "promise", alone, "--root-sha256", root_of(pair), "--json")
    assert (ended.code, ended.json["broken"]) == (0, True), ended
    assert ended.json["receipt"]["by"] == HUB
    words = cli("audit", "promise", alone, "--root-sha256", root_of(pair))
    assert words.out.count("proved: ") == 4
    assert "the receipt is not among them" in words.out
    again = cli("audit", "verify", "--node", pair.folder / "KEN")
    assert again.code == 1
    assert "keep this node's folder as evidence" in again.err


def test_no_byte_of_the_file_can_be_changed(
    cli: Cli, pair: Federation, shown: Path, tmp_path: Path
) -> None:
    whole = shown.read_bytes()
    changed = tmp_path / "changed.promise"
    places = [*range(0, len(whole), len(whole) // 60), len(whole) - 1]
    for at in places:
        one = bytearray(whole)
        one[at] ^= 1
        changed.write_bytes(one)
        ended = cli("audit", "promise", changed, "--root-sha256", root_of(pair))
        assert ended.code == 1, at
    for data in (whole[:-1], whole[:-32], whole + bytes(32), b"", whole[:40]):
        changed.write_bytes(data)
        ended = cli("audit", "promise", changed, "--root-sha256", root_of(pair))
        assert ended.code == 1


def test_a_file_of_another_federation_shows_nothing(cli: Cli, shown: Path) -> None:
    other = NoteKey("other", secrets.token_bytes(32)).verifier.public_key
    ended = cli("audit", "promise", shown, "--root-sha256", other.hex())
    assert ended.code == 1
    assert "SHA-256 that you trust" in ended.err
    assert cli("audit", "promise", shown, "--root-sha256", "abc").code == 78
    assert cli("audit", "promise", shown / "no", "--root-sha256", "00" * 32).code == 78
