"""A party's keys follow one another while messages flow, and nothing is lost."""

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import replace

import pytest

from broker.app.doubts import doubts_about
from broker.app.key_changes import (
    KeyUse,
    Revocation,
    changing_keys,
    reread,
    revocation,
    rotation,
)
from broker.app.node_link import connected
from broker.app.publishing import Change, publish_record
from broker.core.errors import BusRefusedError, ConfigurationError
from broker.core.model import Stage
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_streams import NatsUplink
from keys.directory.model import PartyRecord, RevocationReason
from keys.identity import KeyId, PartyId
from tests import world
from tests.crafting import Letter, header_for, sealed, submission
from tests.federation import Federation
from tests.part import rogatory

pytestmark = pytest.mark.integration

BEL, KEN, MEX, XPO = map(PartyId, ("BEL", "KEN", "MEX", "XPO"))
BOTH = (KeyUse.SIGNING, KeyUse.ENCRYPTION)


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    with Federation(tmp_path_factory.mktemp("keys") / "federation") as made:
        yield made


async def publish(federation: Federation, party: str, change: Change) -> int:
    """Publishes a change as another process than the node would."""
    member = federation.members[party]
    async with federation.party_bus(party, "keys") as bus:
        return await publish_record(member.node, member.keys, bus, change)


async def rotate(
    federation: Federation, party: str, uses: Collection[KeyUse] = BOTH
) -> None:
    member = federation.members[party]
    with changing_keys(member.node):
        await publish(federation, party, rotation(member.node, member.keys, uses))


def record(federation: Federation, party: PartyId) -> PartyRecord:
    return federation.trust().view.record(party)


async def test_keys_are_rotated_while_messages_flow_and_both_verify(
    federation: Federation,
) -> None:
    ken = federation.members["KEN"]
    first = ken.keys.holder.signing.public.key_id
    digests = [federation.send("KEN") for _ in range(5)]
    await rotate(federation, "KEN")
    digests += [federation.send("KEN") for _ in range(5)]
    await federation.until(
        lambda: len({*ken.keys.holder.encryption}) == 2, "the new keys at the node"
    )
    answers = [federation.send("BEL", "trace-response") for _ in range(3)]
    digests += [federation.send("KEN") for _ in range(5)]
    for digest in digests:
        await federation.opened("KEN", digest, ["BEL"])
    for digest in answers:
        await federation.opened("BEL", digest, ["KEN"])
    signers = {signer_of(federation, "BEL", digest) for digest in digests}
    second = ken.keys.holder.signing.public.key_id
    assert signers == {first, second}
    assert first != second
    for digest in digests:
        assert federation.stages("KEN", digest) == {
            ("HUB", Stage.ACCEPTED),
            ("BEL", Stage.DELIVERED),
            ("BEL", Stage.OPENED),
        }
    assert not ken.node.store.alarms()


def signer_of(federation: Federation, reader: str, digest: bytes) -> KeyId:
    found = federation.members[reader].node.store.find_received(digest)
    assert found is not None
    return found.header.signer_key_id


async def test_a_process_killed_between_keystore_and_directory_wastes_no_key(
    federation: Federation,
) -> None:
    class KilledError(Exception):
        pass

    def kill(node_change: Change) -> Change:
        def change(record: PartyRecord) -> PartyRecord:
            node_change(record)
            raise KilledError

        return change

    mex, everything = federation.members["MEX"], tuple(KeyUse)
    with pytest.raises(KilledError):
        await publish(federation, "MEX", kill(rotation(mex.node, mex.keys, everything)))
    made = reread(mex.node, mex.keys)
    assert (len(made.signing), len(made.encryption), len(made.accounts)) == (2, 2, 2)
    assert len(record(federation, MEX).signing_keys) == 1
    # Nobody knows the pending keys, so that nothing is signed or connected with them.
    digest = federation.send("MEX", "route-intelligence")
    await federation.opened("MEX", digest, ["XPO"])
    await rotate(federation, "MEX", everything)
    after = reread(mex.node, mex.keys)
    assert after.signing.keys() == made.signing.keys()
    assert record(federation, MEX).signing_keys[-1].key_id == (
        made.holder.signing.public.key_id
    )
    assert record(federation, MEX).account == made.account.public


async def test_two_who_change_keys_at_once_do_not_get_in_each_others_way(
    federation: Federation,
) -> None:
    xpo = federation.members["XPO"]
    with (
        changing_keys(xpo.node),
        pytest.raises(ConfigurationError, match="somebody else"),
    ):
        await rotate(federation, "XPO")
    command = ("keys", "rotate", "--node", xpo.node.folder.root, "--json")
    answers = await asyncio.gather(*(rogatory(*command) for _ in range(2)))
    done = [answer for answer in answers if answer.code == 0]
    assert done, answers
    assert {answer.code for answer in answers} <= {0, 78}
    listed = record(federation, XPO)
    held = reread(xpo.node, xpo.keys)
    assert len(listed.signing_keys) == 1 + len(done)
    assert all(held.holder.holds(key.key_id) for key in listed.signing_keys)
    assert all(held.holder.holds(key.key_id) for key in listed.encryption_keys)


async def test_two_who_publish_at_once_both_get_through(
    federation: Federation,
) -> None:
    def renamed(name: str) -> Change:
        return lambda record: replace(record, name=name)

    at_once = (publish(federation, "XPO", renamed(name)) for name in ("One", "Another"))
    first, second = await asyncio.gather(*at_once)
    assert abs(first - second) == 1


async def test_an_account_is_replaced_and_what_waited_for_the_old_one_arrives(
    federation: Federation,
) -> None:
    ken = federation.members["KEN"]
    old = record(federation, KEN).account
    former = record(federation, KEN).former_accounts
    before = federation.send("BEL", "trace-response")
    await rotate(federation, "KEN", [KeyUse.ACCOUNT])
    after = federation.send("BEL", "trace-response")
    now = record(federation, KEN)
    assert now.former_accounts == (*former, old)
    assert now.account != old
    for digest in (before, after):
        await federation.opened("BEL", digest, ["KEN"])
    answered = federation.send("KEN")
    await federation.opened("KEN", answered, ["BEL"])
    assert not ken.node.store.alarms()
    [gone] = [one for one in ken.keys.accounts.values() if one.public == old]
    with pytest.raises(BusRefusedError):
        async with connected(ken.node, ken.keys, name="thief", account=gone):
            pass


async def test_revoked_since_a_time_means_refused_after_and_verifiable_before(
    federation: Federation,
) -> None:
    ken, bel = federation.members["KEN"], federation.members["BEL"]
    stolen = ken.keys.holder.signing
    key_id = stolen.public.key_id
    early = federation.send("KEN")
    await federation.opened("KEN", early, ["BEL"])
    since_ms = SYSTEM_CLOCK.now_ms()
    late = federation.send("KEN")
    await federation.opened("KEN", late, ["BEL"])
    wanted = Revocation(
        key_ids=frozenset({key_id}),
        account=False,
        since_ms=since_ms,
        reason=RevocationReason.KEY_COMPROMISE,
    )
    with changing_keys(ken.node):
        await publish(federation, "KEN", revocation(ken.node, ken.keys, wanted))
    await federation.until(
        lambda: any(one.topic == "revocation" for one in bel.node.store.alarms()),
        "the alarm at BEL",
    )
    # What was received before is in doubt when it was signed since then.
    doubts = doubts_about(bel.node, bel.node.store.inbox())
    assert "do not rely on it" in doubts.pop(late)
    assert early not in doubts
    inbox = await rogatory("inbox", "--node", bel.node.folder.root)
    assert "NOT TO BE RELIED ON" in inbox.stdout
    assert "do not rely on it" in inbox.stderr
    shown = await rogatory("show", late.hex(), "--node", bel.node.folder.root)
    assert shown.code == 0
    assert "do not rely on it" in shown.stderr
    # The party goes on with the key that took its place.
    await federation.until(
        lambda: ken.keys.holder.signing is not stolen, "the new key at KEN"
    )
    again = federation.send("KEN")
    await federation.opened("KEN", again, ["BEL"])
    assert signer_of(federation, "BEL", again) != key_id
    # Whoever has stolen the old one dates back: the hub takes nothing under it.
    letter = Letter(
        kind="trace-info-request/1",
        body=world.body("?"),
        handling=world.AMBER,
        now_ms=since_ms - 1,
    )
    trust = federation.trust()
    header = replace(
        header_for(letter, ken.keys.holder, ["BEL"], trust), signer_key_id=key_id
    )
    forged = sealed(letter, header, stolen, trust)
    async with federation.party_bus("KEN", "thief") as bus:
        await NatsUplink(bus).submit(submission(forged.envelope))

    def refused() -> bool:
        about = federation.log_about(forged.message_digest)
        return [one.code for one in about] == ["key-not-valid"]

    await federation.until(refused, "the refusal in the log")
    assert bel.node.store.find_received(forged.message_digest) is None
