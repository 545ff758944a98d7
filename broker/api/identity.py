"""Who calls: by client certificate, by token, or by a token of an issuer we believe.

What the caller may then do is left to the routes, by its roles.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

from broker.api.answering import problem
from broker.api.problems import ApiCode
from broker.api.refusal_book import RefusalBook
from broker.api.roles import Caller, Role
from broker.api.tokens import TOKEN_PREFIX, token_digest
from broker.core.clients import Client, ClientRefusal, Credential, CredentialKind
from broker.core.errors import StoreError
from broker.core.ports import Clock
from keys.framing import sha256

_BEARER: Final = "bearer"
_HEADER_MAX: Final = 16_384  # characters


class ClientDirectory(Protocol):
    """Where clients are registered."""

    def find_client(self, name: str) -> Client | None:
        """Returns a client."""
        ...

    def find_credential(self, digest: bytes) -> Credential | None:
        """Returns what was shown, if it is anybody's."""
        ...

    def note_used(self, credential: Credential, now_ms: int) -> None:
        """Notes that something was shown."""
        ...

    def note_client_refusal(self, refusal: ClientRefusal) -> None:
        """Keeps what a client did not get."""
        ...


class TokenCheck(Protocol):
    """What believes tokens that somebody else has issued."""

    def caller_of(self, token: str, now_ms: int) -> Caller:
        """Returns whose a token is.

        Raises:
            ProblemError: UNAUTHENTICATED, and why.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Tells who calls.

    Attributes:
        clients: Where they are registered.
        clock: The time.
        issued: Believes tokens that others have issued; None: nobody's.
        refusals: What clients did not get.
    """

    clients: ClientDirectory
    clock: Clock
    issued: TokenCheck | None = None
    refusals: RefusalBook = field(init=False)

    def __post_init__(self) -> None:
        """Begins to keep what clients do not get."""
        book = RefusalBook(self.clients, self.clock)
        object.__setattr__(self, "refusals", book)

    def caller_of(
        self, authorization: str | None, certificate: bytes | None
    ) -> Caller | None:
        """Returns who calls; None when nothing was shown.

        1. A token has to be good, whatever else was shown. 2. A certificate of nobody
        is nothing to a caller with a token; 3. one of another client is refused with
        it.

        Args:
            authorization: The header field, if there was one.
            certificate: The client's, DER; TLS has checked it.

        Raises:
            ProblemError: UNAUTHENTICATED: what was shown is nobody's, or does not
                count any more.
        """
        shown = None
        if authorization is not None:
            # 1.
            shown = self._by_token(authorization)
        if certificate is None:
            return shown
        credential = self.clients.find_credential(sha256(certificate))
        if credential is None:
            # 2.
            if shown is None:
                raise problem(ApiCode.UNAUTHENTICATED, "the certificate is no client's")
            return shown
        holder = self._caller(credential)
        # 3.
        if shown is not None and shown.client != holder.client:
            raise problem(
                ApiCode.UNAUTHENTICATED,
                "the certificate is one client's, and the token another's",
            )
        return shown or holder

    def _by_token(self, authorization: str) -> Caller:
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != _BEARER or not token or len(token) > _HEADER_MAX:
            raise problem(ApiCode.UNAUTHENTICATED, "Authorization is not: Bearer TOKEN")
        if token.startswith(TOKEN_PREFIX):
            credential = self.clients.find_credential(token_digest(token))
            # A certificate's fingerprint is public: it must not do for a token.
            if credential is None or credential.kind is not CredentialKind.TOKEN:
                raise problem(ApiCode.UNAUTHENTICATED, "the token is no client's")
            return self._caller(credential)
        if self.issued is None:
            raise problem(ApiCode.UNAUTHENTICATED, "the token is none of this node's")
        found = self.issued.caller_of(token, self.clock.now_ms())
        registered = self.clients.find_client(found.client)
        if registered is not None and registered.revoked_ms is not None:
            raise self._refused(found.client, "the client was revoked")
        return found

    def _caller(self, credential: Credential) -> Caller:
        now_ms, client = (
            self.clock.now_ms(),
            self.clients.find_client(credential.client),
        )
        if client is None or client.revoked_ms or credential.revoked_ms:
            raise self._refused(credential.client, "it was revoked")
        if not client.holds(now_ms):
            raise self._refused(client.name, "the client has expired")
        if not credential.holds(now_ms):
            raise self._refused(client.name, f"the {credential.kind.value} has expired")
        # When it was used last is good to know, and no reason to keep it from reading
        # while the disk is full, or somebody else writes.
        with suppress(StoreError):
            self.clients.note_used(credential, now_ms)
        return Caller(
            client=client.name,
            agency=client.agency,
            # A role that this release does not know lets nobody do anything.
            roles=frozenset(Role) & client.roles,
            desks=client.desks,
        )

    def _refused(self, client: str, why: str) -> Exception:
        self.refusals.note(client, ApiCode.UNAUTHENTICATED, why)
        return problem(ApiCode.UNAUTHENTICATED, why)
