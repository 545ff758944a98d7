"""The record of the federation: the hub, its log, and what was decided on parties."""

import re
from collections.abc import Iterable
from typing import Final

from keys.directory.codec.fields import (
    LOG_KEY_SIZE,
    MAX_KEYS,
    account_of,
    checked_time,
    key_message,
    keys_of,
    parse,
    party_code,
    text,
)
from keys.directory.codec.witnesses import (
    checked_quorum,
    witness_message,
    witnesses_of,
)
from keys.directory.model import (
    FederationRecord,
    Membership,
    PartyLimits,
    Suspension,
)
from keys.errors import RecordError
from keys.identity import signing_key_id
from keys.signing import PUBLIC_SIZE as SIGNING_KEY_SIZE
from rogatory.v1 import directory_pb2

# First line of a checkpoint (C2SP tlog-checkpoint): no blanks, no plus sign.
_LOG_ORIGIN: Final = re.compile(r"[!-*,-~]{1,200}\Z")
_MAX_COUNT: Final = 2**32 - 1
_MAX_BYTES: Final = 2**63 - 1


def encode_federation(record: FederationRecord) -> bytes:
    """Returns the one serialised form of `record`.

    Raises:
        RecordError: A field that no record may have; `decode_federation` would
            refuse it.
    """
    data = directory_pb2.FederationRecord(
        name=record.name,
        hub_keys=map(key_message, record.hub_keys),
        log_origin=record.log_origin,
        log_key=record.log_key,
        hub_account=record.hub_account,
        former_log_keys=record.former_log_keys,
        memberships=map(_membership_message, record.memberships),
        common_limits=_limits_message(record.common_limits),
        witnesses=map(witness_message, record.witnesses),
        witness_quorum=checked_quorum(record.witness_quorum, len(record.witnesses)),
    ).SerializeToString(deterministic=True)
    if _read(data) != record:
        raise RecordError("a key identifier is not that of its key, or a value is 0")
    return data


def decode_federation(data: bytes) -> FederationRecord:
    """Reads what `encode_federation` wrote, and nothing else.

    Raises:
        RecordError: Not such a record, not its one form, or a field out of bounds.
    """
    record = _read(data)
    if encode_federation(record) != data:
        raise RecordError("the record is not in its one serialised form")
    return record


def _read(data: bytes) -> FederationRecord:
    message = parse(data, directory_pb2.FederationRecord())
    if not _LOG_ORIGIN.match(message.log_origin):
        raise RecordError(f"{message.log_origin!r} cannot name a log")
    log_keys = (*message.former_log_keys, message.log_key)
    if any(len(key) != LOG_KEY_SIZE for key in log_keys):
        raise RecordError(f"the key of the log has {LOG_KEY_SIZE} bytes")
    if len(set(log_keys)) != len(log_keys) or len(log_keys) > MAX_KEYS:
        raise RecordError("a key of the log stands there twice, or there are too many")
    witnesses = witnesses_of(message.witnesses, log_keys)
    return FederationRecord(
        name=text("name", message.name, required=True),
        hub_keys=keys_of("hub key", message.hub_keys, SIGNING_KEY_SIZE, signing_key_id),
        log_origin=message.log_origin,
        log_key=message.log_key,
        hub_account=account_of(message.hub_account),
        former_log_keys=tuple(message.former_log_keys),
        memberships=_memberships(message.memberships),
        common_limits=_limits(message.common_limits),
        witnesses=witnesses,
        witness_quorum=checked_quorum(message.witness_quorum, len(witnesses)),
    )


def _membership_message(membership: Membership) -> directory_pb2.Membership:
    suspension, limits = membership.suspension, membership.limits
    return directory_pb2.Membership(
        party=membership.party,
        suspended_since_ms=checked_time(suspension.since_ms) if suspension else 0,
        suspension_reason=suspension.reason if suspension else "",
        # Present even when empty: "the hub's defaults" is not "the common limits".
        limits=None if limits is None else _limits_values(limits),
    )


def _memberships(
    messages: Iterable[directory_pb2.Membership],
) -> tuple[Membership, ...]:
    found = tuple(map(_membership, messages))
    parties = [membership.party for membership in found]
    if sorted(set(parties)) != parties:
        raise RecordError("memberships stand in the order of party codes, each once")
    return found


def _membership(message: directory_pb2.Membership) -> Membership:
    party = party_code(message.party)
    since_ms = checked_time(message.suspended_since_ms)
    reason = text("reason of a suspension", message.suspension_reason)
    if bool(since_ms) != bool(reason.strip()):
        raise RecordError(f"a suspension of {party} has a time and a reason")
    if not since_ms and not message.HasField("limits"):
        raise RecordError(f"nothing was decided about {party}")
    return Membership(
        party=party,
        suspension=Suspension(since_ms=since_ms, reason=reason) if since_ms else None,
        limits=_limits(message.limits) if message.HasField("limits") else None,
    )


def _limits_message(limits: PartyLimits) -> directory_pb2.PartyLimits | None:
    return None if limits == PartyLimits() else _limits_values(limits)


def _limits_values(limits: PartyLimits) -> directory_pb2.PartyLimits:
    return directory_pb2.PartyLimits(
        connections=_bounded(limits.connections, _MAX_COUNT),
        stored_bytes=_bounded(limits.stored_bytes, _MAX_BYTES),
        message_bytes=_bounded(limits.message_bytes, _MAX_COUNT),
        messages_per_minute=_bounded(limits.messages_per_minute, _MAX_COUNT),
    )


def _bounded(value: int | None, most: int) -> int:
    if value is not None and not 0 < value <= most:
        raise RecordError(f"{value} is not a limit: expected 1 to {most}")
    return value or 0


def _limits(message: directory_pb2.PartyLimits) -> PartyLimits:
    if message.stored_bytes > _MAX_BYTES:
        raise RecordError(f"{message.stored_bytes} is not a number of bytes")
    return PartyLimits(
        connections=message.connections or None,
        stored_bytes=message.stored_bytes or None,
        message_bytes=message.message_bytes or None,
        messages_per_minute=message.messages_per_minute or None,
    )
