"""A hub that shows two directories is caught: by the log, by peers, by the audit.

The hub is real, and its operator dishonest: it holds the online key, and answers one
party's questions from a directory of its own making.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pytest

from broker.app.directory_link import snapshot_prover
from broker.app.node_folder import Node, stored_trust
from broker.core import subjects
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.codec.snapshots import encode_snapshot
from broker.core.errors import ProofError
from broker.core.ports import Outgoing
from broker.core.trust import Trust, build_trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.log_store import LogStore
from broker.infra.nats_bus import Bus
from broker.infra.nats_news import tell_version
from broker.infra.nats_streams import NatsLedger
from broker.services.directory_witness import DirectoryWitness
from broker.services.hub_desk import HubDesk
from keys.directory.client import DirectoryClient
from keys.directory.codec import encode_party
from keys.directory.publishing import publish
from keys.directory.repository import Repository
from keys.directory.signers import role_signer
from keys.framing import sha256
from keys.identity import PartyId
from keys.signing import SigningKey
from tests.federation import Federation

pytestmark = pytest.mark.integration

VICTIM: Final = "BEL"
OTHER: Final = "KEN"
_HOUR_MS: Final = 3_600_000


@dataclass(slots=True)
class Operator:
    """Whoever runs the hub: serves one party another directory than all others.

    Attributes:
        shown: What is served to an account instead of the truth.
    """

    federation: Federation
    shown: dict[str, Callable[[str], bytes | None]] = field(default_factory=dict)

    @property
    def online(self) -> Repository:
        """The hub's own directory, to be signed with its own key."""
        return self._repository(self.federation.hub.folder.directory)

    def fork(self) -> Repository:
        """Returns a copy of the directory as it is, that goes on by itself."""
        folder = self.federation.folder / "forked"
        shutil.copytree(self.federation.hub.folder.directory, folder)
        return self._repository(folder)

    def show(self, party: str, forked: Repository) -> None:
        """Answers the questions of one party from another directory."""
        self.shown[self.federation.members[party].account] = forked.read

    def naive(self, forked: Repository) -> DirectoryClient:
        """Returns a client that asks no log."""
        root = self.federation.hub.federation.root
        return DirectoryClient(self.federation.folder / "naive", root, forked.read)

    async def log(self, repository: Repository) -> None:
        """Logs the newest version of any directory, as if it were the hub's."""
        origin = self.federation.trust().view.federation.log_origin
        snapshot = repository.published(repository.version())
        statement = SnapshotStatement(
            origin=origin,
            version=snapshot.version,
            digest=snapshot.digest,
            signed_at_ms=snapshot.signed_at_ms,
        )
        item = Outgoing(
            subject=subjects.SNAPSHOTS,
            payload=encode_snapshot(statement),
            dedup_id=snapshot.digest.hex(),
        )
        async with self.federation.hub_bus("operator") as bus:
            await NatsLedger(bus).commit([item])
        await self.federation.until(
            lambda: self._is_logged(snapshot.digest), "the log to hold it"
        )

    async def tell(self) -> None:
        """Tells every party that there is something new."""
        async with self.federation.hub_bus("operator") as bus:
            await tell_version(bus, self.online.version())
            await bus.flush(5)

    def _is_logged(self, digest: bytes) -> bool:
        with LogStore.open_reader(self.federation.hub.folder.log) as log:
            return any(
                one.entry.message_digest == digest for one in log.snapshots_like(digest)
            )

    def _repository(self, folder: Path) -> Repository:
        return Repository(folder, role_signer(self.federation.hub_keys.online))


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """A federation of two running nodes, and whoever runs its hub."""
    honest = HubDesk.directory

    made = Operator(Federation(tmp_path / "federation", (VICTIM, OTHER)))

    def lying(desk: HubDesk, account: str, payload: bytes) -> bytes:
        if account in made.shown:
            desk = HubDesk(made.shown[account], lambda: None, SYSTEM_CLOCK)
        return honest(desk, account, payload)

    def impatient(node: Node, bus: Bus, trust: Callable[[], Trust]) -> DirectoryWitness:
        return DirectoryWitness(snapshot_prover(node, bus), trust, waits_s=(0.1,))

    monkeypatch.setattr(HubDesk, "directory", lying)
    monkeypatch.setattr("broker.app.node.directory_witness", impatient)
    with made.federation:
        yield made


def version(operator: Operator, party: str) -> int:
    """Returns the version that a party's node would go by, were the hub away."""
    return stored_trust(operator.federation.members[party].node).view.version


def alarms(operator: Operator, party: str) -> list[str]:
    """Returns what an operator of a node must look at."""
    found = operator.federation.members[party].node.store.alarms()
    return [alarm.text for alarm in found if alarm.topic == "directory"]


async def settled(operator: Operator, *parties: str) -> int:
    """Returns the version in force once these parties go by it."""
    newest = operator.online.version()
    for party in parties:
        await operator.federation.until(
            lambda: version(operator, party) >= newest,  # noqa: B023 - used at once
            f"{party} to go by version {newest}",
        )
    return newest


def revoke(operator: Operator, party: str) -> bytes:
    """Has a party publish that its signing key is not to be relied on any more."""
    member, now_ms = operator.federation.members[party], SYSTEM_CLOCK.now_ms()
    record = operator.federation.trust().view.record(PartyId(party))
    (old,) = record.signing_keys
    _, new = SigningKey.generate()
    public = SigningKey(new).public
    keys = (
        replace(old, revoked_at_ms=now_ms - _HOUR_MS),
        replace(old, key_id=public.key_id, key=public.raw, valid_from_ms=now_ms),
    )
    assert member.keys.role is not None
    submission = publish(
        PartyId(party),
        signers=[member.keys.role],
        version=2,
        files={"record.pb": encode_party(replace(record, signing_keys=keys))},
        now_ms=now_ms,
    )
    operator.online.accept(submission, now_ms)
    return old.key_id


async def test_a_change_reaches_every_node_once_it_is_logged(
    operator: Operator,
) -> None:
    """What the other tests take away: an honest hub, and nobody alarmed."""
    before = await settled(operator, VICTIM, OTHER)
    operator.online.commit(SYSTEM_CLOCK.now_ms())
    assert await settled(operator, VICTIM, OTHER) == before + 1
    assert alarms(operator, VICTIM) == alarms(operator, OTHER) == []
    assert operator.federation.verify_log() >= before + 1


async def test_a_fork_that_withholds_a_change_from_one_party_is_not_adopted(
    operator: Operator,
) -> None:
    """KEN revokes a key; BEL is to believe that it is good still.

    The directory it is shown has the version of the true one, and is signed as well.
    """
    before = await settled(operator, VICTIM, OTHER)
    forked = operator.fork()
    forked.commit(SYSTEM_CLOCK.now_ms() - _HOUR_MS)
    operator.show(VICTIM, forked)
    revoked = revoke(operator, OTHER)
    assert await settled(operator, OTHER) == before + 1
    [alarm] = await operator.federation.until(
        lambda: alarms(operator, VICTIM), "the alarm"
    )
    assert f"two snapshots of version {before + 1}" in alarm
    assert operator.online.published(before + 1).digest.hex() in alarm
    assert version(operator, VICTIM) == before
    assert alarms(operator, OTHER) == []
    # The naive would take it: the key is right, and so is the version.
    naive = operator.naive(forked).refresh(SYSTEM_CLOCK.now_ms())
    naive.signing_key(PartyId(OTHER), revoked, SYSTEM_CLOCK.now_ms())


async def test_a_fork_that_omits_a_party_is_not_adopted_as_it_is_not_logged(
    operator: Operator,
) -> None:
    """BEL is shown a directory from before MEX was admitted, wound forward."""
    forked = operator.fork()
    before = await settled(operator, VICTIM, OTHER)
    operator.federation._join("MEX", operator.federation.hub.federation)
    newest = await settled(operator, VICTIM, OTHER)
    assert newest > before
    while forked.version() <= newest:
        forked.commit(SYSTEM_CLOCK.now_ms())
    operator.show(VICTIM, forked)
    await operator.tell()
    view = stored_trust(operator.federation.members[VICTIM].node).view
    assert "MEX" in view.parties
    # The naive would take it: the key is right, and the version is newer.
    naive = operator.naive(forked).refresh(SYSTEM_CLOCK.now_ms())
    assert "MEX" not in naive.parties
    digest = operator.federation.send(OTHER, to=VICTIM)
    await operator.federation.opened(OTHER, digest, [VICTIM])
    assert version(operator, VICTIM) == newest


async def test_once_both_sides_of_a_fork_are_logged_everybody_is_alarmed(
    operator: Operator,
) -> None:
    before = await settled(operator, VICTIM, OTHER)
    forked = operator.fork()
    forked.commit(SYSTEM_CLOCK.now_ms() - _HOUR_MS)
    await operator.log(forked)
    operator.show(VICTIM, forked)
    operator.online.commit(SYSTEM_CLOCK.now_ms())
    digests = [r.published(before + 1).digest.hex() for r in (forked, operator.online)]
    for party in (VICTIM, OTHER):

        def both_named(party: str = party) -> bool:
            return any(
                all(digest in alarm for digest in digests)
                for alarm in alarms(operator, party)
            )

        await operator.federation.until(both_named, f"the alarm at {party}")
        assert version(operator, party) == before
    with pytest.raises(ProofError, match="directory fork"):
        operator.federation.verify_log()


async def test_a_fork_that_is_logged_later_alarms_whoever_went_by_the_other_side(
    operator: Operator,
) -> None:
    before = await settled(operator, VICTIM, OTHER)
    forked = operator.fork()
    operator.online.commit(SYSTEM_CLOCK.now_ms())
    assert await settled(operator, VICTIM, OTHER) == before + 1
    forked.commit(SYSTEM_CLOCK.now_ms() - _HOUR_MS)
    await operator.log(forked)
    await operator.tell()
    for party in (VICTIM, OTHER):
        await operator.federation.until(
            lambda: alarms(operator, party),  # noqa: B023 - used at once
            f"the alarm at {party}",
        )


async def test_a_peer_that_goes_by_a_directory_that_is_not_logged_is_suspected(
    operator: Operator,
) -> None:
    """BEL's node was made to believe anything; KEN learns of it from its messages."""
    federation = operator.federation
    forked = operator.fork()
    forked.commit(SYSTEM_CLOCK.now_ms() - _HOUR_MS)
    view = operator.naive(forked).refresh(SYSTEM_CLOCK.now_ms())
    digest = federation.send(VICTIM, to=OTHER, trust=build_trust(view))
    await federation.opened(VICTIM, digest, [OTHER])
    [alarm] = await federation.until(lambda: alarms(operator, OTHER), "the alarm")
    assert "fork suspected" in alarm
    assert VICTIM in alarm
    named = forked.read(f"metadata/{forked.version()}.snapshot.json")
    assert named is not None
    assert sha256(named).hex() in alarm
