"""What a calling system may do: closed words, given to each client by an operator."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a client may do. Stable: never renamed, never reused."""

    SUBMIT = "submit"
    """Send documents and files, and see what became of its agency's own."""
    READ = "read"
    """Read what the policy gives to its desks."""
    RESPOND = "respond"
    """Acknowledge, act on or decline what it may read."""
    AUDIT = "audit"
    """See the story of every message, alarms and evidence; no content."""
    ADMINISTER = "administer"
    """Webhooks, adapters, proposals; no content by itself."""


EVERY_DESK = "*"
"""In the place of desks: reads whatever the node itself may read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A system that has shown who it is.

    Attributes:
        client: Its name here; unique.
        agency: Whose system it is, as providers name agencies.
        roles: What it may do.
        desks: Whose deliveries it reads, as the policy's `route` names them; or
            `EVERY_DESK`.
    """

    client: str
    agency: str
    roles: frozenset[Role]
    desks: frozenset[str]

    @property
    def submitter(self) -> str:
        """What is noted of it with what it submits."""
        return f"api:{self.client}"
