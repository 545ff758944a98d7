"""What the hub must judge by more than the submission: connection, history, limits.

How vectors are written down is left to `forms`.
"""

from collections.abc import Iterator
from dataclasses import replace

from broker.core.envelope import Sealed
from broker.core.errors import Code
from broker.core.model import Stage
from keys.directory.codec import encode_federation
from keys.directory.model import Membership, PartyLimits, Suspension
from keys.identity import HUB
from tests import world
from tests.crafting import bundle, receipts_submission
from tests.vectors.forms import ACCEPT, Vector, at_hub, text
from tests.world import BEL, KEN, MEX, NOW_MS


def context_vectors() -> Iterator[tuple[str, Vector]]:
    """What depends on whose connection it is, and on what came before."""
    good = world.sealed()
    data = world.submitted(good)
    said = [world.receipt(good, stage) for stage in (Stage.DELIVERED, Stage.OPENED)]
    receipts = receipts_submission(bundle(said, signer=BEL, key=world.signing_key(BEL)))
    yield (
        "good-receipts",
        at_hub(ACCEPT, "What BEL did with it", receipts, BEL, before=_before(good)),
    )
    yield (
        "wrong-connection-stolen",
        at_hub(Code.WRONG_CONNECTION.value, "KEN's message from MEX", data, MEX),
    )
    yield (
        "wrong-connection-receipts",
        at_hub(Code.WRONG_CONNECTION.value, "BEL's receipts from MEX", receipts, MEX),
    )
    yield (
        "import-policy-no-agreement",
        at_hub(
            Code.IMPORT_POLICY.value,
            "MEX takes nothing from BEL",
            world.submitted(world.sealed(BEL, (MEX,))),
            BEL,
        ),
    )
    yield (
        "key-not-valid-signer",
        at_hub(
            Code.KEY_NOT_VALID.value,
            "The signing key of MEX was revoked before",
            world.submitted(world.sealed(MEX, (BEL,))),
            MEX,
        ),
    )
    again = world.sealed(message_id=good.header.message_id)
    yield (
        "replayed-id-other-content",
        at_hub(
            Code.REPLAYED_ID.value,
            "Another message under an id that was accepted",
            world.submitted(again),
            before=_before(good),
        ),
    )
    yield (
        "oversize-envelope",
        at_hub(
            Code.OVERSIZE.value,
            "Larger than a federation with this limit allows",
            data,
            envelope_max_size=len(data) - 1,
        ),
    )
    yield (
        "invalid-receipt-unknown-message",
        at_hub(
            Code.INVALID_RECEIPT.value,
            "About a message that was never accepted",
            receipts,
            BEL,
        ),
    )
    yield from _decided(good)
    lie = world.receipt(good, Stage.OPENED, by=HUB)
    yield (
        "invalid-receipt-in-another-name",
        at_hub(
            Code.INVALID_RECEIPT.value,
            "BEL signs what the hub says",
            receipts_submission(bundle([lie], signer=BEL, key=world.signing_key(BEL))),
            BEL,
            before=_before(good),
        ),
    )


def _decided(good: Sealed) -> Iterator[tuple[str, Vector]]:
    """What depends on what the stewards decided about the origin."""
    data = world.submitted(good)
    suspension = Suspension(since_ms=NOW_MS, reason="keys were stolen")
    for code, name, description, membership in (
        (
            Code.PARTY_SUSPENDED,
            "origin",
            "The stewards suspended KEN at this moment",
            Membership(party=KEN, suspension=suspension),
        ),
        (
            Code.RATE_LIMIT,
            "second-message",
            "The second within a minute, where one is allowed",
            Membership(party=KEN, limits=PartyLimits(messages_per_minute=1)),
        ),
        (
            Code.QUOTA,
            "second-message",
            "The first one fills all the room that KEN has",
            Membership(party=KEN, limits=PartyLimits(stored_bytes=10_000)),
        ),
        (
            Code.OVERSIZE,
            "for-its-origin",
            "Larger than KEN is allowed",
            Membership(party=KEN, limits=PartyLimits(message_bytes=1000)),
        ),
    ):
        record = replace(world.view().federation, memberships=(membership,))
        before = _before(world.sealed()) if name == "second-message" else []
        yield (
            f"{code.value}-{name}",
            at_hub(
                code.value,
                description,
                data,
                before=before,
                federation=text(encode_federation(record)),
            ),
        )


def _before(*messages: Sealed) -> list[str]:
    return [text(world.submitted(message)) for message in messages]
