"""Files that systems upload: sealed at once, and named in a document later.

Taking them in over HTTP is left to `broker.api.routes_attachments`; reading, sealing
and bringing a file to the hub, to `broker.app.attaching`.
"""

import asyncio
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from broker.api.answering import problem
from broker.api.hub_lines import hub_line
from broker.api.problems import ApiCode, Place
from broker.api.roles import Caller
from broker.api.state import Services
from broker.app.attaching import (
    Source,
    bring,
    check_metadata,
    check_name,
    kept_until,
    loaded,
    reaches_anybody,
    sealed,
    with_attachments,
)
from broker.app.attachments import transfer_of
from broker.app.node_folder import dispatcher
from broker.core.attachments.attached import Attached
from broker.core.attachments.limits import ATTACHMENT_LIMITS, MIB
from broker.core.codec.attaching import files_of
from broker.core.errors import ConfigurationError
from broker.core.outgoing import OutgoingDocument
from broker.infra.upload_store import Upload
from keys.sealing import protect, unprotect

UNSENT_MAX: Final = 1024 * MIB
"""Bytes of one agency's files that no message carries yet."""

_HANDLE_SIZE: Final = 16  # bytes
_LABEL: Final = b"upload/"


def check_upload(
    here: Services, who: Caller, source: Source, *, keep_metadata: bool
) -> None:
    """Returns if a file may be uploaded at all, before any of it is read.

    Raises:
        ProblemError: BAD_REQUEST: it cannot be attached under this name, or so;
            TOO_MANY: the agency has uploaded enough that it has not sent.
    """
    try:
        check_name(source.path.name)
        check_metadata(here.node, keep_metadata=keep_metadata)
    except ConfigurationError as error:
        raise problem(ApiCode.BAD_REQUEST, str(error)) from None
    waiting = here.node.store.uploaded_size(who.agency)
    if waiting >= UNSENT_MAX:
        raise problem(
            ApiCode.TOO_MANY, f"{waiting} bytes were uploaded and not sent yet"
        )


def take_upload(
    here: Services, who: Caller, source: Source, data: bytes, *, keep_metadata: bool
) -> tuple[str, Attached]:
    """Seals a file onto the node's disk; returns its handle, and what is said of it.

    Raises:
        ProblemError: INVALID_DOCUMENT: it is empty, or an image that cannot be taken
            apart here.
        RefusedError: INVALID_ATTACHMENT: an image that is none, or damaged.
        StoreError: It cannot be stored.
    """
    if not data:
        raise problem(ApiCode.INVALID_DOCUMENT, "the file is empty")
    try:
        read = loaded(source, data, keep_metadata=keep_metadata)
    except ConfigurationError as error:
        raise problem(ApiCode.INVALID_DOCUMENT, str(error)) from None
    now_ms = here.clock.now_ms()
    file, handle = (
        sealed(here.node, here.keys, read, now_ms),
        secrets.token_bytes(_HANDLE_SIZE),
    )
    told = json.dumps(file.to_document()).encode()
    here.node.store.keep_upload(
        Upload(
            handle=handle,
            agency=who.agency,
            blob=file.blob,
            size=file.size,
            made_ms=now_ms,
            protected=protect(
                here.keys.holder.store_key, told, context=_LABEL + handle
            ),
        )
    )
    return handle.hex(), file


def attach_uploads(
    here: Services,
    who: Caller,
    document: OutgoingDocument,
    handles: Sequence[str],
    *,
    partial: bool = False,
    to_hub: bool = True,
) -> OutgoingDocument:
    """Returns the document that names uploaded files; they are at the hub by then.

    Unless nobody would get them: then they stay here, and sending says why. Not to be
    called on the loop: a file may take a while.

    Args:
        here: The interface.
        who: Who sends; the files are its agency's.
        document: As it is without them.
        handles: What the files were called by when they were uploaded.
        partial: Whether it is sent to those who may get it, though others may not.
        to_hub: False: only look what would become of it.

    Raises:
        ProblemError: INVALID_DOCUMENT: a handle is none, or the kind takes no files.
        RefusedError: The hub does not take a file.
        BusError: The hub cannot be reached.
    """
    if not handles:
        return document
    files = [_found(here, who, handle, at) for at, handle in enumerate(handles)]
    try:
        document = with_attachments(document, files)
    except ConfigurationError as error:
        raise problem(ApiCode.INVALID_DOCUMENT, str(error)) from None
    if to_hub:
        plan = dispatcher(here.node, here.keys, here.trust).plan(document)
        refused = bool(plan.withheld) and not partial
        if reaches_anybody(plan) and not refused:
            until_ms = kept_until(document, here.clock.now_ms())
            with hub_line():
                asyncio.run(_bring(here, files, until_ms))
    return document


def forget_uploads(here: Services, document: OutgoingDocument) -> None:
    """Forgets files that stand in a message now, or in a draft of one.

    Raises:
        StoreError: It cannot be stored; they are forgotten in time.
    """
    named = files_of(document.kind, document.body)
    here.node.store.end_attachment_drafts(one.blob for one in named)


async def _bring(here: Services, files: Sequence[Attached], until_ms: int) -> None:
    name = f"upload-{secrets.token_hex(4)}"
    async with transfer_of(here.node, here.keys, name) as transfer:
        await bring(here.node, transfer, files, until_ms, lambda _done, _of: None)


def _found(here: Services, who: Caller, handle: str, at: int) -> Attached:
    try:
        raw = bytes.fromhex(handle)
    except ValueError:
        raw = b""
    upload = here.node.store.find_upload(raw, who.agency)
    if upload is None:
        days = ATTACHMENT_LIMITS.draft_ms // 86_400_000
        place = Place(
            path=f"attachments[{at}]",
            found=repr(handle[:40]),
            expected=f"handle of a file that this agency has uploaded within {days} "
            "days, and not sent yet",
        )
        raise problem(ApiCode.INVALID_DOCUMENT, places=(place,))
    key = here.keys.holder.store_key
    told = unprotect(key, upload.protected, context=_LABEL + raw)
    return Attached.from_document(json.loads(told))


def source_of(name: str, shows: str, caption: str) -> Source:
    """Returns a file as `broker.app.attaching` knows it.

    Args:
        name: As its sender calls it; no path.
        shows: A word of what an attachment shows, or empty.
        caption: In words, or empty.

    Raises:
        ProblemError: BAD_REQUEST: it is a path.
    """
    path = Path(name)
    if path.name != name:
        raise problem(ApiCode.BAD_REQUEST, "the name of a file, without folders")
    return Source(path=path, kind=shows, caption=caption)
