"""The private keys of a party, as its node holds them in memory: a ring that grows.

Where they come from is left to the keystore; which of them others rely on, to the
directory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from broker.core.errors import Code, RefusedError
from keys.directory.model import PartyRecord
from keys.directory.renewal import newest
from keys.identity import KeyId, PartyId
from keys.sealing import EncryptionKey
from keys.signing import SigningKey


@dataclass(slots=True, kw_only=True)
class Holder:
    """Who a node is. Services keep one for good, while its keys are renewed.

    Attributes:
        party: Its party.
        signing: The newest of the keys it signs with; others may not know it yet.
        encryption: What others may have sealed to, by key id: old keys included.
        store_key: AES-256 key that protects content keys at rest, 32 bytes.
        older: The other keys it signs with.
    """

    party: PartyId
    signing: SigningKey = field(repr=False)
    encryption: Mapping[KeyId, EncryptionKey] = field(repr=False)
    store_key: bytes = field(repr=False)
    older: Sequence[SigningKey] = field(default=(), repr=False)

    def take_over(self, other: "Holder") -> None:
        """Holds what `other` holds from now on."""
        # In this order: other threads read meanwhile, and must find every key.
        self.older = (*other.older, self.signing)
        self.signing = other.signing
        self.older = other.older
        self.encryption = other.encryption

    def holds(self, key_id: KeyId) -> bool:
        """Tells whether the private half of a key is here."""
        return key_id in self._signing_keys() or key_id in self.encryption

    def signing_key(self, record: PartyRecord, at_ms: int) -> SigningKey:
        """Returns what to sign with so that others rely on it.

        Args:
            record: Our own, as the directory shows it.
            at_ms: The time that will stand in what is signed.

        Raises:
            RefusedError: KEY_NOT_VALID, when no key that is held here was valid then.
        """
        held = self._signing_keys()
        listed = [key for key in record.signing_keys if key.key_id in held]
        key = newest(listed, at_ms)
        if key is None:
            raise RefusedError(
                Code.KEY_NOT_VALID,
                f"no signing key of {self.party} that is held here was valid then",
            )
        return held[key.key_id]

    def _signing_keys(self) -> dict[KeyId, SigningKey]:
        return {key.public.key_id: key for key in (self.signing, *self.older)}
