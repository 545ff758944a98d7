"""The files beside a node's messages: which there are, fetched and written out.

Attaching files to what is sent is left to `attaching`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.node_link import connected
from broker.core import subjects
from broker.core.admitted import IN_USE, AdmissionState
from broker.core.attachments.attached import Attached
from broker.core.attachments.limits import ATTACHMENT_LIMITS, MIB
from broker.core.attachments.names import safe_name
from broker.core.attachments.sealing import clear_chunks
from broker.core.codec.attaching import files_of
from broker.core.errors import RefusedError
from broker.core.records import InboxMessage, InboxState, SentMessage
from broker.infra.attachment_files import write_parts
from broker.infra.chunk_files import ChunkFiles
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from broker.services.attachment_keeper import (
    AttachmentKeeper,
    Beside,
    KeeperPorts,
)
from broker.services.blob_transfer import BlobTransfer
from broker.services.holdings import Holdings
from keys.errors import KeysError

_ANSWER_S: Final = 55.0  # a chunk may take so long on a slow line


def sealed_files(node: Node) -> ChunkFiles:
    """Returns where a node keeps files, sealed."""
    return ChunkFiles(node.folder.attachments)


def blob_transfer(node: Node, bus: Bus) -> BlobTransfer:
    """Returns what carries files between a node and the hub.

    Args:
        node: The node.
        bus: The party's connection.
    """

    async def ask(question: bytes) -> bytes:
        return await bus.request(subjects.LOG_QUERIES, question, _ANSWER_S)

    return BlobTransfer(sealed_files(node), ask)


@asynccontextmanager
async def transfer_of(
    node: Node, keys: NodeKeys, name: str
) -> AsyncIterator[BlobTransfer]:
    """Connects to the hub in order to carry files.

    Args:
        node: The node.
        keys: Its keys.
        name: Of the connection; unique in its account.

    Raises:
        BusError: The hub cannot be reached.
    """
    async with connected(node, keys, name=name) as bus:
        yield blob_transfer(node, bus)


def attachment_keeper(node: Node, keys: NodeKeys, bus: Bus) -> AttachmentKeeper:
    """Returns what keeps files in step with messages while a node runs."""
    unasked = node.settings.attachments == "automatic"
    return AttachmentKeeper(
        KeeperPorts(
            store=node.store,
            files=sealed_files(node),
            transfer=blob_transfer(node, bus),
            beside=lambda digest: beside(node, keys, digest),
            clock=SYSTEM_CLOCK,
            automatic_max_size=(
                node.settings.attachments_automatic_mib * MIB if unasked else 0
            ),
        )
    )


def files_beside(
    node: Node, keys: NodeKeys, message: SentMessage | InboxMessage
) -> tuple[Attached, ...]:
    """Returns the files that a message names, in its order.

    Raises:
        RefusedError: RECALLED, when it was taken back or destroyed; CANNOT_OPEN, when
            it was never opened.
        ContentError: It was protected under another key.
    """
    body = Holdings(keys.holder, node.store).content(message)
    return files_of(message.header.kind, body)


def note_files(
    node: Node, message: SentMessage | InboxMessage, files: tuple[Attached, ...]
) -> None:
    """Notes what lies beside a message: nothing of it is cleared away from now on.

    Raises:
        StoreError: It cannot be stored.
    """
    node.store.note_attachments(
        message.message_digest,
        [one.blob for one in files],
        until_ms=message.header.expires_ms + ATTACHMENT_LIMITS.grace_ms,
        due_ms=None,
    )


def check_file(node: Node, file: Attached) -> None:
    """Returns if a file is here, whole, and what its message says.

    Raises:
        RefusedError: INVALID_ATTACHMENT.
        ContentError: A chunk does not open.
        StoreError: It cannot be read.
    """
    files = sealed_files(node)
    for _ in clear_chunks(file, lambda number: files.get(file.blob, number)):
        pass


def write_file(node: Node, file: Attached, folder: Path) -> Path:
    """Writes a file that is here out, in clear; returns where it is.

    What is written out is the keeper's of that folder: no recall reaches it there.

    Raises:
        RefusedError: INVALID_ATTACHMENT: it is not what its message says, or not here.
        ContentError: A chunk does not open.
        ConfigurationError: It cannot be written under any of its names.
        StoreError: It cannot be written.
    """
    files = sealed_files(node)
    parts = clear_chunks(file, lambda number: files.get(file.blob, number))
    name = safe_name(file.name, file.media_type)
    return write_parts(folder, name, parts, file.sha256)


def is_here(node: Node, file: Attached) -> bool:
    """Tells whether a file is here, sealed, every chunk of it."""
    return sealed_files(node).missing(file.blob) == ()


def beside(node: Node, keys: NodeKeys, digest: bytes) -> Beside | None:
    """Returns what lies beside a message; None while nobody may read it yet.

    Nothing lies beside what was refused, taken back or destroyed.
    """
    message = node.store.find_sent(digest) or node.store.find_received(digest)
    if message is None:
        return Beside()
    received = isinstance(message, InboxMessage)
    if isinstance(message, InboxMessage):
        if message.state is InboxState.DELIVERED:
            return None
        terms = node.store.admission(digest)
        if terms is not None and terms.state is AdmissionState.QUARANTINED:
            return None
        if terms is None or terms.state not in IN_USE:
            return Beside()
    try:
        files = files_beside(node, keys, message)
    except (RefusedError, KeysError):
        return Beside()
    return Beside(files=files, expires_ms=message.header.expires_ms, received=received)
