"""Destroys contents whose time is over, once a person has seen which they are.

When that is, is left to `broker.core.recalls.retention`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol, TypeVar

from broker.core.admitted import Admission
from broker.core.cases.clocks import end_of_day_ms
from broker.core.codec.expiry import EXPIRING_KINDS, expiry_of
from broker.core.errors import StoreConflictError
from broker.core.holder import Holder
from broker.core.onward import ONWARD_KIND
from broker.core.ports import Clock
from broker.core.protocol_kinds import PROTOCOL_KINDS
from broker.core.recalls.retention import (
    DRAFT_RULE,
    Fate,
    Judgement,
    Kept,
    RecordClass,
    RetentionRules,
    judge,
    run_digest,
)
from broker.core.recalls.taken_back import Destroyed, Hold
from broker.core.records import InboxMessage, InboxState, SentMessage
from broker.services.recall_trace import Trace, TraceStore

_BATCH: Final = 100
_DAY_MS: Final = 86_400_000

T = TypeVar("T")


class RetainedStore(TraceStore, Protocol):
    """What a node holds, and what it has destroyed."""

    def received_contents(self) -> Iterator[bytes]:
        """Yields the digests of received messages whose content is not destroyed."""
        ...

    def sent_contents(self) -> Iterator[bytes]:
        """Yields the digests of messages that left here and are not destroyed."""
        ...

    def drafts_ended(self, before_ms: int) -> list[bytes]:
        """Returns documents that lapsed or were withdrawn before a time, by number."""
        ...

    def admission(self, message_digest: bytes) -> Admission | None:
        """Returns on which terms a message is here."""
        ...

    def hold_on(self, message_digest: bytes) -> Hold | None:
        """Returns who demands that a message is kept, if somebody does."""
        ...

    def destroyed_by(self, cause: bytes) -> list[Destroyed]:
        """Returns what was destroyed for one cause."""
        ...

    def erase_batch(self, gone: Sequence[Destroyed]) -> None:
        """Destroys the contents of messages; durable on return, all or nothing."""
        ...

    def erase_drafts(self, gone: Sequence[Destroyed], now_ms: int) -> None:
        """Destroys documents that were never sent, likewise."""
        ...

    def scrub(self) -> bool:
        """Leaves nothing in the file of what was destroyed; tells whether it could."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPlan:
    """What a run would destroy, and what it leaves to people.

    Attributes:
        due: What would be destroyed.
        drafts: Documents that were never sent and would be destroyed, by number.
        conflicts: What a limit ends, and the law keeps: for people to decide.
        held: What somebody demands to be kept beyond its limit.
        digest: Names the run, 32 bytes: the same as long as the same is due.
    """

    due: tuple[Judgement, ...]
    drafts: tuple[bytes, ...]
    conflicts: tuple[Judgement, ...]
    held: tuple[Judgement, ...]
    digest: bytes

    @property
    def count(self) -> int:
        """How much it would destroy."""
        return len(self.due) + len(self.drafts)


@dataclass(frozen=True, slots=True)
class RetentionDesk:
    """Looks through all that a node holds, and destroys what is due.

    Args:
        holder: Who we are; its store key opens onward copies.
        store: Its node's.
        clock: The time.
        rules: How long each class is kept.
    """

    holder: Holder
    store: RetainedStore
    clock: Clock
    rules: RetentionRules

    def judgements(self) -> Iterator[Judgement]:
        """Yields what retention makes of each content here, oldest first."""
        now_ms = self.clock.now_ms()
        for digest in self.store.received_contents():
            received = self.store.find_received(digest)
            if received is not None:
                yield judge(self._received(received), self.rules, now_ms)
        for digest in self.store.sent_contents():
            sent = self.store.find_sent(digest)
            if sent is not None:
                yield judge(self._sent(sent), self.rules, now_ms)

    def plan(self) -> RetentionPlan:
        """Returns what a run would destroy now. Changes nothing."""
        found: dict[Fate, list[Judgement]] = {fate: [] for fate in Fate}
        for one in self.judgements():
            if one.fate is not Fate.KEEP:
                found[one.fate].append(one)
        drafts = self.store.drafts_ended(self._drafts_before_ms())
        return RetentionPlan(
            due=tuple(found[Fate.DUE]),
            drafts=tuple(drafts),
            conflicts=tuple(found[Fate.CONFLICT]),
            held=tuple(found[Fate.HELD]),
            digest=run_digest(_names(found[Fate.DUE], drafts)),
        )

    def confirmed(self, digest: bytes) -> RetentionPlan:
        """Returns the plan that a person has confirmed; one cut off is gone on with.

        Args:
            digest: As a plan that was shown had it.

        Raises:
            StoreConflictError: Something else is due by now.
        """
        plan = self.plan()
        before = [
            (one.message_digest, one.rule) for one in self.store.destroyed_by(digest)
        ]
        if run_digest([*_names(plan.due, plan.drafts), *before]) != digest:
            raise StoreConflictError(
                "something else is due than what was shown: look at it again with "
                "rogatory retention run --dry-run"
            )
        return plan

    def run(self, plan: RetentionPlan, digest: bytes) -> Iterator[int]:
        """Destroys what is planned, batch by batch; cut off, it can be confirmed again.

        Args:
            plan: What was confirmed.
            digest: Under which it was; noted with everything that is destroyed.

        Yields:
            How much was destroyed so far.

        Raises:
            StoreError: It could not be stored; what was yielded is destroyed.
        """
        done = 0
        for batch in _batches(plan.due):
            self.store.erase_batch(
                [self._gone(one.kept.message_digest, one.rule, digest) for one in batch]
            )
            done += len(batch)
            yield done
        for drafts in _batches(plan.drafts):
            gone = [self._gone(one, DRAFT_RULE, digest) for one in drafts]
            self.store.erase_drafts(gone, self.clock.now_ms())
            done += len(drafts)
            yield done

    def _received(self, message: InboxMessage) -> Kept:
        header, digest = message.header, message.message_digest
        admission = self.store.admission(digest)
        binding = header.kind not in PROTOCOL_KINDS
        kind, expires_ms = self._told(message)
        return Kept(
            message_digest=digest,
            kind=kind,
            sealed_ms=header.created_ms,
            provider_days=header.handling.restrictions.retention_days
            if binding
            else None,
            own_days=None if admission is None else admission.retention_days,
            expires_ms=expires_ms,
            held_by=self._held_by(digest),
            taken=message.state is InboxState.OPENED,
        )

    def _sent(self, message: SentMessage) -> Kept:
        header, digest = message.header, message.message_digest
        # What we provide ourselves binds others; what we passed on binds us too.
        passed_on = header.kind == ONWARD_KIND
        kind, expires_ms = self._told(message)
        return Kept(
            message_digest=digest,
            kind=kind,
            sealed_ms=header.created_ms,
            provider_days=header.handling.restrictions.retention_days
            if passed_on
            else None,
            expires_ms=expires_ms,
            held_by=self._held_by(digest),
        )

    def _told(self, message: InboxMessage | SentMessage) -> tuple[str, int | None]:
        """Returns what a message is, and when the last day is over that it names.

        Of an onward copy both are those of what it passes on.
        """
        trace, kind = Trace(self.holder, self.store), message.header.kind
        copy = trace.copy_in(message)
        if copy is not None:
            return copy.kind, _over_ms(copy.kind, copy.body)
        body = trace.body_in(message) if kind in EXPIRING_KINDS else None
        return kind, None if body is None else _over_ms(kind, body)

    def _held_by(self, digest: bytes) -> str:
        hold = self.store.hold_on(digest)
        return "" if hold is None else hold.authority

    def _drafts_before_ms(self) -> int:
        days = self.rules.days.get(RecordClass.PROTOCOL, 0)
        return self.clock.now_ms() - days * _DAY_MS

    def _gone(self, name: bytes, rule: str, digest: bytes) -> Destroyed:
        return Destroyed(
            message_digest=name, at_ms=self.clock.now_ms(), rule=rule, cause=digest
        )


def _over_ms(kind: str, body: bytes) -> int | None:
    """Returns the first ms after the last day that a content names, if it names one."""
    day = expiry_of(kind, body)
    return None if day is None else end_of_day_ms(day.isoformat()) + 1


def _names(
    due: Sequence[Judgement], drafts: Sequence[bytes]
) -> list[tuple[bytes, str]]:
    return [
        *((one.kept.message_digest, one.rule) for one in due),
        *((draft, DRAFT_RULE) for draft in drafts),
    ]


def _batches(things: Sequence[T]) -> Iterator[list[T]]:
    left = iter(things)
    while batch := list(islice(left, _BATCH)):
        yield batch
