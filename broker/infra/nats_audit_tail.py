"""The ledger's audit entries read by their number (`ports.AuditTail`, `ports.LogTail`).

What they say is left to the services.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Final

from nats.aio.msg import Msg
from nats.js.api import Header

from broker.core import subjects
from broker.core.errors import BusUnavailableError
from broker.core.ports import LedgerEntry
from broker.infra.nats_bus import Bus

_BATCH: Final = 128  # entries asked for at a time
_MAX_BYTES: Final = 16 * 1024 * 1024
_SEQUENCE: Final = "Nats-Sequence"
_SUBJECT: Final = "Nats-Subject"
_END: Final = frozenset({"204", "404"})


class NatsAuditTail:
    """Reads the relay's entries straight from the stream; needs `allow_direct` there.

    Args:
        bus: The connection, as the relay.
        timeout_s: For the server to answer.
    """

    def __init__(self, bus: Bus, *, timeout_s: float = 10.0) -> None:
        self._bus = bus
        self._timeout_s = timeout_s

    async def after(self, sequence: int) -> Sequence[tuple[int, bytes]]:
        """Returns entries with a greater number, in order; empty at the end.

        Raises:
            BusUnavailableError: Nobody there, or no answer in time.
        """
        found = await _read(
            self._bus, subjects.AUDIT_ENTRIES, sequence, self._timeout_s
        )
        return [(entry.sequence, entry.data) for entry in found]


class NatsLogTail:
    """Reads all that the log is made of, or one subject of it.

    Args:
        bus: The connection, as the log writer or the registrar.
        subject: Which entries.
        timeout_s: For the server to answer.
    """

    def __init__(
        self, bus: Bus, *, subject: str = subjects.AUDIT, timeout_s: float = 10.0
    ) -> None:
        self._bus = bus
        self._subject = subject
        self._timeout_s = timeout_s

    async def after(self, sequence: int) -> Sequence[LedgerEntry]:
        """Returns entries with a greater number, in order; empty at the end.

        Raises:
            BusUnavailableError: Nobody there, or no answer in time.
        """
        return await _read(self._bus, self._subject, sequence, self._timeout_s)


async def _read(
    bus: Bus, subject: str, sequence: int, timeout_s: float
) -> Sequence[LedgerEntry]:
    reading = _Reading()
    question = {
        "seq": sequence + 1,
        "batch": _BATCH,
        "max_bytes": _MAX_BYTES,
        "next_by_subj": subject,
    }
    async with bus.answers(reading.take, reading.lose) as inbox:
        await bus.publish(
            subjects.direct_read(subjects.LEDGER),
            json.dumps(question).encode(),
            reply=inbox,
        )
        try:
            async with asyncio.timeout(timeout_s):
                await reading.finished.wait()
        except TimeoutError as error:
            raise BusUnavailableError("the ledger does not answer") from error
    if reading.problem:
        raise BusUnavailableError(reading.problem)
    return reading.entries


class _Reading:
    """What arrives in answer to one question."""

    def __init__(self) -> None:
        self.entries: list[LedgerEntry] = []
        self.finished = asyncio.Event()
        self.problem = ""

    def take(self, message: Msg) -> None:
        """Takes an entry, or the word that there are no more."""
        headers = message.headers or {}
        status = headers.get(Header.STATUS)
        number = headers.get(_SEQUENCE, "")
        if status is not None:
            if status not in _END:
                self.problem = f"the ledger answers with status {status}"
            self.finished.set()
        elif not number.isdecimal() or _SUBJECT not in headers:
            self.problem = "the ledger's answer has no number or subject"
            self.finished.set()
        elif not self.finished.is_set():
            self.entries.append(
                LedgerEntry(
                    sequence=int(number), subject=headers[_SUBJECT], data=message.data
                )
            )

    def lose(self) -> None:
        """Takes note that nothing more will arrive."""
        self.problem = "the connection to the message bus broke"
        self.finished.set()
