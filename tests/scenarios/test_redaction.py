"""One document, three recipients, three policies for them: each sees what it may.

Real servers. Every place that keeps or shows anything is searched for what was dropped.
"""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest
import structlog

from broker.app.node_folder import dispatcher, stored_trust
from broker.app.publishing import publish_policy
from broker.core.codec.policy import encode_policy, policy_digest
from broker.core.envelope import Sealed
from broker.core.fields import FieldClass
from broker.core.policy.parse import parse_policy
from broker.infra.document_files import load_bytes
from broker.services.holdings import Holdings
from keys.identity import PartyId
from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli, cli
from tests.unit.broker.core.flows.documents import AUTHORITY, SERIAL, document

__all__ = ["cli"]

pytestmark = pytest.mark.integration
KEN, BEL, MEX, XPO = (PartyId(code) for code in ("KEN", "BEL", "MEX", "XPO"))
TOWN: Final = "KEMBA"
CANARIES: Final = {
    FieldClass.SOURCE: AUTHORITY.encode(),
    FieldClass.FULL_SERIAL: SERIAL.encode(),
    FieldClass.EXACT_LOCATION: TOWN.encode(),
}
POLICY: Final = """
party: KEN
export:
  - {id: whole, permit: every-kind, to: {parties: [BEL]}, up-to: TLP:AMBER}
  - id: no-source
    permit: every-kind
    to: {parties: [MEX]}
    up-to: TLP:AMBER
    fields: {source: drop, free-text: keep}
  - id: no-serial
    permit: every-kind
    to: {parties: [XPO]}
    up-to: TLP:AMBER
    fields: {full-serial: drop, exact-location: drop, free-text: keep}
import:
  - {id: take-all, permit: every-kind, from: everyone, up-to: TLP:RED}
"""
STRICTER: Final = POLICY.replace(
    "{id: whole, permit: every-kind, to: {parties: [BEL]}, up-to: TLP:AMBER}",
    "{id: less, permit: every-kind, to: {parties: [BEL]}, up-to: TLP:AMBER,"
    " fields: {source: drop, full-serial: drop, exact-location: drop,"
    " free-text: keep}}",
)


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    place = tmp_path_factory.mktemp("redaction")
    policies = place / "policies"
    shutil.copytree(EXAMPLES / "policies", policies)
    (policies / "ken.yaml").write_text(POLICY, encoding="utf-8")
    with Federation(place / "f", policies=policies) as running:
        yield running


def send(federation: Federation, *to: PartyId) -> tuple[Sealed, ...]:
    ken = federation.members[KEN]
    trust = federation.stored(KEN)
    return dispatcher(ken.node, ken.keys, lambda: trust).send(document(*to))


def content_at(federation: Federation, party: PartyId, message: Sealed) -> bytes:
    """Returns what a recipient's node can read of a message."""
    member = federation.members[party]
    held = member.node.store.find_received(message.message_digest)
    assert held is not None
    return Holdings(member.keys.holder, member.node.store).content(held)


def told(content: bytes) -> set[FieldClass]:
    return {one for one, canary in CANARIES.items() if canary in content}


def holding(canaries: Iterable[bytes], folder: Path) -> list[Path]:
    """Returns files in which any of them stands in clear."""
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert files
    return [
        path
        for path, data in files.items()
        if any(canary in data for canary in canaries)
    ]


async def publish(federation: Federation, text: str) -> None:
    """Publishes KEN's policy, and returns when its node goes by it."""
    ken = federation.members[KEN]
    policy = parse_policy(load_bytes(text.encode()))
    async with federation.party_bus(KEN, "publish") as bus:
        await publish_policy(ken.node, ken.keys, bus, policy, text)
    digest = policy_digest(encode_policy(policy))
    await federation.until(
        lambda: stored_trust(ken.node).policy_digests[KEN] == digest,
        "the policy that was published",
    )


async def test_a_months_messages_are_asked_of_another_policy(
    federation: Federation, cli: Cli, tmp_path: Path
) -> None:
    for message in send(federation, BEL, MEX, XPO):
        await federation.opened(
            KEN, message.message_digest, list(message.header.parties)
        )
    place = federation.folder / KEN
    as_it_is = cli("policy", "replay", "--node", place, "--json").json
    assert (as_it_is["asked"], as_it_is["same"], as_it_is["changes"]) == (3, 3, [])

    draft = tmp_path / "draft.yaml"
    draft.write_text(STRICTER.replace("[MEX]", "[TZA]"), encoding="utf-8")
    changed = cli("policy", "replay", draft, "--node", place, "--json").json
    assert (changed["asked"], changed["same"]) == (3, 1)
    by_party = {one["party"]: one for one in changed["changes"]}
    assert by_party["MEX"]["old"] == {
        "verdict": "redact",
        "fields": {"source": "drop"},
    }
    assert by_party["MEX"]["new"]["verdict"] == "deny"
    assert by_party["BEL"]["old"]["verdict"] == "allow"
    assert by_party["BEL"]["new"]["verdict"] == "redact"
    assert "rule less" in by_party["BEL"]["why"]

    table = cli("policy", "replay", draft, "--node", place)
    assert "redact (source: drop) → deny" in table.out
    assert "1 would be the same" in table.err
    # What arrived is asked about as well: of BEL's policy, at BEL.
    there = cli("policy", "replay", "--node", federation.folder / BEL, "--json").json
    assert (there["asked"], there["same"]) == (1, 1)

    others = cli("policy", "replay", draft, "--node", federation.folder / BEL, "--json")
    assert (others.code, others.json["error"]["code"]) == (78, "configuration")
    nothing = cli(
        "policy", "replay", draft, "--since", "soon", "--node", place, "--json"
    )
    assert nothing.code == 78


@pytest.mark.usefixtures("every_level")
async def test_each_recipient_sees_what_it_may_and_a_new_policy_works_at_once(
    federation: Federation, cli: Cli
) -> None:
    with structlog.testing.capture_logs() as logged:
        sent = send(federation, BEL, MEX, XPO)
        for message in sent:
            await federation.opened(
                KEN, message.message_digest, list(message.header.parties)
            )
    whole, sourceless, anonymous = sent
    assert told(content_at(federation, BEL, whole)) == set(CANARIES)
    assert FieldClass.SOURCE not in told(content_at(federation, MEX, sourceless))
    assert FieldClass.FULL_SERIAL in told(content_at(federation, MEX, sourceless))
    assert told(content_at(federation, XPO, anonymous)) == {FieldClass.SOURCE}
    for party, message in ((MEX, whole), (XPO, sourceless), (BEL, anonymous)):
        assert not federation.members[party].node.store.find_received(
            message.message_digest
        )

    # The policy changes between two messages, while everything runs.
    await publish(federation, STRICTER)
    [later] = send(federation, BEL)
    await federation.opened(KEN, later.message_digest, [BEL])
    assert told(content_at(federation, BEL, later)) == set()
    assert later.header.withheld == tuple(sorted(CANARIES))
    assert later.header.policy_digest != whole.header.policy_digest

    # Nothing of any of it lies in clear with anybody, or in a log, or in the audit.
    assert holding(CANARIES.values(), federation.folder) == []
    assert not [one for one in CANARIES.values() if one in repr(logged).encode()]

    # What commands print about them says what is missing, and not what it was.
    place = federation.folder / KEN
    for arguments in (
        ("sent", "--json"),
        ("sent",),
        ("status", later.message_digest.hex()),
        ("status", later.message_digest.hex(), "--json"),
        ("show", later.message_digest.hex(), "--json"),
        ("policy", "replay", "--json"),
        ("audit", "entries", "--json"),
    ):
        ended = cli(*arguments, "--node", place)
        shown = (ended.out + ended.err).encode()
        assert not [one for one in CANARIES.values() if one in shown], arguments
    status = cli("status", later.message_digest.hex(), "--node", place, "--json").json
    assert status["withheld"] == ["exact-location", "source", "full-serial"]
    [decided] = status["decided"]
    assert (decided["verdict"], decided["rules"]) == ("redact", ["less"])
