"""The watch-list by webhook: every change posted, signed twice.

The JWS says who made the list, for whoever keeps it; the webhook's signature says that
the call is ours and new. Trying again is left to whatever runs the adapter.
"""

import ssl
from collections.abc import Callable
from typing import Final

from adapters.customs.outlet import Whole
from adapters.customs.settings import WebhookSettings
from adapters.customs.signing import ListSigner
from adapters.customs.watchlist import Change, Watchlist
from adapters.customs.wire import change_json, encoded
from adapters.errors import SystemAwayError
from adapters.secret import SecretError
from adapters.values import Finding
from broker.core.errors import ConfigurationError
from broker.web.calling import CallLimits, post
from broker.web.errors import CallbackRefusedError, CallFailedError
from broker.web.listed_hosts import ListedHosts
from broker.web.webhook_signature import WebhookSecret, sign

_LIMITS: Final = CallLimits(whole_s=60.0, request_max_size=64 << 20)


class WebhookOutlet:
    """An address of the customs service.

    Args:
        settings: Which.
        signer: What lists are signed with.
        now_ms: Returns the present, in ms since the epoch.

    Raises:
        ConfigurationError: The host or the secret is none.
        SecretError: The secret is not there.
    """

    def __init__(
        self, settings: WebhookSettings, signer: ListSigner, now_ms: Callable[[], int]
    ) -> None:
        self._settings = settings
        self._signer = signer
        self._now_ms = now_ms
        try:
            self._allowed = ListedHosts((settings.host,))
            self._allowed.target(settings.url)
            self._secret = WebhookSecret.parse(settings.secret.read().decode())
            self._trusted = ssl.create_default_context(cafile=settings.authority)
        except (ValueError, CallbackRefusedError, SecretError, OSError) as error:
            raise ConfigurationError(f"webhook: {error}") from error

    @property
    def name(self) -> str:
        """What it is."""
        return "webhook"

    @property
    def place(self) -> str:
        """Which address."""
        return self._settings.url

    async def check(self) -> Finding:
        """Says what would be called; calling it would be a change there."""
        return Finding(ok=True, what=f"webhook {self._settings.host} is well formed")

    async def give(self, change: Change, whole: Whole) -> None:  # noqa: ARG002 - the port's: a change says all that is new
        """Posts a change.

        Raises:
            SystemAwayError: It was not taken.
        """
        body = self._signer.sign(encoded(change_json(change)))
        message_id = f"watchlist-{change.after}-{change.revision}"
        headers = {
            "Content-Type": "application/jose",
            **sign(self._secret, message_id, self._now_ms(), body),
        }
        try:
            answer = await post(
                self._settings.url,
                body,
                headers,
                self._allowed,
                context=self._trusted,
                limits=_LIMITS,
            )
        except (CallbackRefusedError, CallFailedError) as error:
            raise SystemAwayError(f"webhook: {error}") from error
        if not answer.is_success:
            raise SystemAwayError(f"webhook: answered with {answer.status}")

    async def holds(self, listed: Watchlist) -> bool:  # noqa: ARG002 - the port's: what was taken there is not shown
        """Takes it that what was given is there."""
        return True
