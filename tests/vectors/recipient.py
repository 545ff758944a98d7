"""What a recipient must accept and refuse, before and after it has opened a message.

How vectors are written down is left to `forms`, submissions to `hub`.
"""

from collections.abc import Iterator
from dataclasses import replace

from broker.core.codec.envelope import (
    SealedBody,
    decode_envelope,
    decode_signed,
    encode_receipt_delivery,
    encode_sealed_content,
    encode_wrapped_key,
)
from broker.core.codec.permission import encode_copy
from broker.core.codec.recall import encode_notice
from broker.core.errors import Code
from broker.core.handling import Handling, Restrictions, Tlp
from broker.core.model import FIRST_LINK, Link, Stage
from broker.core.onward import ONWARD_KIND
from broker.core.permissions import Copy
from broker.core.recalls.recall import Notice, Reason
from keys.framing import sha256
from keys.identity import HUB
from keys.sealing import commitment, new_content_key, seal_content
from tests import world
from tests.crafting import (
    UNKNOWN_FIELD,
    bundle,
    rewrapped,
    signed_anew,
    submission,
    with_parts,
)
from tests.vectors.forms import ACCEPT, Vector, at_document, at_recipient
from tests.world import AMBER, BEL, KEN, KIND, MEX, XPO

_SALT = bytes(range(32))


def recipient_vectors() -> Iterator[tuple[str, Vector]]:
    """What BEL makes of what lies in its inbox."""
    good, key = world.sealed(), world.signing_key(KEN)
    # A delivery of an envelope has the bytes of a submission of it.
    yield (
        "good-delivery",
        at_recipient(ACCEPT, "Opens, and fits its kind", submission(good.envelope)),
    )
    true = bundle(
        [world.receipt(world.sealed(BEL, (KEN,)), Stage.ACCEPTED, by=HUB)],
        signer=HUB,
        key=world.signing_key(HUB),
    )
    yield (
        "good-receipt-of-the-hub",
        at_recipient(ACCEPT, "The hub has accepted", encode_receipt_delivery(true)),
    )
    other = world.sealed(KEN, (XPO,))
    two = world.sealed(KEN, (BEL, XPO))
    strange_link = world.sealed(link=Link(sequence=0, previous=bytes(32)))
    wrap = _wrap(bytes(80), sha256(b"another header"))
    for code, name, description, envelope in (
        (Code.NOT_ADDRESSED, "xpo", "It is for XPO", other.envelope),
        (
            Code.WRAP_MISMATCH,
            "all-wraps",
            "With the wraps of all recipients",
            two.envelope,
        ),
        (
            Code.CANNOT_OPEN,
            "other-header",
            "The wrap was made for another header",
            rewrapped(good.envelope, key, [wrap]),
        ),
        (
            Code.CANNOT_OPEN,
            "link-zero",
            "The number between the two parties is zero",
            strange_link.envelope,
        ),
        (
            Code.CANNOT_OPEN,
            "padding",
            "Something is hidden in the padding",
            _by_hand(b"\0", b"\1"),
        ),
        (
            Code.COMMITMENT_MISMATCH,
            "other-content",
            "The origin has committed to something else",
            _by_hand(b"", b"", committed=bytes(32)),
        ),
        (
            Code.INVALID_CONTENT,
            "empty",
            "The content says nothing at all",
            world.sealed(content=b"").envelope,
        ),
    ):
        yield (
            f"{code.value}-{name}",
            at_recipient(code.value, description, submission(envelope)),
        )
    for expect, name, envelope in _copies():
        yield (
            name if expect == ACCEPT else f"{expect}-{name}",
            at_recipient(expect, "A copy of what MEX gave", submission(envelope)),
        )
    notice = Notice(message_digest=good.message_digest, reason=Reason.ERROR)
    for expect, about in (
        (ACCEPT, good.message_digest),
        (Code.INVALID_RECALL.value, two.message_digest),
    ):
        good_one = expect == ACCEPT
        name = "good-recall" if good_one else f"{expect}-answers-another"
        which = "it" if good_one else "another"
        recall = world.sealed(
            kind=notice.kind, content=encode_notice(notice), in_reply_to=about
        )
        yield (
            name,
            at_recipient(
                expect,
                f"A recall of one message that answers {which}",
                submission(recall.envelope),
            ),
        )
    forged = bundle(
        [world.receipt(world.sealed(BEL, (KEN,)), Stage.OPENED, by=KEN)],
        signer=HUB,
        key=world.signing_key(HUB),
    )
    yield (
        "invalid-receipt-signed-by-hub",
        at_recipient(
            Code.INVALID_RECEIPT.value,
            "The hub signs what KEN says",
            encode_receipt_delivery(forged),
        ),
    )


def _copies() -> Iterator[tuple[str, str, bytes]]:
    """Copies, by KEN, of what MEX lets nobody pass on without its consent."""
    given = Handling(tlp=Tlp.AMBER, restrictions=Restrictions(no_onward=True))
    copy = Copy(
        provider=MEX,
        message_digest=sha256(b"what MEX sent"),
        grant_digest=sha256(b"the consent of MEX"),
        handling=given,
        kind=KIND,
        body=world.body(),
    )
    for expect, name, changed, handling in (
        (ACCEPT, "good-onward-copy", copy, given),
        (
            Code.CONSENT_NEEDED.value,
            "no-permission",
            replace(copy, grant_digest=b""),
            given,
        ),
        (Code.LOOSER_HANDLING.value, "onward-allowed", copy, AMBER),
    ):
        content = encode_copy(changed)
        sealed = world.sealed(kind=ONWARD_KIND, handling=handling, content=content)
        yield expect, name, sealed.envelope


def document_vectors() -> Iterator[tuple[str, Vector]]:
    """What a recipient makes of a content that it has opened."""
    body = world.body()
    yield "good-document", at_document(ACCEPT, "A question about markings", KIND, body)
    for code, name, description, kind, data in (
        (Code.UNKNOWN_KIND, "document", "No such kind", "arms-sale/1", body),
        (Code.MALFORMED, "document", "No protobuf", KIND, b"\xff"),
        (
            Code.UNKNOWN_FIELD,
            "document",
            "A field of a later version",
            KIND,
            body + UNKNOWN_FIELD,
        ),
        (
            Code.INVALID_CONTENT,
            "escape",
            "Text that steers a terminal",
            KIND,
            body.replace(b"Which", b"\x1b[2Jh"),
        ),
    ):
        yield (
            f"{code.value}-{name}",
            at_document(code.value, description, kind, data),
        )


def _by_hand(old: bytes, new: bytes, committed: bytes = b"") -> bytes:
    """Returns a message whose inside no honest software makes.

    Args:
        old: The end of the clear text.
        new: What stands there instead.
        committed: The commitment; the right one if empty.
    """
    inside = SealedBody(salt=_SALT, body=world.body())
    clear = encode_sealed_content(inside)
    if old:
        assert clear.endswith(old)
        clear = clear[: -len(old)] + new
    envelope, key = world.sealed(content=inside.body).envelope, new_content_key()
    header = decode_signed(decode_envelope(envelope).signed_header).header
    ciphertext = seal_content(key, clear, header_digest=sha256(header))
    wrap = _wrap(encode_wrapped_key(key, FIRST_LINK), sha256(header))
    envelope = with_parts(envelope, lambda parts: replace(parts, ciphertext=ciphertext))
    signer = world.signing_key(KEN)
    return signed_anew(
        rewrapped(envelope, signer, [wrap]),
        signer,
        change=lambda parts: replace(
            parts,
            ciphertext_digest=sha256(ciphertext),
            content_commitment=committed or commitment(_SALT, inside.body),
        ),
    )


def _wrap(secret: bytes, header_digest: bytes) -> bytes:
    public = world.encryption_key(BEL).public
    return public.wrap(secret, header_digest=header_digest, party=BEL)
