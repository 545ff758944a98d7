"""What an operator sets for TAXII: a server, a server of others to push to, or both.

Reading the file that they stand in is left to whatever runs the adapter.
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from adapters.ceilings import CeilingLabel
from adapters.reading import REPORTED
from adapters.secret import SecretRef
from adapters.stix.shelf import Collection
from adapters.stix.taxii_app import Client

_STRICT = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _fingerprint(value: object) -> bytes:
    text = value.replace(":", "") if isinstance(value, str) else ""
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != 32:  # noqa: PLR2004 - bytes of SHA-256
        raise ValueError("expected the SHA-256 of a certificate: 64 hexadecimal digits")
    return digest


class CollectionSettings(BaseModel):
    """One collection.

    Attributes:
        title: What people call it; programs go by an id that is made of it.
        ceiling: The strictest handling of what is in it.
        kinds: Kinds that are in it, without version; empty: all.
    """

    model_config = _STRICT
    title: str = Field(min_length=1, max_length=100)
    ceiling: CeilingLabel
    kinds: frozenset[str] = frozenset()

    @field_validator("kinds")
    @classmethod
    def _known(cls, kinds: frozenset[str]) -> frozenset[str]:
        if unknown := kinds - REPORTED:
            names = ", ".join(sorted(unknown))
            raise ValueError(f"no report is of the kind {names}")
        return kinds

    @property
    def collection(self) -> Collection:
        """The same as a value."""
        return Collection(title=self.title, ceiling=self.ceiling, kinds=self.kinds)


class ClientSettings(BaseModel):
    """One client of the server.

    Attributes:
        name: What the operator calls it.
        sha256: Of its certificate, DER; hexadecimal, with or without colons.
        collections: Titles of those that it may read.
    """

    model_config = _STRICT
    name: str = Field(min_length=1)
    sha256: Annotated[bytes, BeforeValidator(_fingerprint)]
    collections: frozenset[str] = Field(min_length=1)

    @property
    def client(self) -> Client:
        """The same as a value."""
        return Client(
            name=self.name, fingerprint=self.sha256, collections=self.collections
        )


class ServerSettings(BaseModel):
    """A server of our own.

    Attributes:
        host: What it listens on.
        port: Likewise.
        certificate: The server's, with its chain, PEM.
        key: Its private key, PEM.
        client_authorities: Who signs certificates of clients, PEM.
        title: What it calls itself.
        collections: What there is to read.
        clients: Who may read.
    """

    model_config = _STRICT
    host: str = "127.0.0.1"
    port: int = Field(default=8443, ge=0, le=65_535)
    certificate: Path
    key: Path
    client_authorities: Path
    title: str = "Rogatory"
    collections: tuple[CollectionSettings, ...] = Field(min_length=1)
    clients: tuple[ClientSettings, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        titles = [one.title for one in self.collections]
        if len(titles) != len(set(titles)):
            raise ValueError("two collections have the same title")
        for client in self.clients:
            if unknown := client.collections - set(titles):
                names = ", ".join(sorted(unknown))
                raise ValueError(f"{client.name}: there is no collection {names}")
        return self


class PushSettings(BaseModel):
    """A server of others.

    Attributes:
        api_root: Its API root, with a slash at the end.
        collection: Id of the collection to add to.
        ceiling: The strictest handling of what is pushed.
        user: For HTTP Basic authentication, with `password`.
        password: Where the password is.
        token: Where a bearer token is.
        authorities: Who has signed the server's certificate, PEM; none: whom the
            machine trusts.
        certificate: Our own for it, PEM, with `key`.
        key: Its private key, PEM.
        definitions: Whether extension-definitions are pushed as well; some servers
            cannot read them.
        wait_s: Seconds after which it counts as away.
    """

    model_config = _STRICT
    api_root: str = Field(pattern=r"^https?://[^?#]+/$")
    collection: str = Field(pattern=r"^[0-9A-Za-z-]{1,64}$")
    ceiling: CeilingLabel
    user: str = ""
    password: SecretRef | None = None
    token: SecretRef | None = None
    authorities: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    definitions: bool = True
    wait_s: float = Field(default=20.0, gt=0, le=300)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.api_root.startswith("http:") and not self.api_root.startswith(
            ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")
        ):
            raise ValueError("api_root: without TLS only on this machine")
        if bool(self.user) != (self.password is not None):
            raise ValueError("user and password go together")
        if self.user and self.token is not None:
            raise ValueError("either user and password, or a token")
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key go together")
        return self


class TaxiiSettings(BaseModel):
    """What an operator sets.

    Attributes:
        server: A server of our own.
        push: A server of others.
    """

    model_config = _STRICT
    server: ServerSettings | None = Field(
        default=None, description="a table: see docs/stix.md"
    )
    push: PushSettings | None = Field(
        default=None, description="a table: see docs/stix.md; at least one of the two"
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.server is None and self.push is None:
            raise ValueError("name a server, something to push to, or both")
        return self
