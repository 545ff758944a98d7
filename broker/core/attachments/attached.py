"""What a message says of a file beside it, as a value and as part of a document.

The rules that such a part has to keep are left to
`broker.core.codec.rules_attachments`.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.errors import Code, RefusedError
from keys.attachments import FILE_KEY_SIZE, chunk_context
from keys.framing import DIGEST_SIZE

ATTACHMENTS: Final = "attachments"
"""The field of a document that lists them."""
KINDS: Final = {
    "mark": "ATTACHMENT_KIND_MARK",
    "object": "ATTACHMENT_KIND_OBJECT",
    "document": "ATTACHMENT_KIND_DOCUMENT",
    "other": "ATTACHMENT_KIND_OTHER",
}
"""What an attachment shows, as people write it and as messages do."""
_WORDS: Final = {name: word for word, name in KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file beside a message.

    Attributes:
        kind: What it shows: a word of `KINDS`.
        name: Of the file, as its sender gives it; for people, never for a path.
        media_type: "image/jpeg".
        size: Bytes.
        sha256: Of the file, 32 bytes.
        blob: What its sealed chunks are asked for by, 32 bytes.
        key: What opens them, 32 bytes.
        chunk_size: Bytes of a chunk before it is sealed.
        caption: What it shows, in words, or empty.
        metadata_stripped: Whether what cameras write into images was taken out.
    """

    kind: str
    name: str
    media_type: str
    size: int
    sha256: bytes
    blob: bytes
    key: bytes = field(repr=False)
    chunk_size: int = ATTACHMENT_LIMITS.chunk_size
    caption: str = ""
    metadata_stripped: bool = False

    @property
    def context(self) -> bytes:
        """What its chunks are bound to."""
        return chunk_context(self.sha256, self.size, self.chunk_size)

    def check(self) -> None:
        """Returns if this node takes such a file at all, before it asks for it.

        Raises:
            RefusedError: INVALID_ATTACHMENT or OVERSIZE.
        """
        limits = ATTACHMENT_LIMITS
        if not 0 < self.size <= limits.file_max_size:
            raise RefusedError(
                Code.OVERSIZE,
                f"a file of {self.size} bytes; the most is {limits.file_max_size}",
            )
        chunks = -(-self.size // max(1, self.chunk_size))
        if not 0 < self.chunk_size < limits.chunk_max_size or (
            chunks > limits.chunks_max
        ):
            raise RefusedError(Code.INVALID_ATTACHMENT, "size of its chunks")
        if {len(self.sha256), len(self.blob)} != {DIGEST_SIZE} or (
            len(self.key) != FILE_KEY_SIZE
        ):
            raise RefusedError(Code.INVALID_ATTACHMENT, "digest or key")

    def to_document(self) -> dict[str, object]:
        """Returns it as it stands in a document."""
        fields: dict[str, object] = {
            "kind": KINDS[self.kind],
            "name": self.name,
            "mediaType": self.media_type,
            "size": str(self.size),
            "sha256": _text(self.sha256),
            "blob": _text(self.blob),
            "key": _text(self.key),
            "chunkSize": self.chunk_size,
        }
        if self.caption:
            fields["caption"] = self.caption
        if self.metadata_stripped:
            fields["metadataStripped"] = True
        return fields

    @classmethod
    def from_document(cls, fields: Mapping[str, object]) -> "Attached":
        """Reads a part of a document that `decode_document` has taken."""
        return cls(
            kind=_WORDS.get(str(fields.get("kind")), "other"),
            name=str(fields.get("name", "")),
            media_type=str(fields.get("mediaType", "")),
            size=int(str(fields.get("size", 0))),
            sha256=_bytes(fields.get("sha256")),
            blob=_bytes(fields.get("blob")),
            key=_bytes(fields.get("key")),
            chunk_size=int(str(fields.get("chunkSize", 0))),
            caption=str(fields.get("caption", "")),
            metadata_stripped=fields.get("metadataStripped") is True,
        )


def attached_in(document: Mapping[str, object]) -> tuple[Attached, ...]:
    """Returns the files beside a message, in the order in which it names them.

    Args:
        document: Protobuf's JSON mapping of its content.
    """
    return tuple(map(Attached.from_document, _listed(document)))


def with_attached(
    document: Mapping[str, object], files: tuple[Attached, ...]
) -> dict[str, object]:
    """Returns a document that names some files more."""
    listed = [*_listed(document), *(one.to_document() for one in files)]
    return {**document, ATTACHMENTS: listed} if listed else dict(document)


def _listed(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    found = document.get(ATTACHMENTS)
    for one in found if isinstance(found, list) else ():
        if isinstance(one, Mapping):
            yield one


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: object) -> bytes:
    return base64.b64decode(str(text or ""))
