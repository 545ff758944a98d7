"""A policy between values and the bytes that its party publishes.

The document form is left to `broker.core.policy.parse`.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, PolicyError, RefusedError
from broker.core.handling import Tlp
from broker.core.policy.rules import (
    GROUPS_MAX,
    RULES_MAX,
    Effect,
    Group,
    Policy,
    Rule,
)
from keys.errors import PartyCodeError
from keys.identity import PartyId
from rogatory.v1 import handling_pb2, policy_pb2 as pb

POLICY_MAX_SIZE: Final = 262_144  # bytes


def encode_policy(policy: Policy) -> bytes:
    """Returns the bytes of `policy`, the same for the same value.

    Raises:
        RefusedError: OVERSIZE.
    """
    data = write_canonical(
        pb.Policy(
            party=policy.party,
            groups=[
                pb.PolicyGroup(name=group.name, members=sorted(group.members))
                for group in policy.groups
            ],
            exports=[_rule_to_proto(rule) for rule in policy.exports],
            imports=[_rule_to_proto(rule) for rule in policy.imports],
        )
    )
    _bounded(data)
    return data


def decode_policy(data: bytes) -> Policy:
    """Reads what a party published.

    Raises:
        RefusedError: OVERSIZE, MALFORMED (also: without meaning, such as a group
            that is not defined), UNKNOWN_FIELD, NOT_CANONICAL (also: names that are
            not ascending and unique) or INVALID_HANDLING.
    """
    _bounded(data)
    message = read_canonical(pb.Policy, data)
    # Before anything is made of them: tens of thousands would cost seconds.
    if (
        len(message.groups) > GROUPS_MAX
        or max(len(message.exports), len(message.imports)) > RULES_MAX
    ):
        raise RefusedError(Code.MALFORMED, "more rules or groups than a policy has")
    try:
        return Policy(
            party=PartyId(message.party),
            groups=tuple(
                Group(name=group.name, members=_parties(group.members))
                for group in message.groups
            ),
            exports=tuple(_rule_from_proto(rule) for rule in message.exports),
            imports=tuple(_rule_from_proto(rule) for rule in message.imports),
        )
    except PartyCodeError:
        raise RefusedError(Code.MALFORMED, "party code in a policy") from None
    except PolicyError as error:
        raise RefusedError(Code.MALFORMED, f"policy: {error.problems[0]}") from None


def policy_digest(data: bytes) -> bytes:
    """Returns SHA-256 of a policy's bytes as published, 32 bytes."""
    return hashlib.sha256(data).digest()


def _bounded(data: bytes) -> None:
    if len(data) > POLICY_MAX_SIZE:
        raise RefusedError(Code.OVERSIZE, f"policy of {len(data)} bytes")


def _rule_to_proto(rule: Rule) -> pb.PolicyRule:
    return pb.PolicyRule(
        id=rule.id,
        effect=pb.Effect.Name(rule.effect),
        parties=sorted(rule.parties),
        groups=sorted(rule.groups),
        everyone=rule.everyone,
        kinds=sorted(rule.kinds),
        every_kind=rule.every_kind,
        handling_up_to=handling_pb2.Tlp.Name(rule.handling_up_to or 0),
        handling_from=handling_pb2.Tlp.Name(rule.handling_from or 0),
        because=rule.because,
    )


def _rule_from_proto(message: pb.PolicyRule) -> Rule:
    try:
        effect = Effect(message.effect)
    except ValueError:
        raise RefusedError(Code.MALFORMED, "effect of a policy rule") from None
    return Rule(
        id=message.id,
        effect=effect,
        parties=_parties(message.parties),
        groups=_ascending(message.groups),
        everyone=message.everyone,
        kinds=_ascending(message.kinds),
        every_kind=message.every_kind,
        handling_up_to=_label(message.handling_up_to),
        handling_from=_label(message.handling_from),
        because=message.because,
    )


def _parties(codes: Sequence[str]) -> frozenset[PartyId]:
    return frozenset(PartyId(code) for code in _ascending(codes))


def _ascending(texts: Sequence[str]) -> frozenset[str]:
    if list(texts) != sorted(set(texts)):
        raise RefusedError(Code.NOT_CANONICAL, "names not ascending and unique")
    return frozenset(texts)


def _label(value: int) -> Tlp | None:
    if value == 0:
        return None
    try:
        return Tlp(value)
    except ValueError:
        raise RefusedError(Code.INVALID_HANDLING, "label in a policy") from None
