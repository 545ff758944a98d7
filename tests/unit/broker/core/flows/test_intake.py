"""A recipient checks again all that the hub checked, and decides for itself."""

from dataclasses import replace

import pytest

from broker.core.codec.envelope import (
    EnvelopeItem,
    decode_delivery,
    decode_envelope,
    deliveries,
    encode_envelope,
)
from broker.core.envelope import Sealed, read_claim
from broker.core.errors import Code, RefusedError
from broker.core.flows.intake import judge_content, statement, verify_delivery
from broker.core.limits import Limits
from broker.core.model import Stage
from tests import world
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS

LIMITS = Limits()


def delivery(message: Sealed) -> bytes:
    first = next(deliveries(decode_envelope(message.envelope)))
    item = decode_delivery(first)
    assert isinstance(item, EnvelopeItem)
    return item.data


def test_a_good_delivery_is_verified() -> None:
    message = world.sealed(to=[BEL, MEX])
    verified = verify_delivery(
        delivery(message), BEL, world.view(), now_ms=NOW_MS, limits=LIMITS
    )
    assert verified.digest == message.message_digest


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(
            delivery(world.sealed(signer=world.signing_key(MEX))),
            Code.BAD_SIGNATURE,
            id="signed by another",
        ),
        pytest.param(
            delivery(world.sealed(to=[MEX])), Code.NOT_ADDRESSED, id="for another"
        ),
        pytest.param(
            world.sealed(to=[BEL, MEX]).envelope,
            Code.WRAP_MISMATCH,
            id="with the wraps of others",
        ),
        pytest.param(
            delivery(world.sealed(created_ms=NOW_MS - DAY_MS, expires_ms=NOW_MS - 1)),
            Code.EXPIRED,
            id="held back until it expired",
        ),
    ],
)
def test_a_hub_that_lets_anything_through_is_no_help(data: bytes, code: Code) -> None:
    with pytest.raises(RefusedError) as refused:
        verify_delivery(data, BEL, world.view(), now_ms=NOW_MS, limits=LIMITS)
    assert refused.value.code is code


def test_a_hub_that_garbles_the_signature_is_noticed() -> None:
    parts = decode_envelope(delivery(world.sealed()))
    garbled = encode_envelope(replace(parts, signature=parts.signature[::-1]))
    with pytest.raises(RefusedError) as refused:
        verify_delivery(garbled, BEL, world.view(), now_ms=NOW_MS, limits=LIMITS)
    assert refused.value.code is Code.BAD_SIGNATURE


def admission(body: bytes, **changes: object) -> Code | None:
    trust = world.trust({MEX: world.entry(MEX, world.closed_policy(MEX, against=KEN))})
    me = MEX if changes.pop("closed", False) else BEL
    engine = None if changes.pop("unpublished", False) else trust.engines[me]
    header = replace(world.header(to=[me]), **changes)  # type: ignore[arg-type]
    try:
        judge_content(header, body, me, engine, NOW_MS).terms()
    except RefusedError as error:
        return error.code
    return None


def test_content_that_fits_and_is_welcome_is_admitted() -> None:
    assert admission(world.body()) is None


def test_content_that_does_not_fit_its_kind_is_refused() -> None:
    assert admission(b"\xff") is Code.MALFORMED
    assert admission(b"") is Code.INVALID_CONTENT
    assert admission(world.body(), kind="trace-request/1") is not None


def test_content_our_own_policy_does_not_take_is_refused() -> None:
    assert admission(world.body(), closed=True) is Code.IMPORT_POLICY
    assert admission(world.body(), unpublished=True) is Code.IMPORT_POLICY


def test_a_statement_says_to_the_origin_what_became_of_its_message() -> None:
    message = world.sealed()
    claim = read_claim(message.envelope, LIMITS)
    assert claim is not None
    said = statement(BEL, claim, Stage.DELIVERED, NOW_MS)
    assert (said.by, said.to, said.message_digest) == (BEL, KEN, message.message_digest)
    assert (said.code, said.detail) == ("", "")
    error = RefusedError(Code.CANNOT_OPEN, "why")
    refusal = statement(BEL, claim, Stage.REFUSED, NOW_MS, error)
    assert (refusal.code, refusal.detail) == ("cannot-open", "why")
    assert refusal.nonce != said.nonce
