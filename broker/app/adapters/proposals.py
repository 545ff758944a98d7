"""What adapters have put before a person: opened, sent, or dismissed.

Showing it is left to the interfaces.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from adapters.values import Proposal
from broker.app.adapters.handing import bound
from broker.app.adapters.vault import open_proposal
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.submitting import Submitted, once_for, submit
from broker.core.adapting import KeptProposal, ProposalState
from broker.core.codec.documents import encode_document
from broker.core.codec.draft import Draft
from broker.core.drafting import outgoing
from broker.core.errors import ConfigurationError, RepeatedError
from broker.core.feed import DoneOnce, Once
from broker.core.outgoing import OutgoingDocument
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from keys.framing import sha256

_SHORT = 4  # hexadecimal digits that a name needs
_PERSON = "person:"
_DECIDED = "somebody else has decided about it meanwhile"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedProposal:
    """A proposal as a person looks at it.

    Attributes:
        kept: As the store has it.
        proposal: What it says; None when that is gone.
        done: What came of sending it; None when it was not sent.
    """

    kept: KeptProposal
    proposal: Proposal | None
    done: DoneOnce | None


def find_proposal(node: Node, name: str) -> KeptProposal:
    """Returns the proposal that a name, or its beginning, means.

    Raises:
        ConfigurationError: It means none, or several.
    """
    found = node.store.proposal(name.lower()) if len(name) >= _SHORT else []
    if len(found) != 1:
        raise ConfigurationError(
            f"{name!r} means {len(found)} proposals; see: rogatory proposals list --all"
        )
    return found[0]


def opened(node: Node, keys: NodeKeys, kept: KeptProposal) -> OpenedProposal:
    """Opens a proposal.

    Raises:
        ContentError: It was protected under another key.
    """
    store_key = keys.holder.store_key
    return OpenedProposal(
        kept=kept,
        proposal=open_proposal(store_key, kept.proposal_id, kept.protected),
        done=_sent(node, kept),
    )


def proposed_document(
    node: Node, keys: NodeKeys, one: OpenedProposal, draft: Draft | None = None
) -> OutgoingDocument:
    """Returns what is to be sent: as it was proposed, or as a person has changed it.

    Args:
        node: The node.
        keys: Its keys.
        one: The proposal.
        draft: What a person made of it; None: as it was proposed.

    Raises:
        ConfigurationError: It is not open any more.
        DocumentError: It does not fit its kind, or does not say to whom.
        RefusedError: LOOSER_HANDLING, or what it is based on is not here any more.
    """
    _check_open(one.kept)
    if one.proposal is None:
        raise ConfigurationError("what it said is gone")
    draft = draft or draft_of(one.proposal)
    body = encode_document(draft.kind, draft.content)
    document = outgoing(draft, body, in_reply_to=one.proposal.submission.in_reply_to)
    now_ms = SYSTEM_CLOCK.now_ms()
    sources = one.kept.based_on
    handling = bound(node, keys, document.handling, sources, now_ms)
    return replace(document, handling=handling)


def draft_of(proposal: Proposal) -> Draft:
    """Returns a proposal as a file would have it."""
    submission = proposal.submission
    return Draft(
        kind=submission.kind,
        content=submission.content,
        handling=submission.handling,
        to=submission.to,
        case_reference=submission.case_reference or None,
    )


def send_proposal(
    node: Node,
    keys: NodeKeys,
    trust: Callable[[], Trust],
    one: OpenedProposal,
    document: OutgoingDocument,
    by: str,
    *,
    partial: bool = False,
) -> Submitted:
    """Sends a proposal in the name of a person, and notes who decided; once.

    Args:
        node: The node.
        keys: Its keys.
        trust: Returns the directory to go by now.
        one: The proposal.
        document: What `proposed_document` made of it.
        by: Who decided.
        partial: Send to those who may get it although others may not.

    Raises:
        RefusedError: Nobody gets it, and it stays open; or what it is based on was
            taken back while a person looked at it.
        ConfigurationError: It is not open any more.
        StoreError: It could not be stored.
    """
    now_ms, kept = SYSTEM_CLOCK.now_ms(), one.kept
    for present in node.store.proposal(kept.proposal_id):
        _check_open(present)
    handling = bound(node, keys, document.handling, kept.based_on, now_ms)
    document = replace(document, handling=handling)
    submitted = submit(node, keys, trust, document, _once(kept, by), partial=partial)
    if not _came_of(submitted.done):
        raise ConfigurationError("somebody else has dismissed it meanwhile")
    # Whoever was first has sent it, though it may be noted by whoever comes second.
    sender = submitted.done.once.submitter.removeprefix(_PERSON)
    # A crash before this leaves it open; sent again it is the same, and noted then.
    node.store.decide_proposal(kept.proposal_id, ProposalState.SENT, sender, now_ms)
    return submitted


def dismiss_proposal(node: Node, kept: KeptProposal, by: str) -> ProposalState:
    """Notes that a person does not want it sent; what it said is destroyed.

    Returns:
        DISMISSED; or SENT, when it had left just before.

    Raises:
        ConfigurationError: It is not open any more.
    """
    _check_open(kept)
    now_ms, state, once = SYSTEM_CLOCK.now_ms(), ProposalState.DISMISSED, _once(kept)
    decide = node.store.decide_proposal
    try:
        # In one transaction: nobody can send any more what this has ended.
        decided = decide(kept.proposal_id, state, by, now_ms, instead=once)
    except RepeatedError:
        done = _sent(node, kept)
        if done is None:
            raise ConfigurationError(_DECIDED) from None
        state, sender = ProposalState.SENT, done.once.submitter.removeprefix(_PERSON)
        decided = decide(kept.proposal_id, state, sender, now_ms)
    if not decided:
        raise ConfigurationError(_DECIDED)
    return state


def _check_open(kept: KeptProposal) -> None:
    if kept.state is not ProposalState.OPEN:
        raise ConfigurationError(f"proposal {kept.proposal_id} is {kept.state.value}")


def _once(kept: KeptProposal, by: str = "") -> Once:
    """Returns what makes two ways of sending a proposal the same one.

    No agency: a person sends it, and what the person made of it is nobody else's.
    """
    name = f"proposal:{kept.proposal_id}"
    once = once_for(name, "", "send", sha256(name.encode()))
    return replace(once, submitter=f"{_PERSON}{by}")


def _sent(node: Node, kept: KeptProposal) -> DoneOnce | None:
    done = node.store.done_before(_once(kept).token)
    return done if done is not None and _came_of(done) else None


def _came_of(done: DoneOnce) -> bool:
    """Tells whether a request was carried out; if not, it was ruled out instead."""
    return bool(done.messages or done.pending_id)
