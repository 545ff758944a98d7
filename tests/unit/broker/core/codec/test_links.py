"""What keeps links reads back as it was written, and says nothing it must not."""

import pytest
from hypothesis import given, strategies as st

from broker.core.codec.documents import decode_document
from broker.core.codec.links import (
    encode_heartbeat,
    encode_request,
    encode_resent,
    read_heartbeat,
    read_request,
    read_resent,
)
from broker.core.errors import Code, RefusedError
from broker.core.links import ResendOutcome, Resent
from broker.core.protocol_kinds import HEARTBEAT, RESEND, RESEND_REQUEST
from rogatory.v1 import link_pb2

NUMBERS = st.integers(1, 1 << 48)
PERIOD_MAX_MS = 366 * 86_400_000
DIGEST = bytes(range(32))


@given(st.integers(1, PERIOD_MAX_MS))
def test_a_heartbeat_reads_back_and_fits_its_kind(next_within_ms: int) -> None:
    body = encode_heartbeat(next_within_ms)
    assert read_heartbeat(body) == next_within_ms
    decode_document(HEARTBEAT, body)


@pytest.mark.parametrize("next_within_ms", [0, PERIOD_MAX_MS + 1])
def test_a_heartbeat_that_announces_nonsense_is_refused(next_within_ms: int) -> None:
    with pytest.raises(RefusedError) as caught:
        read_heartbeat(encode_heartbeat(next_within_ms))
    assert caught.value.code is Code.INVALID_CONTENT


@given(st.sets(NUMBERS, min_size=1, max_size=100))
def test_a_request_reads_back_and_fits_its_kind(numbers: set[int]) -> None:
    body = encode_request(sorted(numbers))
    assert read_request(body) == tuple(sorted(numbers))
    decode_document(RESEND_REQUEST, body)


@pytest.mark.parametrize(
    "numbers",
    [(), (2, 1), (1, 1), (0, 1), tuple(range(1, 102)), (1, (1 << 48) + 1)],
    ids=["none", "descending", "twice", "zero", "too many", "beyond all numbers"],
)
def test_a_request_out_of_form_is_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(RefusedError) as caught:
        read_request(encode_request(numbers))
    assert caught.value.code is Code.INVALID_CONTENT


@st.composite
def answers(draw: st.DrawFn) -> Resent:
    outcome = draw(st.sampled_from(ResendOutcome))
    again = outcome is ResendOutcome.SENT_AGAIN
    stated = again or outcome is ResendOutcome.REFUSED_BY_HUB
    some = st.binary(min_size=1, max_size=40)
    unknown = outcome is ResendOutcome.UNKNOWN
    return Resent(
        number=draw(NUMBERS),
        outcome=outcome,
        message_digest=b"" if unknown else draw(st.binary(min_size=32, max_size=32)),
        envelope=draw(some) if again else b"",
        receipt=draw(some) if stated else b"",
        proof=draw(some) if stated else b"",
    )


@given(answers())
def test_an_answer_reads_back_and_fits_its_kind(resent: Resent) -> None:
    body = encode_resent(resent)
    assert read_resent(body) == resent
    decode_document(RESEND, body)


@pytest.mark.parametrize(
    "resent",
    [
        Resent(number=0, outcome=ResendOutcome.UNKNOWN),
        Resent(number=1, outcome=ResendOutcome.EXPIRED),
        Resent(number=1, outcome=ResendOutcome.UNKNOWN, message_digest=DIGEST),
        Resent(number=1, outcome=ResendOutcome.SENT_AGAIN, message_digest=DIGEST),
        Resent(
            number=1,
            outcome=ResendOutcome.SENT_AGAIN,
            message_digest=DIGEST,
            envelope=b"envelope",
        ),
        Resent(
            number=1,
            outcome=ResendOutcome.EXPIRED,
            message_digest=DIGEST,
            envelope=b"smuggled",
        ),
        Resent(
            number=1,
            outcome=ResendOutcome.UNDER_WAY,
            message_digest=DIGEST,
            receipt=b"r",
            proof=b"p",
        ),
    ],
    ids=[
        "no number",
        "no digest",
        "digest of nothing",
        "nothing enclosed",
        "without the hub's word",
        "more than its outcome says",
        "word of the hub where it has none",
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(resent: Resent) -> None:
    with pytest.raises(RefusedError) as caught:
        read_resent(encode_resent(resent))
    assert caught.value.code is Code.INVALID_CONTENT


def test_an_answer_without_an_outcome_is_refused() -> None:
    body = link_pb2.Resend(number=1, message_digest=DIGEST).SerializeToString()
    with pytest.raises(RefusedError) as caught:
        read_resent(body)
    assert caught.value.code is Code.INVALID_CONTENT
