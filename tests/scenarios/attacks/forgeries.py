"""Envelopes that a party forges with its own key, or with nobody's.

Each comes with the code that the hub must refuse it with.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from broker.core.codec.envelope import decode_envelope, decode_signed
from broker.core.errors import Code
from broker.core.handling import Handling
from broker.core.model import SUITE, Recipient
from keys.identity import PartyId
from keys.preauth import PayloadType
from keys.sealing import EncryptionKey
from keys.signing import ED25519_SIGNATURE_SIZE, SigningKey
from tests.adversaries import RawParty, now_ms
from tests.crafting import (
    HOUR_MS,
    UNKNOWN_FIELD,
    fields_of,
    framed,
    rewrapped,
    sealed,
    signed_anew,
    with_parts,
    with_signed_bytes,
)


@dataclass(frozen=True, slots=True)
class Tools:
    """What an attacker works with.

    Attributes:
        me: Itself.
        good: An honest envelope of its own, to BEL, that was never submitted.
    """

    me: RawParty
    good: bytes

    @property
    def key(self) -> SigningKey:
        """Its own signing key."""
        return self.me.holder.signing


Attack = Callable[[Tools], bytes]


def _with_signature(change: Callable[[bytes], bytes]) -> Attack:
    return lambda tools: with_parts(
        tools.good, lambda parts: replace(parts, signature=change(parts.signature))
    )


def _with_header(tools: Tools, **changes: object) -> bytes:
    """Changes the header and signs the result, as its origin can."""
    header = tools.me.header("BEL")
    message = tools.me.seal(header)
    changed = replace(message.header, **changes)  # type: ignore[arg-type]  # any field
    return signed_anew(message.envelope, tools.key, header=changed)


def _tampered_header(tools: Tools, **changes: object) -> bytes:
    """Changes the header under the signature that was there, as anybody can."""
    forged = _with_header(tools, **changes)
    signature = decode_envelope(tools.good).signature
    return with_parts(forged, lambda parts: replace(parts, signature=signature))


def _other_suite(tools: Tools) -> bytes:
    weaker = SUITE.replace("+MLDSA65", "").encode()
    header = decode_signed(decode_envelope(tools.good).signed_header).header
    fields = fields_of(header)
    at = next(i for i, field in enumerate(fields) if SUITE.encode() in field)
    fields[at] = framed(5, weaker)
    return signed_anew(tools.good, tools.key, header=b"".join(fields))


def _in_signed_part(change: Callable[[bytes], bytes]) -> Attack:
    def attack(tools: Tools) -> bytes:
        signed = decode_envelope(tools.good).signed_header
        return with_signed_bytes(tools.good, tools.key, change(signed))

    return attack


def _in_header(change: Callable[[bytes], bytes]) -> Attack:
    def attack(tools: Tools) -> bytes:
        header = decode_signed(decode_envelope(tools.good).signed_header).header
        return signed_anew(tools.good, tools.key, header=change(header))

    return attack


def _in_nested_recipient(header: bytes) -> bytes:
    fields = fields_of(header)
    at = next(i for i, field in enumerate(fields) if field[0] == 6 << 3 | 2)
    recipient = fields[at][2:]  # without tag and length, one byte each
    fields[at] = framed(6, recipient + UNKNOWN_FIELD)
    return b"".join(fields)


def _reordered(message: bytes) -> bytes:
    first, *rest = fields_of(message)
    return b"".join([*rest, first])


def _first_twice(message: bytes) -> bytes:
    first, *rest = fields_of(message)
    return b"".join([first, first, *rest])


def _key_of_another(tools: Tools) -> bytes:
    victim = tools.me.federation.members["KEN"].keys.holder
    return _with_header(tools, signer_key_id=victim.signing.public.key_id)


def _key_of_nobody(tools: Tools) -> bytes:
    key, _ = SigningKey.generate()
    header = replace(tools.me.header("BEL"), signer_key_id=key.public.key_id)
    return sealed(tools.me.letter, header, key, tools.me.trust).envelope


def _named_key_did_not_sign(tools: Tools) -> bytes:
    key, _ = SigningKey.generate()
    return signed_anew(tools.good, key)


def _key_for_recipient(tools: Tools) -> bytes:
    key, _ = EncryptionKey.generate()
    mine = Recipient(party=PartyId("BEL"), key_id=key.public.key_id)
    return _with_header(tools, recipients=(mine,))


def _readdressed(tools: Tools) -> bytes:
    header = tools.me.header("XPO")
    return _tampered_header(tools, recipients=header.recipients)


def _recipient_added(tools: Tools) -> bytes:
    return _with_header(tools, recipients=tools.me.header("BEL", "XPO").recipients)


def _wraps_exchanged(tools: Tools) -> bytes:
    message = tools.me.seal(tools.me.header("BEL", "XPO"))
    return with_parts(
        message.envelope, lambda parts: replace(parts, wraps=parts.wraps[::-1])
    )


def _one_wrap_too_many(tools: Tools) -> bytes:
    wrap = decode_envelope(tools.good).wraps[0]
    return rewrapped(tools.good, tools.key, [wrap, wrap])


def _receipt_signature(tools: Tools) -> bytes:
    return signed_anew(tools.good, tools.key, purpose=PayloadType.RECEIPTS)


def _ciphertext_changed(tools: Tools) -> bytes:
    return with_parts(
        tools.good,
        lambda parts: replace(parts, ciphertext=bytes(len(parts.ciphertext))),
    )


def _ciphertext_prolonged(tools: Tools) -> bytes:
    message = tools.me.seal(tools.me.header("BEL"))
    size = replace(message.header, padded_size=message.header.padded_size + 1)
    return signed_anew(message.envelope, tools.key, header=size)


def _expired(tools: Tools) -> bytes:
    at = now_ms()
    return _with_header(tools, created_ms=at - 2 * HOUR_MS, expires_ms=at - HOUR_MS)


def _from_the_future(tools: Tools) -> bytes:
    at = now_ms() + HOUR_MS
    return _with_header(tools, created_ms=at, expires_ms=at + HOUR_MS)


def _everlasting(tools: Tools) -> bytes:
    return _with_header(tools, expires_ms=now_ms() + 400 * 24 * HOUR_MS)


def _before_the_key(tools: Tools) -> bytes:
    at = now_ms() - 2 * HOUR_MS
    return _with_header(tools, created_ms=at)


def _to_nobody_known(tools: Tools) -> bytes:
    key_id = tools.me.header("BEL").recipients[0].key_id
    stranger = Recipient(party=PartyId("FRA"), key_id=key_id)
    return _with_header(tools, recipients=(stranger,))


def _to_itself(tools: Tools) -> bytes:
    return _with_header(tools, recipients=tools.me.header("MEX").recipients)


def _against_own_policy(tools: Tools) -> bytes:
    return _with_header(tools, handling=Handling.parse("TLP:RED"))


FORGERIES: Final[dict[str, tuple[Attack, Code]]] = {
    "signature stripped": (_with_signature(lambda _: b""), Code.BAD_SIGNATURE),
    "Ed25519 half stripped": (
        _with_signature(lambda both: both[ED25519_SIGNATURE_SIZE:]),
        Code.BAD_SIGNATURE,
    ),
    "ML-DSA half stripped": (
        _with_signature(lambda both: both[:ED25519_SIGNATURE_SIZE]),
        Code.BAD_SIGNATURE,
    ),
    "Ed25519 half blanked": (
        _with_signature(lambda both: bytes(64) + both[ED25519_SIGNATURE_SIZE:]),
        Code.BAD_SIGNATURE,
    ),
    "ML-DSA half blanked": (
        _with_signature(lambda both: both[:ED25519_SIGNATURE_SIZE] + bytes(3309)),
        Code.BAD_SIGNATURE,
    ),
    "downgrade to a classical suite": (_other_suite, Code.UNSUPPORTED_SUITE),
    "receipt signature as envelope signature": (
        _receipt_signature,
        Code.BAD_SIGNATURE,
    ),
    "key of another party named": (_key_of_another, Code.UNKNOWN_KEY),
    "key that nobody published": (_key_of_nobody, Code.UNKNOWN_KEY),
    "another key than the named one": (_named_key_did_not_sign, Code.BAD_SIGNATURE),
    "recipient's key substituted": (_key_for_recipient, Code.UNKNOWN_KEY),
    "recipient exchanged": (_readdressed, Code.BAD_SIGNATURE),
    "recipient added": (_recipient_added, Code.WRAP_MISMATCH),
    "wraps exchanged": (_wraps_exchanged, Code.WRAP_MISMATCH),
    "one wrap too many": (_one_wrap_too_many, Code.WRAP_MISMATCH),
    "handling loosened": (
        lambda tools: _tampered_header(tools, handling=Handling.parse("TLP:CLEAR")),
        Code.BAD_SIGNATURE,
    ),
    "ciphertext changed": (_ciphertext_changed, Code.CIPHERTEXT_MISMATCH),
    "padded size misstated": (_ciphertext_prolonged, Code.CIPHERTEXT_MISMATCH),
    "expired": (_expired, Code.EXPIRED),
    "from the future": (_from_the_future, Code.FROM_THE_FUTURE),
    "everlasting": (_everlasting, Code.LIFETIME_TOO_LONG),
    "dated before the key": (_before_the_key, Code.KEY_NOT_VALID),
    "to a stranger": (_to_nobody_known, Code.UNKNOWN_PARTY),
    "to itself": (_to_itself, Code.INVALID_RECIPIENTS),
    "against its own policy": (_against_own_policy, Code.EXPORT_POLICY),
    "unknown field in the envelope": (
        lambda tools: tools.good + UNKNOWN_FIELD,
        Code.UNKNOWN_FIELD,
    ),
    "unknown field in the signed part": (
        _in_signed_part(lambda signed: signed + UNKNOWN_FIELD),
        Code.UNKNOWN_FIELD,
    ),
    "unknown field in the header": (
        _in_header(lambda header: header + UNKNOWN_FIELD),
        Code.UNKNOWN_FIELD,
    ),
    "unknown field in a recipient": (
        _in_header(_in_nested_recipient),
        Code.UNKNOWN_FIELD,
    ),
    "field twice in the envelope": (
        lambda tools: _first_twice(tools.good),
        Code.NOT_CANONICAL,
    ),
    "field twice in the header": (_in_header(_first_twice), Code.NOT_CANONICAL),
    "fields reordered in the envelope": (
        lambda tools: _reordered(tools.good),
        Code.NOT_CANONICAL,
    ),
    "fields reordered in the signed part": (
        _in_signed_part(_reordered),
        Code.NOT_CANONICAL,
    ),
    "fields reordered in the header": (_in_header(_reordered), Code.NOT_CANONICAL),
    "cut off": (lambda tools: tools.good[:-1], Code.MALFORMED),
}
