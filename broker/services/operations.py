"""Joint operations as one node knows them, and what may leave it for one.

Who is in a group, and what may be shared in it, is left to `broker.core.operations`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from broker.core.admitted import IN_USE
from broker.core.codec.documents import read_document
from broker.core.codec.kinds import parse_kind
from broker.core.errors import Code, RefusedError
from broker.core.holder import Holder
from broker.core.operations.group import Group, group_in
from broker.core.operations.membership import Act, Membership, Said, membership
from broker.core.operations.sharing import (
    check_report,
    check_sharing,
    check_statement,
)
from broker.core.outgoing import OutgoingDocument
from broker.core.recalls.recall import SentNotice
from broker.core.records import InboxMessage, InboxState, SentMessage
from broker.core.trails.trail import MessageHead
from broker.services.holdings import Holdings, HoldingStore
from keys.identity import PartyId

OPERATION_KIND: Final = "operation/1"
REPORT_KIND: Final = "operation-report/1"
STEP_KIND: Final = "case-step/1"

_STATEMENTS: Final = {f"CASE_ACT_{act.name}": act for act in Act}
_DEPTH: Final = 1024  # answers to answers that are followed up to the operation


class OperationStore(HoldingStore, Protocol):
    """Where messages are kept, and how they answer one another."""

    def find_sent(self, message_digest: bytes) -> SentMessage | None:
        """Returns one message of our own."""
        ...

    def notices_sent(self, message_digest: bytes) -> Sequence[SentNotice]:
        """Returns our own notices that take a message back."""
        ...

    def head(self, message_digest: bytes) -> MessageHead | None:
        """Returns what lists know of one message or withholding."""
        ...

    def replies_to(self, message_digest: bytes) -> list[MessageHead]:
        """Returns the messages that answer one, as they were sealed."""
        ...

    def digests_of_kinds(self, kinds: Sequence[str], since_ms: int = 0) -> list[bytes]:
        """Returns which messages of some kinds were sent or received, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report in a workspace, as it is shown.

    Attributes:
        message: That carries it.
        document: What it says.
        outside: Why it has no place there; empty if it has.
    """

    message: SentMessage | InboxMessage
    document: dict[str, object]
    outside: str


@dataclass(frozen=True, slots=True)
class OperationBook:
    """Looks up joint operations at one node.

    Args:
        holder: Who we are; its store key opens contents.
        store: Its node's.
    """

    holder: Holder
    store: OperationStore

    def operations(self) -> Iterator[tuple[bytes, Membership | RefusedError]]:
        """Yields every operation message that may be read, oldest first.

        Yields:
            Its digest, with who is in its group; or with why it opens none.

        Raises:
            StoreError: The store cannot be read.
            ContentError: Something was protected under another key.
        """
        for digest in self.store.digests_of_kinds([OPERATION_KIND]):
            try:
                found = self.find(digest)
            except RefusedError as error:
                yield digest, error
            else:
                if found is not None:
                    yield digest, found

    def find(self, digest: bytes) -> Membership | None:
        """Returns who is in the group that a message opened.

        Returns:
            None when there is no such operation that may be read.

        Raises:
            RefusedError: OUTSIDE_OPERATION: the message opens no closed group.
            StoreError: The store cannot be read.
            ContentError: Something was protected under another key.
        """
        message = self._readable(digest)
        if message is None or message.header.kind != OPERATION_KIND:
            return None
        header = message.header
        group = group_in(
            self._document(message), digest=digest, by=header.origin, to=header.parties
        )
        return membership(group, self._statements(digest))

    def reports(self, known: Membership) -> Iterator[Report]:
        """Yields what was shared in a workspace, as it was sealed.

        What has no place there is among it, and says so.

        Raises:
            StoreError: The store cannot be read.
            ContentError: Something was protected under another key.
        """
        for message in self._answers(known.group.digest, REPORT_KIND):
            header = message.header
            outside = ""
            try:
                check_sharing(
                    known,
                    by=header.origin,
                    to=frozenset(header.parties),
                    at_ms=header.created_ms,
                )
            except RefusedError as error:
                outside = error.detail
            yield Report(
                message=message, document=self._document(message), outside=outside
            )

    def operation_of(self, digest: bytes) -> bytes | None:
        """Returns the operation message that a message answers, by however many steps.

        Returns:
            Its digest; None if it answers none that is known here.
        """
        at = digest
        for _ in range(_DEPTH):
            head = self.store.head(at) if at else None
            if head is None:
                return None
            if head.kind == OPERATION_KIND:
                return at
            at = head.in_reply_to
        return None

    def check(self, document: OutgoingDocument, now_ms: int) -> None:
        """Refuses what must not be sent into, or for, a joint operation.

        1. An operation is a closed group that everybody in it is told of. 2. A report
        is shared by those who have joined, with all of them, from the first day to the
        last. 3. Whoever joins or leaves says so to all. 4. Nothing else that answers an
        operation goes to strangers.

        Raises:
            RefusedError: OUTSIDE_OPERATION, or the code of a content that is none.
            StoreError: The store cannot be read.
            ContentError: Something was protected under another key.
        """
        me, to = self.holder.party, frozenset(document.recipients)
        # 1.
        if document.kind == OPERATION_KIND:
            group_in(_fields(document), digest=b"", by=me, to=to)
            return
        root = self.operation_of(document.in_reply_to)
        known = None if root is None else self.find(root)
        if document.kind == REPORT_KIND:
            # 2.
            if known is None or document.in_reply_to != root:
                raise RefusedError(
                    Code.OUTSIDE_OPERATION,
                    "a report answers the message that opened the operation",
                )
            check_report(known, by=me, to=to, now_ms=now_ms)
        if known is None:
            return
        # 3.
        act = _statement(document)
        if act is not None and document.in_reply_to == root:
            said = Said(digest=b"", by=me, to=to, at_ms=now_ms, act=act)
            check_statement(known, said)
        # 4.
        if strangers := to - known.group.members:
            raise RefusedError(
                Code.OUTSIDE_OPERATION,
                f"{', '.join(sorted(strangers))}: no member of the operation that it "
                "answers",
            )

    def _statements(self, digest: bytes) -> Iterator[Said]:
        for message in self._answers(digest, STEP_KIND):
            act = _STATEMENTS.get(str(self._document(message).get("act")))
            header = message.header
            if act is not None:
                yield Said(
                    digest=message.message_digest,
                    by=header.origin,
                    to=frozenset(header.parties),
                    at_ms=header.created_ms,
                    act=act,
                )

    def _answers(
        self, digest: bytes, kind: str
    ) -> Iterator[SentMessage | InboxMessage]:
        for head in self.store.replies_to(digest):
            if head.kind == kind:
                message = self._readable(head.message_digest)
                if message is not None:
                    yield message

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

    def _document(self, message: SentMessage | InboxMessage) -> dict[str, object]:
        body = Holdings(self.holder, self.store).content(message)
        return read_document(parse_kind(message.header.kind), body)


def _fields(document: OutgoingDocument) -> dict[str, object]:
    return read_document(parse_kind(document.kind), document.body)


def _statement(document: OutgoingDocument) -> Act | None:
    if document.kind != STEP_KIND:
        return None
    return _STATEMENTS.get(str(_fields(document).get("act")))


def others_inside(known: Membership, party: PartyId) -> tuple[PartyId, ...]:
    """Returns to whom a member's report goes: all who are in it but itself."""
    return tuple(one for one in known.inside if one != party)


def others_of(group: Group, party: PartyId) -> tuple[PartyId, ...]:
    """Returns to whom a member says that it joins or leaves: all other members."""
    return tuple(sorted(group.others(party)))
