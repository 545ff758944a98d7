"""The two ways to say the same: XML over REST, and SOAP 1.2.

Signing and checking are left to `adapters.interpol.client`; which is used, to the
configuration.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import zeep
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.transports import Transport

from adapters.errors import SystemAwayError
from adapters.interpol.channel import Answer, Channel
from adapters.interpol.envelopes import ENVELOPE, apart, document_in
from adapters.interpol.errors import UnbelievableError, XmlRefusedError
from adapters.interpol.register_xml import WSDL, parse
from adapters.interpol.xml_codec import NAMESPACE, kind_of

Sign = Callable[[etree._Element], etree._Element]  # noqa: SLF001 - lxml's only name for it
"""Returns a document with its signature."""

_XML: Final = "application/xml"
_SOAP: Final = "application/soap+xml"


class Wire(Protocol):
    """A way to ask the register."""

    def exchange(self, request: etree._Element) -> tuple[bytes, etree._Element]:
        """Signs a request, sends it and returns what came back, not yet verified.

        Returns:
            The request as it was signed, and the document of the answer, as one of its
            own.

        Raises:
            SystemAwayError: Nothing came that could be an answer.
            XmlRefusedError: The request cannot be said in this way.
        """
        ...


class RestWire:
    """Each request is posted to a path of its name, as XML.

    Args:
        channel: To the register.
        sign: Signs each request.
    """

    def __init__(self, channel: Channel, sign: Sign) -> None:
        self._channel = channel
        self._sign = sign

    def exchange(self, request: etree._Element) -> tuple[bytes, etree._Element]:
        """Signs a request, sends it and returns what came back."""
        body = etree.tostring(
            self._sign(request), xml_declaration=True, encoding="utf-8"
        )
        answer = self._channel.post(f"/v1/{kind_of(request)}", body, _XML)
        return body, _document(answer, _XML)


class SoapWire:
    """Each request is an operation of the WSDL; zeep makes the envelope.

    Args:
        channel: To the register.
        sign: Signs each request, as it stands in the envelope.
    """

    def __init__(self, channel: Channel, sign: Sign) -> None:
        # The description is ours, from beside this file: none is ever fetched. What
        # comes back is read by us: zeep knows no signatures of documents.
        self._zeep = zeep.Client(
            str(WSDL),
            transport=_SigningTransport(channel, sign),
            settings=zeep.Settings(
                strict=True,
                raw_response=True,
                forbid_dtd=True,
                forbid_entities=True,
                forbid_external=True,
                xml_huge_tree=False,
            ),
        )
        self._service = self._zeep.create_service(
            f"{{{NAMESPACE}}}InterpolStyleSoap12", channel.url
        )

    def exchange(self, request: etree._Element) -> tuple[bytes, etree._Element]:
        """Signs a request, sends it and returns what came back."""
        kind = self._zeep.get_element(str(request.tag))
        try:
            value = kind.parse(request, self._zeep.wsdl.types)
            sent: _Sent = self._service[kind_of(request)](**value.__values__)
        except ZeepError as error:
            raise XmlRefusedError("it does not fit the description") from error
        return sent.signed, _carried(sent.answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """What was sent, and what came back."""

    signed: bytes
    answer: Answer


class _SigningTransport(Transport):
    """Signs what zeep has put into an envelope, and sends it over our channel."""

    def __init__(self, channel: Channel, sign: Sign) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._channel = channel
        self._sign = sign

    def get(self, address: str, params: Any, headers: Any) -> Any:  # noqa: ANN401, ARG002 - zeep's
        """Fetches nothing."""
        raise SystemAwayError(f"{address} would have to be fetched")

    def post_xml(
        self,
        address: str,  # noqa: ARG002 - zeep's
        envelope: etree._Element,
        headers: dict[str, str],
    ) -> _Sent:
        """Sends an envelope, with what it carries signed."""
        (body,) = envelope.iterchildren(f"{{{ENVELOPE}}}Body")
        signed = self._sign(apart(body[0]))
        body.replace(body[0], signed)
        data = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        answer = self._channel.post("/soap", data, headers["Content-Type"])
        return _Sent(signed=etree.tostring(signed), answer=answer)


def _carried(answer: Answer) -> etree._Element:
    try:
        return document_in(_document(answer, _SOAP))
    except XmlRefusedError as error:
        raise UnbelievableError(f"its answer is refused: {error}") from error


def _document(answer: Answer, media_type: str) -> etree._Element:
    if answer.media_type != media_type:
        # A gateway that is ill says so in HTML.
        raise SystemAwayError(
            f"it answers {answer.status} with {answer.media_type or 'nothing'}"
        )
    try:
        return parse(answer.body)
    except XmlRefusedError as error:
        raise UnbelievableError(f"its answer is refused: {error}") from error
