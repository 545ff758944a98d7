"""Permission requests, their answers and onward copies, between values and protobuf.

What follows from them is left to `broker.core.onward`.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from google.protobuf.message import Message

from broker.core.codec.handling import handling_from_proto, handling_to_proto
from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, RefusedError
from broker.core.handling import IntendedUse
from broker.core.permissions import Act, Copy, Grant, Verdict, Wish
from keys.errors import PartyCodeError
from keys.identity import PartyId
from rogatory.v1 import handling_pb2, permission_pb2 as pb

_CONTENT: Final = "content"
_VERSION: Final = 1  # of every kind that can be passed on


def encode_wish(wish: Wish) -> bytes:
    """Returns the content of a permission request."""
    return write_canonical(
        pb.PermissionRequest(
            message_digest=wish.message_digest,
            act=pb.PermittedAct.Name(wish.act),
            parties=sorted(wish.parties),
            purposes=_uses(wish.purposes),
            reason=wish.reason,
            until=_day_text(wish.until),
        )
    )


def read_wish(body: bytes) -> Wish:
    """Reads a content that `decode_document` has taken.

    Raises:
        RefusedError: INVALID_CONTENT, or the code of malformed bytes.
    """
    message = read_canonical(pb.PermissionRequest, body)
    return Wish(
        message_digest=message.message_digest,
        act=_act(message.act),
        parties=_parties(message.parties),
        purposes=frozenset(map(IntendedUse, message.purposes)),
        reason=message.reason,
        until=_day(message.until),
    )


def encode_grant(grant: Grant) -> bytes:
    """Returns the content of an answer."""
    return write_canonical(
        pb.PermissionGrant(
            message_digest=grant.message_digest,
            act=pb.PermittedAct.Name(grant.act),
            verdict=pb.PermissionVerdict.Name(grant.verdict),
            parties=sorted(grant.parties),
            purposes=_uses(grant.purposes),
            until=_day_text(grant.until),
            remarks=grant.remarks,
        )
    )


def read_grant(body: bytes) -> Grant:
    """Reads a content that `decode_document` has taken.

    Raises:
        RefusedError: INVALID_CONTENT, or the code of malformed bytes.
    """
    message = read_canonical(pb.PermissionGrant, body)
    try:
        verdict = Verdict(message.verdict)
    except ValueError:
        raise RefusedError(Code.INVALID_CONTENT, "verdict") from None
    return Grant(
        message_digest=message.message_digest,
        act=_act(message.act),
        verdict=verdict,
        parties=_parties(message.parties),
        purposes=frozenset(map(IntendedUse, message.purposes)),
        until=_day(message.until),
        remarks=message.remarks,
    )


def encode_copy(copy: Copy) -> bytes:
    """Returns the content of an onward copy.

    Raises:
        RefusedError: UNKNOWN_KIND, when the kind is none that can be passed on.
    """
    message = pb.OnwardCopy(
        provider=copy.provider,
        message_digest=copy.message_digest,
        grant_digest=copy.grant_digest,
        handling=handling_to_proto(copy.handling),
    )
    inner = _inner(message, copy.kind)
    inner.CopyFrom(read_canonical(type(inner), copy.body))
    return write_canonical(message)


def read_copy(body: bytes) -> Copy:
    """Reads a content that `decode_document` has taken.

    Raises:
        RefusedError: INVALID_CONTENT or INVALID_HANDLING, or the code of malformed
            bytes.
    """
    message = read_canonical(pb.OnwardCopy, body)
    name = message.WhichOneof(_CONTENT)
    if name is None:
        raise RefusedError(Code.INVALID_CONTENT, _CONTENT)
    [provider] = _parties([message.provider])
    return Copy(
        provider=provider,
        message_digest=message.message_digest,
        grant_digest=message.grant_digest,
        handling=handling_from_proto(message.handling),
        kind=f"{name.replace('_', '-')}/{_VERSION}",
        body=write_canonical(getattr(message, name)),
    )


def _inner(message: pb.OnwardCopy, kind: str) -> Message:
    names = {one.name for one in message.DESCRIPTOR.oneofs_by_name[_CONTENT].fields}
    name, _, version = kind.partition("/")
    field = name.replace("-", "_")
    if field not in names or version != str(_VERSION):
        raise RefusedError(Code.UNKNOWN_KIND, f"{kind} cannot be passed on")
    inner: Message = getattr(message, field)
    return inner


def _act(number: int) -> Act:
    try:
        return Act(number)
    except ValueError:
        raise RefusedError(Code.INVALID_CONTENT, "act") from None


def _uses(uses: Iterable[IntendedUse]) -> list[str]:
    return [handling_pb2.IntendedUse.Name(use) for use in sorted(uses)]


def _parties(codes: Iterable[str]) -> frozenset[PartyId]:
    try:
        return frozenset(PartyId(code) for code in codes)
    except PartyCodeError:
        raise RefusedError(Code.INVALID_CONTENT, "parties") from None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise RefusedError(Code.INVALID_CONTENT, "until") from None


def _day_text(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()
