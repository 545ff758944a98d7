"""A policy between values and the bytes that its party publishes.

The document form is left to `broker.core.policy.parse`, and single rules to
`broker.core.codec.policy_rule`.
"""

import hashlib
from typing import Final

from broker.core.codec.policy_rule import (
    ascending_parties,
    rule_from_proto,
    rule_to_proto,
    validity_from_proto,
)
from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, PolicyError, RefusedError
from broker.core.policy.rule import Group, Officer
from broker.core.policy.rules import Policy
from broker.core.policy.vocabulary import (
    GROUPS_MAX,
    OFFICERS_MAX,
    PARTIES_MAX,
    RULES_MAX,
)
from keys.errors import PartyCodeError
from keys.identity import PartyId
from rogatory.v1 import policy_pb2 as pb

POLICY_MAX_SIZE: Final = 262_144  # bytes


def encode_policy(policy: Policy) -> bytes:
    """Returns the bytes of `policy`, the same for the same value.

    Raises:
        RefusedError: OVERSIZE.
    """
    first, last = policy.validity.first, policy.validity.last
    data = write_canonical(
        pb.Policy(
            party=policy.party,
            groups=[
                pb.PolicyGroup(name=group.name, members=sorted(group.members))
                for group in policy.groups
            ],
            exports=[rule_to_proto(rule) for rule in policy.exports],
            imports=[rule_to_proto(rule) for rule in policy.imports],
            officers=[
                pb.Officer(name=officer.name, public_key=officer.public_key)
                for officer in policy.officers
            ],
            valid_from=first.isoformat() if first else "",
            valid_until=last.isoformat() if last else "",
        )
    )
    _bounded(data)
    return data


def decode_policy(data: bytes) -> Policy:
    """Reads what a party published.

    Raises:
        RefusedError: OVERSIZE, MALFORMED (also: without meaning, such as a group
            that is not defined), UNKNOWN_FIELD, NOT_CANONICAL (also: lists that are
            not ascending and unique) or INVALID_HANDLING.
    """
    _bounded(data)
    message = read_canonical(pb.Policy, data)
    _check_numbers(message)
    try:
        return Policy(
            party=PartyId(message.party),
            groups=tuple(
                Group(name=group.name, members=ascending_parties(group.members))
                for group in message.groups
            ),
            exports=tuple(rule_from_proto(rule) for rule in message.exports),
            imports=tuple(rule_from_proto(rule) for rule in message.imports),
            officers=tuple(
                Officer(name=officer.name, public_key=officer.public_key)
                for officer in message.officers
            ),
            validity=validity_from_proto(message.valid_from, message.valid_until),
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


def _check_numbers(message: pb.Policy) -> None:
    # Before anything is made of them: tens of thousands would cost seconds.
    if (
        len(message.groups) > GROUPS_MAX
        or len(message.officers) > OFFICERS_MAX
        or max(len(message.exports), len(message.imports)) > RULES_MAX
    ):
        raise RefusedError(
            Code.MALFORMED, "more rules, groups or officers than a policy has"
        )
    if any(len(group.members) > PARTIES_MAX for group in message.groups):
        raise RefusedError(Code.MALFORMED, "more parties than a group has")
