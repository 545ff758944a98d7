"""A shelf and a TAXII server for tests, in process and over TLS.

Deliveries are left to `tests.adapter_world`, certificates to `tests.certificates`.
"""

import hashlib
import ssl
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from adapters.memory_desk import MemoryDesk
from adapters.stix.adapter import TaxiiAdapter
from adapters.stix.settings import TaxiiSettings
from adapters.stix.taxii_app import TaxiiServer
from broker.web.server import peer_certificate
from tests.certificates import write_certificates

GREEN, AMBER = "Up to green", "Up to amber"
MEDIA_TYPE = "application/taxii+json;version=2.1"


def taxii_fields(folder: Path, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - settings as TOML has them
    """Returns settings of a server on any port, for the client in `folder`.

    Args:
        folder: Where `write_certificates` has written.
        changes: Settings of the server in place of those here.
    """
    shown = ssl.PEM_cert_to_DER_cert((folder / "client.pem").read_text())
    server = {
        "port": 0,
        "certificate": folder / "server.pem",
        "key": folder / "server.key",
        "client_authorities": folder / "authority.pem",
        "collections": [
            {"title": GREEN, "ceiling": "TLP:GREEN"},
            {"title": AMBER, "ceiling": "TLP:AMBER H2"},
        ],
        "clients": [
            {
                "name": "analysis",
                "sha256": hashlib.sha256(shown).hexdigest(),
                "collections": [GREEN, AMBER],
            }
        ],
    }
    return {"server": {**server, **changes}}


def taxii_settings(folder: Path, **changes: Any) -> TaxiiSettings:  # noqa: ANN401 - likewise
    """Returns the same as they are read."""
    return TaxiiSettings.model_validate(taxii_fields(folder, **changes))


class TaxiiWorld:
    """An adapter, and a client of the server that it would run.

    Args:
        desk: What the adapter is given.
        folder: For certificates.
        changes: Settings of the server in place of those of `taxii_settings`.
    """

    def __init__(self, desk: MemoryDesk, folder: Path, **changes: Any) -> None:  # noqa: ANN401 - likewise
        if not (folder / "client.pem").exists():
            write_certificates(folder)
        self.desk = desk
        self.settings = taxii_settings(folder, **changes)
        self.adapter = TaxiiAdapter(self.settings, desk)
        self.shown: bytes | None = ssl.PEM_cert_to_DER_cert(
            (folder / "client.pem").read_text()
        )
        assert self.settings.server is not None
        server = TaxiiServer(
            self.adapter._shelf,
            self.adapter._collections,
            [one.client for one in self.settings.server.clients],
            "Test",
            lambda scope: peer_certificate(scope) or self.shown,
        )
        self.http = TestClient(server.application(), raise_server_exceptions=False)
        self.http.headers["Accept"] = MEDIA_TYPE
        self.ids = {one.title: one.id for one in self.adapter._collections}

    def path(self, title: str, rest: str = "objects/") -> str:
        """Returns the path of a collection."""
        return f"/rogatory/collections/{self.ids[title]}/{rest}"

    def get(self, title: str, rest: str = "objects/", **query: Any) -> dict[str, Any]:  # noqa: ANN401 - a query
        """Returns what a collection answers with."""
        answer = self.http.get(self.path(title, rest), params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found
