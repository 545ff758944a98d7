"""An adapter for customs with keys of its own, at a broker with posts, for tests."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.contract import Desk
from adapters.customs.adapter import CustomsAdapter
from adapters.customs.settings import CustomsSettings, MqttSettings
from adapters.customs.signing import ListSigner
from adapters.memory_desk import MemoryDesk
from adapters.secret import Secret
from adapters.values import Delivery
from tests.adapter_world import example_delivery
from tests.border_post import BorderPost
from tests.brokers import NODE, POSTS, Broker

PARTY_KEY: Final = "p" * 32
POST: Final = POSTS[0]
OTHER_POST: Final = POSTS[1]
DAY_MS: Final = 86_400_000


def write_keys(folder: Path) -> None:
    """Writes signing.pem and party.key."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "signing.pem").write_bytes(pem)
    (folder / "party.key").write_text(PARTY_KEY)


def signer_in(folder: Path) -> ListSigner:
    """Returns the signer whose key `write_keys` wrote."""
    return ListSigner(Secret(f"file:{folder / 'signing.pem'}"))


def settings_in(keys: Path, **changes: object) -> CustomsSettings:
    """Returns settings with the keys of a folder."""
    stated: dict[str, object] = {
        "signing_key": f"file:{keys / 'signing.pem'}",
        "party_key": f"file:{keys / 'party.key'}",
        **changes,
    }
    mqtt = stated.get("mqtt")
    if isinstance(mqtt, MqttSettings):
        stated["mqtt"] = mqtt.model_dump()
    return CustomsSettings.model_validate(stated)


def adapter_in(keys: Path, desk: Desk, **changes: object) -> CustomsAdapter:
    """Returns an adapter with the keys of a folder."""
    return CustomsAdapter(settings_in(keys, **changes), desk)


def update_of(alert: Delivery, number: int = 1, **content: object) -> Delivery:
    """Returns an update of an alert, by its issuer, with some fields of its content."""
    made = example_delivery(
        "diversion-update", number, in_reply_to=alert.message_digest
    )
    return replace(made, document={**made.document, "sequence": number, **content})


def customs_desk(folder: Path) -> MemoryDesk:
    """Returns a desk with an alert, an update of it and two losses; writes keys."""
    (folder / "own").mkdir()
    write_keys(folder)
    alert = example_delivery("diversion-alert")
    losses = (example_delivery("stock-loss"), example_delivery("stock-loss", 2))
    return MemoryDesk(folder / "own", [alert, update_of(alert), *losses])


def adapter_at(
    broker: Broker,
    desk: MemoryDesk,
    name: str = NODE,
    posts: tuple[str, ...] = (),
    **changes: object,
) -> CustomsAdapter:
    """Returns an adapter for posts at a broker, under a certificate's name."""
    settings = broker.settings(name, posts=posts, **changes)
    return adapter_in(desk.folder.parent, desk, mqtt=settings)


def post_at(broker: Broker, desk: MemoryDesk, name: str = POST) -> BorderPost:
    """Returns a post at a broker that believes the list of an adapter."""
    return BorderPost(broker, name, signer_in(desk.folder.parent).public_key)


def report_of(post: str = POST, report_id: str = "r-1", **changes: object) -> bytes:
    """Returns a report of a seizure."""
    stated: dict[str, object] = {
        "format": "rogatory-seizure/1",
        "post": post,
        "report_id": report_id,
        "day": "2026-04-21",
        "place": {"country": "KEN", "locode": "KEMBA"},
        "items": [{"item_class": "FIREARM", "type": "PISTOL", "serial": "ZZQ-01044"}],
        **changes,
    }
    return json.dumps(stated).encode()


@asynccontextmanager
async def running(made: CustomsAdapter) -> AsyncIterator[None]:
    """Runs an adapter, for 30 s at most."""
    stop = asyncio.Event()
    task = asyncio.create_task(made.run(stop))
    try:
        async with asyncio.timeout(30):
            yield
    finally:
        stop.set()
        await task
