"""OASIS's client polls our server over mutual TLS, page by page."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import requests
from taxii2client import v21

from adapters.memory_desk import MemoryDesk
from adapters.stix.adapter import TaxiiAdapter
from tests.adapter_world import example_delivery
from tests.certificates import write_certificates
from tests.taxii_world import AMBER, taxii_settings

KINDS = ("stock-loss", "diversion-alert", "route-intelligence")


class Running:
    """An adapter that serves, with certificates for a client."""

    def __init__(self, adapter: TaxiiAdapter, folder: Path) -> None:
        self.folder = folder
        self.url = f"https://127.0.0.1:{adapter.port}"

    def session(self) -> dict[str, Any]:
        return {
            "cert": (str(self.folder / "client.pem"), str(self.folder / "client.key")),
            "verify": str(self.folder / "authority.pem"),
        }


@pytest.fixture
async def running(
    desk: MemoryDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    # What the machine trusts would go before what a session of requests is given.
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    write_certificates(tmp_path)
    adapter = TaxiiAdapter(taxii_settings(tmp_path), desk)
    for number, kind in enumerate(KINDS, start=1):
        delivery = example_delivery(kind, number)
        desk.deliveries.append(delivery)
        await adapter.deliver(delivery)
    stop = asyncio.Event()
    task = asyncio.create_task(adapter.run(stop))
    async with asyncio.timeout(20):
        await adapter.listening.wait()
    yield Running(adapter, tmp_path)
    stop.set()
    await task


def poll(running: Running, limit: int, **filters: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - filters of the client
    server = v21.Server(f"{running.url}/taxii2/", **running.session())
    [root] = server.api_roots
    [collection] = [one for one in root.collections if one.title == AMBER]
    found: list[dict[str, Any]] = []
    for page in v21.as_pages(collection.get_objects, per_request=limit, **filters):
        found += page.get("objects", [])
    server.close()
    return found


async def test_the_client_gets_everything_in_pages(running: Running) -> None:
    paged = await asyncio.to_thread(poll, running, 7)
    whole = await asyncio.to_thread(poll, running, 500)
    assert [one["id"] for one in paged] == [one["id"] for one in whole]
    labels = {label for one in whole for label in one.get("labels", ())}
    assert {f"rogatory:{kind}" for kind in KINDS} <= labels


async def test_the_client_filters_by_type_and_time(running: Running) -> None:
    reports = await asyncio.to_thread(poll, running, 500, type="report")
    assert len(reports) == len(KINDS)
    later = await asyncio.to_thread(
        poll, running, 500, added_after="2100-01-01T00:00:00.000Z"
    )
    assert later == []


async def test_a_certificate_of_another_authority_is_turned_away(
    running: Running, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    write_certificates(other)

    def ask() -> None:
        requests.get(
            f"{running.url}/taxii2/",
            verify=str(running.folder / "authority.pem"),
            cert=(str(other / "client.pem"), str(other / "client.key")),
            timeout=5,
        )

    with pytest.raises((requests.ConnectionError, ssl.SSLError)):
        await asyncio.to_thread(ask)


async def test_a_client_without_a_certificate_is_turned_away(running: Running) -> None:
    def ask() -> None:
        requests.get(
            f"{running.url}/taxii2/",
            verify=str(running.folder / "authority.pem"),
            timeout=5,
        )

    with pytest.raises((requests.ConnectionError, ssl.SSLError)):
        await asyncio.to_thread(ask)
