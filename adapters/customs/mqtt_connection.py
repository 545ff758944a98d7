"""A connection to a broker: TLS both ways, acknowledged by hand, refusals noticed.

What is said and heard on it is left to `adapters.customs.mqtt_outlet` and
`adapters.customs.report_intake`.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Final

import aiomqtt
from paho.mqtt.client import (
    MQTT_CLEAN_START_FIRST_ONLY,
    Client as PahoClient,
    MQTTMessage,
)
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from adapters.customs.settings import MqttSettings
from adapters.errors import SystemAwayError
from broker.core.errors import ConfigurationError

SESSION_S: Final = 7 * 86_400
"""How long the broker keeps for us what posts report while we are away, in seconds."""

PENDING_MAX: Final = 20
"""Messages that may wait for their acknowledgement together."""

_AT_LEAST_ONCE: Final = 1
_AT_ONCE: Final = 20
"""Messages that a broker may send us before one is acknowledged: all are in memory."""
_FAILED: Final = 128  # of MQTT 3.1.1's and 5's codes, the first that says no


class Connection(aiomqtt.Client):
    """One connection; to be entered as a context.

    Args:
        settings: Which broker.
        context: Our certificate, and whose we believe.
        identifier: What the broker knows this connection by.
        keeps_session: Whether the broker keeps for us what comes while we are away.

    Attributes:
        denied: How many messages the broker has acknowledged, and not published.
    """

    def __init__(
        self,
        settings: MqttSettings,
        context: ssl.SSLContext,
        identifier: str,
        *,
        keeps_session: bool,
    ) -> None:
        self.denied = 0
        self._is_5 = settings.version == "5"
        connect = _properties(PacketTypes.CONNECT)
        connect.SessionExpiryInterval = SESSION_S if keeps_session else 0
        connect.ReceiveMaximum = _AT_ONCE
        self._only_acknowledged = keeps_session
        version = aiomqtt.ProtocolVersion
        super().__init__(
            settings.host,
            settings.port,
            identifier=identifier,
            protocol=version.V5 if self._is_5 else version.V311,
            clean_session=None if self._is_5 else not keeps_session,
            clean_start=not keeps_session
            if self._is_5
            else MQTT_CLEAN_START_FIRST_ONLY,
            properties=connect if self._is_5 else None,
            tls_context=context,
            timeout=settings.timeout_s,
        )
        self.pending_calls_threshold = PENDING_MAX  # from there on the library warns
        # Otherwise a message is acknowledged before anybody has looked at it, and is
        # lost if we stop then.
        self._client.manual_ack_set(on=True)

    def acknowledge(self, message: aiomqtt.Message) -> None:
        """Tells the broker that a message need not come again."""
        self._client.ack(message.mid, message.qos)

    async def say(
        self,
        topic: str,
        payload: bytes,
        *,
        retained: bool = False,
        lasts_s: int | None = None,
    ) -> None:
        """Publishes a message at least once; returns when the broker has it.

        Args:
            topic: Under which topic.
            payload: Empty and retained: what was retained there goes.
            retained: Whether whoever subscribes later gets it as well.
            lasts_s: After how many seconds the broker drops it (MQTT 5 only); None:
                never.
        """
        properties = None
        if self._is_5 and lasts_s is not None:
            properties = _properties(PacketTypes.PUBLISH)
            properties.MessageExpiryInterval = lasts_s
        await self.publish(
            topic, payload, _AT_LEAST_ONCE, retain=retained, properties=properties
        )

    async def hear(self, topic: str) -> None:
        """Subscribes to a topic.

        Raises:
            SystemAwayError: The broker does not let us.
        """
        codes = await self.subscribe(topic, _AT_LEAST_ONCE)
        if any(_value(code) >= _FAILED for code in codes):
            raise SystemAwayError(f"the broker does not let us read {topic}")

    def _on_message(
        self,
        client: PahoClient,
        userdata: Any,  # noqa: ANN401 - the library's
        message: MQTTMessage,
    ) -> None:
        # Of what need not be acknowledged there may be any number: nobody waits for us,
        # and all of it would lie in memory.
        if message.qos or not self._only_acknowledged:
            super()._on_message(client, userdata, message)

    def _on_publish(
        self,
        client: PahoClient,
        userdata: Any,  # noqa: ANN401 - the library's
        mid: int,
        reason_code: ReasonCode,
        properties: Properties,
    ) -> None:
        # The library takes any acknowledgement for a success. A broker acknowledges
        # what its list of rights denies as well, and says so in the code.
        self.denied += bool(reason_code.is_failure)
        super()._on_publish(client, userdata, mid, reason_code, properties)


def trusted_context(settings: MqttSettings) -> ssl.SSLContext:
    """Returns our certificate and whose we believe.

    Raises:
        ConfigurationError: A file is not there, or not what it should be.
    """
    try:
        context = ssl.create_default_context(cafile=settings.authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(settings.certificate, settings.key)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(f"mqtt: {error}") from error
    return context


@asynccontextmanager
async def connected(connection: Connection) -> AsyncIterator[Connection]:
    """Enters a connection.

    Raises:
        SystemAwayError: The broker cannot be reached, or left in between.
    """
    try:
        await _entered(connection)
        async with AsyncExitStack() as stack:
            stack.push_async_exit(connection)
            yield connection
    except aiomqtt.MqttError as error:
        raise SystemAwayError(f"mqtt: {error}") from error


async def _entered(connection: Connection) -> None:
    """Connects; what is broken off meanwhile is closed before anything else.

    The library connects on a thread, and forgets the socket of one that is cancelled.
    """
    entering = asyncio.create_task(connection.__aenter__())
    try:
        await asyncio.shield(entering)
    except asyncio.CancelledError:
        with suppress(aiomqtt.MqttError):
            await entering
            await connection.__aexit__(None, None, None)
        raise


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call] # the library's


def _value(code: int | ReasonCode) -> int:
    return code.value if isinstance(code, ReasonCode) else code
