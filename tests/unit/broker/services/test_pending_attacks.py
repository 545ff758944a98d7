"""Nobody gets round an officer's no: not by sending again, and not by being quick."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broker.core.codec.approvals import decode_statement, encode_statement
from broker.core.errors import Code, RefusedError
from broker.core.pending import PendingState
from broker.core.releases import SignedApproval, Verdict
from broker.infra.node_store import NodeStore
from keys.approving import sign_approval
from tests.officers import AMINA, BRIAN, CHEN, officer_signer
from tests.unit.broker.services.pending_world import (
    DOCUMENT,
    PendingWorld,
    policy,
    trust_in,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "node.sqlite3"


@pytest.fixture
def node(path: Path) -> Iterator[PendingWorld]:
    store = NodeStore(path)
    yield PendingWorld(store)
    store.close()


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_rejection_is_not_shaken_off_by_sending_the_same_again(
    node: PendingWorld,
    withdrawn: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    stopped = node.hold()
    node.say(stopped, BRIAN, Verdict.REJECT)
    if withdrawn:
        node.desk.withdraw(stopped)
    again = node.hold()
    assert node.desk.look(again).tally.rejected
    node.say(again, AMINA)
    assert node.say(again, CHEN) == 0
    assert node.store.sent() == []
    # The same officer can change their mind, there as well as here.
    assert node.say(again, BRIAN) == 1


def test_a_rejection_after_a_change_of_policy_is_not_shaken_off_either(
    node: PendingWorld,
) -> None:
    stopped = node.hold()
    node.trust = trust_in(policy(needed=1))
    node.say(stopped, BRIAN, Verdict.REJECT)
    again = node.hold()
    assert node.say(again, AMINA) == 0


def test_a_rejection_that_was_taken_back_stops_nothing_that_is_sent_again(
    node: PendingWorld,
) -> None:
    first = node.hold()
    node.say(first, BRIAN, Verdict.REJECT)
    node.say(first, BRIAN)
    again = node.hold()
    assert not node.desk.look(again).tally.rejected
    # What was approved there is not approved here.
    node.say(again, AMINA)
    assert node.store.sent() == []


def test_a_rejection_of_another_document_stops_nothing(node: PendingWorld) -> None:
    node.say(node.hold(), BRIAN, Verdict.REJECT)
    other = node.hold(replace(DOCUMENT, case_reference="C-2"))
    node.say(other, AMINA)
    assert node.say(other, CHEN) == 1


def test_a_rejection_stored_while_another_process_is_about_to_send_stops_it(
    node: PendingWorld, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = node.hold()
    node.say(pending, AMINA)
    elsewhere = PendingWorld(NodeStore(path), node.trust, node.clock)
    no = node.statement(pending, BRIAN, Verdict.REJECT)
    store_released = NodeStore.store_released

    def overtaken(store: NodeStore, *args: Any) -> Any:  # noqa: ANN401 - as it is given
        if store is node.store:
            elsewhere.desk.say(elsewhere.found(pending), no)
        return store_released(store, *args)

    with monkeypatch.context() as patched:
        patched.setattr(NodeStore, "store_released", overtaken)
        assert node.say(pending, CHEN) == 0
    node.desk.step()
    assert node.store.sent() == []
    assert node.found(pending).state is PendingState.WAITING
    elsewhere.store.close()
    assert node.say(pending, BRIAN) == 1


def test_a_stolen_key_cannot_store_a_time_that_no_command_could_show(
    node: PendingWorld,
) -> None:
    pending = node.hold()
    sound = decode_statement(node.statement(pending, AMINA).statement)
    endless = encode_statement(replace(sound, expires_ms=2**63))
    stolen = SignedApproval(
        statement=endless, signature=sign_approval(officer_signer(AMINA), endless)
    )
    with pytest.raises(RefusedError) as refused:
        node.desk.say(pending, stolen)
    assert refused.value.code is Code.INVALID_APPROVAL
    assert node.store.approvals_of(pending.pending_id) == []
