"""What the hub must accept and refuse: one submission for each reason.

How vectors are written down is left to `forms`, deliveries to `recipient`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from broker.core.codec.envelope import decode_envelope, decode_signed
from broker.core.envelope import Sealed
from broker.core.errors import Code
from broker.core.fields import FieldClass
from broker.core.model import SUITE, Header, Recipient
from keys.framing import sha256
from keys.identity import PartyId
from keys.preauth import PayloadType
from tests import world
from tests.crafting import (
    UNKNOWN_FIELD,
    fields_of,
    framed,
    signed_anew,
    submission,
    with_parts,
)
from tests.vectors.forms import ACCEPT, Vector, at_hub
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS, XPO

Case = tuple[Code, str, str, bytes]
"""Why it is refused, a name, a description, and the submission."""


def _anew(change: Callable[[Header], Header]) -> bytes:
    """A message whose header was changed before it was signed."""
    message = world.sealed()
    header = change(message.header)
    return submission(
        signed_anew(message.envelope, world.signing_key(KEN), header=header)
    )


def _header_bytes(change: Callable[[list[bytes]], Sequence[bytes]]) -> bytes:
    """A message whose header is no longer what our encoder makes, signed."""
    envelope = world.sealed().envelope
    header = decode_signed(decode_envelope(envelope).signed_header).header
    changed = b"".join(change(fields_of(header)))
    return submission(signed_anew(envelope, world.signing_key(KEN), header=changed))


def _with_field(number: int, value: bytes) -> bytes:
    """A message with another value in one field of the header, signed."""
    tag = number << 3 | 2
    return _header_bytes(
        lambda fields: [framed(number, value) if f[0] == tag else f for f in fields]
    )


def _signature(change: Callable[[bytes], bytes]) -> bytes:
    return submission(
        with_parts(
            world.sealed().envelope,
            lambda parts: replace(parts, signature=change(parts.signature)),
        )
    )


def hub_vectors() -> Iterator[tuple[str, Vector]]:
    """What the hub accepts and refuses of one submission."""
    good = world.sealed()
    wide = world.sealed(XPO, (BEL, KEN, MEX))
    yield "good-message", at_hub(ACCEPT, "One recipient", world.submitted(good))
    yield (
        "good-message-to-three",
        at_hub(ACCEPT, "Three recipients", world.submitted(wide), XPO),
    )
    less = world.sealed(
        withheld=(FieldClass.PERSONAL, FieldClass.SOURCE),
        approvals_digest=sha256(b"approvals"),
    )
    yield (
        "good-message-of-less",
        at_hub(ACCEPT, "Of which something was withheld", world.submitted(less)),
    )
    for code, name, description, data in (*_forms(good), *_claims(), *_seals(good)):
        yield f"{code.value}-{name}", at_hub(code.value, description, data)


def _forms(good: Sealed) -> Iterator[Case]:
    """What is wrong with the bytes."""
    yield from (
        (Code.MALFORMED, "nothing", "No bytes at all", b""),
        (
            Code.MALFORMED,
            "cut-off",
            "The last byte of the envelope is missing",
            submission(good.envelope[:-1]),
        ),
        (
            Code.UNKNOWN_FIELD,
            "envelope",
            "A field that nobody knows, in the envelope",
            submission(good.envelope + UNKNOWN_FIELD),
        ),
        (
            Code.UNKNOWN_FIELD,
            "recipient",
            "A field that nobody knows, in a recipient in the signed header",
            _header_bytes(
                lambda fields: [
                    framed(6, f[2:] + UNKNOWN_FIELD) if f[0] == 6 << 3 | 2 else f
                    for f in fields
                ]
            ),
        ),
        (
            Code.NOT_CANONICAL,
            "field-twice",
            "The signed part is there twice",
            submission(fields_of(good.envelope)[0] + good.envelope),
        ),
        (
            Code.NOT_CANONICAL,
            "reordered",
            "The fields of the signed header are in another order",
            _header_bytes(lambda fields: fields[::-1]),
        ),
    )


def _claims() -> Iterator[Case]:
    """What is wrong with what the header says."""
    later = NOW_MS + DAY_MS
    yield from (
        (
            Code.UNSUPPORTED_SUITE,
            "downgrade",
            "The suite without its post-quantum signature",
            _with_field(5, SUITE.replace("+MLDSA65", "").encode()),
        ),
        (
            Code.UNKNOWN_KIND,
            "kind",
            "A kind that is not in the list",
            _anew(lambda header: replace(header, kind="arms-sale/1")),
        ),
        (
            Code.INVALID_HEADER,
            "random-id",
            "The message id is a UUID version 4",
            _anew(
                lambda header: replace(
                    header, message_id=bytes.fromhex("00000000000040008000000000000000")
                )
            ),
        ),
        (
            Code.INVALID_HEADER,
            "policy-digest",
            "The digest of the policy is too short",
            _anew(lambda header: replace(header, policy_digest=bytes(31))),
        ),
        (
            Code.INVALID_HEADER,
            "approvals-digest",
            "The digest of the approvals is too short",
            _anew(lambda header: replace(header, approvals_digest=bytes(31))),
        ),
        *_withheld(),
        (
            Code.INVALID_RECIPIENTS,
            "nobody",
            "There is no recipient",
            _anew(lambda header: replace(header, recipients=())),
        ),
        (
            Code.INVALID_RECIPIENTS,
            "itself",
            "The origin writes to itself",
            _anew(lambda header: replace(header, origin=BEL)),
        ),
        (
            Code.INVALID_HANDLING,
            "h0-and-h1",
            "H0 beside another code",
            _with_field(7, b"\x08\x03\x12\x02\x01\x02"),
        ),
        (
            Code.UNKNOWN_PARTY,
            "recipient",
            "The recipient is not in the directory",
            _anew(
                lambda header: replace(
                    header,
                    recipients=(
                        Recipient(
                            party=PartyId("ZZZ"), key_id=header.recipients[0].key_id
                        ),
                    ),
                )
            ),
        ),
        (
            Code.UNKNOWN_KEY,
            "signer",
            "The signing key is another party's",
            _anew(
                lambda header: replace(
                    header, signer_key_id=world.signing_key(BEL).public.key_id
                )
            ),
        ),
        (
            Code.KEY_NOT_VALID,
            "recipient",
            "The encryption key of the recipient has expired",
            world.submitted(world.sealed(KEN, (XPO,))),
        ),
        (
            Code.EXPIRED,
            "yesterday",
            "It could be delivered until a moment ago",
            world.submitted(
                world.sealed(created_ms=NOW_MS - DAY_MS, expires_ms=NOW_MS)
            ),
        ),
        (
            Code.FROM_THE_FUTURE,
            "tomorrow",
            "Made tomorrow",
            world.submitted(world.sealed(created_ms=later, expires_ms=later + 1)),
        ),
        (
            Code.LIFETIME_TOO_LONG,
            "two-years",
            "Deliverable for two years",
            world.submitted(world.sealed(expires_ms=NOW_MS + 732 * DAY_MS)),
        ),
        (
            Code.EXPORT_POLICY,
            "no-agreement",
            "KEN shares nothing with MEX",
            world.submitted(world.sealed(KEN, (MEX,))),
        ),
    )


def _withheld() -> Iterator[Case]:
    """What is wrong with what the header says was withheld."""
    for name, description, numbers in (
        ("withheld-order", "Withheld classes are not in order", b"\x04\x02"),
        ("withheld-twice", "A withheld class is there twice", b"\x02\x02"),
        ("withheld-plain", "What no policy treats was withheld", b"\x01"),
        ("withheld-nothing", "A withheld class that is none", b"\x00"),
        ("withheld-unknown", "A withheld class that nobody knows", b"\x09"),
    ):
        data = _with_more(framed(15, numbers))
        yield Code.INVALID_HEADER, name, description, data
    yield (
        Code.NOT_CANONICAL,
        "withheld-one-by-one",
        "Withheld classes are not packed",
        _with_more(b"\x78\x02"),
    )


def _with_more(field: bytes) -> bytes:
    """A message with one more field at the end of its header, signed."""
    return _header_bytes(lambda fields: [*fields, field])


def _seals(good: Sealed) -> Iterator[Case]:
    """What is wrong with signature, ciphertext and wraps."""
    key = world.signing_key(KEN)
    yield from (
        (
            Code.BAD_SIGNATURE,
            "ed25519-half",
            "The Ed25519 half is blank",
            _signature(lambda both: bytes(64) + both[64:]),
        ),
        (
            Code.BAD_SIGNATURE,
            "ml-dsa-half",
            "The ML-DSA half is missing",
            _signature(lambda both: both[:64]),
        ),
        (
            Code.BAD_SIGNATURE,
            "receipt",
            "Signed as receipts are signed",
            submission(signed_anew(good.envelope, key, purpose=PayloadType.RECEIPTS)),
        ),
        (
            Code.CIPHERTEXT_MISMATCH,
            "exchanged",
            "The ciphertext is not the one that was signed",
            submission(
                with_parts(
                    good.envelope,
                    lambda parts: replace(
                        parts, ciphertext=bytes(len(parts.ciphertext))
                    ),
                )
            ),
        ),
        (
            Code.WRAP_MISMATCH,
            "missing",
            "There is no wrap",
            submission(
                with_parts(good.envelope, lambda parts: replace(parts, wraps=()))
            ),
        ),
    )
