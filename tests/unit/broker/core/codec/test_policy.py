"""A policy on the wire."""

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.codec.policy import (
    POLICY_MAX_SIZE,
    decode_policy,
    encode_policy,
    policy_digest,
)
from broker.core.codec.strict import write_canonical
from broker.core.errors import Code, RefusedError
from broker.core.policy.parse import parse_policy
from broker.core.policy.render import render_policy
from broker.core.policy.rule import Effect, Rule
from broker.core.policy.rules import Policy
from broker.core.policy.vocabulary import RULES_MAX
from keys.identity import PartyId
from rogatory.v1 import policy_pb2
from tests.unit.broker.core.policy.policies import policies


def sound() -> policy_pb2.Policy:
    return policy_pb2.Policy(
        party="KEN",
        groups=[policy_pb2.PolicyGroup(name="eac", members=["RWA", "TZA"])],
        exports=[
            policy_pb2.PolicyRule(
                id="routes",
                effect="EFFECT_PERMIT",
                parties=["MEX", "XPO"],
                groups=["eac"],
                kinds=["route-intelligence", "trace-request"],
                handling_up_to="TLP_AMBER",
            )
        ],
    )


def refusal(data: bytes) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        decode_policy(data)
    return refused.value


@settings(max_examples=40, deadline=None)
@given(policies)
def test_a_policy_comes_back_from_document_and_wire_as_it_went(policy: Policy) -> None:
    assert decode_policy(encode_policy(policy)) == policy
    read = parse_policy(render_policy(policy))
    assert encode_policy(read) == encode_policy(policy)


@settings(max_examples=60, deadline=None)
@given(policies, st.data())
def test_what_is_accepted_has_one_encoding(policy: Policy, data: st.DataObject) -> None:
    changed = bytearray(encode_policy(policy))
    at = data.draw(st.integers(0, len(changed) - 1))
    changed[at] = data.draw(st.integers(0, 255))
    try:
        read = decode_policy(bytes(changed))
    except RefusedError:
        return
    assert encode_policy(read) == changed


def test_a_sound_message_is_read() -> None:
    message = sound()
    assert encode_policy(decode_policy(write_canonical(message))) == write_canonical(
        message
    )


def test_a_kind_that_is_not_known_here_is_read_since_others_may_be_ahead() -> None:
    message = sound()
    message.exports[0].kinds[:] = ["practice-note"]
    rule = decode_policy(write_canonical(message)).exports[0]
    assert rule.kinds == {"practice-note"}


Change = Callable[[policy_pb2.Policy], object]
_CHANGES: list[tuple[str, Change, Code, str]] = [
    (
        "party",
        lambda p: p.ClearField("party"),
        Code.MALFORMED,
        "party code in a policy",
    ),
    (
        "member",
        lambda p: p.groups[0].members.append("zza"),
        Code.MALFORMED,
        "party code in a policy",
    ),
    (
        "members out of order",
        lambda p: p.groups[0].members.reverse(),
        Code.NOT_CANONICAL,
        "names not ascending and unique",
    ),
    (
        "parties repeated",
        lambda p: p.exports[0].parties.append("XPO"),
        Code.NOT_CANONICAL,
        "names not ascending and unique",
    ),
    (
        "groups repeated",
        lambda p: p.exports[0].groups.append("eac"),
        Code.NOT_CANONICAL,
        "names not ascending and unique",
    ),
    (
        "kinds out of order",
        lambda p: p.exports[0].kinds.reverse(),
        Code.NOT_CANONICAL,
        "names not ascending and unique",
    ),
    (
        "no effect",
        lambda p: p.exports[0].ClearField("effect"),
        Code.MALFORMED,
        "effect of a policy rule",
    ),
    (
        "an effect to come",
        lambda p: p.exports[0].MergeFromString(b"\x10\x03"),
        Code.MALFORMED,
        "effect of a policy rule",
    ),
    (
        "a label to come",
        lambda p: p.exports[0].MergeFromString(b"\x40\x06"),
        Code.INVALID_HANDLING,
        "label in a policy",
    ),
    (
        "no ceiling",
        lambda p: p.exports[0].ClearField("handling_up_to"),
        Code.MALFORMED,
        (
            "policy: export[0].up-to: found nothing, a permit needs the most closed "
            "label it covers, such as TLP:AMBER"
        ),
    ),
    (
        "a group that is not defined",
        lambda p: p.ClearField("groups"),
        Code.MALFORMED,
        (
            "policy: export[0].to: found 'eac', expected a group that is defined under "
            "groups"
        ),
    ),
]


@pytest.mark.parametrize(
    ("change", "code", "detail"),
    [pytest.param(*case, id=name) for name, *case in _CHANGES],
)
def test_what_has_no_meaning_is_refused(
    change: Change, code: Code, detail: str
) -> None:
    message = sound()
    change(message)
    error = refusal(write_canonical(message))
    assert (error.code, error.detail) == (code, detail)


def test_smuggling_an_unknown_field_into_a_rule_is_refused() -> None:
    message = sound()
    message.exports[0].MergeFromString(b"\xa2\x06\x04data")
    assert refusal(write_canonical(message)).code is Code.UNKNOWN_FIELD


def test_a_second_encoding_is_refused() -> None:
    data = write_canonical(sound())
    assert refusal(b"\x0a\x03MEX" + data).code is Code.NOT_CANONICAL


def test_bytes_that_are_no_policy_are_malformed() -> None:
    assert refusal(b"party: KEN").code is Code.MALFORMED


def test_an_oversized_policy_is_refused_before_it_is_read() -> None:
    error = refusal(bytes(POLICY_MAX_SIZE + 1))
    assert (error.code, error.detail) == (Code.OVERSIZE, "policy of 262145 bytes")


def test_an_oversized_policy_is_not_written_either() -> None:
    rules = tuple(
        Rule(id=f"r{index}", effect=Effect.DENY, because="協" * 300)
        for index in range(RULES_MAX)
    )
    with pytest.raises(RefusedError, match="oversize"):
        encode_policy(Policy(party=PartyId("KEN"), exports=rules))


def test_the_digest_is_sha256_of_the_bytes_as_published() -> None:
    data = write_canonical(sound())
    assert policy_digest(data) == hashlib.sha256(data).digest()


@pytest.mark.parametrize(
    "hostile",
    [
        policy_pb2.Policy(
            party="KEN", exports=[policy_pb2.PolicyRule()] * (RULES_MAX + 1)
        ),
        policy_pb2.Policy(
            party="KEN", imports=[policy_pb2.PolicyRule()] * (RULES_MAX + 1)
        ),
        policy_pb2.Policy(party="KEN", groups=[policy_pb2.PolicyGroup()] * 101),
    ],
    ids=["exports", "imports", "groups"],
)
def test_rules_and_groups_without_number_are_refused_before_they_are_read(
    hostile: policy_pb2.Policy,
) -> None:
    with pytest.raises(RefusedError, match="more rules, groups or off") as refused:
        decode_policy(hostile.SerializeToString())
    assert refused.value.code is Code.MALFORMED
