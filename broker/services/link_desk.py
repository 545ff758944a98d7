"""Acts upon what others send to keep links: notes heartbeats, answers, takes answers.

What is checked of a message that was sent again is left to
`broker.core.flows.resending`; asking and greeting, to `link_keeper`.
"""

from typing import Final

import structlog

from broker.core.codec.envelope import decode_envelope
from broker.core.codec.links import read_heartbeat, read_request, read_resent
from broker.core.envelope import Claim
from broker.core.errors import Code, RefusedError, StoreError
from broker.core.flows.intake import statement
from broker.core.flows.resending import (
    Asker,
    Original,
    answer_about,
    check_hub_word,
    check_resent,
    too_large,
)
from broker.core.link_records import Closed, Dropped, Standing, Taken
from broker.core.links import (
    CLOSING,
    LOST,
    Closure,
    ResendOutcome,
    Resent,
    may_answer,
)
from broker.core.model import Stage, message_id_text
from broker.core.opening import read_content
from broker.core.protocol_kinds import HEARTBEAT, RESEND, RESEND_REQUEST
from broker.core.recalls.taken_back import TAKEN_OUT, Destroyed
from broker.core.records import Alarm, InboxMessage, InboxState
from broker.services.link_ports import LinkPorts
from broker.services.link_post import LinkPost
from keys.errors import ContentError, DirectoryError
from keys.identity import PartyId
from keys.sealing import unprotect

_BATCH: Final = 32
_OURS: Final = frozenset({Code.KEY_NOT_VALID})
"""Refusals of an answer that say nothing about the message that asked for it."""


class LinkDesk:
    """Acts upon the messages that keep links, each once.

    Args:
        ports: What it works with.
        post: What sends the answers.
    """

    def __init__(self, ports: LinkPorts, post: LinkPost) -> None:
        self._ports = ports
        self._post = post
        self._set_aside: set[bytes] = set()
        self._log = structlog.get_logger("links")

    def work(self) -> int:
        """Acts upon some of what waits, oldest first; returns how many it was.

        Raises:
            RefusedError: Nothing of ours would be taken at present; it waits.
            DirectoryError: We have no place in the directory at present; it waits.
            StoreError: It cannot be noted; it waits.
        """
        waiting = self._ports.store.link_work(_BATCH + len(self._set_aside))
        digests = [digest for digest in waiting if digest not in self._set_aside]
        for digest in digests:
            try:
                self._act(digest)
            except (StoreError, DirectoryError):
                raise  # says nothing about the message
            except Exception as error:
                if isinstance(error, RefusedError) and error.code in _OURS:
                    raise
                # A flaw of ours must not let one message stop all others: a mended
                # release acts upon it after a restart.
                self._log.exception("set aside", message=digest.hex())
                self._set_aside.add(digest)
        return len(digests)

    def _act(self, digest: bytes) -> None:
        message = self._ports.store.find_received(digest)
        gone = None
        if message is not None and message.protected_key:
            try:
                self._act_upon(message, self._read(message))
            except _InvalidError as error:
                self._alarm_about(message, str(error))
            if message.header.kind == RESEND:
                # Whatever came of it: a recall would not reach what it may enclose.
                now_ms = self._ports.clock.now_ms()
                gone = Destroyed(
                    message_digest=digest, at_ms=now_ms, rule=TAKEN_OUT, cause=digest
                )
        self._ports.store.link_work_done(digest, gone)

    def _read(self, message: InboxMessage) -> bytes:
        try:
            content_key = unprotect(
                self._ports.holder.store_key,
                message.protected_key,
                context=message.message_digest,
            )
            parts = decode_envelope(message.envelope)
            return read_content(parts.signed_header, parts.ciphertext, content_key)
        except (ContentError, RefusedError) as error:
            raise _InvalidError(str(error)) from error

    def _act_upon(self, message: InboxMessage, body: bytes) -> None:
        kind, origin, link = message.header.kind, message.header.origin, message.link
        try:
            if kind == HEARTBEAT:
                next_within_ms = read_heartbeat(body)
                number = 0 if link is None else link.sequence
                self._ports.store.note_heartbeat(origin, number, next_within_ms)
                return
            if kind == RESEND_REQUEST:
                request: tuple[int, ...] | Resent = read_request(body)
            else:
                request = read_resent(body)
        except RefusedError as error:
            raise _InvalidError(str(error)) from error
        if isinstance(request, Resent):
            self._take(message, request)
        else:
            for number in request:
                self._answer(message, number)

    def _answer(self, request: InboxMessage, number: int) -> None:
        party, store = request.header.origin, self._ports.store
        now_ms = self._ports.clock.now_ms()
        # What was answered before a crash is not answered again after it.
        times, answered_ms = store.given(party, number)
        if not may_answer(times, answered_ms, now_ms):
            return
        original = store.original(party, number)
        resent = answer_about(number, original, party, now_ms)
        again = resent.outcome is ResendOutcome.SENT_AGAIN
        if original is None or not again:
            self._post.answer(party, resent, request.message_digest)
        else:
            self._send_again(request, original, resent, now_ms)

    def _send_again(
        self, request: InboxMessage, original: Original, resent: Resent, now_ms: int
    ) -> None:
        party, header = request.header.origin, original.sent.header
        try:
            self._post.answer(
                party,
                resent,
                request.message_digest,
                header.handling,
                min(header.expires_ms - now_ms, self._ports.limits.lifetime_max_ms),
            )
        except RefusedError as error:
            if error.code is not Code.OVERSIZE:
                raise
            self._post.answer(party, too_large(resent), request.message_digest)

    def _take(self, answer: InboxMessage, resent: Resent) -> None:
        """Does what an answer leads to; only what was asked for leads to anything."""
        origin, store = answer.header.origin, self._ports.store
        standing = store.standing(origin, resent.number)
        if standing is Standing.NOT_ASKED_FOR:
            raise _InvalidError("nobody has asked for it")
        store.answered(origin)
        if standing is Standing.SETTLED:
            return
        try:
            match resent.outcome:
                case ResendOutcome.SENT_AGAIN:
                    self._take_message(answer, resent)
                case ResendOutcome.REFUSED_BY_HUB:
                    view = self._ports.trust().view
                    word = check_hub_word(resent, Stage.REFUSED, origin, view)
                    self._close(origin, resent, Closure.REFUSED_BY_HUB, word.code)
                case ResendOutcome.UNDER_WAY:
                    pass
                case _:
                    self._close(origin, resent, CLOSING[resent.outcome])
        except RefusedError as error:
            if error.code is not Code.EXPIRED:
                raise _InvalidError(str(error)) from error
            self._close(origin, resent, Closure.EXPIRED)

    def _take_message(self, answer: InboxMessage, resent: Resent) -> None:
        ports, now_ms = self._ports, self._ports.clock.now_ms()
        origin, holder = answer.header.origin, self._ports.holder
        claim = check_resent(
            resent,
            origin,
            Asker(
                party=holder.party,
                encryption=holder.encryption,
                directory=ports.trust().view,
            ),
            now_ms=now_ms,
            limits=ports.limits,
        )
        known = ports.store.digest_of_id(origin, claim.header.message_id)
        if known not in (None, claim.digest):
            raise RefusedError(Code.REPLAYED_ID)
        evidence = Dropped(
            message_digest=claim.digest,
            origin=origin,
            number=resent.number,
            noticed_ms=now_ms,
            receipt=resent.receipt,
            proof=resent.proof,
        )
        ports.store.take_resent(
            Taken(
                answer_digest=answer.message_digest,
                message=_arrival(claim, resent.envelope, now_ms),
                receipt=statement(holder.party, claim, Stage.DELIVERED, now_ms),
                evidence=evidence,
                alarm=_dropped(claim, evidence),
            )
        )

    def _close(
        self, origin: PartyId, resent: Resent, closure: Closure, code: str = ""
    ) -> None:
        now_ms = self._ports.clock.now_ms()
        closed = Closed(
            origin=origin,
            number=resent.number,
            closure=closure,
            at_ms=now_ms,
            message_digest=resent.message_digest,
            code=code,
        )
        alarm = None
        if closure in LOST:
            why = {
                Closure.UNKNOWN: "does not know any more what it was",
                Closure.TOO_LARGE: "cannot enclose it: it is too large",
            }[closure]
            text = (
                f"{origin}, number {resent.number}: missing, and {origin} {why}. Ask "
                "its focal point by another channel"
            )
            alarm = Alarm(at_ms=now_ms, topic="lost", text=text)
        self._ports.store.close_number(closed, alarm)

    def _alarm_about(self, message: InboxMessage, why: str) -> None:
        header, now_ms = message.header, self._ports.clock.now_ms()
        text = (
            f"{header.kind} of {header.origin}, {message_id_text(header.message_id)}, "
            f"was not taken: {why}"
        )
        self._log.error("alarm", topic="resend", text=text)
        self._ports.store.raise_alarm_once(
            f"resend/{message.message_digest.hex()}",
            Alarm(at_ms=now_ms, topic="resend", text=text),
        )


class _InvalidError(Exception):
    """A message does not say what it must; whoever sent it is told nothing."""


def _arrival(claim: Claim, envelope: bytes, now_ms: int) -> InboxMessage:
    return InboxMessage(
        message_digest=claim.digest,
        header=claim.header,
        envelope=envelope,
        state=InboxState.DELIVERED,
        received_ms=now_ms,
    )


def _dropped(claim: Claim, evidence: Dropped) -> Alarm:
    text = (
        f"{evidence.origin}, number {evidence.number}: the hub had accepted message "
        f"{message_id_text(claim.header.message_id)}, and it came only when "
        f"{evidence.origin} was asked for it. The evidence is kept: rogatory links "
        "--json"
    )
    return Alarm(at_ms=evidence.noticed_ms, topic="dropped", text=text)
