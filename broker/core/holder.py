"""The private keys of a party, as its node holds them in memory.

Where they come from is left to the keystore.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keys.identity import KeyId, PartyId
from keys.sealing import EncryptionKey
from keys.signing import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who a node is.

    Attributes:
        party: Its party.
        signing: What it signs with.
        encryption: What others may have sealed to, by key id: old keys included.
        store_key: AES-256 key that protects content keys at rest, 32 bytes.
    """

    party: PartyId
    signing: SigningKey = field(repr=False)
    encryption: Mapping[KeyId, EncryptionKey] = field(repr=False)
    store_key: bytes = field(repr=False)
