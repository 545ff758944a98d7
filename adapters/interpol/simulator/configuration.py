"""What the simulator is started with: a TOML file.

Example, in full: docs/interpol.md.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from broker.core.errors import ConfigurationError

_NCB: Final = "^[A-Z0-9][A-Z0-9 -]{0,39}$"


class Member(BaseModel):
    """A bureau that may ask.

    Attributes:
        ncb: Its code.
        country: Alpha-3.
        certificate: For TLS and for signatures, PEM.
        represents: Codes of other bureaus for which it may submit; "*": for all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ncb: Annotated[str, Field(pattern=_NCB)]
    country: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    certificate: Path
    represents: tuple[str, ...] = ()

    def may_submit_for(self, ncb: str) -> bool:
        """Tells whether records and traces of a bureau are its business."""
        return ncb == self.ncb or ncb in self.represents or "*" in self.represents


class Configuration(BaseModel):
    """All of it.

    Attributes:
        host: To listen on.
        port: 0 for any that is free; the first line of output says which.
        store: The SQLite file; made when it is not there.
        certificate: Of the server, PEM; it signs the answers too.
        key: Its private key, PEM.
        authorities: Who may have signed the members' certificates, PEM.
        latency_ms: How long each answer takes, on top.
        members: Who may ask.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 0
    store: Path
    certificate: Path
    key: Path
    authorities: Path
    latency_ms: Annotated[int, Field(ge=0, le=60_000)] = 0
    members: Annotated[tuple[Member, ...], Field(min_length=1)]


def load(path: Path) -> Configuration:
    """Reads a configuration; paths in it are relative to it.

    Raises:
        ConfigurationError: It cannot be read, or something in it does not fit.
    """
    try:
        found = Configuration.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    except (ValueError, ValidationError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    folder = path.parent
    return found.model_copy(
        update={
            "store": folder / found.store,
            "certificate": folder / found.certificate,
            "key": folder / found.key,
            "authorities": folder / found.authorities,
            "members": tuple(
                one.model_copy(update={"certificate": folder / one.certificate})
                for one in found.members
            ),
        }
    )
