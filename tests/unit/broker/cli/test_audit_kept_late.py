"""A promise that the hub has kept late is shown to others, though it was kept."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.app.log_auditing import Auditing
from broker.app.node_link import connected, trust_keeper
from broker.core import subjects
from broker.core.codec.receipts import AuditRecord, encode_audit_batch
from broker.core.records import LedgerLine
from broker.infra.clock import SYSTEM_CLOCK
from keys.framing import sha256
from tests.federation import Federation
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.test_audit_verify import founded, root_of

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Two parties; KEN holds a promise that the hub has not kept."""
    yield from founded(tmp_path_factory.mktemp("late") / "f")


def broken(pair: Federation) -> LedgerLine:
    now_ms, store = SYSTEM_CLOCK.now_ms(), pair.members["KEN"].node.store
    [line] = [one for one in store.ledger() if 0 < one.receipt.logged_by_ms < now_ms]
    return line


async def keep(pair: Federation, line: LedgerLine) -> None:
    """Has the node keep the log that lacks the receipt."""
    member = pair.members["KEN"]
    async with connected(member.node, member.keys, name="watch") as bus:
        trust = await trust_keeper(member.node, bus).refresh()
        await Auditing(member.node, bus, lambda: trust).watch().step()
    assert line.receipt.message_digest in member.node.store.lacking_notes()


async def log_late(pair: Federation, line: LedgerLine) -> None:
    """Has the hub log the receipt, and say nothing."""
    record = AuditRecord(
        receipt=line.receipt_bytes, proof=line.proof, submission_digest=sha256(b"late")
    )
    async with pair.hub_bus("late") as bus:
        await bus.publish(subjects.AUDIT_ENTRIES, encode_audit_batch([record]))
    digest = line.receipt.message_digest
    await pair.until(lambda: pair.log_about(digest), "the late entry")


def test_a_promise_kept_late_is_shown_to_others_all_the_same(
    cli: Cli, pair: Federation
) -> None:
    line = broken(pair)
    asyncio.run(keep(pair, line))
    asyncio.run(log_late(pair, line))
    ken = pair.folder / "KEN"
    ended = cli("audit", "verify", "--node", ken, "--json")
    assert (ended.code, ended.json["verified"]) == (0, True), ended.err
    [late] = ended.json["kept_late"]
    assert late["provable"]
    [path] = ended.json["proofs"]
    checked = cli("audit", "promise", path, "--root-sha256", root_of(pair), "--json")
    assert (checked.code, checked.json["broken"]) == (0, True), checked.err
    again = cli("audit", "verify", "--node", ken)
    assert "warning: message" in again.err
    assert "what shows it to others" not in again.err
    assert Path(path).exists()
