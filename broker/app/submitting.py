"""Sending for another system: once, however often it asks, and in its name.

What may leave is decided where it is for people too: in the dispatcher.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node, dispatcher
from broker.app.pending import pending_desk
from broker.core.envelope import Sealed
from broker.core.errors import Code, ConfigurationError, RefusedError, RepeatedError
from broker.core.feed import DoneOnce, Once
from broker.core.outgoing import Denial, Letter, OutgoingDocument
from broker.core.trust import Trust
from broker.infra.node_store import NodeStore
from keys.framing import frame, labelled_digest

_TOKEN_LABEL = b"rogatory/once/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What came of a submission; it is durable.

    Attributes:
        done: The messages that were sealed, or the document that waits for officers.
        repeated: Whether it was carried out before: nothing was done now.
    """

    done: DoneOnce
    repeated: bool


def once_for(submitter: str, agency: str, key: str, request: bytes) -> Once:
    """Returns what makes two submissions of one system the same.

    Args:
        submitter: Which system, such as "api:customs".
        agency: Whose it is.
        key: What the system calls the request by; unique for it.
        request: SHA-256 of what it asks for.
    """
    token = labelled_digest(_TOKEN_LABEL, frame(submitter.encode(), key.encode()))
    return Once(token=token, request=request, submitter=submitter, agency=agency)


def submit(
    node: Node,
    keys: NodeKeys,
    trust: Callable[[], Trust],
    document: OutgoingDocument,
    once: Once,
    *,
    partial: bool = False,
) -> Submitted:
    """Sends a document, or holds it for officers; the same request only once.

    Args:
        node: The node.
        keys: Its keys.
        trust: Returns the directory to go by now.
        document: What to send.
        once: The request.
        partial: Send to those who may get it although others may not.

    Raises:
        RefusedError: Nobody gets it, which is recorded.
        ConfigurationError: Another request was made under the same key.
        StoreError: It could not be stored; nothing was sent.
    """
    if before := node.store.done_before(once.token):
        return _repeated(before, once)
    try:
        try:
            desk = dispatcher(node, keys, trust, _Post(node.store, once))
            desk.send(document, partial=partial)
        except RefusedError as error:
            if error.code is not Code.APPROVAL_NEEDED:
                raise
            waiting = pending_desk(node, keys, trust)
            waiting.hold(document, partial=partial, once=once)
    except RepeatedError:
        # Another process, or another thread, was faster with the same.
        return _repeated(_done(node, once), once)
    return Submitted(done=_done(node, once), repeated=False)


@dataclass(frozen=True, slots=True)
class _Post:
    """The store of a dispatcher that carries out one request of a system."""

    store: NodeStore
    once: Once

    def store_sealed(
        self,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Does what the node's store does, and notes the request with it."""
        return self.store.store_sealed(letters, denial, protect, now_ms, self.once)

    def store_withheld(self, denial: Denial) -> None:
        """Does what the node's store does: a denied request can be made again."""
        self.store.store_withheld(denial)


def _done(node: Node, once: Once) -> DoneOnce:
    done = node.store.done_before(once.token)
    if done is None:
        raise RuntimeError("a request that was carried out has left no trace")
    return done


def _repeated(before: DoneOnce, once: Once) -> Submitted:
    if before.once.request != once.request:
        raise ConfigurationError(
            "another request was made under the same idempotency key; use a new one "
            "for each document"
        )
    return Submitted(done=before, repeated=True)
