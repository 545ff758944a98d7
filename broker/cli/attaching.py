"""What `rogatory send` does about files that are attached.

What lies beside messages that are here is left to `attachments`.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.attaching import (
    Source,
    bring,
    kept_until,
    load,
    reaches_anybody,
    sealed,
    with_attachments,
)
from broker.app.attachments import transfer_of
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node, dispatcher
from broker.cli.output import note
from broker.cli.progress import shown_progress
from broker.cli.running import run
from broker.core.attachments.attached import KINDS, Attached
from broker.core.attachments.media import is_image
from broker.core.codec.attaching import files_of
from broker.core.errors import ConfigurationError
from broker.core.outgoing import OutgoingDocument
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK

_KIB: Final = 1024
_KINDS: Final = ", ".join(KINDS)

AttachOption = Annotated[
    list[str] | None,
    typer.Option(
        "--attach",
        help="A file to send with it, such as frame.jpg or frame.jpg:mark; again for "
        f"each. What it shows: {_KINDS}.",
    ),
]
CaptionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--caption",
        help="What a file shows, in words; again for each, in the order of --attach.",
    ),
]
KeepMetadataOption = Annotated[
    bool,
    typer.Option(
        "--keep-metadata",
        help="Send images as they are, with what cameras write into them.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attaching:
    """What is attached, and how.

    Attributes:
        files: As the command line names them.
        captions: What they show, in words, in their order; there may be fewer.
        keep_metadata: Leave images as they are.
        dry_run: Seal nothing, and bring nothing anywhere.
        partial: Send to those who may get it, though others may not.
    """

    files: Sequence[str]
    captions: Sequence[str]
    keep_metadata: bool
    dry_run: bool
    partial: bool


def attach(
    node: Node,
    keys: NodeKeys,
    trust: Trust,
    document: OutgoingDocument,
    how: Attaching,
) -> OutgoingDocument:
    """Returns the document that names the files; they are at the hub by then.

    Unless nobody would get them: then they stay here, and sending says why.

    Raises:
        ConfigurationError: A file cannot be attached.
        RefusedError: An image is damaged; or the hub does not take a file.
        BusError: The hub cannot be reached. What is sealed, and what has arrived
            there, is used when the same is sent again.
    """
    with_attachments(document, ())  # before anything is read: does its kind take any?
    if len(how.captions) > len(how.files):
        raise ConfigurationError("there are more captions than files: see --attach")
    loaded = [
        load(_source(named, caption), node, keep_metadata=how.keep_metadata)
        for named, caption in zip_longest(how.files, how.captions, fillvalue="")
    ]
    _tell([one.file for one in loaded])
    if how.dry_run:
        return with_attachments(document, [one.file for one in loaded])
    now_ms = SYSTEM_CLOCK.now_ms()
    files = [sealed(node, keys, one, now_ms) for one in loaded]
    document = with_attachments(document, files)
    plan = dispatcher(node, keys, lambda: trust).plan(document)
    refused = bool(plan.withheld) and not how.partial
    if reaches_anybody(plan) and not refused:
        run(_bring(node, keys, files, kept_until(document, now_ms)))
    return document


def attached(node: Node, document: OutgoingDocument, files: Sequence[str]) -> None:
    """Forgets the keys of files that stand in a message now, or in a draft of one."""
    if files:
        named = files_of(document.kind, document.body)
        node.store.end_attachment_drafts(one.blob for one in named)


async def _bring(
    node: Node, keys: NodeKeys, files: Sequence[Attached], until_ms: int
) -> None:
    async with transfer_of(node, keys, f"attach-{os.getpid()}") as transfer:
        with shown_progress("KiB attached") as told:
            await bring(
                node,
                transfer,
                files,
                until_ms,
                lambda done, of: told(done // _KIB, of // _KIB),
            )


def _source(named: str, caption: str) -> Source:
    path, colon, kind = named.rpartition(":")
    if colon and kind in KINDS:
        return Source(path=Path(path), kind=kind, caption=caption)
    if colon and not Path(named).exists() and Path(path).exists():
        raise ConfigurationError(
            f"{kind!r} is nothing that an attachment shows; say one of {_KINDS}"
        )
    return Source(path=Path(named), caption=caption)


def _tell(files: Sequence[Attached]) -> None:
    for file in files:
        words = f"{file.name}: {file.media_type}, {file.size} bytes"
        if file.metadata_stripped:
            words += ", without metadata"
        elif is_image(file.media_type):
            words += ", WITH what its camera wrote into it"
        else:
            words += "; names and times in documents are not taken out"
        note(words)
