"""The adapter `misp`: deliveries as events, given to an instance by REST.

What an event says is left to `adapters.misp.event`. Events are given unpublished, and
taken away again when their message is taken back.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.contract import AdapterDefaults, AdapterKind, Desk
from adapters.errors import SystemAwayError
from adapters.misp.event import event_id, misp_event
from adapters.reading import NOT_REPORTED, REPORTED, inner, name_of
from adapters.remote import Remote, client_context, header_text, rejected
from adapters.secret import SecretRef
from adapters.values import Consumed, Delivery, Emission, Finding, Withdrawal
from keys.framing import sha256

_OK: Final = 200
_FORBIDDEN: Final = 403
_GONE: Final = 404
_MEDIA_TYPE: Final = "application/json"


class MispSettings(BaseModel):
    """What an operator sets."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(
        pattern=r"^https?://[^?#]+/$", description='"https://misp.example/"'
    )
    key: SecretRef = Field(
        description="where the key of our user is: file:/path or env:NAME"
    )
    authorities: Path | None = Field(
        default=None, description="who has signed its certificate, PEM"
    )
    certificate: Path | None = Field(default=None, description="our own for it, PEM")
    certificate_key: Path | None = Field(default=None, description="its key, PEM")
    wait_s: float = Field(
        default=30.0, gt=0, le=300, description="seconds after which it counts as away"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.url.startswith("http:") and not self.url.startswith(
            ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")
        ):
            raise ValueError("url: without TLS only on this machine")
        if (self.certificate is None) != (self.certificate_key is None):
            raise ValueError("certificate and certificate_key go together")
        return self


class MispAdapter(AdapterDefaults):
    """Deliveries as events of MISP.

    Args:
        settings: What the operator has set.
        desk: What the node gives.
    """

    def __init__(self, settings: MispSettings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk

    async def check(self) -> Sequence[Finding]:
        """Looks whether the instance answers, and knows our key."""
        try:
            answer = await self._remote().call("GET", "servers/getVersion")
        except SystemAwayError as error:
            return (Finding(ok=False, what=f"MISP: {error}", advice=_ADVICE),)
        version = inner(answer.body).get("version")
        if answer.status != _OK or not version:
            what = f"MISP: it answers {answer.status}"
            return (Finding(ok=False, what=what, advice=_ADVICE),)
        return (Finding(ok=True, what=f"MISP {version}"),)

    async def deliver(self, delivery: Delivery) -> Consumed:
        """Adds an event, once; MISP has it durably on return."""
        if name_of(delivery.kind) not in REPORTED:
            return Consumed(note=NOT_REPORTED)
        event = misp_event(delivery, self._desk.party)
        name = str(event["Event"]["uuid"])
        payload = json.dumps(event, ensure_ascii=False, sort_keys=True).encode()
        remote = self._remote()
        if not await self._has(remote, name):
            answer = await remote.call("POST", "events/add", event)
            # Whatever it says: somebody may have added it between our two questions,
            # and not everything that answers in its place keeps it.
            if not await self._has(remote, name):
                raise rejected(answer, payload)
        return Consumed(
            emissions=(
                Emission(
                    target=f"event {name}",
                    sha256=sha256(payload),
                    handling=delivery.handling,
                ),
            )
        )

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:
        """Deletes the event; MISP remembers its name and lets nobody add it again."""
        name = event_id(self._desk.party, withdrawal.message_digest)
        remote = self._remote()
        if not await self._has(remote, name):
            return Consumed(note="there is no such event")
        answer = await remote.call("POST", f"events/delete/{name}")
        # Whatever it says: what was taken back must not be there.
        if await self._has(remote, name):
            raise rejected(answer, b"")
        return Consumed(note="the event was deleted")

    async def _has(self, remote: Remote, name: str) -> bool:
        answer = await remote.call("HEAD", f"events/view/{name}")
        if answer.status in {_OK, _GONE}:
            return answer.status == _OK
        if answer.status == _FORBIDDEN:
            # So it says to a key that it does not know, or no longer.
            raise SystemAwayError("it does not let us in")
        raise rejected(answer, b"")

    def _remote(self) -> Remote:
        settings = self._settings
        return Remote(
            root=settings.url,
            headers={
                "Authorization": header_text(settings.key),
                "Accept": _MEDIA_TYPE,
                "Content-Type": _MEDIA_TYPE,
            },
            wait_s=settings.wait_s,
            context=client_context(
                settings.authorities, settings.certificate, settings.certificate_key
            ),
        )


_ADVICE: Final = "look at url, key and authorities in the settings"

KIND: Final = AdapterKind(
    name="misp",
    title="MISP: events by REST",
    settings=MispSettings,
    make=MispAdapter,
)
