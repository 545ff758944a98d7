"""From the bytes of a request to the bytes of an answer, faults on purpose included.

HTTP is left to `adapters.interpol.simulator.http`, what is answered to
`adapters.interpol.simulator.register`.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from adapters.interpol.documents import (
    REQUESTS,
    Fault,
    FirearmList,
    Reply,
    Request,
    TraceAnswers,
)
from adapters.interpol.envelopes import ENVELOPE, document_in
from adapters.interpol.errors import (
    RegisterFaultError,
    SignatureError,
    XmlRefusedError,
)
from adapters.interpol.parts import AnswerHeader
from adapters.interpol.register_xml import SIZE_MAX, check_schema, parse
from adapters.interpol.signatures import Signer, sign, verify
from adapters.interpol.simulator.configuration import Member
from adapters.interpol.simulator.faults import Faults, Misdeed
from adapters.interpol.simulator.register import SimulatedRegister
from adapters.interpol.times import at_ms, instant
from adapters.interpol.xml_codec import NAMESPACE, decode, encode, kind_of

LABEL: Final = "SIMULATOR - not INTERPOL, no real data"
_WINDOW_MS: Final = 300_000
_REPEATED: Final = {"FirearmList": "Candidates", "TraceAnswers": "Answers"}
_LATER: Final = frozenset({"BUSY"})
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_BOMB: Final = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
)


class UnavailableError(Exception):
    """The simulator plays dead for this request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer.

    Attributes:
        is_refusal: Whether it carries a fault.
        is_for_later: Whether the fault is about the simulator and not the request.
        body: Bytes of the document, or of an envelope around it.
    """

    is_refusal: bool
    is_for_later: bool
    body: bytes


@dataclass(slots=True, kw_only=True)
class Service:
    """Answers requests, one at a time.

    Attributes:
        register: What is answered.
        signer: Signs the answers.
        now_ms: Returns the present.
        faults: What is to go wrong.
        certificates: Of the members, PEM, by their codes.
    """

    register: SimulatedRegister
    signer: Signer
    now_ms: Callable[[], int]
    faults: Faults
    certificates: dict[str, bytes]
    _last: etree._Element | None = field(default=None, init=False)

    def answer(self, member: Member, body: bytes, *, in_envelope: bool) -> Said:
        """Answers one request.

        Args:
            member: Who asks, by the certificate of the connection.
            body: As it came.
            in_envelope: Whether it comes in an envelope of SOAP, and goes in one.

        Raises:
            UnavailableError: As ordered.
        """
        misdeed = self.faults.draw()
        if misdeed is Misdeed.UNAVAILABLE:
            raise UnavailableError
        header = self._header("")
        reply: Reply
        try:
            signed = self._signed(member, body, in_envelope=in_envelope)
            header = replace(header, in_reply_to=_message_id(signed))
            request = self._request(member, signed)
            if misdeed is Misdeed.BUSY:
                reply = Fault(header=header, code="BUSY", reason="as ordered")
            else:
                reply = self.register.answer(member, request, header)
        except RegisterFaultError as error:
            reply = Fault(header=header, code=error.code, reason=error.reason)
        if misdeed is Misdeed.LOST_ANSWER:
            raise UnavailableError
        return Said(
            is_refusal=isinstance(reply, Fault),
            is_for_later=isinstance(reply, Fault) and reply.code in _LATER,
            body=self._written(reply, misdeed, in_envelope=in_envelope),
        )

    def refusal(self, code: str, reason: str, *, in_envelope: bool) -> bytes:
        """Returns a signed refusal of something that is no request yet."""
        reply = Fault(header=self._header(""), code=code, reason=reason)
        return self._written(reply, None, in_envelope=in_envelope)

    def _signed(
        self, member: Member, body: bytes, *, in_envelope: bool
    ) -> etree._Element:
        """1. XML. 2. Signed by who it comes from."""
        # 1.
        try:
            root = parse(body)
            document = document_in(root) if in_envelope else root
        except XmlRefusedError as error:
            raise RegisterFaultError("MALFORMED", str(error)) from error
        # 2.
        try:
            certificate = self.certificates[member.ncb]
            return verify(document, certificate, self.now_ms())
        except SignatureError as error:
            raise RegisterFaultError("SIGNATURE", str(error)) from error

    def _request(self, member: Member, signed: etree._Element) -> Request:
        """3. By the schema. 4. By whom it says, and of now."""
        # 3.
        try:
            check_schema(signed)
        except XmlRefusedError as error:
            raise RegisterFaultError("SCHEMA", str(error)) from error
        kind = REQUESTS.get(kind_of(signed))
        if kind is None:
            raise RegisterFaultError("UNKNOWN_OPERATION", kind_of(signed))
        request = decode(kind, signed)
        # 4.
        if request.header is None or request.header.sender != member.ncb:
            raise RegisterFaultError("NOT_PERMITTED", "it names another sender")
        if abs(at_ms(request.header.sent_at) - self.now_ms()) > _WINDOW_MS:
            raise RegisterFaultError("STALE", f"sent at {request.header.sent_at}")
        return request

    def _header(self, in_reply_to: str) -> AnswerHeader:
        return AnswerHeader(
            message_id=f"a-{uuid.uuid4()}",
            sent_at=instant(self.now_ms()),
            in_reply_to=in_reply_to,
            system=LABEL,
        )

    def _written(
        self, reply: Reply, misdeed: Misdeed | None, *, in_envelope: bool
    ) -> bytes:
        root = encode(reply, reply.header.message_id)
        if misdeed is Misdeed.DUPLICATE:
            _double(root, reply)
        check_schema(root)
        if misdeed is Misdeed.SCHEMA:
            etree.SubElement(root, f"{{{NAMESPACE}}}Surprise").text = "as ordered"
        signed = root if misdeed is Misdeed.UNSIGNED else sign(root, self.signer)
        if misdeed is Misdeed.REPLAYED and self._last is not None:
            signed = self._last
        self._last = signed
        if misdeed is Misdeed.ALTERED:
            _first(signed, "SentAt").text = instant(self.now_ms() + 1)
        if misdeed is Misdeed.WRAPPED:
            signed = _wrapped(signed)
        if in_envelope:
            signed = _enveloped(signed, is_fault=isinstance(reply, Fault))
        data = etree.tostring(signed, xml_declaration=True, encoding="utf-8")
        match misdeed:
            case Misdeed.TRUNCATED:
                return data[: len(data) // 2]
            case Misdeed.OVERSIZE:
                return data + b" " * (SIZE_MAX * 2)
            case Misdeed.ENTITY:
                return _BOMB + data.partition(b"?>")[2]
            case _:
                return data


def _message_id(signed: etree._Element) -> str:
    """Returns what a request calls itself, whatever else is wrong with it."""
    found = signed.findtext(f"{{{NAMESPACE}}}Header/{{{NAMESPACE}}}MessageId") or ""
    return found if _IDENTIFIER.fullmatch(found) else ""


def _double(root: etree._Element, reply: Reply) -> None:
    if isinstance(reply, FirearmList | TraceAnswers):
        name = _REPEATED[type(reply).__name__]
        for one in root.findall(f"{{{NAMESPACE}}}{name}"):
            one.addnext(parse(etree.tostring(one)))


def _wrapped(signed: etree._Element) -> etree._Element:
    """The signature still holds for the true answer, which now stands in a forgery."""
    forged = parse(etree.tostring(signed))
    forged.set("Id", "a-forged")
    forged.append(parse(etree.tostring(signed)))
    return forged


def _enveloped(document: etree._Element, *, is_fault: bool) -> etree._Element:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
    if not is_fault:
        body.append(document)
        return envelope
    fault = etree.SubElement(body, f"{{{ENVELOPE}}}Fault")
    code = etree.SubElement(fault, f"{{{ENVELOPE}}}Code")
    sender = _first(document, "Code").text not in _LATER
    value = etree.SubElement(code, f"{{{ENVELOPE}}}Value")
    value.text = "soap:Sender" if sender else "soap:Receiver"
    reason = etree.SubElement(fault, f"{{{ENVELOPE}}}Reason")
    text = etree.SubElement(reason, f"{{{ENVELOPE}}}Text")
    text.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    text.text = f"{LABEL}: {_first(document, 'Reason').text}"
    detail = etree.SubElement(fault, f"{{{ENVELOPE}}}Detail")
    detail.append(document)
    return envelope


def _first(document: etree._Element, name: str) -> etree._Element:
    return next(document.iter(f"{{{NAMESPACE}}}{name}"))
