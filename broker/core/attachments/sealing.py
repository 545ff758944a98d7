"""A file into sealed chunks, and sealed chunks into the file again.

Where the chunks lie is left to the stores; ciphers are left to `keys.attachments`.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from broker.core.attachments.attached import Attached
from broker.core.attachments.manifest import (
    Manifest,
    chunk_count,
    filled_up,
    manifest_of,
)
from broker.core.errors import Code, RefusedError
from keys.attachments import open_chunk, seal_chunk
from keys.framing import sha256


def sealed_chunks(data: bytes, file: Attached) -> Iterator[bytes]:
    """Yields the sealed chunks of a file, in order; the same every time.

    Args:
        data: The file.
        file: What is said of it; `blob` is not looked at.
    """
    whole = data + bytes(filled_up(len(data)) - len(data))
    count = chunk_count(len(data), file.chunk_size)
    for number in range(count):
        at = number * file.chunk_size
        yield seal_chunk(
            file.key,
            whole[at : at + file.chunk_size],
            number=number,
            last=number == count - 1,
            context=file.context,
        )


def named(data: bytes, file: Attached) -> tuple[Attached, Manifest]:
    """Returns what is said of a file, with what it is asked for by; and its chunks.

    Args:
        data: The file.
        file: What is said of it; `blob` may be empty.
    """
    sizes, digests = [], []
    for sealed in sealed_chunks(data, file):
        sizes.append(len(sealed))
        digests.append(sha256(sealed))
    manifest = manifest_of(sizes, digests)
    return replace(file, blob=manifest.blob), manifest


def clear_chunks(
    file: Attached, sealed: Callable[[int], bytes | None]
) -> Iterator[bytes]:
    """Yields the file part by part. Only after the last one it is known to be whole.

    Args:
        file: What is said of it.
        sealed: Returns a sealed chunk by its number, or None if it is not there.

    Raises:
        RefusedError: INVALID_ATTACHMENT: a chunk is missing, or what comes out is not
            the file that the message describes.
        ContentError: A chunk does not open.
    """
    file.check()
    digest, left = hashlib.sha256(), file.size
    count = chunk_count(file.size, file.chunk_size)
    for number in range(count):
        chunk = sealed(number)
        if chunk is None:
            raise RefusedError(
                Code.INVALID_ATTACHMENT, f"chunk {number} of {count} is not here"
            )
        clear = open_chunk(
            file.key,
            chunk,
            number=number,
            last=number == count - 1,
            context=file.context,
        )
        part, filling = clear[:left], clear[left:]
        if any(filling):
            raise RefusedError(Code.INVALID_ATTACHMENT, "more follows its end")
        left -= len(part)
        digest.update(part)
        yield part
    if left or digest.digest() != file.sha256:
        raise RefusedError(
            Code.INVALID_ATTACHMENT, "it is not the file that the message describes"
        )
