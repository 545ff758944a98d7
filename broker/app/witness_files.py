"""A witness's folder: its key, the card to hand over, and where it remembers.

What it does is left to `witness`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.ceremony_folder import read_file, write_file
from broker.core.errors import ConfigurationError
from keys.cosigning import (
    CosignatureType,
    CosignatureVerifier,
    CosigningKey,
    read_vkey,
)
from keys.directory.model import Witness
from keys.errors import KeysError, KeystoreFormatError
from keys.framing import sha256
from keys.identity import PartyId
from keys.keystore import KdfCost, load, save
from keys.token_uri import TokenUri

_CARD: Final = "rogatory-witness/1"
_MAX_CARD_SIZE: Final = 16 << 10  # bytes
_SEED: Final = "cosigning"


@dataclass(frozen=True, slots=True)
class WitnessFolder:
    """Where a witness keeps what."""

    root: Path

    @property
    def keys(self) -> Path:
        """The private key."""
        return self.root / "witness.keys"

    @property
    def card(self) -> Path:
        """What is handed to the hub's operator: public."""
        return self.root / "witness.public.json"

    @property
    def memory(self) -> Path:
        """What was seen, and evidence."""
        return self.root / "witness.sqlite3"

    @property
    def directory_copy(self) -> Path:
        """The directory as this witness has verified it."""
        return self.root / "directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessCard:
    """What a witness is to others.

    Attributes:
        verifier: Its name and public key.
        party: That runs it; None when no party does.
    """

    verifier: CosignatureVerifier
    party: PartyId | None

    @property
    def witness(self) -> Witness:
        """The witness as the directory names it."""
        return Witness(name=self.verifier.name, key=self.verifier.key, party=self.party)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key, to compare over another channel."""
        return sha256(self.verifier.key).hex()

    def write(self, path: Path) -> None:
        """Writes the file.

        Raises:
            ConfigurationError: It cannot be written.
        """
        fields = {
            "format": _CARD,
            "vkey": self.verifier.vkey,
            "party": self.party or "",
            "sha256": self.fingerprint,
        }
        write_file(path, json.dumps(fields, indent=2).encode() + b"\n")

    @classmethod
    def read(cls, path: Path) -> "WitnessCard":
        """Reads the file.

        Raises:
            ConfigurationError: It is not there, or not such a file.
        """
        data = read_file(path, _MAX_CARD_SIZE)
        try:
            fields = json.loads(data)
        except (ValueError, RecursionError):
            fields = None
        match fields:
            case {
                "format": "rogatory-witness/1",
                "vkey": str(vkey),
                "party": str(party),
            }:
                pass
            case _:
                raise ConfigurationError(
                    f"{path} is not a witness's card, from: rogatory witness init"
                )
        try:
            return cls(
                verifier=read_vkey(vkey), party=PartyId(party) if party else None
            )
        except KeysError as error:
            raise ConfigurationError(f"{path}: {error}") from error


def make_witness(
    folder: WitnessFolder,
    *,
    name: str,
    kind: CosignatureType,
    party: PartyId,
    secret: bytes,
    token: TokenUri | None = None,
    cost: KdfCost | None = None,
) -> WitnessCard:
    """Makes a witness's key, and the card that the stewards name it by.

    Args:
        folder: Where; made here.
        name: Of the key, for ever: no spaces, no plus sign.
        kind: How it signs.
        party: That runs it.
        secret: What opens the key: a passphrase; with a token, its PIN.
        token: The token whose key protects the file.
        cost: Of a guess at the passphrase; nothing to a token.

    Raises:
        ConfigurationError: There is a witness already, or the folder cannot be used.
        KeysError: Not such a name, or the key cannot be kept.
    """
    if folder.keys.exists():
        raise ConfigurationError(
            f"{folder.root} is a witness already; a key is never written over"
        )
    key, seed = CosigningKey.generate(name, kind)
    try:
        folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{folder.root}: {error.strerror}") from error
    card = WitnessCard(verifier=key.verifier, party=party)
    # The card first: without the key it is worth nothing, and is written again.
    card.write(folder.card)
    save(folder.keys, {_SEED: seed}, secret, token=token, cost=cost)
    return card


def open_key(folder: WitnessFolder, secret: bytes) -> CosigningKey:
    """Returns the private key of a witness.

    Raises:
        ConfigurationError: There is no witness, or its card is damaged.
        KeysError: The key cannot be opened, or is not the one on the card.
    """
    verifier = WitnessCard.read(folder.card).verifier
    seeds = load(folder.keys, secret)
    if set(seeds) != {_SEED}:
        raise KeystoreFormatError(f"{folder.keys} holds no key of a witness")
    key = CosigningKey(verifier.name, verifier.type, seeds[_SEED])
    if key.verifier != verifier:
        raise KeystoreFormatError(f"{folder.keys} is not the key on {folder.card}")
    return key
