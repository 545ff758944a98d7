"""What a party's keys look like to its own people, and what a revocation touches.

Changing keys is left to `key_changes`, printing to the command line.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from broker.app.credentials import NodeKeys
from broker.app.key_changes import KeyUse, Pending, Revocation
from broker.app.node_folder import Node
from broker.core.errors import ConfigurationError
from broker.core.model import message_id_text
from keys.directory.model import PartyRecord, PublishedKey
from keys.directory.renewal import newest
from keys.identity import KeyId

_SHORT = 8  # hexadecimal digits that name a key


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One published key.

    Attributes:
        state: "in use", "ending", "ended", "to come" or "revoked".
        held: Whether the private half is in this node.
    """

    use: KeyUse
    key: PublishedKey
    state: str
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a revocation means for messages that this node knows of.

    Attributes:
        doubted: How many of ours others hold that were sealed since then.
        waiting: Ids of ours that the hub does not have yet, and will refuse.
        readable: How many received ones whoever holds a revoked key can read.
    """

    doubted: int
    waiting: tuple[str, ...]
    readable: int


def key_lines(record: PartyRecord, keys: NodeKeys, now_ms: int) -> list[KeyLine]:
    """Returns every key that `record` lists, in its order."""
    return [
        KeyLine(
            use=use,
            key=key,
            state=_state(key, newest(published, now_ms), now_ms),
            held=keys.holder.holds(key.key_id),
        )
        for use, published in _uses(record)
        for key in published
    ]


def pending_names(pending: Pending) -> dict[KeyUse, str]:
    """Returns the keys that are not published yet, by their ids."""
    names: dict[KeyUse, str] = {}
    if pending.signing is not None:
        names[KeyUse.SIGNING] = pending.signing.public.key_id.hex()
    if pending.encryption is not None:
        names[KeyUse.ENCRYPTION] = pending.encryption.public.key_id.hex()
    if pending.account is not None:
        names[KeyUse.ACCOUNT] = pending.account.public
    return names


def find_key(record: PartyRecord, name: str) -> KeyId:
    """Returns the key that the beginning of an id means.

    Raises:
        ConfigurationError: It means none, or several.
    """
    if len(name) < _SHORT:
        raise ConfigurationError(f"{name!r} is too short: give {_SHORT} digits or more")
    found = [
        key.key_id
        for _, published in _uses(record)
        for key in published
        if key.key_id.hex().startswith(name.lower())
    ]
    if len(found) != 1:
        raise ConfigurationError(
            f"{name} means {len(found)} keys of the record; list them with: rogatory "
            "keys show"
        )
    return found[0]


def revocable(
    record: PartyRecord, uses: Collection[KeyUse], since_ms: int
) -> frozenset[KeyId]:
    """Returns all keys of `uses` that still count for something since then.

    Retired ones too: whoever has stolen a key dates back what it signs with it.
    """
    return frozenset(
        key.key_id
        for use, published in _uses(record)
        for key in published
        if use in uses and (key.revoked_at_ms is None or key.revoked_at_ms > since_ms)
    )


def touched_by(node: Node, wanted: Revocation) -> Touched:
    """Returns what `wanted` means for messages here.

    Raises:
        StoreError: The node's database cannot be read.
    """
    doubted, waiting = 0, []
    for message in node.store.sent_under(wanted.key_ids):
        if message.waiting:
            waiting.append(message_id_text(message.header.message_id))
        elif message.header.created_ms >= wanted.since_ms:
            doubted += 1
    readable = sum(
        any(
            recipient.party == node.party and recipient.key_id in wanted.key_ids
            for recipient in header.recipients
        )
        for header, _ in node.store.received()
    )
    return Touched(doubted=doubted, waiting=tuple(waiting), readable=readable)


def _uses(record: PartyRecord) -> Iterator[tuple[KeyUse, Sequence[PublishedKey]]]:
    yield KeyUse.SIGNING, record.signing_keys
    yield KeyUse.ENCRYPTION, record.encryption_keys


def _state(key: PublishedKey, current: PublishedKey | None, now_ms: int) -> str:
    if key.revoked_at_ms is not None:
        return "revoked"
    if key == current:
        return "in use"
    if now_ms < key.valid_from_ms:
        return "to come"
    return "ending" if now_ms <= key.valid_to_ms else "ended"
