"""The file that shows an officer elsewhere what to decide, and brings the answer back.

It is in clear text. Nothing in it has to be trusted: what an officer signs is computed
from what it shows, and at home every answer is checked.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from broker.core.approvals import release_digest
from broker.core.codec.approvals import (
    decode_release,
    decode_signed_approval,
    encode_release,
    encode_signed_approval,
)
from broker.core.codec.documents import decode_document
from broker.core.errors import ConfigurationError, RefusedError
from broker.core.model import message_id_text
from broker.core.releases import LAST_MS, Release, ReleaseParcel, SignedApproval
from keys.errors import KeystoreError
from keys.framing import sha256
from keys.private_files import write_private

_FORMAT: Final = "rogatory-release-request/1"
_WARNING: Final = (
    "IN CLEAR TEXT: keep it as the document itself is to be kept, and destroy it "
    "afterwards."
)
_MAX_SIZE: Final = 32 << 20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRequest:
    """What an officer has to see, and what officers said.

    Attributes:
        pending_id: Under which the document waits, 16 bytes.
        lapses_ms: Until when it waits, in ms since the epoch.
        release: What would leave.
        officers: Public keys of those who may approve, by name.
        bodies: The content of each parcel, in their order; empty when it was left out.
        approvals: What was signed.
    """

    pending_id: bytes
    lapses_ms: int
    release: Release
    officers: Mapping[str, bytes]
    bodies: tuple[bytes, ...] = ()
    approvals: tuple[SignedApproval, ...] = ()

    @property
    def digest(self) -> bytes:
        """What an approval is about, 32 bytes."""
        return release_digest(self.release)

    def with_approval(self, signed: SignedApproval) -> "ReleaseRequest":
        """Returns it with one more answer."""
        return replace(self, approvals=(*self.approvals, signed))

    def write(self, path: Path) -> None:
        """Writes the file, readable by its owner only, in place of an older one.

        Raises:
            ConfigurationError: It cannot be written.
        """
        fields = {
            "format": _FORMAT,
            "warning": _WARNING,
            "id": message_id_text(self.pending_id),
            "pending_id": self.pending_id.hex(),
            "lapses_ms": self.lapses_ms,
            "release": _encoded(encode_release(self.release)),
            "release_sha256": self.digest.hex(),
            "officers": {name: _encoded(key) for name, key in self.officers.items()},
            "bodies": [_encoded(body) for body in self.bodies],
            "approvals": [
                _encoded(encode_signed_approval(one)) for one in self.approvals
            ],
        }
        try:
            write_private(path, (json.dumps(fields, indent=2) + "\n").encode())
        except KeystoreError as error:
            raise ConfigurationError(str(error)) from error

    @classmethod
    def read(cls, path: Path) -> "ReleaseRequest":
        """Reads the file.

        Raises:
            ConfigurationError: It is not there, not such a file, or the contents in it
                are not those of the release in it.
        """
        what = f"{path} is not what rogatory pending export writes"
        try:
            with path.open("rb") as file:
                fields = json.loads(file.read(_MAX_SIZE))
        except OSError as error:
            raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
        except (ValueError, RecursionError) as error:
            raise ConfigurationError(what) from error
        if not isinstance(fields, dict) or fields.get("format") != _FORMAT:
            raise ConfigurationError(what)
        try:
            request = cls(
                pending_id=bytes.fromhex(fields["pending_id"]),
                lapses_ms=int(fields["lapses_ms"]),
                release=decode_release(_decoded(fields["release"])),
                officers={
                    str(name): _decoded(key)
                    for name, key in dict(fields["officers"]).items()
                },
                bodies=tuple(_decoded(body) for body in fields["bodies"]),
                approvals=tuple(
                    decode_signed_approval(_decoded(one)) for one in fields["approvals"]
                ),
            )
        except (KeyError, TypeError, ValueError, RefusedError) as error:
            raise ConfigurationError(what) from error
        if not 0 <= request.lapses_ms <= LAST_MS:
            raise ConfigurationError(what)
        request.check_bodies(path)
        return request

    def check_bodies(self, path: Path) -> None:
        """Checks that the contents are what would be approved.

        Raises:
            ConfigurationError: They are not.
        """
        parcels = self.release.parcels
        found = tuple(sha256(body) for body in self.bodies)
        if found and found != tuple(parcel.body_digest for parcel in parcels):
            raise ConfigurationError(
                f"{path}: the content in it is not that of the release in it: somebody "
                "has changed the file. Sign nothing; tell whoever gave it to you"
            )

    def contents(self) -> Sequence[tuple[ReleaseParcel, dict[str, object] | None]]:
        """Returns each parcel with its content; None where it was left out.

        Raises:
            RefusedError: A content is not what its kind asks for.
        """
        if not self.bodies:
            return [(parcel, None) for parcel in self.release.parcels]
        return [
            (parcel, decode_document(self.release.kind, body))
            for parcel, body in zip(self.release.parcels, self.bodies, strict=True)
        ]


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
