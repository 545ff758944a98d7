"""What goes between a witness and the desk has one form, and nothing else is read."""

import pytest
from hypothesis import given, strategies as st

from broker.core.codec.desk_cosignatures import (
    CosignOffer,
    CosignOutcome,
    decode_candidate_question,
    decode_cosign_offer,
    decode_outcome,
    encode_candidate_question,
    encode_cosign_offer,
    encode_outcome,
)
from broker.core.errors import ProofError, RefusedError
from keys.notes import NAME, NoteSignature

_SIZES = st.integers(0, (1 << 63) - 1)


@given(_SIZES)
def test_the_question_what_to_cosign_survives(since: int) -> None:
    assert decode_candidate_question(encode_candidate_question(since)) == since


@given(
    _SIZES,
    st.from_regex(NAME, fullmatch=True),
    st.binary(min_size=4, max_size=4),
    st.binary(min_size=1, max_size=4096),
)
def test_a_cosignature_survives(
    size: int, name: str, key_id: bytes, value: bytes
) -> None:
    signature = NoteSignature(name=name, key_id=key_id, value=value)
    offer = CosignOffer(size=size, signature=signature)
    assert decode_cosign_offer(encode_cosign_offer(offer)) == offer


@pytest.mark.parametrize("outcome", list(CosignOutcome))
def test_an_outcome_survives(outcome: CosignOutcome) -> None:
    assert decode_outcome(encode_outcome(outcome)) is outcome


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"{}", b'{"outcome": 1}', b'{"outcome": "maybe"}']
)
def test_what_is_no_outcome_is_refused(data: bytes) -> None:
    with pytest.raises(ProofError):
        decode_outcome(data)


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 50_000, b" " * 70_000, b"null"])
def test_what_is_no_question_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError):
        decode_candidate_question(data)
    with pytest.raises(RefusedError):
        decode_cosign_offer(data)
