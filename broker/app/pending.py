"""The desk of pending releases, put together for a node; and what released a message.

What the desk does is left to `broker.services.pending`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from broker.app.credentials import NodeKeys
from broker.app.node_folder import LIMITS, Node
from broker.core.codec.approvals import decode_statement
from broker.core.codec.envelope import decode_envelope
from broker.core.errors import ProofError
from broker.core.opening import read_content
from broker.core.outgoing import OutgoingDocument
from broker.core.pending import Released
from broker.core.ports import Clock
from broker.core.records import SentMessage
from broker.core.release_check import check_release
from broker.core.releases import Statement
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.case_steps import CaseSteps
from broker.services.dispatch import Dispatcher, SendingStore
from broker.services.holdings import Holdings
from broker.services.pending import PendingDesk
from broker.services.pending_vault import open_evidence
from broker.services.plan_book import PlanBook
from keys.sealing import unprotect


def pending_desk(node: Node, keys: NodeKeys, trust: Callable[[], Trust]) -> PendingDesk:
    """Returns where this party's documents wait for approval.

    Args:
        node: The node.
        keys: Its keys.
        trust: Returns the directory to go by now.
    """
    holder = keys.holder
    onward = Holdings(holder, node.store).onward
    steps = CaseSteps(holder, node.store)
    plans = PlanBook(holder, node.store)

    def check(document: OutgoingDocument) -> None:
        steps.check(document)
        plans.check(document)

    def dispatcher(
        store: SendingStore, going_by: Callable[[], Trust], clock: Clock
    ) -> Dispatcher:
        return Dispatcher(holder, store, going_by, clock, LIMITS, onward, check)

    return PendingDesk(holder, node.store, trust, SYSTEM_CLOCK, dispatcher)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRelease:
    """What released a message, and whether it still proves it.

    Attributes:
        said: What each officer said whose approval counted.
        problem: What is wrong with the evidence; empty when it holds.
    """

    said: tuple[Statement, ...]
    problem: str


def checked_release(
    node: Node, keys: NodeKeys, sent: SentMessage, released: Released
) -> CheckedRelease:
    """Checks again what released a message, from what is stored here alone.

    Raises:
        ContentError: What is stored was protected under another key.
        RefusedError: The evidence cannot be read at all.
    """
    store_key = keys.holder.store_key
    evidence = open_evidence(store_key, released)
    parts = decode_envelope(sent.envelope)
    content_key = unprotect(store_key, sent.protected_key, context=sent.message_digest)
    body = read_content(parts.signed_header, parts.ciphertext, content_key)
    known = node.store.policy_of(sent.header.policy_digest)
    problem = "" if known else "the policy of that time is not stored here"
    if known is not None:
        try:
            check_release(sent.header, body, evidence, known.policy)
        except ProofError as error:
            problem = str(error)
    return CheckedRelease(
        said=tuple(decode_statement(one.statement) for one in evidence.approvals),
        problem=problem,
    )
