"""What our policy says of a message is kept with what came of it, in one step."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broker.core.admitted import AdmissionState
from broker.core.codec.receipts import decode_receipt
from broker.core.decisions import Verdict, question_of
from broker.core.errors import StoreError
from broker.core.handling import Tlp
from broker.core.model import Link, Stage
from broker.core.policy.rule import Ceiling, Effect, Rule, RuleTerms
from broker.core.policy.rules import Policy
from broker.infra.node_store import NodeStore
from tests import world
from tests.unit.broker.services.node_world import NodeWorld
from tests.world import BEL, KEN, NOW_MS


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeWorld]:
    made = NodeWorld(NodeStore(tmp_path / "bel.sqlite3"))
    yield made
    made.store.close()


def policy(**terms: Any) -> Policy:  # noqa: ANN401 - fields of a dataclass
    """Returns Belgium's policy: takes everything, on these terms."""
    return replace(
        world.open_policy(BEL),
        imports=(
            Rule(
                id="take",
                effect=Effect.PERMIT,
                everyone=True,
                every_kind=True,
                up_to=Ceiling(tlp=world.AMBER.tlp),
                terms=RuleTerms(**terms),
            ),
        ),
    )


def under(node: NodeWorld, published: Policy) -> None:
    """Has the node go by another policy of its own."""
    node.trust = world.trust({BEL: world.entry(BEL, published)})


async def taken(node: NodeWorld, **changes: Any) -> bytes:  # noqa: ANN401 - of a header
    """Delivers a message to the node and lets it work; returns the digest."""
    message = world.sealed(**changes)
    node.deliver(message)
    await node.intake.take_in()
    await node.opening.open_some()
    return message.message_digest


def said(store: NodeStore) -> list[tuple[Stage, str]]:
    """Returns what waits to be said, and takes it away."""
    found: list[tuple[Stage, str]] = []

    def sign(receipts: Any) -> tuple[bytes, list[bytes]]:  # noqa: ANN401 - of bytes
        found.extend((r.stage, r.detail) for r in map(decode_receipt, receipts))
        return b"", [b""] * len(receipts)

    store.bundle_statements(100, sign, NOW_MS)
    return found


async def test_a_message_is_opened_on_the_terms_of_our_policy(node: NodeWorld) -> None:
    under(node, policy(routes=frozenset({"police", "customs"}), retention_days=90))
    digest = await taken(node)
    admission = node.store.admission(digest)
    assert admission is not None
    assert admission.state is AdmissionState.ADMITTED
    assert (admission.routes, admission.retention_days) == (("customs", "police"), 90)
    assert admission.policy_digest == node.trust.policy_digests[BEL]
    assert [one.message_digest for one in node.store.inbox(9, "police")] == [digest]
    assert node.store.inbox(9, "press") == []
    assert [stage for stage, _ in said(node.store)] == [Stage.DELIVERED, Stage.OPENED]


async def test_the_decision_is_recorded_under_the_digest_of_the_policy(
    node: NodeWorld,
) -> None:
    digest = await taken(node)
    [record] = node.store.decisions_about(digest)
    assert (record.verdict, record.party) == (Verdict.ALLOW, KEN)
    assert record.policy_digest == node.trust.policy_digests[BEL]
    question = question_of(world.holder(BEL).store_key, record, BEL)
    assert (question.at_ms, question.origin, question.recipient) == (NOW_MS, KEN, BEL)


async def test_a_denial_is_recorded_and_told_with_the_rule_and_no_content(
    node: NodeWorld,
) -> None:
    under(node, world.closed_policy(BEL, against=KEN))
    digest = await taken(node, content=world.body("Do they know CANARY?"))
    [record] = node.store.decisions_about(digest)
    assert (record.verdict, record.rule_ids) == (Verdict.DENY, ("not-from-them",))
    assert node.store.admission(digest) is None
    [_, (stage, detail)] = said(node.store)
    assert (stage, detail) == (
        Stage.REFUSED,
        "denied by rule not-from-them: no agreement",
    )
    assert "CANARY" not in repr(node.store.find_received(digest))


async def test_a_near_miss_is_told_to_the_origin(node: NodeWorld) -> None:
    under(node, policy())
    digest = await taken(node, handling=replace(world.AMBER, tlp=Tlp.RED))
    found = node.store.find_received(digest)
    assert found is not None
    assert found.code == "import-policy"
    assert "nearest is rule take: " in found.detail


async def test_what_our_policy_was_not_asked_about_leaves_no_decision(
    node: NodeWorld,
) -> None:
    digest = await taken(node, content=b"\xff")
    assert node.store.decisions_about(digest) == []
    assert node.store.admission(digest) is None


async def test_quarantine_keeps_a_message_from_everybody_and_tells_nobody(
    node: NodeWorld,
) -> None:
    under(node, policy(quarantine=True, routes=frozenset({"police"})))
    digest = await taken(node)
    found, admission = node.store.find_received(digest), node.store.admission(digest)
    assert found is not None
    assert admission is not None
    assert (found.state.value, found.opened_ms) == ("delivered", None)
    assert found.protected_key
    assert admission.state is AdmissionState.QUARANTINED
    assert [stage for stage, _ in said(node.store)] == [Stage.DELIVERED]
    assert node.store.quarantined() == [admission]
    assert node.store.inbox(9, "police") == []
    assert len(node.store.decisions_about(digest)) == 1


async def test_quarantine_survives_a_restart_and_is_not_opened_again(
    node: NodeWorld,
) -> None:
    under(node, policy(quarantine=True))
    digest = await taken(node)
    under(node, policy())
    node.restart()
    assert await node.opening.open_some() == 0
    assert node.store.count_unopened() == 0
    assert [one.message_digest for one in node.store.quarantined()] == [digest]
    assert len(node.store.decisions_about(digest)) == 1


async def test_a_message_in_quarantine_is_not_a_missing_one(node: NodeWorld) -> None:
    under(node, policy(quarantine=True))
    first = await taken(node)
    under(node, policy())
    await taken(node, link=Link(sequence=2, previous=first))
    assert node.store.gaps() == []
    assert node.topics() == []


async def test_a_fork_is_noticed_in_quarantine_too(node: NodeWorld) -> None:
    under(node, policy(quarantine=True))
    await taken(node)
    await taken(node)
    assert node.topics() == ["sequence"]


async def test_a_crash_in_the_middle_leaves_all_of_it_or_nothing(
    node: NodeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    under(node, policy(quarantine=True))
    message = world.sealed()
    node.deliver(message)
    await node.intake.take_in()
    with monkeypatch.context() as broken:
        # Written last: what comes before it must not stay.
        broken.setattr("broker.infra.settling.insert_decisions", _fail)
        with pytest.raises(StoreError):
            await node.opening.open_some()
    assert node.store.quarantined() == []
    assert node.store.count_unopened() == 1
    await node.opening.open_some()
    assert len(node.store.quarantined()) == 1
    assert len(node.store.decisions_about(message.message_digest)) == 1


def _fail(*_: object) -> None:
    raise sqlite3.OperationalError("disk I/O error")


async def test_an_origin_that_repeats_its_numbers_does_not_fill_the_alarms(
    node: NodeWorld,
) -> None:
    for _ in range(20):
        node.deliver(world.sealed())
    await node.intake.take_in()
    await node.opening.open_some()
    assert node.topics() == ["sequence"]
    node.store.acknowledge_alarm(1, "Duty officer", NOW_MS)
    node.deliver(world.sealed())
    await node.intake.take_in()
    await node.opening.open_some()
    assert node.topics() == ["sequence", "sequence"]
