"""Files beside messages, as other systems upload and list them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from broker.core.attachments.attached import Attached

Shows = Literal["mark", "object", "document", "other"]
"""What an attachment shows."""


class FileFields(BaseModel):
    """What is said of a file."""

    name: Annotated[str, Field(description="As its sender calls it; never a path.")]
    media_type: str
    size: Annotated[int, Field(description="Bytes.")]
    sha256: Annotated[
        str,
        Field(description="Of the file, in hexadecimal; its origin has signed that."),
    ]
    shows: Shows
    caption: str | None = None
    metadata_stripped: Annotated[
        bool, Field(description="Whether what cameras write into it was taken out.")
    ]


class Upload(FileFields):
    """A file that was uploaded."""

    handle: Annotated[
        str, Field(description="To be named in `attachments` of a document.")
    ]


class Attachment(FileFields):
    """A file beside a message."""

    number: Annotated[int, Field(description="Its place in the message, from 1.")]
    here: Annotated[
        bool, Field(description="Whether it is at this node; else it is fetched.")
    ]


class Attachments(BaseModel):
    """The files beside a message."""

    attachments: list[Attachment]


def file_fields(file: Attached) -> dict[str, object]:
    """Returns what is said of a file, by the names of `FileFields`."""
    return {
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256.hex(),
        "shows": file.kind,
        "caption": file.caption or None,
        "metadata_stripped": file.metadata_stripped,
    }
