"""Systems that may call a node's interface, as its operator has registered them.

What their roles let them do is left to `broker.api.roles`; keeping them, to the store.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broker.core.errors import ConfigurationError

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?\Z")
"""What a client may be called."""
AGENCY_MAX: Final = 100
"""Characters of the name of an agency, or of a desk."""


class CredentialKind(StrEnum):
    """How a client shows who it is. Stable: never renamed, never reused."""

    TOKEN = "token"  # noqa: S105 - a word, and no token
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A system that may call.

    Attributes:
        name: Unique at this node, for ever: what it submitted is noted under it.
        agency: Whose system it is, as providers name agencies.
        roles: What it may do, as words of `broker.api.roles.Role`.
        desks: Whose deliveries it reads, as the policy's `route` names them.
        created_ms: When it was registered, in ms since the epoch.
        expires_ms: From when on it may do nothing, likewise.
        revoked_ms: Since when it may do nothing, likewise; None: it was not revoked.
    """

    name: str
    agency: str
    roles: frozenset[str]
    desks: frozenset[str]
    created_ms: int
    expires_ms: int
    revoked_ms: int | None = None

    def holds(self, now_ms: int) -> bool:
        """Tells whether it may call at a moment, in ms since the epoch."""
        return self.revoked_ms is None and now_ms < self.expires_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What a client shows itself by; only its digest is kept.

    Attributes:
        digest: SHA-256 of the token, or of the certificate (DER), 32 bytes.
        kind: Which of them.
        client: Whose.
        created_ms: When it was given out or named, in ms since the epoch.
        expires_ms: From when on it does not count, likewise.
        revoked_ms: Since when it does not, likewise; None: it was not revoked.
        used_ms: When it was last used, to the minute; None: never.
    """

    digest: bytes
    kind: CredentialKind
    client: str
    created_ms: int
    expires_ms: int
    revoked_ms: int | None = None
    used_ms: int | None = None

    def holds(self, now_ms: int) -> bool:
        """Tells whether it counts at a moment, in ms since the epoch."""
        return self.revoked_ms is None and now_ms < self.expires_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRefusal:
    """Something that a client asked for and did not get.

    Attributes:
        client: Which.
        code: Why, as a word of the interface.
        what: What it asked for: the method and the path, without what stands in it.
        at_ms: When, in ms since the epoch.
    """

    client: str
    code: str
    what: str
    at_ms: int


def check_client(client: Client) -> None:
    """Refuses a client that nobody could mean.

    Raises:
        ConfigurationError: No name, no agency, no role; or a reader without desks.
    """
    if not NAME.match(client.name):
        raise ConfigurationError(
            f"{client.name!r} is no name of a client: small letters, digits, and "
            "- . _ between them, 64 at most"
        )
    for text in (client.agency, *client.desks):
        if not text.strip() or len(text) > AGENCY_MAX or not text.isprintable():
            raise ConfigurationError(
                f"{text!r} is no name of an agency or a desk: 1 to {AGENCY_MAX} signs"
            )
    if not client.roles:
        raise ConfigurationError("a client needs a role, such as submit")
