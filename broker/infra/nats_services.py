"""Questions and answers over the message bus, as the one who answers.

What is answered is left to the handlers, asking to `Bus.request`.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from nats.aio.msg import Msg

from broker.core.errors import BusError, BusRefusedError, RefusedError
from broker.core.subjects import account_of
from broker.infra.nats_border import FAILED, REFUSED, SERVICE_ERROR, SERVICE_ERROR_CODE
from broker.infra.nats_bus import Bus
from keys.errors import DirectoryError

Handler = Callable[[str, bytes], Awaitable[bytes]]
"""Takes the account that asks and its question; returns the answer."""

_QUEUE: Final = "hub"
_CONCURRENCY: Final = 32  # questions answered at a time, for each subject
_MOST_OF_ONE: Final = 256  # of one account that wait; a node has 16 under way
_LONGEST_SENTENCE: Final = 300  # characters
# Refusals are for the one who asked; what else goes wrong is the operator's business.
_TOLD: Final = (RefusedError, BusRefusedError, DirectoryError)


class Service:
    """Answers on one subject. See `serve`."""

    def __init__(self, bus: Bus, subject: str, handler: Handler) -> None:
        self._bus = bus
        self._subject = subject
        self._handler = handler
        self._free = asyncio.Semaphore(_CONCURRENCY)
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = Counter[str]()

    async def attach(self) -> None:
        """Begins to listen on the present connection.

        Raises:
            BusUnavailableError: Nobody there.
        """
        await self._bus.subscribe(self._subject, self._take, _QUEUE)

    async def _take(self, question: Msg) -> None:
        if not question.reply:
            return  # nobody waits for an answer
        who = question.subject  # holds the account, and nothing else that varies
        if self._waiting[who] >= _MOST_OF_ONE:
            # Behind the questions of one party, all others would wait in vain.
            await self._tell_busy(question)
            return
        self._waiting[who] += 1
        task = asyncio.create_task(self._answer_in_turn(question))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_busy(self, question: Msg) -> None:
        with suppress(BusError):
            refusal = _refusal(FAILED, "too many questions at a time")
            await self._bus.publish(question.reply, b"", refusal)

    async def _answer_in_turn(self, question: Msg) -> None:
        try:
            async with self._free:
                await self._answer(question)
        finally:
            self._waiting[question.subject] -= 1
            if not self._waiting[question.subject]:
                del self._waiting[question.subject]

    async def _answer(self, question: Msg) -> None:
        headers = None
        try:
            account = account_of(question.subject)
            answer = await self._handler(account, question.data)
        except _TOLD as error:
            answer, headers = b"", _refusal(REFUSED, str(error))
        except Exception as error:  # noqa: BLE001 - the next question is to be answered
            self._bus.problem(f"answering on {self._subject}: {error!r}")
            answer, headers = b"", _refusal(FAILED, "the service failed")
        try:
            await self._bus.publish(question.reply, answer, headers)
        except BusRefusedError as error:
            self._bus.problem(f"answering on {self._subject}: {error}")
            # The one who asked has to learn that there is no answer to wait for.
            with suppress(BusError):
                refusal = _refusal(FAILED, "the answer is too large")
                await self._bus.publish(question.reply, b"", refusal)
        except BusError as error:
            self._bus.problem(f"answering on {self._subject}: {error}")


async def serve(bus: Bus, subject: str, handler: Handler) -> None:
    """Answers questions of the parties, now and after every reconnection.

    Several processes may answer on one subject: each question goes to one of them.
    Questions are answered side by side.

    Args:
        bus: The connection, as a user who may answer there.
        subject: Such as `subjects.DIRECTORY_REQUESTS`.
        handler: Gives the answer. If it raises `RefusedError`, `BusRefusedError` or
            `DirectoryError`, who asked gets a `BusRefusedError` with its sentence; if
            it raises anything else, a `BusUnavailableError` without any detail.

    Raises:
        BusUnavailableError: The connection broke just now; it will be tried again.
    """
    await bus.on_connected(Service(bus, subject, handler).attach)


def _refusal(code: str, sentence: str) -> dict[str, str]:
    text = " ".join(sentence.split())[:_LONGEST_SENTENCE]
    return {SERVICE_ERROR_CODE: code, SERVICE_ERROR: text}
