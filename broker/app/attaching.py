"""Attaching files to what is sent: read, without metadata, sealed, brought to the hub.

They arrive before the message does: whoever opens it finds them there. Whatever breaks
off is gone on with when the same is sent again.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from broker.app.attachments import sealed_files
from broker.app.credentials import NodeKeys
from broker.app.node_folder import LIMITS, Node
from broker.core.attachments.attached import Attached
from broker.core.attachments.images import STRIPPERS
from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.attachments.manifest import Manifest
from broker.core.attachments.media import HEAD_SIZE, is_image, media_type
from broker.core.attachments.names import is_plain_name
from broker.core.attachments.records import Draft
from broker.core.attachments.sealing import named, sealed_chunks
from broker.core.codec.attaching import files_of, takes_attachments, with_files
from broker.core.errors import ConfigurationError
from broker.core.fields import FieldClass
from broker.core.flows.export import ExportPlan
from broker.core.outgoing import OutgoingDocument
from broker.infra.attachment_files import read_whole
from broker.services.blob_transfer import BlobTransfer
from keys.attachments import FILE_KEY_SIZE, new_file_key
from keys.errors import ContentError
from keys.framing import DIGEST_SIZE, frame, labelled_digest, sha256
from keys.sealing import protect, unprotect

_TOKEN_LABEL: Final = b"rogatory/attachment-draft/1"
# What stands in the place of what only sealing makes.
_NO_BLOB: Final = bytes(DIGEST_SIZE)
_NO_KEY: Final = bytes(FILE_KEY_SIZE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that a person attaches.

    Attributes:
        path: Where it is.
        kind: What it shows: a word of `KINDS`; empty: by its sort.
        caption: What it shows, in words, or empty.
    """

    path: Path
    kind: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A file, read, and what is said of it as long as it is not sealed."""

    data: bytes
    file: Attached


def load(source: Source, node: Node, *, keep_metadata: bool) -> Loaded:
    """Reads a file and takes metadata out, if it is an image.

    Args:
        source: Which.
        node: The node: its operator may forbid that metadata stay.
        keep_metadata: Leave images as they are.

    Raises:
        ConfigurationError: It cannot be read, is too large, or is an image that
            cannot be taken apart here.
        RefusedError: INVALID_ATTACHMENT: an image that is none, or damaged.
    """
    check_metadata(node, keep_metadata=keep_metadata)
    path = source.path
    check_name(path.name)
    data = read_whole(path, ATTACHMENT_LIMITS.file_max_size)
    return loaded(source, data, keep_metadata=keep_metadata)


def check_metadata(node: Node, *, keep_metadata: bool) -> None:
    """Returns if metadata may stay in images, where that is wanted.

    Raises:
        ConfigurationError: The node's operator has forbidden it.
    """
    if keep_metadata and node.settings.attachments_metadata == "strip":
        raise ConfigurationError(
            "this node takes metadata out of every image (attachments_metadata in "
            "node.toml): send without --keep-metadata"
        )


def check_name(name: str) -> None:
    """Returns if a file of this name can be attached.

    Raises:
        ConfigurationError: It cannot.
    """
    if not is_plain_name(name):
        raise ConfigurationError(f"{name!r} cannot be the name of an attachment")


def loaded(source: Source, data: bytes, *, keep_metadata: bool) -> Loaded:
    """Does what `load` does with a file that was read already.

    Raises:
        ConfigurationError: It is an image that cannot be taken apart here.
        RefusedError: INVALID_ATTACHMENT: an image that is none, or damaged.
    """
    path = source.path
    sort = media_type(path.name, data[:HEAD_SIZE])
    stripped = is_image(sort) and not keep_metadata
    if stripped:
        if sort not in STRIPPERS:
            raise ConfigurationError(
                f"{path}: metadata can be taken out of JPEG and PNG images, not out of "
                f"{sort}. Convert it, or send it as it is, with what its camera wrote "
                "into it: --keep-metadata"
            )
        data = STRIPPERS[sort](data)
    file = Attached(
        kind=source.kind or ("other" if is_image(sort) else "document"),
        name=path.name,
        media_type=sort,
        size=len(data),
        sha256=sha256(data),
        blob=_NO_BLOB,
        key=_NO_KEY,
        caption=source.caption,
        metadata_stripped=stripped,
    )
    return Loaded(data=data, file=file)


def sealed(node: Node, keys: NodeKeys, loaded: Loaded, now_ms: int) -> Attached:
    """Seals a file onto this node's disk; goes on where it was broken off.

    Returns:
        What a message says of it.

    Raises:
        StoreError: It cannot be stored.
    """
    token = _token(keys, loaded.file)
    draft = node.store.attachment_draft(token)
    key = None if draft is None else _key_of(keys, draft)
    # Of the same file, under the same key: the token is made of its digest, and so
    # nothing else is ever sealed under that key.
    file = replace(loaded.file, key=key or new_file_key())
    file, manifest = named(loaded.data, file)
    if key is None or draft is None or draft.blob != file.blob:
        protected = protect(keys.holder.store_key, file.key, context=file.blob)
        # Its key first: chunks without it would be cleared away.
        node.store.keep_attachment_draft(
            Draft(token=token, blob=file.blob, made_ms=now_ms, protected=protected)
        )
    _store(node, loaded.data, file, manifest)
    return file


def with_attachments(
    document: OutgoingDocument, files: Sequence[Attached]
) -> OutgoingDocument:
    """Returns a document that names some files more.

    Raises:
        ConfigurationError: Its kind names none, or they would be too many.
        DocumentError: It does not fit its kind with them.
    """
    if not takes_attachments(document.kind):
        raise ConfigurationError(f"no file can be attached to a {document.kind}")
    count = len(files_of(document.kind, document.body)) + len(files)
    if count > ATTACHMENT_LIMITS.files_max:
        raise ConfigurationError(
            f"{count} files beside one message; the most is "
            f"{ATTACHMENT_LIMITS.files_max}"
        )
    return replace(
        document, body=with_files(document.kind, document.body, tuple(files))
    )


def reaches_anybody(plan: ExportPlan) -> bool:
    """Tells whether anybody would get the files: policies may keep them back."""
    return any(FieldClass.PHOTOGRAPH not in one.withheld for one in plan.parcels)


async def bring(
    node: Node,
    transfer: BlobTransfer,
    files: Sequence[Attached],
    until_ms: int,
    told: Callable[[int, int], None],
) -> None:
    """Brings files to the hub that are sealed here.

    Args:
        node: The node.
        transfer: Carries them.
        files: Which.
        until_ms: Until when the hub is to keep them, in ms since the epoch.
        told: Is told how many bytes are done, of how many.

    Raises:
        RefusedError: The hub does not take one.
        BusError: It cannot be asked.
        StoreError: One is not here.
    """
    of, before = sum(one.size for one in files), 0
    for file in files:
        begun = before

        def so_far(
            done: int, whole: int, begun: int = begun, file: Attached = file
        ) -> None:
            told(begun + file.size * done // whole, of)

        held_ms = await transfer.bring(file.blob, until_ms, so_far)
        node.store.note_blob_held(file.blob, held_ms)
        before += file.size


def kept_until(document: OutgoingDocument, now_ms: int) -> int:
    """Returns until when the hub is to keep the files of a document that is sent now.

    Longer when it waits for officers: see `AttachmentKeeper`.
    """
    lifetime_ms = document.lifetime_ms or LIMITS.default_lifetime_ms
    return now_ms + lifetime_ms + ATTACHMENT_LIMITS.grace_ms


def _store(node: Node, data: bytes, file: Attached, manifest: Manifest) -> None:
    files = sealed_files(node)
    files.begin(file.blob, manifest.to_bytes())
    missing = set(files.missing(file.blob) or ())
    if missing:
        for number, chunk in enumerate(sealed_chunks(data, file)):
            if number in missing:
                files.put(file.blob, number, chunk)


def _token(keys: NodeKeys, file: Attached) -> bytes:
    """Returns what the same file is found again by, and nothing can be read of."""
    secret = labelled_digest(_TOKEN_LABEL, keys.holder.store_key)
    told = (file.sha256, file.name.encode(), file.kind.encode())
    return hmac.digest(secret, frame(*told), "sha256")


def _key_of(keys: NodeKeys, draft: Draft) -> bytes | None:
    try:
        return unprotect(keys.holder.store_key, draft.protected, context=draft.blob)
    except ContentError:
        return None  # of another node key: it is sealed again
