"""A hub that keeps sealed files, in reach of an interface, or out of its reach.

What is uploaded and downloaded is left to the tests.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from broker.api import routes_attachments, uploads
from broker.app.attachments import sealed_files
from broker.core.errors import BusUnavailableError
from broker.services.blob_transfer import BlobTransfer
from tests.api_world import ApiWorld
from tests.unit.broker.services.blob_world import BlobWorld
from tests.world import KEN


@contextmanager
def files_at_hub(folder: Path, made: ApiWorld) -> Iterator[BlobWorld]:
    """Gives a hub that keeps files, at the time of a node."""
    hub = BlobWorld(folder, clock=made.parties.clock)
    try:
        yield hub
    finally:
        hub.close()


def reach(hub: BlobWorld, made: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets an interface reach a hub."""

    @asynccontextmanager
    async def transfer_of(*_: object) -> AsyncIterator[BlobTransfer]:
        async def ask(question: bytes) -> bytes:
            return hub.ask(KEN, question)

        yield BlobTransfer(sealed_files(made.node), ask)

    monkeypatch.setattr(uploads, "transfer_of", transfer_of)
    monkeypatch.setattr(routes_attachments, "transfer_of", transfer_of)


def lose(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets an interface reach no hub."""

    def transfer_of(*_: object) -> BlobTransfer:
        raise BusUnavailableError("nobody there")

    monkeypatch.setattr(uploads, "transfer_of", transfer_of)
    monkeypatch.setattr(routes_attachments, "transfer_of", transfer_of)
