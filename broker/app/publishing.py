"""What a party publishes about itself: its record and its policy, over the bus.

What changes in a record is left to the callers. Whoever publishes fetches what stands
in the directory first and changes that: nothing is published from memory.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.directory_link import directory_client
from broker.app.exchange_files import JoinRequest
from broker.app.node_folder import Node, remember_account
from broker.app.policy_history import expect_text, note_own_policy, write_text
from broker.core import subjects
from broker.core.codec.policy import encode_policy
from broker.core.errors import (
    BusRefusedError,
    ConfigurationError,
    SignaturesMissingError,
)
from broker.core.policy.rules import Policy
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from keys.directory.codec import decode_party, encode_party
from keys.directory.model import PartyRecord
from keys.directory.published import Mandate, Published
from keys.directory.publishing import PartySubmission, countersign, prepare
from keys.directory.roles import POLICY_NAME, RECORD_NAME
from keys.errors import DirectoryError

Change = Callable[[PartyRecord], PartyRecord]
"""Makes the next record of the last one. Called on a thread, and again if somebody else
has published meanwhile."""

_REGISTRAR_TIMEOUT_S: Final = 15.0
_OUTRUN: Final = "is due"
"""In what the registrar says when another version was published first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a party is about to publish.

    Attributes:
        submission: With the signatures that this node can give.
        version: Of what will be published.
        record: What it says.
        missing: How many signatures are still needed.
    """

    submission: PartySubmission
    version: int
    record: PartyRecord
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a party has said about itself last, be it in force or not.

    Attributes:
        version: Of its publication; 0 when the registrar has not taken any yet.
        record: Its record.
        policy: Its policy, serialised; None when it has none.
        expires_ms: When it must have published again; 0 when it never did.
        mandate: Whose signatures the next publication needs.
    """

    version: int
    record: PartyRecord
    policy: bytes | None
    expires_ms: int
    mandate: Mandate


async def last_said(node: Node, bus: Bus) -> Said:
    """Fetches the directory; returns what the party has published last.

    Raises:
        DirectoryError: The directory cannot be had.
        BusError: The hub cannot be reached.
        ConfigurationError: Nothing was published, and the join request is gone.
    """
    client = directory_client(node, bus)

    def fetch() -> Said:
        client.refresh(SYSTEM_CLOCK.now_ms())
        return _said(node, client.published(node.party), client.mandate(node.party))

    return await asyncio.to_thread(fetch)


async def publish_record(
    node: Node,
    keys: NodeKeys,
    bus: Bus,
    change: Change,
    policy: bytes | None = None,
) -> int:
    """Publishes the party's record, changed, and its policy.

    Args:
        node: The node.
        keys: Its keys.
        bus: A connection to the hub.
        change: What changes in the record.
        policy: The new policy, serialised; the one that is published when None.

    Returns:
        The version that was published.

    Raises:
        SignaturesMissingError: The keys of the party's role are kept elsewhere, or
            not enough of them are here. Nothing was published.
        DirectoryError: The directory cannot be had, or the change not made.
        BusError: The hub cannot be reached, or refuses it.
    """
    done = await publish_draft(node, keys, bus, change, policy)
    if isinstance(done, Draft):
        raise SignaturesMissingError(
            f"{done.missing} signature(s) by keys of the party's role are missing: "
            "they are kept elsewhere; write a request, sign it there, and publish "
            "it: rogatory keys request"
        )
    return done


async def publish_draft(
    node: Node,
    keys: NodeKeys,
    bus: Bus,
    change: Change,
    policy: bytes | None = None,
) -> int | Draft:
    """Does as `publish_record`, but hands back what lacks signatures.

    Raises:
        DirectoryError: The directory cannot be had, or the change not made.
        BusError: The hub cannot be reached, or refuses it.
    """
    draft = await draft_record(node, keys, bus, change, policy)
    if draft.missing:
        return draft
    try:
        return await hand_in(node, bus, draft.submission)
    except BusRefusedError as error:
        if _OUTRUN not in str(error):
            raise
    # Somebody else has published meanwhile: the same once more, on top of that.
    draft = await draft_record(node, keys, bus, change, policy)
    return await hand_in(node, bus, draft.submission)


async def draft_record(
    node: Node,
    keys: NodeKeys,
    bus: Bus,
    change: Change,
    policy: bytes | None = None,
) -> Draft:
    """Prepares what `publish_record` publishes; arguments are the same.

    Raises:
        DirectoryError: The directory cannot be had, or the change not made.
        BusError: The hub cannot be reached.
    """
    said = await last_said(node, bus)

    def draft() -> Draft:
        changed = change(said.record)
        files = {RECORD_NAME: encode_party(changed)}
        if (policy or said.policy) is not None:
            files[POLICY_NAME] = policy or said.policy or b""
        submission = prepare(
            node.party,
            version=said.version + 1,
            files=files,
            now_ms=SYSTEM_CLOCK.now_ms(),
        )
        return _signed(submission, changed, keys, said.mandate)

    return await asyncio.to_thread(draft)


async def hand_in(node: Node, bus: Bus, submission: PartySubmission) -> int:
    """Gives the registrar what was signed; returns the version that it published.

    Raises:
        ConfigurationError: It is another party's.
        DirectoryError: The directory cannot be had.
        BusError: The hub cannot be reached, or refuses it.
    """
    if submission.party != node.party:
        raise ConfigurationError(f"this is a publication of {submission.party}")
    answer = await bus.request(
        subjects.REGISTRAR, submission.to_bytes(), _REGISTRAR_TIMEOUT_S
    )
    remember_account(node, decode_party(submission.files[RECORD_NAME]).account)
    return int(answer)


async def publish_policy(
    node: Node, keys: NodeKeys, bus: Bus, policy: Policy, text: str
) -> int:
    """Publishes the party's record as it stands, with a policy.

    Args:
        node: The node.
        keys: Its keys.
        bus: A connection to the hub.
        policy: The policy.
        text: As it was written, to be kept in the node's folder.

    Returns:
        The version that was published.

    Raises:
        ConfigurationError: The policy is another party's.
        SignaturesMissingError: The keys of the party's role are kept elsewhere.
        DirectoryError: The directory cannot be had, or refuses it.
        BusError: The hub cannot be reached, or refuses it.
    """
    if policy.party != node.party:
        raise ConfigurationError(f"the policy is that of {policy.party}")
    data = encode_policy(policy)
    expect_text(node, data, text)
    version = await publish_record(node, keys, bus, lambda record: record, data)
    write_text(node, text)
    # It is published, whether or not this node can see it at once.
    with suppress(DirectoryError):
        await note_own_policy(node, bus)
    return version


def _said(node: Node, published: Published | None, mandate: Mandate) -> Said:
    if published is not None:
        return Said(
            version=published.version,
            record=published.record,
            policy=published.policy,
            expires_ms=published.expires_ms,
            mandate=mandate,
        )
    # Admitted, but what it handed in then has not been taken.
    files = JoinRequest.read(node.folder.join_request).submission.files
    return Said(
        version=0,
        record=decode_party(files[RECORD_NAME]),
        policy=files.get(POLICY_NAME),
        expires_ms=0,
        mandate=mandate,
    )


def _signed(
    submission: PartySubmission, record: PartyRecord, keys: NodeKeys, mandate: Mandate
) -> Draft:
    at_hand = {
        signer.public_key.keyid: signer
        for signer in (keys.role, keys.next_role)
        if signer is not None
    }
    signing = sorted(at_hand.keys() & mandate.keyids)
    for keyid in signing:
        submission = countersign(submission, at_hand[keyid])
    return Draft(
        submission=submission,
        version=submission.version,
        record=record,
        missing=max(0, mandate.threshold - len(signing)),
    )
