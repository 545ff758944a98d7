"""A party that changes its account on the bus keeps no way in over the old one."""

import asyncio
import secrets
from pathlib import Path

import pytest

from broker.core import subjects
from broker.core.errors import BusError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_streams import NatsUplink
from keys.directory.codec import encode_party
from keys.directory.publishing import publish
from keys.directory.renewal import change_account
from keys.nkeys import KEY_SIZE, KeyKind, NatsKey
from tests.federation import Federation, silence_services

pytestmark = pytest.mark.integration


async def test_an_account_that_was_replaced_is_cut_and_holds_up_nobody(
    tmp_path: Path,
) -> None:
    silence_services()
    with Federation(tmp_path / "a federation", without_node=("MEX",)) as federation:
        mex = federation.members["MEX"]
        entry = federation.trust().view.parties[mex.node.party]
        fresh = NatsKey(KeyKind.ACCOUNT, secrets.token_bytes(KEY_SIZE)).public
        submission = publish(
            mex.node.party,
            signers=[mex.keys.require_role()],
            version=2,
            files={
                "record.pb": encode_party(change_account(entry.record, fresh)),
                "policy.pb": entry.policy or b"",
            },
            now_ms=SYSTEM_CLOCK.now_ms(),
        )
        async with federation.party_bus("MEX", "old") as bus:
            await bus.request(subjects.REGISTRAR, submission.to_bytes(), 10)
            uplink = NatsUplink(bus, timeout_s=2)
            with pytest.raises(BusError):
                await _submit_for_ever(uplink)
        digest = federation.send("KEN")
        await federation.opened("KEN", digest, ["BEL"])


async def _submit_for_ever(uplink: NatsUplink) -> None:
    async with asyncio.timeout(20):
        while True:
            await uplink.submit(secrets.token_bytes(8))
