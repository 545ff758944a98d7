"""Joint mitigation plans as one node knows them, and what may be said about one.

What messages amount to is left to `broker.core.cases.plan_fold`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from broker.core.admitted import IN_USE
from broker.core.cases.plan_fold import plans_in
from broker.core.cases.plan_messages import (
    Answer,
    PlanMessage,
    Proposal,
    Report,
    Word,
)
from broker.core.cases.plan_state import PlanState
from broker.core.cases.plan_steps import (
    check_answer,
    check_report,
    next_answer,
    next_report,
)
from broker.core.codec.plans import (
    ANSWER_KIND,
    PROPOSAL_KIND,
    REPORT_KIND,
    read_word,
)
from broker.core.errors import Code, RefusedError
from broker.core.holder import Holder
from broker.core.model import Header
from broker.core.outgoing import OutgoingDocument
from broker.core.recalls.recall import SentNotice
from broker.core.records import InboxMessage, InboxState, SentMessage
from broker.services.holdings import Holdings, HoldingStore
from keys.identity import PartyId

_KINDS: Final = (PROPOSAL_KIND, ANSWER_KIND, REPORT_KIND)


class PlanStore(HoldingStore, Protocol):
    """Where messages are kept."""

    def find_sent(self, message_digest: bytes) -> SentMessage | None:
        """Returns one message of our own."""
        ...

    def notices_sent(self, message_digest: bytes) -> Sequence[SentNotice]:
        """Returns our own notices that take a message back."""
        ...

    def digests_of_kinds(self, kinds: Sequence[str], since_ms: int = 0) -> list[bytes]:
        """Returns which messages of some kinds were sent or received, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class PlanBook:
    """Looks up plans at one node.

    Args:
        holder: Who we are; its store key opens contents.
        store: Its node's.
    """

    holder: Holder
    store: PlanStore

    def messages(self) -> Iterator[tuple[Header, PlanMessage]]:
        """Yields every message about a plan that counts here, oldest first.

        What was taken back, by us or by others, does not; nor does what waits for a
        person, nor what says nothing that can be read: one such message must not keep
        all others from being seen.

        Raises:
            StoreError: The store cannot be read.
            ContentError: Something was protected under another key.
        """
        holdings = Holdings(self.holder, self.store)
        for digest in self.store.digests_of_kinds(_KINDS):
            found = self._readable(digest)
            if found is None:
                continue
            header = found.header
            try:
                word = read_word(header.kind, holdings.content(found))
            except RefusedError:
                continue  # or it was destroyed since it was listed
            yield header, _message(digest, header, word)

    def check(self, document: OutgoingDocument) -> None:
        """Refuses what would have no effect on a plan, or make our word count nothing.

        Args:
            document: What is about to be sent, of any kind.

        Raises:
            RefusedError: ILLEGAL_STEP, with where the plan stands and what is possible;
                or the code of a content that is none.
            StoreError: The store cannot be read.
            ContentError: Something was protected under another key.
        """
        if document.kind not in _KINDS:
            return
        word = read_word(document.kind, document.body)
        me = self.holder.party
        members = tuple(sorted({me, *document.recipients}))
        known = [one for _, one in self.messages()]
        if isinstance(word, Proposal):
            _check_proposal(word, members, [one for one in known if one.by == me])
            return
        plans = {(one.plan_id, one.parties): one for one in plans_in(known).plans}
        plan = plans.get((word.plan_id, members))
        if plan is None:
            raise RefusedError(Code.ILLEGAL_STEP, _why_none(word, plans))
        _check_word(plan, me, word)

    def _readable(self, digest: bytes) -> SentMessage | InboxMessage | None:
        """Returns a message if its content counts: it was taken, and not taken back."""
        if self.store.taken_back(digest) is not None:
            return None
        sent = self.store.find_sent(digest)
        if sent is not None:
            kept = sent.protected_key and not self.store.notices_sent(digest)
            return sent if kept else None
        received = self.store.find_received(digest)
        if received is None or received.state is not InboxState.OPENED:
            return None
        terms = self.store.admission(digest)
        return received if terms is not None and terms.state in IN_USE else None


def _message(digest: bytes, header: Header, word: Word) -> PlanMessage:
    return PlanMessage(
        digest=digest,
        by=header.origin,
        to=header.parties,
        at_ms=header.created_ms,
        word=word,
    )


def _check_proposal(
    word: Proposal, members: tuple[PartyId, ...], own: Sequence[PlanMessage]
) -> None:
    if word.terms.parties != members:
        raise RefusedError(
            Code.ILLEGAL_STEP,
            f"a proposal goes to all of its parties and to nobody else: "
            f"{', '.join(word.terms.parties)}",
        )
    for one in own:
        if isinstance(one.word, Proposal) and one.word.plan_id == word.plan_id:
            raise RefusedError(
                Code.ILLEGAL_STEP, "a plan of this id was proposed already: amend it"
            )


def _check_word(plan: PlanState, me: PartyId, word: Answer | Report) -> None:
    if isinstance(word, Answer):
        check_answer(plan, me, word.verdict, word.terms_digest)
        due = next_answer(plan, me)
    else:
        check_report(plan, me, word.action, word.status)
        due = next_report(plan, me, word.action)
        if word.terms_digest != plan.agreed:
            raise RefusedError(Code.ILLEGAL_STEP, "another version is agreed by now")
    if word.sequence != due:
        # Two different words under one number would both count for nothing.
        raise RefusedError(
            Code.ILLEGAL_STEP,
            f"it bears number {word.sequence}, and the next is {due}: something else "
            "was said meanwhile",
        )


def _why_none(
    word: Answer | Report, plans: Mapping[tuple[bytes, tuple[PartyId, ...]], PlanState]
) -> str:
    for plan_id, parties in plans:
        if plan_id == word.plan_id:
            return f"it has to go to all parties of the plan: {', '.join(parties)}"
    return "no such plan is known here"
