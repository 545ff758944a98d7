"""A TAXII collection to write to, for tests that need no process of its own.

OASIS's own server is in `tests.medallion_server`.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.stand_in import StandInServer, stand_in

USER, PASSWORD = "focal-point", "only for tests"
_AUTHORISED = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
_COLLECTION = "/feed/collections/stand-in/"


@dataclass
class TaxiiStandIn:
    """One collection.

    Attributes:
        objects: By id, the versions that it was given.
        pending: How many times a status is asked for before it is complete.
        fails: Types of objects that it does not take.
        closed: Whether it may only be read.
        server: What listens.
    """

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    pending: int = 0
    fails: frozenset[str] = frozenset()
    closed: bool = False
    _failed: list[dict[str, object]] = field(default_factory=list)
    server: StandInServer = field(init=False)

    @property
    def settings(self) -> dict[str, object]:
        """What says where it is, but for the password."""
        return {
            "api_root": f"{self.server.url}feed/",
            "collection": "stand-in",
            "ceiling": "TLP:RED H1 H2 H3 PAP:RED",
            "user": USER,
        }

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, object]:
        """Returns status and JSON of an answer."""
        if headers.get("Authorization") != _AUTHORISED:
            return 401, {}
        if path == _COLLECTION:
            return 200, {"id": "stand-in", "can_write": not self.closed}
        if method == "POST" and path == f"{_COLLECTION}objects/":
            for one in json.loads(body)["objects"]:
                if one["type"] in self.fails:
                    failure = {"id": one["id"], "version": one.get("modified")}
                    self._failed.append(failure)
                    continue
                versions = self.objects.setdefault(one["id"], {})
                versions.setdefault(one.get("modified", ""), one)
            return 202, self._status()
        if path == "/feed/status/1/":
            self.pending -= 1
            return 200, self._status()
        if path.startswith(f"{_COLLECTION}manifest/"):
            return 200, {}
        return 404, {}

    def latest(self, type_: str) -> list[dict[str, Any]]:
        """Returns the last version of each object of a type."""
        last = (one[max(one)] for one in self.objects.values())
        return [one for one in last if one["type"] == type_]

    def _status(self) -> dict[str, object]:
        return {
            "id": "1",
            "status": "pending" if self.pending else "complete",
            "failures": self._failed,
        }


@contextmanager
def taxii_stand_in() -> Iterator[TaxiiStandIn]:
    """Yields a collection that listens."""
    state = TaxiiStandIn()
    with stand_in(state.answer) as state.server:
        yield state
