"""The hub attacks: it writes into inboxes what its origin never sent.

Nodes check everything again and count nothing that its author has not signed.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from broker.core.codec.envelope import (
    EnvelopeParts,
    decode_envelope,
    encode_receipt_delivery,
)
from broker.core.envelope import Sealed
from broker.core.errors import Code
from broker.core.model import Link, Receipt, Stage
from broker.core.records import InboxState
from keys.framing import sha256
from keys.identity import HUB, PartyId
from keys.preauth import PayloadType
from keys.sealing import EncryptionKey
from keys.signing import SigningKey
from tests.adversaries import RawParty, RogueHub, now_ms
from tests.crafting import (
    UNKNOWN_FIELD,
    bundle,
    rewrapped,
    sealing_key,
    signed_anew,
    statement,
    with_parts,
)
from tests.federation import Federation

pytestmark = pytest.mark.integration


def _own_copy(message: Sealed, party: str) -> bytes:
    """Returns the copy that an honest hub hands to `party`."""
    at = message.header.parties.index(PartyId(party))
    return with_parts(
        message.envelope, lambda parts: replace(parts, wraps=(parts.wraps[at],))
    )


Change = Callable[[EnvelopeParts], EnvelopeParts]
CHANGES: Final[dict[str, tuple[Change, Code]]] = {
    "other ciphertext": (
        lambda parts: replace(parts, ciphertext=bytes(len(parts.ciphertext))),
        Code.CIPHERTEXT_MISMATCH,
    ),
    "other wrap": (
        lambda parts: replace(parts, wraps=(bytes(len(parts.wraps[0])),)),
        Code.WRAP_MISMATCH,
    ),
    "no wrap": (lambda parts: replace(parts, wraps=()), Code.WRAP_MISMATCH),
    "signature stripped": (
        lambda parts: replace(parts, signature=b""),
        Code.BAD_SIGNATURE,
    ),
    "half of the signature": (
        lambda parts: replace(parts, signature=bytes(64) + parts.signature[64:]),
        Code.BAD_SIGNATURE,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_two_recipients_given_different_copies(
    mex: RawParty, rogue: RogueHub, name: str
) -> None:
    """Equivocation: XPO gets what was sealed, BEL something else of the same name."""
    change, code = CHANGES[name]
    message = mex.seal(mex.header("BEL", "XPO"))
    await rogue.deliver("XPO", _own_copy(message, "XPO"))
    await rogue.expect_refused(
        "BEL",
        with_parts(_own_copy(message, "BEL"), change),
        message.message_digest,
        code,
    )
    good = await rogue.settled("XPO", message.message_digest)
    assert good.state is InboxState.OPENED
    await mex.writes_honestly("BEL")


async def test_copy_of_another_recipient_is_not_taken(
    mex: RawParty, rogue: RogueHub
) -> None:
    message = mex.seal(mex.header("BEL", "XPO"))
    await rogue.expect_refused(
        "BEL",
        _own_copy(message, "XPO"),
        message.message_digest,
        Code.WRAP_MISMATCH,
    )


async def test_message_for_others_is_not_taken(mex: RawParty, rogue: RogueHub) -> None:
    message = mex.seal(mex.header("XPO"))
    await rogue.expect_refused(
        "BEL", message.envelope, message.message_digest, Code.NOT_ADDRESSED
    )


async def test_message_that_hub_signs_in_a_party_s_name_is_not_taken(
    mex: RawParty, rogue: RogueHub
) -> None:
    message = mex.seal(mex.header("BEL"))
    forged = signed_anew(message.envelope, rogue.signing)
    await rogue.expect_refused(
        "BEL", forged, message.message_digest, Code.BAD_SIGNATURE
    )


async def test_receipt_signature_on_an_envelope_is_not_taken(
    mex: RawParty, rogue: RogueHub
) -> None:
    message = mex.seal(mex.header("BEL"))
    forged = signed_anew(
        message.envelope, mex.holder.signing, purpose=PayloadType.RECEIPTS
    )
    await rogue.expect_refused(
        "BEL", forged, message.message_digest, Code.BAD_SIGNATURE
    )


async def test_expired_message_is_not_taken_late(
    mex: RawParty, rogue: RogueHub
) -> None:
    """A hub that keeps a message back until it has expired."""
    at = now_ms()
    header = replace(
        mex.header("BEL"), created_ms=at - 2_000_000, expires_ms=at - 1_000_000
    )
    message = mex.seal(header)
    await rogue.expect_refused(
        "BEL", message.envelope, message.message_digest, Code.EXPIRED
    )


async def test_second_message_of_the_same_id_is_not_taken(
    mex: RawParty, rogue: RogueHub
) -> None:
    first = await mex.writes_honestly("BEL")
    again = mex.seal(replace(mex.header("BEL"), message_id=first.header.message_id))
    await rogue.expect_refused(
        "BEL", again.envelope, again.message_digest, Code.REPLAYED_ID
    )


async def test_message_delivered_again_is_kept_once(
    mex: RawParty, rogue: RogueHub, federation: Federation
) -> None:
    message = await mex.writes_honestly("BEL")
    store = federation.members["BEL"].node.store
    first = store.find_received(message.message_digest)
    await rogue.deliver("BEL", message.envelope)
    await mex.writes_honestly("BEL")
    assert store.find_received(message.message_digest) == first


async def test_delivery_that_is_none_raises_an_alarm(
    mex: RawParty, rogue: RogueHub
) -> None:
    before = rogue.count_alarms("BEL")
    good = mex.seal(mex.header("BEL")).envelope
    for bad, words in (
        (b"\xff", "malformed"),
        (b"", "malformed"),
        (good + UNKNOWN_FIELD, "unknown-field"),
    ):
        await rogue.write("BEL", bad)
        await rogue.expect_alarm("BEL", before, words)
    await mex.writes_honestly("BEL")


async def test_unequal_content_is_not_taken(mex: RawParty, rogue: RogueHub) -> None:
    """What is sealed is not what the origin has committed to."""
    message = mex.seal(mex.header("BEL"))
    forged = signed_anew(
        message.envelope,
        mex.holder.signing,
        change=lambda parts: replace(parts, content_commitment=bytes(32)),
    )
    signed = decode_envelope(forged).signed_header
    await rogue.expect_refused("BEL", forged, sha256(signed), Code.COMMITMENT_MISMATCH)


async def test_recipient_who_is_given_another_key_says_so(
    mex: RawParty, rogue: RogueHub
) -> None:
    """The origin seals a useless wrap to one recipient and denies it later."""
    message = mex.seal(mex.header("BEL"))
    wrap = sealing_key(mex.trust, "BEL").wrap(
        bytes(80), header_digest=bytes(32), party="BEL"
    )
    forged = rewrapped(message.envelope, mex.holder.signing, [wrap])
    signed = decode_envelope(forged).signed_header
    await rogue.expect_refused("BEL", forged, sha256(signed), Code.CANNOT_OPEN)


async def test_wrap_for_a_key_that_nobody_published_is_not_taken(
    mex: RawParty, rogue: RogueHub
) -> None:
    key, _ = EncryptionKey.generate()
    header = mex.header("BEL")
    theirs = replace(header.recipients[0], key_id=key.public.key_id)
    message = mex.seal(replace(header, recipients=(theirs,)))
    await rogue.expect_refused(
        "BEL", message.envelope, message.message_digest, Code.UNKNOWN_KEY
    )


async def test_dropped_message_leaves_a_gap_and_reordered_ones_do_not(
    mex: RawParty, rogue: RogueHub, federation: Federation
) -> None:
    """The hub keeps one message back. XPO, which hears nothing else from MEX, knows."""
    store = federation.members["XPO"].node.store
    messages, link = [], Link(sequence=1, previous=bytes(32))
    for number in range(1, 5):
        message = mex.seal(mex.header("XPO"), {"XPO": link})
        messages.append(message)
        link = Link(sequence=number + 1, previous=message.message_digest)
    before = rogue.look_at_alarms("XPO")
    for at in (1, 0, 3):
        await rogue.deliver("XPO", messages[at].envelope)
        await rogue.settled("XPO", messages[at].message_digest)
    missing = {gap.party: gap.missing for gap in store.gaps()}
    assert missing[PartyId("MEX")] == (3,)
    await rogue.deliver("XPO", messages[2].envelope)
    await rogue.settled("XPO", messages[2].message_digest)
    assert "MEX" not in {gap.party for gap in store.gaps()}
    other = mex.seal(mex.header("XPO"), {"XPO": Link(sequence=2, previous=bytes(32))})
    await rogue.deliver("XPO", other.envelope)
    await rogue.expect_alarm("XPO", before, "two messages have the same number")


Lie = Callable[[bytes], Receipt]
LIES: Final[dict[str, tuple[Lie, str]]] = {
    "receipt about a message never sent": (
        lambda _: _said(Stage.ACCEPTED, bytes(32)),
        "about no message of ours",
    ),
    "receipt for another party": (
        lambda digest: replace(_said(Stage.ACCEPTED, digest), to="BEL"),
        "about no message of ours",
    ),
    "hub says that it was delivered": (
        lambda digest: _said(Stage.DELIVERED, digest),
        "not for its author to say",
    ),
    "hub says that it was opened": (
        lambda digest: _said(Stage.OPENED, digest),
        "not for its author to say",
    ),
    "hub says that it was withheld": (
        lambda digest: replace(_said(Stage.WITHHELD, digest), code="export-policy"),
        "not for its author to say",
    ),
    "hub signs what a recipient says": (
        lambda digest: replace(_said(Stage.OPENED, digest), by="BEL"),
        "invalid-receipt",
    ),
}


def _said(stage: Stage, digest: bytes) -> Receipt:
    return statement(stage, digest, by=HUB, to="KEN", at_ms=now_ms())


@pytest.mark.parametrize("name", LIES)
async def test_lie_of_the_hub_is_not_counted(
    rogue: RogueHub, federation: Federation, name: str
) -> None:
    lie, words = LIES[name]
    digest = federation.send("KEN", to="MEX")
    wanted = {(HUB, Stage.ACCEPTED)}
    await federation.until(lambda: federation.stages("KEN", digest), "acceptance")
    before = rogue.count_alarms("KEN")
    await rogue.states("KEN", [lie(digest)])
    await rogue.expect_alarm("KEN", before, words)
    assert federation.stages("KEN", digest) == wanted


async def test_receipt_under_a_key_that_is_not_the_hub_s_is_not_counted(
    rogue: RogueHub, federation: Federation
) -> None:
    digest = federation.send("KEN", to="MEX")
    await federation.until(lambda: federation.stages("KEN", digest), "acceptance")
    key, _ = SigningKey.generate()
    lie = replace(_said(Stage.REFUSED, digest), code="export-policy")
    before = rogue.count_alarms("KEN")
    data = bundle([lie], signer=HUB, key=key)
    await rogue.write("KEN", encode_receipt_delivery(data))
    await rogue.expect_alarm("KEN", before, "unknown-key")
    assert federation.stages("KEN", digest) == {(HUB, Stage.ACCEPTED)}


async def test_receipt_of_a_party_that_was_not_addressed_is_not_counted(
    mex: RawParty, rogue: RogueHub, federation: Federation
) -> None:
    """Hub and party conspire: MEX says that it has opened what only BEL got."""
    digest = federation.send("KEN", to="BEL")
    await federation.opened("KEN", digest, ["BEL"])
    known = federation.stages("KEN", digest)
    lie = statement(Stage.OPENED, digest, by="MEX", to="KEN", at_ms=now_ms())
    before = rogue.count_alarms("KEN")
    data = bundle([lie], signer="MEX", key=mex.holder.signing)
    await rogue.write("KEN", encode_receipt_delivery(data))
    await rogue.expect_alarm("KEN", before, "by no recipient of the message")
    assert federation.stages("KEN", digest) == known
