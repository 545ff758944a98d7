"""A whole piece of evidence as a value: put together, written, and read again.

Checking it is left to `verify`, getting its parts from a hub to the node.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from broker.core.errors import ProofError
from broker.core.evidence.container import read_container, write_container
from broker.core.evidence.layout import (
    CHECKPOINT,
    CONSISTENCY,
    STAMP,
    STAMPED,
    TRUST,
    by_message,
    is_known,
    roots,
    snapshot_place,
    snapshots,
)
from broker.core.evidence.log import read_path, write_path
from broker.core.evidence.manifest import (
    MANIFEST_NAME,
    Manifest,
    read_manifest,
    write_manifest,
)
from broker.core.evidence.parts import (
    MessageParts,
    as_text,
    read_parts,
    write_parts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time-stamp on a state of the log.

    Attributes:
        note: The signed checkpoint whose bytes it is about.
        token: What the authority answered (RFC 3161).
        path: That this checkpoint and the evidence's own are of one log.
    """

    note: str
    token: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A piece of evidence.

    Attributes:
        manifest: What it says of itself.
        messages: In the order of the manifest.
        trust: Files of the directory, by the paths they are served at.
        checkpoint: The signed note that every proof is under; empty while nothing is
            logged.
        places: That each snapshot of the directory is in the log, by version, as C2SP
            tlog-proof.
        stamp: None where there is no time-stamp.
    """

    manifest: Manifest
    messages: tuple[MessageParts, ...]
    trust: Mapping[str, bytes]
    checkpoint: str
    places: Mapping[int, str]
    stamp: Stamp | None = None

    def served(self, path: str) -> bytes | None:
        """Returns a file of the directory, as a hub would serve it."""
        return self.trust.get(path)

    @property
    def first_root(self) -> int:
        """Version of the oldest root; 0 when there is none."""
        return min(roots(TRUST + path for path in self.trust), default=0)

    @property
    def versions(self) -> list[int]:
        """Versions of the directory's snapshots, ascending."""
        return snapshots(TRUST + path for path in self.trust)

    def to_bytes(self) -> bytes:
        """Returns the file.

        Raises:
            ProofError: It is too large.
        """
        members = {TRUST + path: data for path, data in self.trust.items()}
        members[CHECKPOINT] = self.checkpoint.encode()
        for version, place in self.places.items():
            members[snapshot_place(version)] = place.encode()
        if self.stamp is not None:
            members[STAMPED] = self.stamp.note.encode()
            members[STAMP] = self.stamp.token
            members[CONSISTENCY] = write_path(self.stamp.path)
        for message in self.messages:
            members |= dict(write_parts(message))
        members[MANIFEST_NAME] = write_manifest(self.manifest, members)
        return write_container(members)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Bundle":
        """Reads a file, to its last byte; believes nothing of what is in it.

        Raises:
            ProofError: Not a file of evidence, or one that was changed or damaged.
        """
        members = read_container(data)
        manifest = read_manifest(members)
        shelf = _Shelf(members)
        about = {digest.hex() for digest in manifest.messages}
        strange = [name for name in members if not is_known(name, about)]
        if strange:
            raise ProofError(f"{min(strange)} is no part of any evidence")
        versions, folders = snapshots(members), by_message(members)
        return cls(
            manifest=manifest,
            messages=tuple(
                read_parts(digest, folders.get(digest.hex(), ()), members.get)
                for digest in manifest.messages
            ),
            trust={
                name.removeprefix(TRUST): content
                for name, content in members.items()
                if name.startswith(TRUST)
            },
            checkpoint=shelf.text(CHECKPOINT),
            places={v: shelf.text(snapshot_place(v)) for v in versions},
            stamp=shelf.stamp(),
        )


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Members of a file, by name."""

    members: Mapping[str, bytes] = field(repr=False)

    def need(self, name: str) -> bytes:
        data = self.members.get(name)
        if data is None:
            raise ProofError(f"there is no {name}")
        return data

    def text(self, name: str) -> str:
        return as_text(self.need(name))

    def stamp(self) -> Stamp | None:
        if not {STAMP, STAMPED, CONSISTENCY} & self.members.keys():
            return None
        return Stamp(
            note=self.text(STAMPED),
            token=self.need(STAMP),
            path=read_path(self.need(CONSISTENCY)),
        )
