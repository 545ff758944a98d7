"""Where an authority says what it makes of a received message.

What may be said after what is left to `broker.core.reviews.statement_order`; bringing
it to the origin, to the node that runs.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from broker.core.errors import Code, RefusedError
from broker.core.flows.intake import claim_of, statement
from broker.core.holder import Holder
from broker.core.model import BY_AUTHORITY, Decider, Receipt, Stage
from broker.core.ports import Clock
from broker.core.records import InboxMessage
from broker.core.reviews.statement_order import check_order
from keys.sealing import protect, unprotect

AUTHORITY_MAX: Final = 100
"""Characters of the name of an authority, as in a receipt."""
_NOTE: Final = b"statement/note/1 "


class StatementStore(Protocol):
    """Where statements wait, and are kept."""

    def state(
        self,
        receipt: Receipt,
        check: Callable[[Collection[Stage]], None],
        note: bytes = b"",
    ) -> None:
        """Queues a statement if it follows from what was said; durable on return."""
        ...

    def own_words(self, message_digest: bytes) -> Mapping[Stage, int]:
        """Returns what we have said of a received message, and when."""
        ...

    def statement_notes(self, message_digest: bytes) -> Mapping[Stage, bytes]:
        """Returns what was noted with such statements, encrypted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What an authority says about a message.

    Attributes:
        stage: ACKNOWLEDGED or ACTED; or REFUSED, with the code declined.
        authority: Which office says so; the origin reads it.
        decider: A person there, or a system.
        note: For the node's own files; told to nobody, and kept encrypted.
    """

    stage: Stage
    authority: str
    decider: Decider
    note: str = ""


@dataclass(frozen=True, slots=True)
class AuthorityDesk:
    """Takes down what authorities of one party say.

    Args:
        holder: Who we are.
        store: Its node's.
        clock: The time.
    """

    holder: Holder
    store: StatementStore
    clock: Clock

    def say(self, message: InboxMessage, saying: Saying) -> Receipt:
        """States something about a message to its origin; durable on return.

        Args:
            message: A received message.
            saying: What is said.

        Returns:
            The statement. It is signed and brought to the hub by the running node.

        Raises:
            OutOfOrderError: It does not follow from what was said before.
            StoreError: It cannot be stored; nothing is said.
        """
        digest = message.message_digest
        note = b""
        if saying.note:
            context = _context(digest, saying.stage)
            key = self.holder.store_key
            note = protect(key, saying.note.encode(), context=context)
        receipt = self.drafted(message, saying)
        check = check_order(saying.stage, message.header.kind)
        self.store.state(receipt, check, note)
        return receipt

    def check(self, message: InboxMessage, saying: Saying) -> None:
        """Refuses what `say` would refuse, and says nothing.

        Raises:
            OutOfOrderError: It does not follow from what was said before.
        """
        said = self.store.own_words(message.message_digest)
        check_order(saying.stage, message.header.kind)(said.keys())

    def notes(self, message_digest: bytes) -> dict[Stage, str]:
        """Returns what was noted with statements about a message.

        Raises:
            ContentError: It was protected under another key.
        """
        return {
            stage: unprotect(
                self.holder.store_key, note, context=_context(message_digest, stage)
            ).decode()
            for stage, note in self.store.statement_notes(message_digest).items()
        }

    def drafted(self, message: InboxMessage, saying: Saying) -> Receipt:
        """Returns what `say` would state, and states nothing."""
        me, now_ms = self.holder.party, self.clock.now_ms()
        claim = claim_of(message)
        if saying.stage in BY_AUTHORITY:
            return replace(
                statement(me, claim, saying.stage, now_ms),
                authority=saying.authority,
                decider=saying.decider,
            )
        # A refusal has no field for whose it is: its detail has room for that.
        by = "a system" if saying.decider is Decider.SYSTEM else "a person"
        error = RefusedError(Code.DECLINED, f"by {by} of {saying.authority}")
        return statement(me, claim, saying.stage, now_ms, error)


def _context(message_digest: bytes, stage: Stage) -> bytes:
    return _NOTE + stage.name.encode() + b" " + message_digest
