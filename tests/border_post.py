"""A border post, as a stranger would write one after docs/customs.md.

It shares no code with the adapter: signatures are verified with PyJWT, and what is
published is put together by the rules of the documentation.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import aiomqtt
from jwt import PyJWK
from jwt.api_jws import PyJWS
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.brokers import Broker

QUIET_S: Final = 0.4
_DAYS_S: Final = 30 * 86_400


def verified(token: bytes, key: dict[str, str]) -> dict[str, Any]:
    """Returns what a compact JWS says, once its signature is verified."""
    found = PyJWS().decode(token, PyJWK.from_dict(key), algorithms=["EdDSA"])
    said: dict[str, Any] = json.loads(found)
    return said


@dataclass(slots=True)
class BorderPost:
    """A post and what it knows.

    Attributes:
        broker: Where it connects.
        name: Of its certificate.
        key: Whose list it believes.
        entries: What it looks out for, by id.
        versions: The newest version of each entry that it has heard of.
        applied: Every change that it has made, in order: id and version.
        began: When the list that it knows began.
        state: What the whole list comes to, as last heard.
        answers: To its reports, by their id: to what it has sent last under it.
        sent: What it has sent last, by id.
    """

    broker: Broker
    name: str
    key: dict[str, str]
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    began: str = ""
    applied: list[tuple[str, int]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: dict[str, bytes] = field(default_factory=dict)
    heard: int = 0

    @asynccontextmanager
    async def connected(self, claimed: str = "") -> AsyncIterator[aiomqtt.Client]:
        """Connects in the session that the broker keeps for it, or for another."""
        is_5 = self.broker.version == "5"
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's
        properties.SessionExpiryInterval = _DAYS_S
        versions = aiomqtt.ProtocolVersion
        async with aiomqtt.Client(
            "127.0.0.1",
            self.broker.port,
            identifier=claimed or self.name,
            protocol=versions.V5 if is_5 else versions.V311,
            clean_session=None if is_5 else False,
            clean_start=False if is_5 else MQTT_CLEAN_START_FIRST_ONLY,
            properties=properties if is_5 else None,
            tls_context=self.broker.context(self.name),
            timeout=5,
        ) as client:
            yield client

    async def subscribe(self, client: aiomqtt.Client, of: str = "all") -> None:
        """Subscribes, which the broker remembers."""
        await client.subscribe(f"rogatory/v1/watchlist/{of}/#", qos=1)
        await client.subscribe(f"rogatory/v1/answer/{self.name}/+", qos=1)

    async def visit(self, of: str = "all", *, subscribe: bool = True) -> None:
        """Connects, takes whatever there is, and leaves again."""
        async with self.connected() as client:
            if subscribe:
                await self.subscribe(client, of)
            else:
                # What waits may be old: a queue that is full takes nothing new.
                await client.subscribe(f"rogatory/v1/watchlist/{of}/state", qos=1)
            await self.listen(client)

    async def listen(self, client: aiomqtt.Client, quiet_s: float = QUIET_S) -> None:
        """Takes what comes until nothing does."""
        try:
            while True:
                async with asyncio.timeout(quiet_s):
                    self.take(await anext(client.messages))
        except TimeoutError:
            return

    async def send(self, report_id: str, payload: bytes, of: str | None = None) -> None:
        """Reports, again and again until it is answered, as a post has to."""
        async with self.connected() as client:
            await self.subscribe(client)
            self.sent[report_id] = payload
            self.answers.pop(report_id, None)
            while self.answers.get(report_id, {}).get("state", "later") == "later":
                topic = f"rogatory/v1/seizure/{of or self.name}/{report_id}"
                await client.publish(topic, payload, qos=1)
                await self.listen(client)

    def take(self, message: aiomqtt.Message) -> None:
        """Takes one message, as the documentation says."""
        *_, level, last = message.topic.value.split("/")
        if not message.payload:
            return
        said = verified(message.payload, self.key)
        if said == self.state:
            return  # it asks for it whenever it connects
        self.heard += 1
        if "answer" in message.topic.value:
            sent = self.sent.get(said["report_id"])
            # An answer to other content under the same name is none to this.
            if sent is None or sha256(sent).hexdigest() == said["sha256"]:
                self.answers[said["report_id"]] = said
        elif self._is_of_an_older_list(said):
            return
        elif last == "state":
            if said["revision"] >= self.state.get("revision", 0):
                self.state = said
        elif level == "entries" and last == said["entry_id"]:
            self._apply(said)

    def is_whole(self) -> bool:
        """Tells whether it has everything that the state says, and nothing else."""
        lines = "".join(
            f"{name} {self.entries[name]['version']}\n" for name in sorted(self.entries)
        )
        said = (self.state.get("count"), self.state.get("digest"))
        return said == (len(self.entries), sha256(lines.encode()).hexdigest())

    def _is_of_an_older_list(self, said: dict[str, Any]) -> bool:
        """Tells so; with the first message of a newer one it begins anew."""
        if said["began_at"] > self.began:
            self.began, self.state = said["began_at"], {}
            self.entries, self.versions = {}, {}
        return bool(said["began_at"] < self.began)

    def _apply(self, said: dict[str, Any]) -> None:
        name, version = said["entry_id"], said["version"]
        if version <= self.versions.get(name, 0):
            return
        self.versions[name] = version
        self.applied.append((name, version))
        if said.get("gone"):
            self.entries.pop(name, None)
        else:
            self.entries[name] = said
