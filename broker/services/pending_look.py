"""How a document that waits stands now: what would leave, and who has agreed.

What is done about it is left to `broker.services.pending`.
"""

from collections.abc import Mapping
from dataclasses import replace

from broker.core.approvals import Tally, hear, tally
from broker.core.codec.approvals import decode_statement
from broker.core.errors import RefusedError
from broker.core.flows.export import ExportPlan
from broker.core.holder import Holder
from broker.core.outgoing import OutgoingDocument
from broker.core.pending import HeldDocument, Pending
from broker.core.releases import Verdict
from broker.core.trust import Trust
from broker.services.dispatch import Dispatcher
from broker.services.pending_ports import PendingDocuments, Waiting
from broker.services.pending_vault import open_approval, open_document
from keys.identity import PartyId


def look(
    holder: Holder,
    store: PendingDocuments,
    pending: Pending,
    desk: Dispatcher,
    officers: Mapping[str, bytes],
    now_ms: int,
) -> Waiting:
    """Returns how a document stands now. Changes nothing.

    Args:
        holder: Whose it is.
        store: Where what officers said is.
        pending: The row that is kept of it.
        desk: What plans it.
        officers: Public keys, by name, as the policy has them now.
        now_ms: The present.

    Raises:
        ContentError: It was protected under another key.
        RefusedError: What is kept of it cannot be read.
    """
    held = open_document(holder.store_key, pending)
    nothing = Tally(counts=(), counted=())
    try:
        plan = desk.plan(document_of(held))
    except RefusedError as error:
        return Waiting(
            pending=pending, held=held, plan=None, obstacle=str(error), tally=nothing
        )
    statements = [
        open_approval(holder.store_key, pending.pending_id, kept)
        for kept in store.approvals_of(pending.pending_id)
    ]
    beside = [
        open_approval(holder.store_key, other, kept)
        for other, kept in store.approvals_beside(pending.pending_id, plan.digest)
    ]
    said = [decode_statement(one.statement) for one in statements]
    found = Waiting(
        pending=pending,
        held=held,
        plan=plan,
        obstacle=_obstacle(plan, partial=held.partial),
        tally=nothing,
        stale=tuple(one for one in said if one.release_digest != plan.digest),
        counted=len(statements),
    )
    try:
        needed = plan.release.needed
        # Whoever stopped it has stopped it: sending the same again is no way round.
        statements += [
            one.signed
            for one in hear(plan.digest, beside, officers, now_ms)
            if one.said.verdict is Verdict.REJECT
        ]
        return replace(
            found,
            heard=hear(plan.digest, statements, officers, now_ms),
            tally=tally(plan.digest, needed, statements, officers, now_ms),
        )
    except RefusedError as error:
        return replace(found, obstacle=str(error), forged=error.detail)


def officers_of(trust: Trust, party: PartyId) -> Mapping[str, bytes]:
    """Returns the public keys of a party's officers, by name, as it published them."""
    engine = trust.engines.get(party)
    return {} if engine is None else engine.officers


def document_of(held: HeldDocument) -> OutgoingDocument:
    """Returns what waits as it was handed in."""
    return OutgoingDocument(
        kind=held.kind,
        body=held.body,
        recipients=held.recipients,
        handling=held.handling,
        case_reference=held.case_reference,
        in_reply_to=held.in_reply_to,
        lifetime_ms=held.lifetime_ms,
    )


def _obstacle(plan: ExportPlan, *, partial: bool) -> str:
    if plan.withheld and not (partial and plan.parcels):
        return "; ".join(
            f"{one.party}: {one.code}: {', '.join(one.reasons)}"
            for one in plan.withheld
        )
    if not plan.release.needed:
        # Nobody has agreed to what is allowed now.
        return "it needs nobody's approval any more: withdraw it, and send it again"
    return ""
