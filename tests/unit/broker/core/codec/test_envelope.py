"""Headers, envelopes, submissions and sealed content: one encoding each."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.codec.envelope import (
    EnvelopeItem,
    EnvelopeParts,
    Item,
    ReceiptsItem,
    SealedBody,
    SignedParts,
    decode_delivery,
    decode_envelope,
    decode_sealed_content,
    decode_signed,
    decode_submission,
    decode_wrapped_key,
    deliveries,
    encode_envelope,
    encode_receipt_delivery,
    encode_sealed_content,
    encode_signed,
    encode_submission,
    encode_wrapped_key,
)
from broker.core.codec.header import decode_header, encode_header
from broker.core.errors import Code, RefusedError
from broker.core.fields import TREATED, FieldClass
from broker.core.handling import Europol, Handling, Pap, Restrictions, Tlp
from broker.core.limits import TIME_MS_MAX, Limits
from broker.core.model import Header, Link, Recipient, new_message_id
from keys.identity import KeyId, PartyId
from keys.sealing import padded_length
from rogatory.v1 import envelope_pb2 as pb, handling_pb2
from tests import world
from tests.world import BEL, KEN, MEX, NOW_MS, XPO

LIMITS = Limits()
DIGESTS = st.binary(min_size=32, max_size=32)
TIMES = st.integers(0, TIME_MS_MAX)
REFERENCES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=64)

handlings = st.builds(
    Handling,
    tlp=st.sampled_from(Tlp),
    europol=st.frozensets(st.sampled_from([Europol.H1, Europol.H2, Europol.H3])),
    pap=st.none() | st.sampled_from(Pap),
    restrictions=st.builds(
        Restrictions, purpose=st.text(max_size=20), no_onward=st.booleans()
    ),
)
headers = st.builds(
    Header,
    message_id=st.integers(0, 2**48 - 1).map(new_message_id),
    kind=st.text(min_size=1, max_size=20),
    origin=st.just(KEN),
    signer_key_id=DIGESTS.map(KeyId),
    recipients=st.lists(st.sampled_from([BEL, MEX, XPO]), min_size=1, unique=True).map(
        lambda parties: tuple(
            Recipient(party=party, key_id=KeyId(bytes(32))) for party in sorted(parties)
        )
    ),
    handling=handlings,
    created_ms=TIMES,
    expires_ms=TIMES,
    case_reference=REFERENCES,
    in_reply_to=DIGESTS | st.just(b""),
    directory_version=DIGESTS,
    policy_digest=DIGESTS,
    padded_size=st.integers(1, 2**63),
    withheld=st.sets(st.sampled_from(TREATED)).map(lambda found: tuple(sorted(found))),
    approvals_digest=DIGESTS | st.just(b""),
)
signed_parts = st.builds(
    SignedParts,
    header=st.binary(max_size=50),
    ciphertext_digest=DIGESTS,
    content_commitment=DIGESTS,
    wrap_digests=st.lists(DIGESTS, max_size=3).map(tuple),
)
envelopes = st.builds(
    EnvelopeParts,
    signed_header=st.binary(max_size=50),
    signature=st.binary(max_size=50),
    ciphertext=st.binary(max_size=50),
    wraps=st.lists(st.binary(max_size=50), max_size=3).map(tuple),
)
GOOD = replace(world.header(), padded_size=256)
PROTO_CLASSES = handling_pb2.FieldClass


@given(headers)
def test_every_header_is_read_as_it_was_written(header: Header) -> None:
    assert decode_header(encode_header(header), LIMITS) == header


@given(signed_parts)
def test_what_is_signed_is_read_as_it_was_written(parts: SignedParts) -> None:
    assert decode_signed(encode_signed(parts)) == parts


@given(envelopes)
def test_every_envelope_is_read_as_it_was_written(parts: EnvelopeParts) -> None:
    assert decode_envelope(encode_envelope(parts)) == parts


@given(envelopes)
def test_a_delivery_is_the_one_encoding_of_an_envelope_with_one_wrap(
    parts: EnvelopeParts,
) -> None:
    made = list(deliveries(parts))
    assert len(made) == len(parts.wraps)
    for data, wrap in zip(made, parts.wraps, strict=True):
        item = decode_delivery(data)
        assert item == EnvelopeItem(encode_envelope(replace(parts, wraps=(wrap,))))


@given(st.builds(EnvelopeItem, st.binary()) | st.builds(ReceiptsItem, st.binary()))
def test_every_submission_is_read_as_it_was_written(item: Item) -> None:
    assert decode_submission(encode_submission(item)) == item


@given(st.binary())
def test_a_delivery_of_receipts_is_read_as_it_was_written(bundle: bytes) -> None:
    assert decode_delivery(encode_receipt_delivery(bundle)) == ReceiptsItem(bundle)


@given(DIGESTS, st.integers(1, 2**48), DIGESTS)
def test_every_wrapped_key_is_read_as_it_was_written(
    key: bytes, sequence: int, previous: bytes
) -> None:
    link = Link(sequence=sequence, previous=previous)
    assert decode_wrapped_key(encode_wrapped_key(key, link)) == (key, link)


@settings(max_examples=50)
@given(DIGESTS, st.binary(max_size=3000))
def test_sealed_content_is_padded_and_read_as_it_was_written(
    salt: bytes, body: bytes
) -> None:
    data = encode_sealed_content(SealedBody(salt=salt, body=body))
    assert len(data) == padded_length(len(data))
    assert decode_sealed_content(data) == SealedBody(salt=salt, body=body)


CLEAR = encode_sealed_content(SealedBody(salt=bytes(range(32)), body=b"body"))


@settings(max_examples=200)
@given(st.integers(0, len(CLEAR) - 1), st.integers(1, 255))
def test_no_flipped_byte_of_clear_text_leaves_it_as_it_was(at: int, mask: int) -> None:
    changed = bytearray(CLEAR)
    changed[at] ^= mask
    try:
        read = decode_sealed_content(bytes(changed))
    except RefusedError:
        return
    assert encode_sealed_content(read) == changed


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(CLEAR[:-1], id="less padding than there must be"),
        pytest.param(CLEAR + b"\0", id="more padding than there must be"),
        pytest.param(CLEAR[:-1] + b"\1", id="a message in the padding"),
        pytest.param(b"\xff" * 256, id="longer than it is"),
        pytest.param(bytes(256), id="no salt"),
    ],
)
def test_clear_text_in_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        decode_sealed_content(data)
    assert refused.value.code is Code.CANNOT_OPEN


@settings(max_examples=300)
@given(st.integers(min_value=0), st.integers(1, 255))
def test_no_flipped_byte_leaves_a_header_as_it_was(at: int, mask: int) -> None:
    data = bytearray(encode_header(GOOD))
    data[at % len(data)] ^= mask
    try:
        read = decode_header(bytes(data), LIMITS)
    except RefusedError:
        return
    assert read != GOOD
    assert encode_header(read) == data


def fields(**changes: Any) -> bytes:  # noqa: ANN401 - fields of a message
    """Returns the header `GOOD` with other fields, encoded canonically."""
    message = pb.Header.FromString(encode_header(GOOD))
    for name, value in changes.items():
        message.ClearField(name)
        if name == "withheld":
            numbers = [_field_class(one) for one in value]
            message.withheld.extend(numbers)  # type: ignore[arg-type]
        elif isinstance(value, list):
            getattr(message, name).extend(value)
        else:
            setattr(message, name, value)
    return message.SerializeToString(deterministic=True)


def _field_class(one: str | int) -> int:
    """Returns the number of a class, also one that there is not."""
    return one if isinstance(one, int) else PROTO_CLASSES.Value(f"FIELD_CLASS_{one}")


def recipient(party: str, key_id: bytes = bytes(32)) -> pb.Recipient:
    return pb.Recipient(party=party, key_id=key_id)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"suite": ""}, Code.UNSUPPORTED_SUITE),
        ({"suite": "RGT0-NONE"}, Code.UNSUPPORTED_SUITE),
        ({"message_id": bytes(16)}, Code.INVALID_HEADER),
        ({"message_id": b""}, Code.INVALID_HEADER),
        ({"kind": ""}, Code.INVALID_HEADER),
        ({"padded_size": 0}, Code.INVALID_HEADER),
        ({"origin": "HUB"}, Code.INVALID_HEADER),
        ({"origin": ""}, Code.INVALID_HEADER),
        ({"signer_key_id": bytes(31)}, Code.INVALID_HEADER),
        ({"directory_version": b""}, Code.INVALID_HEADER),
        ({"policy_digest": bytes(33)}, Code.INVALID_HEADER),
        ({"in_reply_to": bytes(31)}, Code.INVALID_HEADER),
        ({"withheld": ["SOURCE", "PERSONAL"]}, Code.INVALID_HEADER),
        ({"withheld": ["SOURCE", "SOURCE"]}, Code.INVALID_HEADER),
        ({"withheld": ["PLAIN"]}, Code.INVALID_HEADER),
        ({"withheld": ["PLAIN", "SOURCE"]}, Code.INVALID_HEADER),
        ({"withheld": ["UNSPECIFIED"]}, Code.INVALID_HEADER),
        ({"withheld": [len(FieldClass) + 1]}, Code.INVALID_HEADER),
        ({"withheld": [-1]}, Code.INVALID_HEADER),
        ({"approvals_digest": b"short"}, Code.INVALID_HEADER),
        ({"approvals_digest": bytes(33)}, Code.INVALID_HEADER),
        ({"case_reference": "x" * 65}, Code.INVALID_HEADER),
        ({"case_reference": "\x1b[2J"}, Code.INVALID_HEADER),
        ({"case_reference": "caf\xe9"}, Code.INVALID_HEADER),
        ({"recipients": []}, Code.INVALID_RECIPIENTS),
        ({"recipients": [recipient("bel")]}, Code.INVALID_RECIPIENTS),
        ({"recipients": [recipient("KEN")]}, Code.INVALID_RECIPIENTS),
        ({"recipients": [recipient("BEL", b"")]}, Code.INVALID_RECIPIENTS),
        ({"recipients": [recipient("BEL")] * 2}, Code.INVALID_RECIPIENTS),
        (
            {"recipients": [recipient("MEX"), recipient("BEL")]},
            Code.INVALID_RECIPIENTS,
        ),
        (
            {"recipients": [recipient(f"A{c}{d}") for c in "AB" for d in "ABC"]},
            Code.INVALID_RECIPIENTS,
        ),
    ],
    ids=lambda value: str(value)[:40].replace("\n", " "),
)
def test_a_header_that_cannot_be_meant_is_refused(
    changes: dict[str, Any], code: Code
) -> None:
    with pytest.raises(RefusedError) as refused:
        decode_header(fields(**changes), Limits(recipients_max=5))
    assert refused.value.code is code


def test_no_handling_is_refused() -> None:
    message = pb.Header.FromString(encode_header(GOOD))
    message.ClearField("handling")
    with pytest.raises(RefusedError) as refused:
        decode_header(message.SerializeToString(deterministic=True), LIMITS)
    assert refused.value.code is Code.INVALID_HANDLING


@pytest.mark.parametrize("name", ["ciphertext_digest", "content_commitment"])
def test_a_signed_header_without_a_digest_is_refused(name: str) -> None:
    signed = pb.SignedHeader()
    setattr(signed, name, bytes(32))
    with pytest.raises(RefusedError) as refused:
        decode_signed(signed.SerializeToString())
    assert refused.value.code is Code.INVALID_HEADER


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", Code.MALFORMED, id="empty"),
        pytest.param(b"\x0a\x01a\x12\x01b", Code.NOT_CANONICAL, id="both at once"),
        pytest.param(b"\x0a\x01a\x0a\x01b", Code.NOT_CANONICAL, id="one twice"),
        pytest.param(b"\x0a\x81\x00a", Code.NOT_CANONICAL, id="padded length"),
        pytest.param(b"\x1a\x01a", Code.UNKNOWN_FIELD, id="a third kind"),
        pytest.param(b"\x0a\x02a", Code.MALFORMED, id="cut short"),
    ],
)
def test_a_submission_that_is_not_one_thing_is_refused(data: bytes, code: Code) -> None:
    for decode in (decode_submission, decode_delivery):
        with pytest.raises(RefusedError) as refused:
            decode(data)
        assert refused.value.code is code


def test_parties_come_back_as_parties() -> None:
    header = decode_header(encode_header(GOOD), LIMITS)
    assert isinstance(header.origin, PartyId)
    assert isinstance(header.recipients[0].party, PartyId)
    assert header.created_ms == NOW_MS
