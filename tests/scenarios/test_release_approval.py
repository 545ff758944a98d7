"""A release that officers approve, on a real server, through a kill at the worst time.

What the commands say is left to `tests/unit/broker/cli/test_pending.py`.
"""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from broker.app.evidence_sources import Wanted, export_evidence
from broker.app.pending import checked_release, pending_desk
from broker.cli.documents import read_document
from broker.core.approvals import approvals_digest
from broker.core.evidence.findings import State
from broker.core.evidence.verify import Demands, verify_evidence
from broker.core.model import message_id_text
from broker.core.pending import Pending, PendingState
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.node_store import NodeStore
from broker.services.pending_vault import open_evidence
from keys import keystore
from keys.framing import sha256
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.federation import EXAMPLES, PASSPHRASE, Federation
from tests.officers import BRIAN, said
from tests.part import rogatory
from tests.release_policies import approved_routes, policy_folder

pytestmark = pytest.mark.integration
ROUTE: Final = EXAMPLES / "route-intelligence.yaml"
KILLED_BEFORE: Final = """
import os, signal
from broker.infra.node_store import NodeStore
def die(*_args): os.kill(os.getpid(), signal.SIGKILL)
NodeStore.store_released = die
"""
KILLED_WITHIN: Final = """
import os, signal
from broker.infra import pending_store
def die(*_args): os.kill(os.getpid(), signal.SIGKILL)
pending_store._set_state = die
"""


@pytest.fixture(scope="module")
def brian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key of an officer, in a file."""
    path = tmp_path_factory.mktemp("officers") / BRIAN
    seed = {"officer": sha256(f"officer/{BRIAN}".encode())}
    keystore.save(path, seed, PASSPHRASE, cost=UNSAFE_THROWAWAY_COST)
    return path


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """KEN and XPO, whose nodes run."""
    folder = tmp_path_factory.mktemp("release")
    policies = policy_folder(folder / "policies", KEN=approved_routes())
    with Federation(folder / "there", ("KEN", "XPO"), policies=policies) as made:
        yield made


def held_and_approved_once(there: Federation) -> Pending:
    """Returns a document that lacks one approval of two."""
    ken, trust = there.members["KEN"], there.trust()
    read = read_document(
        ROUTE, to=None, handling=None, case_reference=None, expires_in=None
    )
    desk = pending_desk(ken.node, ken.keys, lambda: trust)
    waiting = desk.hold(read.document)
    assert waiting.plan is not None
    at_ms = SYSTEM_CLOCK.now_ms()
    signed = said("amina", waiting.plan.digest, at_ms=at_ms)
    assert desk.say(waiting.pending, signed) == ()
    return waiting.pending


@pytest.mark.parametrize("flaw", [KILLED_BEFORE, KILLED_WITHIN])
async def test_killed_after_the_last_approval_it_is_sent_exactly_once(
    there: Federation, brian: Path, flaw: str
) -> None:
    ken = there.members["KEN"]
    store = ken.node.store
    before = len(store.sent(1000))
    pending = held_and_approved_once(there)
    secret = ("--key-passphrase-file", there.passphrase_file)
    killed = await rogatory(
        *("pending", "approve", message_id_text(pending.pending_id)),
        *("--key", brian, *secret, "--yes", "--node", ken.node.folder.root),
        flaw=flaw,
    )
    assert killed.code == -signal.SIGKILL

    def released() -> bool:
        found = store.find_pending(pending.pending_id)
        return found is not None and found.state is PendingState.RELEASED

    # The running node does what the command had begun.
    await there.until(released, "the release")
    [sent, *earlier] = store.sent(1000)
    assert len(earlier) == before
    await there.opened("KEN", sent.message_digest, ["XPO"])
    inbox = there.members["XPO"].node.store.inbox()
    assert [one.message_digest for one in inbox].count(sent.message_digest) == 1
    kept = store.released(sent.message_digest)
    assert kept is not None
    evidence = open_evidence(ken.keys.holder.store_key, kept)
    assert approvals_digest(evidence.approvals) == sent.header.approvals_digest
    await there.until(store.policies, "the policy in the history")
    checked = checked_release(ken.node, ken.keys, sent, kept)
    assert [one.officer for one in checked.said] == ["amina", "brian"]
    assert checked.problem == ""
    asked = Wanted(messages=(sent,))
    collected = await export_evidence(ken.node, ken.keys, asked, disclosed=True)
    demands = Demands(root_sha256=sha256(there.hub.federation.root), witnesses=0)
    report = verify_evidence(collected.data, demands)
    report.check()
    assert "2 approval(s) by officers" in str(report.of(State.PROVED))


async def test_the_store_is_whole_after_the_kills(there: Federation) -> None:
    with NodeStore(there.members["KEN"].node.folder.database)._database.read() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
