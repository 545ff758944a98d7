"""Handling between values and protobuf.

What the labels permit is left to the policy.
"""

from broker.core.errors import Code, HandlingError, RefusedError
from broker.core.handling import (
    Europol,
    Handling,
    IntendedUse,
    Pap,
    Restrictions,
    Tlp,
)
from rogatory.v1 import handling_pb2 as pb


def handling_to_proto(handling: Handling) -> pb.Handling:
    """Returns the one encoding of `handling`: codes ascending, nothing empty."""
    message = pb.Handling(
        tlp=pb.Tlp.Name(handling.tlp),
        europol=[pb.EuropolCode.Name(code) for code in sorted(handling.europol)],
        pap=pb.Pap.Name(handling.pap or 0),
    )
    if handling.restrictions != Restrictions():
        message.restrictions.CopyFrom(
            pb.Restrictions(
                release_to=handling.restrictions.release_to,
                purpose=handling.restrictions.purpose,
                no_onward=handling.restrictions.no_onward,
                other=handling.restrictions.other,
                purposes=[
                    pb.IntendedUse.Name(use)
                    for use in sorted(handling.restrictions.purposes)
                ],
                retention_days=handling.restrictions.retention_days or 0,
            )
        )
    return message


def encode_handling(handling: Handling) -> bytes:
    """Returns the bytes of a handling, the same for the same one."""
    return handling_to_proto(handling).SerializeToString(deterministic=True)


def decode_handling(data: bytes) -> Handling:
    """Reads what `encode_handling` wrote.

    Raises:
        RefusedError: INVALID_HANDLING.
    """
    return handling_from_proto(pb.Handling.FromString(data))


def handling_from_proto(message: pb.Handling) -> Handling:
    """Reads a handling.

    Raises:
        RefusedError: INVALID_HANDLING: no label, a value that is not known, codes
            that are not ascending and unique, H0 beside another code, restrictions
            that are there but say nothing.
    """
    try:
        tlp = Tlp(message.tlp)
        codes = [Europol(code) for code in message.europol]
        pap = Pap(message.pap) if message.pap else None
        purposes = [IntendedUse(use) for use in message.restrictions.purposes]
    except ValueError:
        raise RefusedError(Code.INVALID_HANDLING, "label or code not known") from None
    if codes != sorted(set(codes)) or purposes != sorted(set(purposes)):
        raise RefusedError(Code.INVALID_HANDLING, "codes not sorted, or not unique")
    restrictions = Restrictions(
        release_to=tuple(message.restrictions.release_to),
        purpose=message.restrictions.purpose,
        no_onward=message.restrictions.no_onward,
        other=message.restrictions.other,
        purposes=frozenset(purposes),
        retention_days=message.restrictions.retention_days or None,
    )
    # Two encodings of "none" would be two messages that say the same.
    if message.HasField("restrictions") and restrictions == Restrictions():
        raise RefusedError(Code.INVALID_HANDLING, "empty restrictions")
    try:
        return Handling(
            tlp=tlp, europol=frozenset(codes), pap=pap, restrictions=restrictions
        )
    except HandlingError:
        raise RefusedError(Code.INVALID_HANDLING, "H0 beside another code") from None
