"""A sealed file for tests, and what is said of it.

What becomes of it is left to the tests.
"""

from dataclasses import dataclass

from broker.core.attachments.attached import Attached
from broker.core.attachments.manifest import Manifest
from broker.core.attachments.sealing import named, sealed_chunks
from keys.framing import sha256

CHUNK_SIZE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file, what a message says of it, and its sealed chunks."""

    data: bytes
    said: Attached
    manifest: Manifest
    chunks: tuple[bytes, ...]

    @property
    def blob(self) -> bytes:
        """What it is asked for by."""
        return self.said.blob


def sealed_file(name: str = "frame.txt", size: int = 1000) -> SealedFile:
    """Returns a file of some chunks; the same for the same name and size."""
    data = (sha256(name.encode()) * (size // 32 + 1))[:size]
    said = Attached(
        kind="mark",
        name=name,
        media_type="text/plain",
        size=size,
        sha256=sha256(data),
        blob=bytes(32),
        key=sha256(b"key of " + name.encode()),
        chunk_size=CHUNK_SIZE,
    )
    said, manifest = named(data, said)
    chunks = tuple(sealed_chunks(data, said))
    return SealedFile(data=data, said=said, manifest=manifest, chunks=chunks)
