"""What parties may try against the relay, and who is served all the same."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.envelope import (
    EnvelopeItem,
    decode_envelope,
    encode_envelope,
    encode_submission,
)
from broker.core.envelope import Sealed
from broker.core.errors import (
    BusUnavailableError,
    Code,
)
from broker.core.flows.relay import examine
from broker.core.model import Stage
from broker.core.subjects import AUDIT_ENTRIES
from keys.preauth import PayloadType
from tests import world
from tests.unit.broker.services.relay_world import RelayWorld, bundled
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS

ABSENT = BusUnavailableError("nobody there")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RelayWorld]:
    made = RelayWorld(tmp_path)
    yield made
    made.index.close()


def signed_again(message: Sealed) -> bytes:
    """Returns other bytes of the same message: ML-DSA draws afresh each time."""
    parts = decode_envelope(message.envelope)
    signature = world.signing_key(message.header.origin).sign(
        PayloadType.ENVELOPE, parts.signed_header
    )
    again = encode_envelope(replace(parts, signature=signature))
    return encode_submission(EnvelopeItem(again))


async def test_two_messages_under_one_id_in_one_round_let_the_first_pass(
    hub: RelayWorld,
) -> None:
    first = world.sealed()
    second = world.sealed(message_id=first.header.message_id)
    hub.source.submit(KEN, world.submitted(first))
    hub.source.submit(KEN, world.submitted(second))
    await hub.work()
    assert hub.messages_of(BEL) == [first.message_digest]
    assert [one.code for one in hub.receipts_of(KEN)] == ["", Code.REPLAYED_ID]


@pytest.mark.parametrize("together", [True, False])
async def test_a_message_signed_again_is_refused_and_stops_nobody(
    hub: RelayWorld, *, together: bool
) -> None:
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    if not together:
        await hub.work()
    hub.source.submit(KEN, signed_again(message))
    hub.source.submit(BEL, world.submitted(world.sealed(BEL, to=[MEX])))
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]
    assert len(hub.messages_of(MEX)) == 1
    assert [one.code for one in hub.receipts_of(KEN)] == ["", Code.REPLAYED_ID]


async def test_squatting_on_the_id_of_another_delays_it_and_no_more(
    hub: RelayWorld,
) -> None:
    message = world.sealed(KEN)
    squatter = world.sealed(MEX, message_id=message.header.message_id)
    forged = world.sealed(
        KEN, signer=world.signing_key(MEX), message_id=message.header.message_id
    )
    hub.source.submit(MEX, world.submitted(forged))
    hub.source.submit(KEN, world.submitted(message))
    hub.source.submit(MEX, world.submitted(squatter))
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]
    codes = {one.code for one in hub.receipts_of(MEX)}
    assert codes == {Code.BAD_SIGNATURE, Code.REPLAYED_ID}


async def test_long_headers_of_one_party_do_not_stop_the_round_of_all(
    hub: RelayWorld,
) -> None:
    """What is refused is logged: 700 kB of it fit into one message, twice not."""
    for _ in range(3):
        parts = decode_envelope(world.sealed(MEX).envelope)
        long = encode_envelope(
            replace(parts, signed_header=parts.signed_header + b"\x22\x02zz" * 170_000)
        )
        hub.source.submit(MEX, encode_submission(EnvelopeItem(long)))
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]
    audits = [one for one in hub.ledger.items if one.subject == AUDIT_ENTRIES]
    assert max(len(one.payload) for one in audits) <= hub.ledger.max_payload
    codes = {one.code for one in hub.receipts_of(MEX)}
    assert codes == {Code.WRAP_MISMATCH}


async def test_many_receipts_at_once_do_not_stop_the_round(hub: RelayWorld) -> None:
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    for _ in range(6):
        receipts = [world.receipt(message, Stage.OPENED) for _ in range(512)]
        hub.source.submit(BEL, bundled(receipts, BEL))
    await hub.work()
    assert len(hub.receipts_of(KEN)) == 6 * 512 + 1


async def test_a_flaw_met_in_one_submission_refuses_that_one_alone(
    hub: RelayWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, message = b"poison", world.sealed()

    def flawed(data: bytes, *rest: object) -> object:
        if data == poison:
            raise ZeroDivisionError
        return examine(data, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("broker.services.relay.examine", flawed)
    hub.source.submit(MEX, poison)
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]
    [refused] = hub.receipts_of(MEX)
    assert refused.code == Code.MALFORMED


async def test_a_replay_after_expiry_is_refused_though_the_index_forgot_it(
    hub: RelayWorld,
) -> None:
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    hub.source.submit(BEL, b"something else, so that the first is learnt")
    await hub.work()
    hub.clock.at_ms = NOW_MS + 3 * DAY_MS
    hub.index.prune(hub.clock.at_ms, 400 * DAY_MS)
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]
    assert hub.receipts_of(KEN)[-1].code == Code.EXPIRED


@pytest.mark.parametrize("together", [True, False])
async def test_submitting_the_stolen_bytes_of_another_first_uses_nothing_up(
    hub: RelayWorld, *, together: bool
) -> None:
    message = world.sealed()
    hub.source.submit(MEX, world.submitted(message))
    if not together:
        await hub.work()
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]
    assert [one.code for one in hub.receipts_of(KEN)] == [""]
    assert [one.code for one in hub.receipts_of(MEX)] == [Code.WRONG_CONNECTION]
