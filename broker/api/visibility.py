"""Which messages a caller may see, and in what capacity.

Reading a content is left to `broker.api.contents`; what a desk may have, to
`broker.core.handover`.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from broker.api.answering import problem
from broker.api.problems import ApiCode
from broker.api.roles import EVERY_DESK, Caller, Role
from broker.api.state import Services
from broker.core.admitted import IN_USE, Admission, AdmissionState
from broker.core.model import Header
from broker.core.records import InboxMessage, SentMessage

_DIGEST_DIGITS: Final = 64  # hexadecimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """A message that a caller may see.

    Attributes:
        digest: SHA-256 of its signed header, 32 bytes.
        sent: The message, if it was sent from here.
        received: The message, if it came.
        admission: On which terms it came in; None of what was sent, or is not open.
        desks: The caller's desks that the policy gives it to; `EVERY_DESK` alone when
            the caller reads everything; empty: the caller sees no content of it.
        own: Whether it was submitted for the caller's agency, or the caller reads
            everything that was sent.
    """

    digest: bytes
    sent: SentMessage | None
    received: InboxMessage | None
    admission: Admission | None
    desks: tuple[str, ...] = ()
    own: bool = False

    @property
    def header(self) -> Header:
        """What it says of itself."""
        message = self.sent or self.received
        if message is None:
            raise RuntimeError("a message that is neither sent nor received")
        return message.header


def find_message(here: Services, who: Caller, name: str) -> Visible:
    """Returns the message that a name means, if the caller may see it.

    Args:
        here: The interface.
        who: Who asks.
        name: Its id, or its digest; whole.

    Raises:
        ProblemError: NOT_FOUND: there is none, or it is not the caller's to see, which
            looks the same; or the id is that of several, and a digest is needed.
    """
    seen = [
        one
        for digest in here.node.store.message_named(_named(name))
        if (one := look_at(here, who, digest)) is not None
    ]
    if not seen:
        raise problem(ApiCode.NOT_FOUND)
    if len(seen) > 1:
        digests = ", ".join(one.digest.hex() for one in seen)
        raise problem(ApiCode.NOT_FOUND, f"several bear this id; one of {digests}")
    return seen[0]


def look_at(here: Services, who: Caller, digest: bytes) -> Visible | None:
    """Returns a message if the caller may see it."""
    store = here.node.store
    if (received := store.find_received(digest)) is not None:
        admission = store.admission(digest)
        desks = _desks(here, who, admission)
        if not desks and Role.AUDIT not in who.roles:
            return None
        return Visible(
            digest=digest,
            sent=None,
            received=received,
            admission=admission,
            desks=desks,
        )
    sent = store.find_sent(digest)
    own = reads_everything(who) or submitted_for(here, who, digest)
    if sent is None or not (own or Role.AUDIT in who.roles):
        return None
    return Visible(digest=digest, sent=sent, received=None, admission=None, own=own)


def reads_everything(who: Caller) -> bool:
    """Tells whether a caller reads whatever the node itself may read."""
    return Role.READ in who.roles and EVERY_DESK in who.desks


def submitted_for(here: Services, who: Caller, subject: bytes) -> bool:
    """Tells whether something was submitted for the caller's agency.

    Args:
        here: The interface.
        who: Who asks.
        subject: Digest of a message, or id of a document that waits.
    """
    if Role.SUBMIT not in who.roles:
        return False
    once = here.node.store.submitted_by(subject)
    return once is not None and once.agency == who.agency


def _named(name: str) -> bytes:
    try:
        if len(name) == _DIGEST_DIGITS:
            return bytes.fromhex(name)
        return UUID(name).bytes
    except ValueError:
        raise problem(ApiCode.NOT_FOUND) from None


def _desks(here: Services, who: Caller, admission: Admission | None) -> tuple[str, ...]:
    """Returns in the name of which desks the caller sees what came."""
    if admission is None or not who.roles & {Role.READ, Role.RESPOND}:
        return ()
    if admission.state is AdmissionState.DESTROYED:
        # Whoever was given the content has to hear what became of it; who never was,
        # does not learn now that there was one.
        given = here.node.store.handed_out(admission.message_digest)
        mine = {one.desk for one in given if one.agency == who.agency}
    elif admission.state in IN_USE:
        mine = {EVERY_DESK, *admission.routes}
    else:
        return ()
    if EVERY_DESK in who.desks:
        return (EVERY_DESK,)
    return tuple(sorted(who.desks & mine))
