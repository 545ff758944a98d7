"""What goes over the wire is what was said, handling included."""

from collections.abc import Sequence

import pytest
from lxml import etree

from adapters.interpol.channel import Answer
from adapters.interpol.documents import RecordSubmission, RecordWithdrawal, Request
from adapters.interpol.parts import Firearm, HandlingTerms, PartNumber, RequestHeader
from adapters.interpol.wires import SoapWire
from adapters.interpol.xml_codec import decode, encode

_HEADER = RequestHeader(
    message_id="m-1",
    sent_at="2026-03-09T10:00:00.000Z",
    sender="IP NAIROBI",
    handling=HandlingTerms(
        label="TLP:AMBER H1",
        release_to=("INTERPOL", "BEL "),
        purpose=" only\r\n\tthis ",
        no_onward=True,
        other="<&> \u2028",
        uses=("TRACING", "PROSECUTION"),
        retention_days=0,
    ),
)
_SAID: Sequence[Request] = (
    RecordSubmission(
        header=_HEADER,
        submission_key="k-1",
        owner_ncb="IP NAIROBI",
        owner_country="KEN",
        status="STOLEN",
        reported_on="2026-01",
        firearm=Firearm(
            serial_number=" ZZQ  1 ",
            year=1000,
            part_numbers=(
                PartNumber(part="PART_KIND_SLIDE", serial_number="1"),
                PartNumber(part="PART_KIND_BARREL", serial_number="2"),
            ),
        ),
        circumstances="\tnight\n",
        copy_to=("IP BRUSSELS", "IP MEXICO"),
    ),
    RecordWithdrawal(header=_HEADER, submission_key="k-1", destroy=True),
)


class _Ended(Exception):  # noqa: N818 - it ends a test, and is no error
    """The channel was reached."""


class _Channel:
    url = "https://register.invalid"

    def post(self, *_: object) -> Answer:
        raise _Ended


@pytest.mark.parametrize("said", _SAID, ids=lambda one: type(one).__name__)
def test_what_soap_carries_and_is_signed_is_what_was_said(said: Request) -> None:
    signed: list[etree._Element] = []

    def sign(root: etree._Element) -> etree._Element:
        signed.append(root)
        return root

    wire = SoapWire(_Channel(), sign)  # type: ignore[arg-type]
    with pytest.raises(_Ended):
        wire.exchange(encode(said, "m-1"))
    assert decode(type(said), signed[0]) == said
