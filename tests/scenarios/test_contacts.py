"""Contacts across a federation: offices for all, people for those who may have them.

Real servers: what the hub keeps on its disk is searched for what it must not know.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from broker.app.contacts import attest, held_card
from broker.app.node import run_node
from broker.app.publishing import publish_policy
from broker.cli.contacts import read_contacts
from broker.core.contacts import Person
from broker.core.policy.parse import parse_policy
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.document_files import load_file
from keys.identity import PartyId
from tests.federation import EXAMPLES, Federation

KEN, BEL, MEX, XPO = (PartyId(code) for code in ("KEN", "BEL", "MEX", "XPO"))
SECRETS = (b"Example Officer", b"officer.one@", b"0000101", b"private numbers")
OFFICE = b"Central Firearms Bureau"


@pytest.fixture
def federation(tmp_path: Path) -> Iterator[Federation]:
    with Federation(tmp_path / "f", ("BEL", "KEN", "XPO")) as running:
        yield running


async def attested(federation: Federation, party: str) -> int:
    """Attests a party's example; returns when."""
    member, now_ms = federation.members[party], SYSTEM_CLOCK.now_ms()
    contacts = read_contacts(EXAMPLES / "contacts" / f"{party.lower()}.yaml")
    async with federation.party_bus(party, "attest") as bus:
        await attest(member.node, member.keys, bus, contacts, now_ms)
    return now_ms


async def denied(federation: Federation, party: str, to: str) -> None:
    """Publishes a policy that gives no contact cards to one party."""
    member = federation.members[party]
    document = load_file(EXAMPLES / "policies" / f"{party.lower()}.yaml")
    assert isinstance(document, dict)
    document["export"].append(
        {
            "id": "no-cards",
            "deny": ["contact-card"],
            "to": {"parties": [to]},
            "because": "no agreement on personal data",
        }
    )
    async with federation.party_bus(party, "publish") as bus:
        await publish_policy(
            member.node, member.keys, bus, parse_policy(document), "party: KEN\n"
        )


def people(federation: Federation, at: str, of: PartyId) -> tuple[Person, ...]:
    """Returns the people of a party that a node can show."""
    member = federation.members[at]
    held = held_card(member.node, member.keys.holder, of)
    return () if held is None else held.card.people


@asynccontextmanager
async def joined(federation: Federation, party: str) -> AsyncIterator[None]:
    """Admits a party while everything runs, and runs its node."""
    federation._join(party, federation.hub.federation)
    member = federation.members[party]
    stop, up = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(run_node(member.node, member.keys, stop, ready=up))
    try:
        await up.wait()
        yield
    finally:
        stop.set()
        await running


def kept_by_the_hub(federation: Federation) -> dict[Path, bytes]:
    """Returns every file of the hub: log, directory, streams of the bus."""
    return {
        path: path.read_bytes()
        for path in federation.hub_folder.rglob("*")
        if path.is_file()
    }


async def test_people_reach_whom_policy_allows_and_never_the_hub(
    federation: Federation,
) -> None:
    await denied(federation, "KEN", "XPO")
    at_ms = await attested(federation, "KEN")
    found = await federation.until(
        lambda: people(federation, "BEL", KEN), "the card at BEL"
    )
    assert [one.name for one in found] == ["Example Officer One", "Example Officer Two"]

    record = federation.trust().view.record(KEN)
    assert record.attested_at_ms == at_ms
    assert record.offices[1].name.encode() == OFFICE

    async with joined(federation, "MEX"):
        late = await federation.until(
            lambda: people(federation, "MEX", KEN), "the card at MEX"
        )
    assert late == found

    deliveries = federation.members["KEN"].node.store.card_deliveries(at_ms)
    assert deliveries[XPO].code == "export-policy"
    assert people(federation, "XPO", KEN) == ()

    kept = kept_by_the_hub(federation)
    assert any(OFFICE in data for data in kept.values())  # the search does find
    assert any("jetstream" in str(path) for path in kept)
    for secret in SECRETS:
        assert [path for path, data in kept.items() if secret in data] == []
