"""Objects given to a TAXII 2.1 server of others, in one envelope, until it has them.

What the objects say is left to `adapters.stix.mapping`. Repeating is harmless: what a
server holds in the same version, it keeps as it is (TAXII 2.1, section 5.5).
"""

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from adapters.errors import RejectedError, SystemAwayError
from adapters.reading import inner, many
from adapters.remote import (
    Answer,
    Remote,
    client_context,
    header_text,
    rejected,
)
from adapters.stix.mapping import StixObject
from adapters.stix.settings import PushSettings
from adapters.stix.taxii_app import MEDIA_TYPE

_DONE: Final = "complete"
_LOOKS: Final = 10
_BETWEEN_S: Final = 0.5
_ACCEPTED: Final = 202
_OK: Final = 200
_DEFINITION: Final = "extension-definition"
_WITHOUT_VERSIONS: Final = frozenset(
    {"marking-definition", "firearm", "firearm-part", "ammunition"}
)


class Push:
    """A collection of others.

    Args:
        settings: Where it is, and how it is spoken to.
    """

    def __init__(self, settings: PushSettings) -> None:
        self._settings = settings
        self._collection = f"collections/{settings.collection}/"

    @property
    def target(self) -> str:
        """Which collection of which server it is."""
        return f"{self._settings.api_root}{self._collection}"

    async def look(self) -> None:
        """Returns if the collection is there, and may be written to.

        Raises:
            SystemAwayError: It cannot be reached.
            RejectedError: There is no such collection, or not for us.
        """
        answer = await self._remote().call("GET", self._collection)
        if answer.status != _OK:
            raise rejected(answer, b"")
        if inner(answer.body).get("can_write") is not True:
            raise RejectedError("the collection may not be written to", code="no-write")

    async def give(self, objects: Sequence[StixObject]) -> bytes:
        """Adds objects, and returns what was sent once the server has all of them.

        Raises:
            SystemAwayError: It cannot be reached, or has not ended in time.
            RejectedError: It will not take them, or not all of them.
        """
        sent = [
            one
            for one in objects
            if self._settings.definitions or one["type"] != _DEFINITION
        ]
        body = {"objects": sent}
        payload = json.dumps(body, ensure_ascii=False).encode()
        remote = self._remote()
        answer = await remote.call("POST", f"{self._collection}objects/", body)
        if answer.status != _ACCEPTED:
            raise rejected(answer, payload)
        status = await self._ended(remote, answer)
        await self._check_failures(remote, many(status.get("failures")), payload)
        return payload

    async def _ended(self, remote: Remote, answer: Answer) -> Mapping[str, object]:
        """Returns the status of a request once the server has ended it."""
        status = inner(answer.body)
        for _ in range(_LOOKS):
            if status.get("status") == _DONE:
                return status
            await asyncio.sleep(_BETWEEN_S)
            name = quote(str(status.get("id")), safe="")
            answer = await remote.call("GET", f"status/{name}/")
            status = inner(answer.body)
        raise SystemAwayError("it has not ended in time")

    async def _check_failures(
        self, remote: Remote, failures: Sequence[Mapping[str, object]], payload: bytes
    ) -> None:
        """Returns if the server holds what it says to have failed at.

        Some servers call it a failure when they hold an object already.
        """
        for failure in failures:
            id_, version = str(failure.get("id")), str(failure.get("version"))
            held = await remote.call(
                "GET",
                f"{self._collection}manifest/"
                f"?match[id]={quote(id_, safe='')}&match[version]=all",
            )
            entries = many(inner(held.body).get("objects"))
            known = {str(one.get("version")) for one in entries}
            # An object without versions is the same whenever it was added.
            if not known or (_versioned(id_) and version not in known):
                raise RejectedError(
                    "it has not taken every object", code="failures", payload=payload
                )

    def _remote(self) -> Remote:
        settings = self._settings
        headers = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}
        if settings.token is not None:
            headers["Authorization"] = f"Bearer {header_text(settings.token)}"
        if settings.password is not None:
            pair = settings.user.encode() + b":" + settings.password.read()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        return Remote(
            root=settings.api_root,
            headers=headers,
            wait_s=settings.wait_s,
            context=client_context(
                settings.authorities, settings.certificate, settings.key
            ),
        )


def _versioned(id_: str) -> bool:
    return id_.partition("--")[0] not in _WITHOUT_VERSIONS
