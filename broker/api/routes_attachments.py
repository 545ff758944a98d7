"""`/attachments` takes files in; `/messages/{id}/attachments` gives them out.

What is made of an uploaded file is left to `broker.api.uploads`; who may have it, to
`broker.api.contents`.
"""

import asyncio
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse

from broker.api.answering import problem
from broker.api.contents import Given, Wish, give
from broker.api.describing import refusals
from broker.api.hub_lines import hub_line
from broker.api.models_attachments import (
    Attachment,
    Attachments,
    Shows,
    Upload,
    file_fields,
)
from broker.api.problems import ApiCode
from broker.api.roles import Caller, Role
from broker.api.state import CallerHere, Services, ServicesHere, having
from broker.api.uploads import check_upload, source_of, take_upload
from broker.api.visibility import Visible, find_message
from broker.app.attachments import (
    check_file,
    files_beside,
    is_here,
    note_files,
    sealed_files,
    transfer_of,
)
from broker.core.attachments.attached import Attached
from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.attachments.names import safe_name
from broker.core.attachments.sealing import clear_chunks
from broker.infra.spool import Spool

_BYTES: Final = "application/octet-stream"
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}\Z")
_UPLOADS_MAX: Final = 32  # at a time
_OF_AGENCY_MAX: Final = 8  # of these: who sends slowly keeps no other agency out
_SEALING_MAX: Final = 2  # at a time: each holds its file in memory
_UPLOAD_S: Final = 900.0
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file, as its origin has signed it. `Rogatory-Handling` "
        "binds whoever reads it.",
        "content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}},
    }
}

Submitter = Annotated[Caller, Depends(having(Role.SUBMIT))]
MessageName = Annotated[
    str, Path(alias="id", description="Its id or its digest; whole.")
]
DeskQuery = Annotated[
    str | None,
    Query(max_length=100, description="In the name of which desk; else the first."),
]
PurposeQuery = Annotated[
    str | None, Query(max_length=40, description="What it is asked for.")
]
router = APIRouter(tags=["attachments"])


class _Room:
    """How many files come in just now, and who may seal one."""

    def __init__(self) -> None:
        self.coming: Counter[str] = Counter()
        self.sealing = asyncio.Semaphore(_SEALING_MAX)

    @asynccontextmanager
    async def taken(self, agency: str) -> AsyncIterator[None]:
        """Has room for one file of an agency, as long as the block lasts.

        Raises:
            ProblemError: UNAVAILABLE: there is none.
        """
        all_of_them = self.coming.total()
        if all_of_them >= _UPLOADS_MAX or self.coming[agency] >= _OF_AGENCY_MAX:
            raise problem(
                ApiCode.UNAVAILABLE,
                f"{self.coming[agency]} files of this agency are coming in already, "
                f"of {all_of_them}",
                headers={"Retry-After": "30"},
            )
        self.coming[agency] += 1
        try:
            yield
        finally:
            self.coming[agency] -= 1
            # Nothing stays of an agency that sends nothing.
            self.coming += Counter()


@router.post(
    "/attachments",
    status_code=201,
    operation_id="uploadAttachment",
    summary="Upload a file",
    responses=refusals(ApiCode.INVALID_DOCUMENT, ApiCode.TOO_MANY, ApiCode.STORE_FULL),
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The file as it is, of any type.",
            "content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(
    request: Request,
    here: ServicesHere,
    who: Submitter,
    name: Annotated[
        str, Query(min_length=1, max_length=200, description="Of the file; no path.")
    ],
    shows: Shows | None = None,
    caption: Annotated[str, Query(max_length=ATTACHMENT_LIMITS.caption_max)] = "",
    *,
    keep_metadata: Annotated[
        bool, Query(description="Leave in images what cameras write into them.")
    ] = False,
) -> Upload:
    """Takes a file in, and seals it at once; nothing readable lies on the disk.

    The answer's handle is named in `attachments` of a document. A file that is not sent
    within a week is forgotten.
    """
    source = source_of(name, shows or "", caption)
    await asyncio.to_thread(
        check_upload, here, who, source, keep_metadata=keep_metadata
    )
    room: _Room = request.app.state.beside.setdefault(_Room, _Room())
    limit = min(here.settings.attachment_max_bytes, ATTACHMENT_LIMITS.file_max_size)
    async with room.taken(who.agency):
        with Spool(here.node.folder.root / "spool") as spool:
            try:
                async with asyncio.timeout(_UPLOAD_S):
                    await _read(request, spool, limit)
            except TimeoutError:
                raise problem(ApiCode.TOO_SLOW) from None
            async with room.sealing:
                handle, file = await asyncio.to_thread(
                    lambda: take_upload(
                        here, who, source, spool.read(), keep_metadata=keep_metadata
                    )
                )
    return Upload.model_validate({"handle": handle, **file_fields(file)})


@router.get(
    "/messages/{id}/attachments",
    operation_id="listAttachments",
    summary="Which files lie beside it?",
    responses=refusals(ApiCode.NOT_FOUND, 409, 410),
)
def list_(
    here: ServicesHere,
    who: CallerHere,
    id: MessageName,  # noqa: A002 - as in the path
    desk: DeskQuery = None,
    purpose: PurposeQuery = None,
) -> Attachments:
    """Lists the files beside a message: who may have its content may have them."""
    _, _, files = _beside(here, who, id, Wish(desk=desk, purpose=purpose))
    return Attachments(
        attachments=[
            Attachment.model_validate(
                {
                    "number": number,
                    "here": is_here(here.node, file),
                    **file_fields(file),
                }
            )
            for number, file in enumerate(files, 1)
        ]
    )


@router.get(
    "/messages/{id}/attachments/{number}",
    operation_id="downloadAttachment",
    summary="Download a file",
    response_class=StreamingResponse,
    responses={**_FILE, **refusals(ApiCode.NOT_FOUND, 409, 410, 422)},
)
def download(
    here: ServicesHere,
    who: CallerHere,
    id: MessageName,  # noqa: A002 - as in the path
    number: Annotated[int, Path(ge=1, le=1000)],
    desk: DeskQuery = None,
    purpose: PurposeQuery = None,
) -> StreamingResponse:
    """Returns a file beside a message, once it is known to be what its origin signed.

    One that is not at this node yet is fetched from the hub first.
    """
    seen, given, files = _beside(here, who, id, Wish(desk=desk, purpose=purpose))
    if number > len(files):
        raise problem(
            ApiCode.NOT_FOUND, f"there are {len(files)} files beside this message"
        )
    file = files[number - 1]
    if not is_here(here.node, file):
        found = seen.received or seen.sent
        if found is not None:
            note_files(here.node, found, tuple(files))
        with hub_line():
            asyncio.run(_fetch(here, file))
    check_file(here.node, file)
    kept = sealed_files(here.node)
    parts = clear_chunks(file, lambda chunk: kept.get(file.blob, chunk))
    named = quote(safe_name(file.name, file.media_type), safe="")
    known = _MEDIA_TYPE.match(file.media_type)
    return StreamingResponse(
        parts,
        media_type=file.media_type if known else _BYTES,
        headers={
            "Content-Length": str(file.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{named}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Rogatory-Handling": str(given.handling),
            "Rogatory-SHA256": file.sha256.hex(),
        },
    )


async def _read(request: Request, spool: Spool, limit: int) -> None:
    """Reads a body; refuses one that is too large as early as that is known."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise problem(ApiCode.TOO_LARGE, f"the most is {limit} bytes")
    async for piece in request.stream():
        if spool.size + len(piece) > limit:
            raise problem(ApiCode.TOO_LARGE, f"the most is {limit} bytes")
        await asyncio.to_thread(spool.write, piece)


def _beside(
    here: Services, who: Caller, name: str, wish: Wish
) -> tuple[Visible, Given, Sequence[Attached]]:
    seen = find_message(here, who, name)
    given = give(here, who, seen, wish)
    message = seen.received or seen.sent
    if message is None:
        raise problem(ApiCode.NOT_FOUND)
    return seen, given, files_beside(here.node, here.keys, message)


async def _fetch(here: Services, file: Attached) -> None:
    name = f"download-{secrets.token_hex(4)}"
    async with transfer_of(here.node, here.keys, name) as transfer:
        await transfer.fetch(file)
