"""What an operator may set for a pair of folders."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _absolute(path: Path) -> Path:
    if not path.is_absolute() or ".." in path.parts:
        raise ValueError("expected an absolute path without ..")
    return path


Folder = Annotated[Path, AfterValidator(_absolute)]


class FolderSettings(BaseModel):
    """Two folders, or one of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    out: Folder | None = Field(
        default=None, description="folder that deliveries are written to"
    )
    drop: Folder | None = Field(
        default=None, description="folder that documents are taken from"
    )
    dropped: Literal["propose", "send"] = Field(
        default="propose",
        description='"propose": a person looks at each; "send": it is sent as it is',
    )
    look_s: float = Field(
        default=2.0,
        gt=0,
        le=3600,
        description="seconds between two looks; a file has to stand still that long",
    )
    file_max_bytes: int = Field(
        default=4 << 20, ge=1024, le=64 << 20, description="larger ones are refused"
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.out is None and self.drop is None:
            raise ValueError("expected out, drop, or both")
        if self.out is not None and self.out == self.drop:
            raise ValueError("out and drop have to be two folders")
        return self
