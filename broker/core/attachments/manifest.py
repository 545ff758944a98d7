"""Where a sealed file lies: sizes and digests of its chunks, and the name of it all.

Sealing is left to `keys.attachments`, storing to the hub and the nodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.errors import Code, RefusedError
from keys.attachments import TAG_SIZE, blob_name
from keys.framing import DIGEST_SIZE, sha256
from keys.sealing import padded_length

_NUMBER_SIZE: Final = 8  # bytes, for each of the two sizes

HEAD_SIZE: Final = 2 * _NUMBER_SIZE
"""Bytes of a manifest before its digests."""
MANIFEST_MAX_SIZE: Final = HEAD_SIZE + ATTACHMENT_LIMITS.chunks_max * DIGEST_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The sealed chunks of one file.

    Attributes:
        size: Bytes of all of them, sealed.
        chunk_size: Bytes of each of them, sealed; the last may be smaller.
        digests: SHA-256 of each of them, in order.
    """

    size: int
    chunk_size: int
    digests: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Refuses what is no file cut into chunks, or too much of one.

        Raises:
            RefusedError: INVALID_ATTACHMENT.
        """
        limits = ATTACHMENT_LIMITS
        if not TAG_SIZE < self.chunk_size <= limits.chunk_max_size:
            raise RefusedError(Code.INVALID_ATTACHMENT, "size of its chunks")
        if not 0 < len(self.digests) <= limits.chunks_max:
            raise RefusedError(Code.INVALID_ATTACHMENT, "number of its chunks")
        least = (len(self.digests) - 1) * self.chunk_size + TAG_SIZE
        if not least < self.size <= len(self.digests) * self.chunk_size:
            raise RefusedError(Code.INVALID_ATTACHMENT, "its chunks are not its size")

    @property
    def blob(self) -> bytes:
        """What it is asked for by, 32 bytes."""
        return blob_name(self.to_bytes())

    def to_bytes(self) -> bytes:
        """Returns its one encoding."""
        sizes = (self.size, self.chunk_size)
        head = b"".join(size.to_bytes(_NUMBER_SIZE, "big") for size in sizes)
        return head + b"".join(self.digests)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Reads what `to_bytes` wrote.

        Raises:
            RefusedError: INVALID_ATTACHMENT.
        """
        digests = data[HEAD_SIZE:]
        if len(data) > MANIFEST_MAX_SIZE or len(digests) % DIGEST_SIZE:
            raise RefusedError(Code.INVALID_ATTACHMENT, "list of its chunks")
        return cls(
            size=int.from_bytes(data[:_NUMBER_SIZE], "big"),
            chunk_size=int.from_bytes(data[_NUMBER_SIZE:HEAD_SIZE], "big"),
            digests=tuple(
                digests[at : at + DIGEST_SIZE]
                for at in range(0, len(digests), DIGEST_SIZE)
            ),
        )

    @classmethod
    def named(cls, blob: bytes, data: bytes) -> Self:
        """Reads the manifest of a file that is asked for by `blob`.

        Raises:
            RefusedError: INVALID_ATTACHMENT: the manifest of another, or none.
        """
        if blob_name(data) != blob:
            raise RefusedError(Code.INVALID_ATTACHMENT, "the list of another's chunks")
        return cls.from_bytes(data)

    def size_of(self, number: int) -> int:
        """Returns how many bytes a sealed chunk has.

        Raises:
            RefusedError: INVALID_ATTACHMENT: there is none of that number.
        """
        if not 0 <= number < len(self.digests):
            raise RefusedError(Code.INVALID_ATTACHMENT, f"it has no chunk {number}")
        return min(self.chunk_size, self.size - number * self.chunk_size)

    def check_chunk(self, number: int, sealed: bytes) -> None:
        """Returns if these are the bytes of that chunk.

        Raises:
            RefusedError: INVALID_ATTACHMENT.
        """
        # The size first: what is too large is not even hashed.
        fits = len(sealed) == self.size_of(number)
        if not fits or sha256(sealed) != self.digests[number]:
            raise RefusedError(
                Code.INVALID_ATTACHMENT, f"chunk {number} is not what was sealed"
            )

    def is_last(self, number: int) -> bool:
        """Tells whether no chunk follows."""
        return number == len(self.digests) - 1


def manifest_of(sizes: Sequence[int], digests: Sequence[bytes]) -> Manifest:
    """Returns the manifest of chunks that were sealed in order.

    Args:
        sizes: Bytes of each, sealed.
        digests: SHA-256 of each.

    Raises:
        RefusedError: INVALID_ATTACHMENT: no such list.
    """
    return Manifest(
        size=sum(sizes), chunk_size=max(sizes, default=0), digests=tuple(digests)
    )


def filled_up(size: int) -> int:
    """Returns how many bytes of a file of `size` bytes are sealed.

    It is filled up with zeros: the exact size of a file, which the hub would see, can
    tell which file it is. Never more than an eighth is added.
    """
    return padded_length(size)


def chunk_count(size: int, chunk_size: int) -> int:
    """Returns how many chunks a file of `size` bytes is sealed in."""
    return -(-filled_up(size) // chunk_size)


def check_fits(manifest: Manifest, size: int, chunk_size: int) -> None:
    """Returns if a manifest is that of a file of `size` bytes, cut up so.

    Asked before anything is fetched: what claims to be small must not be large.

    Raises:
        RefusedError: INVALID_ATTACHMENT.
    """
    count = chunk_count(size, chunk_size)
    fits = (
        len(manifest.digests) == count
        and manifest.size == filled_up(size) + count * TAG_SIZE
        and manifest.size_of(0) == min(chunk_size, filled_up(size)) + TAG_SIZE
    )
    if not fits:
        raise RefusedError(
            Code.INVALID_ATTACHMENT, "what lies at the hub has not the size it says"
        )
