"""What a node gives one running adapter (`adapters.contract.Desk`), on its own folder.

Feeding the adapter is left to `feeding`.
"""

from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.errors import RejectedError
from adapters.values import Delivery, Proposal, Received, Submission
from broker.app.adapters.configuration import Configured
from broker.app.adapters.handing import AboveCeilingError, Handing, bound
from broker.app.adapters.threads import in_thread
from broker.app.adapters.vault import LetterContent, protect_letter, protect_proposal
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.submitting import once_for, submit
from broker.core.adapting import (
    Count,
    DeadLetter,
    KeptProposal,
    LetterCode,
    LetterState,
    LetterWay,
    ProposalState,
)
from broker.core.codec.attaching import files_of, takes_attachments
from broker.core.codec.documents import decode_document, encode_document
from broker.core.codec.draft import Draft, parse_draft
from broker.core.drafting import outgoing
from broker.core.errors import (
    Code,
    DocumentError,
    RefusedError,
    StoreConflictError,
    StoreError,
)
from broker.core.feed import Event
from broker.core.handling import Handling
from broker.core.outgoing import OutgoingDocument
from broker.core.ports import Clock
from broker.core.trust import Trust
from broker.infra.letter_store import Putting
from keys.errors import KeysError
from keys.framing import frame, labelled_digest, sha256
from keys.identity import PartyId

_PROPOSAL_ID = b"rogatory/proposal/1"
_REQUEST = b"rogatory/adapter-submission/1"
_PAGE = 100
_LONGEST_CODE = 40  # characters
_LONGEST_REASON = 4000  # characters
MOST_WAITING = 10_000
"""How many letters, or proposals, of one adapter wait for people at the most."""
MOST_WAITING_SIZE = 1 << 30
"""How many bytes they have at the most, before the last one: a dead letter may hold a
file of tens of megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDesk:
    """The desk of one adapter at a node.

    Attributes:
        node: The node.
        keys: Its keys.
        trust: Returns the directory to go by now.
        clock: The time.
        configured: The adapter.
    """

    node: Node
    keys: NodeKeys
    trust: Callable[[], Trust]
    clock: Clock
    configured: Configured

    @property
    def name(self) -> str:
        """What the adapter is called."""
        return self.configured.name

    @property
    def party(self) -> PartyId:
        """Whose node it is."""
        return self.node.party

    @property
    def folder(self) -> Path:
        """The adapter's own; made at the first use."""
        folder = self.configured.folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    @property
    def handing(self) -> Handing:
        """What hands contents over to the adapter."""
        return Handing(node=self.node, keys=self.keys, configured=self.configured)

    def now_ms(self) -> int:
        """Returns the present, in ms since the epoch."""
        return self.clock.now_ms()

    async def submit(self, submission: Submission) -> tuple[bytes, ...]:
        """Sends a document, once for each key; raises as the contract says."""
        return await in_thread(self._submit, submission)

    async def propose(self, proposal: Proposal) -> str:
        """Puts a document before a person; raises as the contract says."""
        return await in_thread(self._propose, proposal)

    async def set_aside(self, received: Received, error: Exception) -> int:
        """Keeps what came in and cannot be used; raises as the contract says."""
        return await in_thread(self._set_aside, received, error)

    async def again(
        self, kinds: Collection[str] = (), since_ms: int = 0
    ) -> AsyncIterator[Delivery]:
        """Yields what this adapter may have now, oldest first, delivered or not."""
        after, desk = 0, self.configured.taker.desk
        while True:
            found = await in_thread(self.node.store.due_for_desk, desk, after, _PAGE)
            for entry in found:
                after = entry.sequence
                # The kind in the feed is the bearing message's: a copy of something
                # is an onward copy there, and shows itself only when it is open.
                if entry.event is Event.RECEIVED and entry.at_ms >= since_ms:
                    delivery = await in_thread(self._may_have, entry.subject)
                    if delivery and _is_of(delivery, kinds):
                        yield delivery
            if len(found) < _PAGE:
                return

    def binding(self, submission: Submission) -> Handling:
        """Returns the handling of a document: its own, and what its sources add.

        Raises:
            RefusedError: LOOSER_HANDLING, or a source is not to be had any more.
            HandlingError: Not a handling label.
        """
        handling = Handling.parse(submission.handling)
        sources = submission.based_on
        return bound(self.node, self.keys, handling, sources, self.now_ms())

    def _submit(self, submission: Submission) -> tuple[bytes, ...]:
        request = labelled_digest(
            _REQUEST, frame(submission.kind.encode(), repr(submission).encode())
        )
        once = once_for(
            f"adapter:{self.name}",
            self.configured.taker.agency,
            submission.key,
            request,
        )
        # Of two with the same key only the first is sent, whatever the second says.
        if before := self.node.store.done_before(once.token):
            return before.messages
        document = self.document(submission)
        done = submit(self.node, self.keys, self.trust, document, once)
        if not done.repeated:
            self.node.store.count_for(self.name, Count.SUBMITTED)
        return done.done.messages

    def document(self, submission: Submission) -> OutgoingDocument:
        """Returns what is to be sent for a submission.

        Raises:
            DocumentError: It does not fit its kind, or does not say to whom.
            RefusedError: As `binding`.
            HandlingError: Not a handling label.
        """
        draft, body = _encoded(submission)
        document = outgoing(draft, body, in_reply_to=submission.in_reply_to)
        answered = submission.in_reply_to
        reference = document.case_reference
        if answered and not reference:
            found = self.node.store.find_received(answered)
            reference = "" if found is None else found.header.case_reference
        return replace(
            document, handling=self.binding(submission), case_reference=reference
        )

    def _propose(self, proposal: Proposal) -> str:
        submission = proposal.submission
        _, body = _encoded(submission)
        self.binding(submission)
        proposal_id = proposal_name(self.name, submission.key)
        store = self.node.store
        if not store.proposal(proposal_id):
            self._check_room(
                "proposals", store.count_proposals, store.size_of_proposals
            )
        kept = replace(
            proposal,
            # One line each: a draft that a person is given has them as comments.
            title=" ".join(proposal.title.split()),
            reasons=tuple(" ".join(one.split()) for one in proposal.reasons),
            # As the node reads it back: dates and bytes may stand as they were typed.
            submission=replace(
                submission, content=decode_document(submission.kind, body)
            ),
        )
        return self.node.store.put_proposal(
            KeptProposal(
                proposal_id=proposal_id,
                adapter=self.name,
                # As with letters: a name that somebody gave a file may say something.
                key=letter_key(submission.key),
                kind=submission.kind,
                state=ProposalState.OPEN,
                at_ms=self.now_ms(),
                based_on=submission.based_on,
                protected=protect_proposal(
                    self.keys.holder.store_key, proposal_id, kept
                ),
            )
        )

    def _set_aside(self, received: Received, error: Exception) -> int:
        now_ms = self.now_ms()
        store, key = self.node.store, letter_key(received.key)
        if not store.has_received_letter(self.name, key):
            self._check_room("dead letters", store.count_letters, store.size_of_letters)
        content = LetterContent(
            reason=reason_of(error),
            key=received.key,
            data=received.data,
            media_type=received.media_type,
            source=received.source,
        )
        return store.put_letter(
            Putting(
                letter=DeadLetter(
                    number=0,
                    adapter=self.name,
                    way=LetterWay.RECEIVED,
                    key=key,
                    message_digest=b"",
                    code=code_of(error),
                    state=LetterState.WAITING,
                    attempts=1,
                    at_ms=now_ms,
                    changed_ms=now_ms,
                    protected=protect_letter(
                        self.keys.holder.store_key, self.name, key, content
                    ),
                )
            )
        )

    def _check_room(
        self, what: str, count: Callable[[str], int], size: Callable[[str], int]
    ) -> None:
        """Takes nothing more where nobody looks: whoever sends it keeps it.

        Raises:
            StoreError: As many wait as may.
        """
        waiting = count(self.name)
        if waiting >= MOST_WAITING or size(self.name) >= MOST_WAITING_SIZE:
            raise StoreError(f"{waiting} {what} of {self.name} wait for a person")

    def _may_have(self, message_digest: bytes) -> Delivery | None:
        try:
            return self.handing.hand(message_digest, self.now_ms())
        except (
            RefusedError,
            AboveCeilingError,
            DocumentError,
            StoreConflictError,
            KeysError,
        ):
            # Not, not any more, not under this key, or not to be read here: the feed
            # makes a letter of what a person has to see; the others are given.
            return None


def proposal_name(adapter: str, key: str) -> str:
    """Returns what a proposal is called by."""
    digest = labelled_digest(_PROPOSAL_ID, frame(adapter.encode(), key.encode()))
    return digest.hex()[:16]


def letter_key(key: str) -> str:
    """Returns the key of what came in, as it is kept in clear.

    A name that somebody else gave may say something: only its digest is kept.
    """
    return sha256(key.encode()).hex()


def reason_of(error: Exception) -> str:
    """Returns why something went wrong, for a person; bounded, and fit to be kept."""
    told = str(error).encode(errors="replace").decode()
    return told[:_LONGEST_REASON] or type(error).__name__


def code_of(error: Exception, other: LetterCode = LetterCode.FAULT) -> str:
    """Returns a stable word for what went wrong, fit to stand in clear.

    Args:
        error: What went wrong.
        other: Of what has no word of its own.
    """
    code = other.value
    if isinstance(error, RejectedError):
        code = error.code
    elif isinstance(error, RefusedError):
        code = error.code.value
    plain = code.isascii() and code.replace("-", "").isalnum()
    # What an adapter made up may be anything, and would stand in clear.
    return code if plain and len(code) <= _LONGEST_CODE else LetterCode.REJECTED.value


def _encoded(submission: Submission) -> tuple[Draft, bytes]:
    draft = parse_draft(_fields(submission))
    body = encode_document(draft.kind, draft.content)
    if takes_attachments(draft.kind) and files_of(draft.kind, body):
        # Nothing would lie at the hub under these names.
        raise RefusedError(Code.INVALID_ATTACHMENT, "an adapter cannot attach files")
    return draft, body


def _fields(submission: Submission) -> dict[str, object]:
    fields: dict[str, object] = {
        "kind": submission.kind,
        "content": dict(submission.content),
        "handling": submission.handling,
    }
    if submission.to:
        fields["to"] = list(submission.to)
    if submission.case_reference:
        fields["caseReference"] = submission.case_reference
    return fields


def _is_of(delivery: Delivery, kinds: Collection[str]) -> bool:
    return not kinds or delivery.kind.partition("/")[0] in kinds
