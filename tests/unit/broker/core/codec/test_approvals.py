"""Releases and statements as bytes: one encoding each, refused when strange."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from broker.core.codec.approvals import (
    RELEASE_MAX_SIZE,
    decode_release,
    decode_signed_approval,
    decode_statement,
    encode_release,
    encode_signed_approval,
    encode_statement,
)
from broker.core.codec.strict import write_canonical
from broker.core.errors import Code, RefusedError
from broker.core.fields import TREATED
from broker.core.policy.decision import Approval
from broker.core.releases import (
    LAST_MS,
    Release,
    ReleaseParcel,
    SignedApproval,
    Statement,
    Verdict,
)
from keys.framing import sha256
from rogatory.v1 import approval_pb2 as pb, handling_pb2
from tests.unit.broker.core.handlings import handlings
from tests.world import AMBER, BEL, KEN, KIND, MEX, PARTIES, XPO

digests = st.binary(min_size=32, max_size=32)
names = st.from_regex(r"[a-z]{1,9}", fullmatch=True)
statements = st.builds(
    Statement,
    release_digest=digests,
    verdict=st.sampled_from(Verdict),
    officer=names,
    at_ms=st.integers(0, LAST_MS),
    expires_ms=st.integers(0, LAST_MS),
    reason=st.text(max_size=60).filter(str.isprintable),
)
needs = st.builds(
    Approval,
    rule_id=names,
    needed=st.integers(1, 9),
    officers=st.frozensets(names, min_size=1, max_size=4),
)
parcels = st.builds(
    ReleaseParcel,
    recipients=st.frozensets(st.sampled_from(PARTIES), min_size=1).map(
        lambda parties: tuple(sorted(parties))
    ),
    body_digest=digests,
    handling=handlings,
    withheld=st.frozensets(st.sampled_from(TREATED)).map(lambda s: tuple(sorted(s))),
    approvals=st.lists(needs, max_size=2).map(tuple),
)
releases = st.builds(
    Release,
    origin=st.sampled_from(PARTIES),
    kind=st.just(KIND),
    policy_digest=digests,
    parcels=st.lists(
        parcels, min_size=1, max_size=3, unique_by=lambda one: one.recipients[0]
    ).map(lambda found: tuple(sorted(found, key=lambda one: one.recipients[0]))),
    case_reference=st.sampled_from(["", "K-1"]),
    in_reply_to=st.just(b"") | digests,
)


@given(statements)
def test_a_statement_comes_back_as_it_was(statement: Statement) -> None:
    assert decode_statement(encode_statement(statement)) == statement


@given(releases)
def test_a_release_comes_back_as_it_was(release: Release) -> None:
    assert decode_release(encode_release(release)) == release


@given(st.binary(max_size=200), st.binary(max_size=72))
def test_a_signed_approval_comes_back_as_it_was(data: bytes, signature: bytes) -> None:
    signed = SignedApproval(statement=data, signature=signature)
    assert decode_signed_approval(encode_signed_approval(signed)) == signed


@given(st.binary(max_size=80))
def test_strange_bytes_are_refused_and_nothing_else(data: bytes) -> None:
    for decode in (decode_statement, decode_signed_approval, decode_release):
        _refused_or_read(decode, data)


def _refused_or_read(decode: Callable[[bytes], object], data: bytes) -> None:
    try:
        decode(data)
    except RefusedError:
        return


def _release(**changes: Any) -> pb.Release:  # noqa: ANN401 - fields of a message
    good = Release(
        origin=KEN,
        kind=KIND,
        policy_digest=sha256(b"policy"),
        parcels=tuple(
            ReleaseParcel(recipients=to, body_digest=sha256(b"body"), handling=AMBER)
            for to in ((BEL, MEX), (XPO,))
        ),
    )
    message = pb.Release.FromString(encode_release(good))
    message.MergeFrom(pb.Release(**changes))
    return message


def _swapped(message: pb.Release) -> None:
    first, second = list(message.parcels)
    message.ClearField("parcels")
    message.parcels.extend([second, first])


def _unsorted(message: pb.Release) -> None:
    message.parcels[0].recipients[:] = ["MEX", "BEL"]


def _nobody(message: pb.Release) -> None:
    message.parcels[0].ClearField("recipients")


def _no_body(message: pb.Release) -> None:
    message.parcels[0].ClearField("body_digest")


def _no_parcels(message: pb.Release) -> None:
    message.ClearField("parcels")


def _plain_class(message: pb.Release) -> None:
    message.parcels[0].withheld.append(handling_pb2.FIELD_CLASS_PLAIN)


def _unknown_class(message: pb.Release) -> None:
    # Field 4, of which 99 is no known value.
    message.parcels[0].MergeFromString(bytes([4 << 3 | 2, 1, 99]))


def _no_handling(message: pb.Release) -> None:
    message.parcels[0].ClearField("handling")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_swapped, Code.NOT_CANONICAL),
        (_unsorted, Code.NOT_CANONICAL),
        (_nobody, Code.MALFORMED),
        (_no_body, Code.MALFORMED),
        (_no_parcels, Code.MALFORMED),
        (_plain_class, Code.NOT_CANONICAL),
        (_unknown_class, Code.MALFORMED),
        (_no_handling, Code.INVALID_HANDLING),
    ],
)
def test_a_release_that_says_nothing_clear_is_refused(
    spoil: Callable[[pb.Release], None], code: Code
) -> None:
    message = _release()
    spoil(message)
    with pytest.raises(RefusedError) as caught:
        decode_release(write_canonical(message))
    assert caught.value.code is code


@pytest.mark.parametrize(
    "changes",
    [{"origin": "Kenya"}, {"policy_digest": b"x"}, {"in_reply_to": b"x"}],
)
def test_a_field_of_the_wrong_form_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as caught:
        decode_release(write_canonical(_release(**changes)))
    assert caught.value.code is Code.MALFORMED


def test_a_release_of_any_size_is_not_read() -> None:
    with pytest.raises(RefusedError) as caught:
        decode_release(bytes(RELEASE_MAX_SIZE + 1))
    assert caught.value.code is Code.OVERSIZE


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"verdict": pb.VERDICT_UNSPECIFIED}, "neither"),
        ({"reason": "\n"}, "cannot be printed"),
        ({"release_digest": bytes(31)}, "about nothing"),
        ({"officer": ""}, "names no officer"),
    ],
)
def test_a_statement_that_says_nothing_clear_is_refused(
    changes: dict[str, Any], because: str
) -> None:
    good: dict[str, Any] = {
        "release_digest": bytes(32),
        "officer": "amina",
        "verdict": pb.VERDICT_REJECT,
    }
    with pytest.raises(RefusedError, match=because) as caught:
        decode_statement(write_canonical(pb.Approval(**{**good, **changes})))
    assert caught.value.code is Code.INVALID_APPROVAL


def test_a_second_encoding_of_an_approval_is_refused() -> None:
    data = encode_signed_approval(SignedApproval(statement=b"a", signature=b"b"))
    with pytest.raises(RefusedError, match="not-canonical"):
        decode_signed_approval(data + data)
    with pytest.raises(RefusedError, match="bytes"):
        decode_signed_approval(bytes(5000))
