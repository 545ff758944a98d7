"""What officers have to approve leaves once, when enough have, and as they saw it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.approvals import approvals_digest
from broker.core.errors import Code, RefusedError, StoreConflictError
from broker.core.pending import PENDING_FOR_MS, PendingState
from broker.core.release_check import check_release
from broker.core.releases import Verdict
from broker.infra.node_store import NodeStore
from broker.services.pending_vault import open_evidence
from keys.errors import ContentError
from tests import world
from tests.officers import AMINA, BRIAN, CHEN, OFFICERS, officer_signer
from tests.unit.broker.services.pending_world import (
    DOCUMENT,
    TO_BOTH,
    PendingWorld,
    policy,
    trust_in,
)
from tests.world import BEL, KEN, MEX, XPO


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "node.sqlite3"


@pytest.fixture
def node(path: Path) -> Iterator[PendingWorld]:
    store = NodeStore(path)
    yield PendingWorld(store)
    store.close()


def sent(node: PendingWorld) -> list[tuple[str, ...]]:
    return [message.header.parties for message in reversed(node.store.sent())]


def test_one_officer_is_not_enough_and_the_second_sends_it(node: PendingWorld) -> None:
    pending = node.hold()
    assert node.say(pending, AMINA) == 0
    assert sent(node) == []
    assert [str(one) for one in node.desk.look(pending).tally.counts] == [
        "rule routes: 1 of 2 approvals (amina); may: amina, brian, chen"
    ]
    assert node.say(pending, CHEN) == 1
    assert sent(node) == [(XPO,)]
    assert node.found(pending).state is PendingState.RELEASED


def test_what_left_is_proven_by_what_is_kept(node: PendingWorld) -> None:
    pending = node.hold()
    node.say(pending, AMINA)
    node.say(pending, BRIAN)
    [message] = node.store.sent()
    released = node.store.released(message.message_digest)
    assert released is not None
    assert [one.officer for one in released.approved] == [AMINA, BRIAN]
    assert node.store.released_from(pending.pending_id) == [message.message_digest]
    evidence = open_evidence(world.holder(KEN).store_key, released)
    assert approvals_digest(evidence.approvals) == message.header.approvals_digest
    published = node.trust.view.parties[KEN].policy
    assert published is not None
    check_release(message.header, DOCUMENT.body, evidence, published)
    with pytest.raises(ContentError):
        open_evidence(world.holder(BEL).store_key, released)


def test_a_message_that_needed_nobody_has_no_evidence(node: PendingWorld) -> None:
    pending = node.hold(TO_BOTH)
    node.say(pending, AMINA)
    assert node.say(pending, BRIAN) == 2
    assert sorted(sent(node)) == [(BEL,), (XPO,)]
    for message in node.store.sent():
        kept = node.store.released(message.message_digest)
        assert (kept is None) is (message.header.parties == (BEL,))
        assert bool(message.header.approvals_digest) is (kept is not None)


def test_a_rejection_stops_it_until_the_same_officer_approves(
    node: PendingWorld,
) -> None:
    pending = node.hold()
    node.say(pending, CHEN, Verdict.REJECT)
    node.say(pending, AMINA)
    node.say(pending, BRIAN)
    assert sent(node) == []
    assert node.desk.look(pending).tally.rejected
    assert node.say(pending, CHEN) == 1
    assert sent(node) == [(XPO,)]


def test_a_forged_approval_is_refused_and_an_alarm(node: PendingWorld) -> None:
    pending = node.hold()
    node.say(pending, AMINA)
    forged = node.statement(pending, BRIAN, signer=officer_signer(AMINA))
    for _ in range(2):
        with pytest.raises(RefusedError) as refused:
            node.desk.say(pending, forged)
        assert refused.value.code is Code.INVALID_APPROVAL
    [alarm] = node.store.alarms()
    assert "brian" in alarm.text
    assert sent(node) == []
    assert node.say(pending, CHEN) == 1


def test_an_approval_of_another_document_is_refused_without_alarm(
    node: PendingWorld,
) -> None:
    pending, other = node.hold(), node.hold(replace(DOCUMENT, case_reference="K-1"))
    signed = node.statement(other, AMINA)
    with pytest.raises(RefusedError, match="something else"):
        node.desk.say(pending, signed)
    assert node.store.alarms() == []
    assert node.desk.look(pending).heard == ()


def test_an_officer_whom_no_rule_names_is_refused(node: PendingWorld) -> None:
    rules = policy(names=OFFICERS)
    [first, second] = rules.exports
    assert second.terms.approval is not None
    only = replace(second.terms.approval, officers=frozenset({AMINA, BRIAN}))
    narrowed = replace(second, terms=replace(second.terms, approval=only))
    node.trust = trust_in(replace(rules, exports=(first, narrowed)))
    pending = node.hold()
    with pytest.raises(RefusedError, match="chen is none of those"):
        node.say(pending, CHEN)


def test_when_the_policy_changes_approvals_do_not_count_any_more(
    node: PendingWorld,
) -> None:
    pending = node.hold()
    node.say(pending, AMINA)
    node.trust = trust_in(replace(policy(), groups=()))
    assert not node.desk.look(pending).changed
    node.trust = trust_in(policy(names=(AMINA, BRIAN)))
    waiting = node.desk.look(pending)
    assert waiting.changed
    assert [one.officer for one in waiting.stale] == [AMINA]
    assert waiting.heard == ()
    assert node.say(pending, BRIAN) == 0
    assert node.say(pending, AMINA) == 1


def test_an_officer_removed_meanwhile_counts_no_more(node: PendingWorld) -> None:
    pending = node.hold()
    node.say(pending, AMINA)
    node.trust = trust_in(policy(names=(BRIAN, CHEN)))
    assert node.say(pending, BRIAN) == 0
    assert node.say(pending, CHEN) == 1


def test_what_may_not_leave_any_more_does_not(node: PendingWorld) -> None:
    pending = node.hold()
    node.say(pending, AMINA)
    node.trust = trust_in(policy(), XPO=world.closed_policy(XPO, against=KEN))
    waiting = node.desk.look(pending)
    assert "XPO: import-policy" in waiting.obstacle
    assert waiting.changed
    node.desk.step()
    assert sent(node) == []
    assert node.store.withheld() == []
    # When it may again, it is the same as before, and so is the approval.
    node.trust = trust_in(policy())
    assert node.say(pending, BRIAN) == 1


def test_what_needs_nobody_any_more_does_not_leave_by_itself(
    node: PendingWorld,
) -> None:
    pending = node.hold()
    node.trust = trust_in(world.open_policy(KEN))
    node.desk.step()
    assert "send it again" in node.desk.look(pending).obstacle
    assert sent(node) == []


def test_of_several_recipients_one_who_may_not_get_it_keeps_it_here(
    node: PendingWorld,
) -> None:
    document = replace(DOCUMENT, recipients=(MEX, XPO))
    node.trust = trust_in(policy(), MEX=world.closed_policy(MEX, against=KEN))
    whole = node.desk.hold(document)
    assert whole.obstacle
    part = node.desk.hold(document, partial=True)
    assert not part.obstacle
    node.say(part.pending, AMINA)
    assert node.say(part.pending, BRIAN) == 1
    assert sent(node) == [(XPO,)]
    assert [one.recipients for one in node.store.withheld()] == [(MEX,)]


def test_what_lapsed_is_not_sent_and_takes_no_approval(node: PendingWorld) -> None:
    pending = node.hold()
    node.say(pending, AMINA)
    node.clock.at_ms += PENDING_FOR_MS
    late = node.statement(pending, BRIAN)
    with pytest.raises(StoreConflictError):
        node.desk.say(pending, late)
    node.desk.step()
    assert node.found(pending).state is PendingState.LAPSED
    assert sent(node) == []


def test_what_was_withdrawn_is_not_sent(node: PendingWorld) -> None:
    pending = node.hold()
    node.say(pending, AMINA)
    late = node.statement(pending, BRIAN)
    node.desk.withdraw(pending)
    with pytest.raises(StoreConflictError):
        node.desk.say(pending, late)
    with pytest.raises(StoreConflictError):
        node.desk.say(node.found(pending), late)
    with pytest.raises(StoreConflictError, match="withdrawn already"):
        node.desk.withdraw(pending)
    assert sent(node) == []
