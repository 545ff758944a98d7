"""Streams as the services see them: `Source`, `Ledger` and `Uplink` over NATS.

How streams and durables come to be is left to `broker.infra.nats_admission`.
"""

import asyncio
import json
import secrets
from collections.abc import Sequence
from typing import Final

from nats.aio.msg import Msg
from nats.js.api import Header, StatusCode

from broker.core import subjects
from broker.core.errors import (
    AlreadyCommittedError,
    BusRefusedError,
    BusUnavailableError,
)
from broker.core.ports import Incoming, Outgoing
from broker.infra.nats_border import jetstream_answer
from broker.infra.nats_bus import Bus

MAX_BATCH: Final = 1000  # messages the server takes in one atomic batch

_HEARTBEAT_S: Final = 5.0
_GRACE_S: Final = 2.0
_ACK: Final = b"+ACK"
_ACK_TOKENS: Final = 9
_SEQUENCE_TOKEN: Final = 5
_TIME_TOKEN: Final = 7  # nanoseconds since the epoch
_NANOSECONDS: Final = 1_000_000  # in a millisecond
_FINISHED: Final = frozenset({StatusCode.NO_MESSAGES, StatusCode.REQUEST_TIMEOUT})


class NatsSource:
    """A durable consumer, asked for messages in portions (`ports.Source`).

    It needs no more than to ask for messages and to acknowledge them, and so works
    in the account of a party as in that of the hub.

    Args:
        bus: The connection.
        stream: Name of the stream.
        durable: Name of the durable.
        max_bytes: Of one portion; a larger message would never arrive.
        timeout_s: For the server to confirm acknowledgements.
    """

    def __init__(
        self,
        bus: Bus,
        stream: str,
        durable: str,
        *,
        max_bytes: int = 32 * 1024 * 1024,
        timeout_s: int = 5,
    ) -> None:
        self._bus = bus
        self._pull = subjects.pull(stream, durable)
        self._ack_prefix = subjects.acknowledgements(stream, durable).removesuffix(">")
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s

    async def fetch(self, limit: int, wait_s: float) -> Sequence[Incoming]:
        """Returns up to `limit` messages; none after `wait_s` seconds of silence.

        Returns as soon as there is one, with all that are there.

        Raises:
            BusUnavailableError: Nobody there, or no such durable.
            BusRefusedError: The server cannot serve such a question.
        """
        portion = _Portion(self._ack_prefix, limit)
        async with self._bus.answers(portion.take, portion.lose) as inbox:
            question: dict[str, int | bool] = {
                "batch": limit,
                "max_bytes": self._max_bytes,
                "expires": int(wait_s * 1e9),
                "no_wait": True,  # with "expires": until there is at least one
            }
            silence_s = wait_s + _GRACE_S
            if wait_s > 2 * _HEARTBEAT_S:
                question["idle_heartbeat"] = int(_HEARTBEAT_S * 1e9)
                silence_s = 2 * _HEARTBEAT_S + _GRACE_S
            await self._bus.publish(
                self._pull, json.dumps(question).encode(), reply=inbox
            )
            return await portion.complete(silence_s)

    async def acknowledge(self, messages: Sequence[Incoming]) -> None:
        """Tells the server not to deliver these again.

        Returns once the server has seen it. After a crash of the server some may be
        delivered again nevertheless.

        Raises:
            BusUnavailableError: Nobody there.
        """
        for message in messages:
            await self._bus.publish(message.reply, _ACK)
        if messages:
            await self._bus.flush(self._timeout_s)


class _Portion:
    """What arrives in answer to one question."""

    def __init__(self, ack_prefix: str, limit: int) -> None:
        self._ack_prefix = ack_prefix
        self._limit = limit
        self._messages: list[Incoming] = []
        self._event = asyncio.Event()
        self._finished = False
        self._error: BusRefusedError | BusUnavailableError | None = None

    def take(self, message: Msg) -> None:
        """Takes a message or a status."""
        headers = message.headers or {}
        status = headers.get(Header.STATUS)
        if status is None:
            self._take_message(message)
        elif status != StatusCode.CONTROL_MESSAGE:
            self._finished = True
            if status not in _FINISHED:
                self._error = _status_error(status, headers.get(Header.DESCRIPTION))
        self._event.set()

    def lose(self) -> None:
        """Takes note that nothing more will arrive."""
        self._finished = True
        self._error = BusUnavailableError("the connection to the message bus broke")
        self._event.set()

    async def complete(self, silence_s: float) -> Sequence[Incoming]:
        """Returns the messages once the server has no more of them.

        Raises:
            BusUnavailableError: Nothing at all for `silence_s` seconds; or the
                connection or the durable is gone, and no message has arrived.
            BusRefusedError: The server cannot serve such a question.
        """
        while not self._finished:
            self._event.clear()
            try:
                async with asyncio.timeout(silence_s):
                    await self._event.wait()
            except TimeoutError as error:
                self._finished = True
                self._error = BusUnavailableError("no sign of the durable")
                self._error.__cause__ = error
        # What has arrived counts, even if the end was not as it should be: left
        # here it would only come again after the whole time for acknowledgement.
        if self._error is not None and not self._messages:
            raise self._error
        return self._messages

    def _take_message(self, message: Msg) -> None:
        tokens = message.reply.split(".")
        if (
            not message.reply.startswith(self._ack_prefix)
            or len(tokens) != _ACK_TOKENS
            or not tokens[_SEQUENCE_TOKEN].isdecimal()
            or not tokens[_TIME_TOKEN].isdecimal()
        ):
            return  # not from the durable: whoever sent it is not answered
        self._messages.append(
            Incoming(
                subject=message.subject,
                data=message.data,
                sequence=int(tokens[_SEQUENCE_TOKEN]),
                reply=message.reply,
                arrived_ms=int(tokens[_TIME_TOKEN]) // _NANOSECONDS,
            )
        )
        self._finished = len(self._messages) >= self._limit


class NatsLedger:
    """The stream of the relay's decisions (`ports.Ledger`).

    Two or more messages are one atomic batch: the server keeps the members aside and
    writes them, with one fsync, when the last says so. One message is published
    plainly, in a fifth of the time.

    Args:
        bus: The connection, as the relay.
        timeout_s: For the server to answer; an election takes up to 10.
    """

    def __init__(self, bus: Bus, *, timeout_s: float = 30.0) -> None:
        self._bus = bus
        self._timeout_s = timeout_s

    async def commit(self, items: Sequence[Outgoing]) -> None:
        """Writes all of `items` or none, durably.

        Raises:
            AlreadyCommittedError: One of them was written before; none was now.
            BusUnavailableError: No answer in time; it may or may not be written.
            BusRefusedError: The server said no (no room, too large), or these can
                never be one batch.
        """
        if not items:
            return
        if len(items) > MAX_BATCH:
            raise BusRefusedError(f"a batch has at most {MAX_BATCH} messages")
        if len({item.dedup_id for item in items}) != len(items):
            # The server would say "written before", and the caller believe it.
            raise BusRefusedError("two messages of a batch have the same dedup_id")
        headers = [{Header.MSG_ID.value: item.dedup_id} for item in items]
        if len(items) > 1:
            batch_id = secrets.token_hex(16)
            for number, header in enumerate(headers, start=1):
                header[Header.BATCH_ID.value] = batch_id
                header[Header.BATCH_SEQUENCE.value] = str(number)
            headers[-1][Header.BATCH_COMMIT.value] = "1"
        for item, header in zip(items[:-1], headers[:-1], strict=True):
            await self._bus.publish(item.subject, item.payload, header)
        last = items[-1]
        stored = jetstream_answer(
            await self._bus.request(
                last.subject, last.payload, self._timeout_s, headers[-1]
            )
        )
        if stored.get("duplicate"):
            raise AlreadyCommittedError("it was written before")
        if (stored.get("stream"), stored.get("count", 1)) != (
            subjects.LEDGER,
            len(items),
        ):
            raise BusRefusedError("another stream has taken it")


class NatsUplink:
    """A node's way to the hub (`ports.Uplink`).

    No message id is given on purpose: ids are shared by all who write to a stream,
    and a stranger could use one first. The relay tells repetitions by their digest.

    Args:
        bus: The connection, as a user of the party.
        timeout_s: For the server to answer; an election takes up to 10.
    """

    def __init__(self, bus: Bus, *, timeout_s: float = 30.0) -> None:
        self._bus = bus
        self._timeout_s = timeout_s

    async def submit(self, payload: bytes) -> None:
        """Returns once the hub's stream holds `payload` durably.

        Raises:
            BusUnavailableError: Nobody there, or no answer in time.
            BusRefusedError: The server said no.
        """
        stored = jetstream_answer(
            await self._bus.request(subjects.OUT, payload, self._timeout_s)
        )
        if stored.get("stream") != subjects.IN:
            raise BusRefusedError("another stream has taken it")


def _status_error(
    status: str, description: str | None
) -> BusRefusedError | BusUnavailableError:
    if status == StatusCode.SERVICE_UNAVAILABLE:
        return BusUnavailableError("no such durable, or the server is not ready")
    if status == StatusCode.CONFLICT:
        return BusUnavailableError(description or "conflict")
    return BusRefusedError(description or f"status {status}")
