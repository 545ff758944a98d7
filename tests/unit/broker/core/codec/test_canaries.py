"""Claims about the documents that redaction is tested with."""

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import HealthCheck, given, settings

from broker.core.codec.classes import class_of
from broker.core.codec.documents import decode_document
from broker.core.codec.kinds import CONTENT_KINDS, parse_kind
from broker.core.fields import FieldClass
from tests.unit.broker.core.codec.canaries import Seeded, every_variant, full, partial


def _texts(message: Descriptor) -> set[str]:
    """Returns the fields of text inside a message that policies treat."""
    found = {
        field.full_name
        for field in message.fields
        if field.type in {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}
        and class_of(field) is not FieldClass.PLAIN
    }
    for field in message.fields:
        if field.message_type and class_of(field) is not FieldClass.PLAIN:
            found |= _texts(field.message_type)
    return found


@pytest.mark.parametrize("kind", CONTENT_KINDS)
def test_every_text_that_is_treated_gets_a_canary(kind: str) -> None:
    seeded = [*every_variant(kind, "ZZ")]
    found = {one.field for each in seeded for one in each.canaries}
    # The mask repeats the number beside it.
    assert _texts(parse_kind(kind).descriptor) - found <= {"rogatory.v1.Serial.mask"}


@pytest.mark.parametrize("kind", CONTENT_KINDS)
def test_no_canary_stands_in_two_places(kind: str) -> None:
    for variant in range(3):
        seeded = full(kind, "ZZ", variant)
        texts = [one.text for one in seeded.canaries]
        assert all(one.is_in(seeded.body) for one in seeded.canaries)
        assert not [
            one for one in texts if any(one in other for other in texts if other != one)
        ]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("kind", CONTENT_KINDS)
def test_a_drawn_document_is_sound(kind: str) -> None:
    @settings(
        max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(partial(kind))
    def claim(seeded: Seeded) -> None:
        assert decode_document(kind, seeded.body) == seeded.document

    claim()


def test_documents_with_different_tags_share_no_canary() -> None:
    other = full("diversion-alert/1", "CD").body
    shared = {
        canary.field
        for canary in full("diversion-alert/1", "AB").canaries
        if canary.is_in(other)
    }
    assert all("locode" in name or "TransportLeg" in name for name in shared)
