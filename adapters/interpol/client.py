"""Asking the register: each request signed, each answer checked before it is believed.

What is asked, and what follows from the answers, is left to the modules beside this
one.
"""

import asyncio
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from adapters.errors import SystemAwayError
from adapters.interpol.confirming import check_about
from adapters.interpol.documents import REPLY_OF, Fault, Reply, Request
from adapters.interpol.errors import (
    AnswerInvalidError,
    RegisterFaultError,
    SignatureError,
    UnbelievableError,
    XmlRefusedError,
)
from adapters.interpol.parts import HandlingTerms, RequestHeader
from adapters.interpol.register_xml import check_schema
from adapters.interpol.signatures import verify
from adapters.interpol.times import at_ms, instant
from adapters.interpol.wires import Wire
from adapters.interpol.xml_codec import decode, encode, kind_of

SIMULATOR: Final = "SIMULATOR"
"""What the name of a system begins with that is no register in use."""
_AGE_MAX_MS: Final = 300_000
_TURN_S: Final = 60.0
"""How long is waited for a request before: those given up must not pile up."""
_BUSY: Final = "BUSY"
_LATER: Final = frozenset({_BUSY, "STALE", "SIGNATURE"})
"""Refusals that are about the connection of the two, and not about a document."""

_KINDS: Final[tuple[type[Reply], ...]] = (Fault, *REPLY_OF.values())
_REPLIES: Final = {kind.__name__: kind for kind in _KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was answered.

    Attributes:
        request: As it was signed.
        reply: What was answered, verified.
    """

    request: bytes
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register, and how it is asked.

    Attributes:
        wire: REST or SOAP; it signs.
        sender: Code of our bureau there.
        certificate: That the register signs with, PEM.
        is_simulator: Whether a simulator is expected, and nothing else.
        now_ms: Returns the present.
        turn: Whoever asks has it: one at a time.
    """

    wire: Wire
    sender: str
    certificate: bytes
    is_simulator: bool
    now_ms: Callable[[], int]
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    async def ask(self, request: Request, terms: HandlingTerms | None = None) -> Asked:
        """Sends a request and returns its answer.

        1. The request fits the schema. 2. What came back is signed by the register,
        all of it. 3. It fits the schema too. 4. It answers this request, now. 5. It
        comes from what the configuration says: a simulator, or a register in use. 6. It
        says what was done, about the thing that was meant.

        Args:
            request: Without a header.
            terms: What binds the register, when the request says anything of a content.

        Raises:
            SystemAwayError: No answer, or none that can be believed.
            XmlRefusedError: The request does not fit the schema.
            AnswerInvalidError: The answer does not, or is about something else, though
                the register has signed it.
            RegisterFaultError: The register refuses, and has signed that it does.
        """
        return await asyncio.to_thread(self._ask_alone, request, terms)

    def _ask_alone(self, request: Request, terms: HandlingTerms | None) -> Asked:
        # Whoever has given a request up has not stopped it. What takes it back must not
        # overtake it.
        if not self.turn.acquire(timeout=_TURN_S):
            raise SystemAwayError("a request before this one has not ended")
        try:
            return self._ask(request, terms)
        finally:
            self.turn.release()

    def _ask(self, request: Request, terms: HandlingTerms | None) -> Asked:
        header = RequestHeader(
            message_id=f"m-{uuid.uuid4()}",
            sent_at=instant(self.now_ms()),
            sender=self.sender,
            handling=terms,
        )
        # 1.
        root = encode(replace(request, header=header), header.message_id)
        check_schema(root)
        # 2.
        try:
            sent, answer = self.wire.exchange(root)
            signed = verify(answer, self.certificate, self.now_ms())
        except SignatureError as error:
            # Ours or theirs: for an operator to mend, and no matter of the document.
            raise UnbelievableError(f"signatures do not hold: {error}") from error
        # 3.
        try:
            check_schema(signed)
            reply = _reply(signed)
            # 4. and 5.
            self._check_header(reply, header)
            _check_kind(reply, REPLY_OF[type(request)])
        except XmlRefusedError as error:
            raise AnswerInvalidError(f"its answer is {error}") from error
        if isinstance(reply, Fault):
            # One that could not read the request cannot say which it was.
            if reply.code in _LATER or not reply.header.in_reply_to:
                raise SystemAwayError(f"it says {reply.code}: {reply.reason}")
            raise RegisterFaultError(reply.code, reply.reason)
        # 6.
        check_about(request, reply)
        return Asked(request=sent, reply=reply)

    def _check_header(self, reply: Reply, header: RequestHeader) -> None:
        found = reply.header
        unread = isinstance(reply, Fault) and not found.in_reply_to
        if not unread and found.in_reply_to != header.message_id:
            raise UnbelievableError("its answer is to another request")
        if abs(at_ms(found.sent_at) - self.now_ms()) > _AGE_MAX_MS:
            raise UnbelievableError(
                f"its answer is of {found.sent_at}: old, or a clock is wrong"
            )
        if found.system.startswith(SIMULATOR) is not self.is_simulator:
            expected = "a simulator" if self.is_simulator else "a register in use"
            raise UnbelievableError(
                f"it says that it is {found.system!r}, and {expected} is configured"
            )


def _reply(signed: etree._Element) -> Reply:
    kind = _REPLIES.get(kind_of(signed))
    if kind is None:
        raise XmlRefusedError("no answer at all")
    return decode(kind, signed)


def _check_kind(reply: Reply, expected: type[Reply]) -> None:
    if not isinstance(reply, Fault | expected):
        raise XmlRefusedError(f"{type(reply).__name__} instead of {expected.__name__}")
