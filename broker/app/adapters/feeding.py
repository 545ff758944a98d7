"""Feeds one adapter: withdrawals first, then letters to be tried again, then mail.

One thing at a time and strictly in order. What it costs when the other system is away,
and how long is waited, is left to `running`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, TypeVar

import structlog

from adapters.contract import Adapter
from adapters.errors import RejectedError, SystemAwayError
from adapters.values import Consumed, Delivery, Withdrawal
from broker.app.adapters.desk import NodeDesk
from broker.app.adapters.filing import Due, Filing, Way
from broker.app.adapters.handing import AboveCeilingError
from broker.app.adapters.threads import in_thread
from broker.core.adapting import LetterCode, is_for_ever
from broker.core.errors import (
    BrokerError,
    RefusedError,
    StoreConflictError,
    StoreError,
)
from broker.core.handling import Handling
from broker.core.tightening import check_not_looser
from keys.errors import KeysError
from keys.framing import DIGEST_SIZE

Result = TypeVar("Result")
_NOTE_MAX: Final = 200  # characters of an adapter's own words
TRIES: Final = 4
"""How often something is tried that makes an adapter fail."""


class FaultError(BrokerError):
    """An adapter that failed, and is to be tried again.

    Args:
        attempts: How often it has failed with the same.
    """

    def __init__(self, attempts: int) -> None:
        super().__init__(f"the adapter has failed {attempts} time(s) with the same")
        self.attempts = attempts


class EndedError(BrokerError):
    """An adapter that wanted to end the whole process, or has cancelled itself."""


class HaltedError(BrokerError):
    """An adapter that loosens handling: it is given nothing more."""


@dataclass(slots=True)
class Feeder:
    """Feeds one adapter.

    Args:
        desk: Its desk.
        adapter: The adapter.
        within_s: How long it may take for one thing; then its system counts as away.
    """

    desk: NodeDesk
    adapter: Adapter
    within_s: float
    filing: Filing = field(init=False)

    def __post_init__(self) -> None:
        """Opens the files about this adapter."""
        self.filing = Filing(self.desk)

    async def step(self) -> bool:
        """Does one thing, if there is one; tells whether there was.

        Raises:
            SystemAwayError: The same has to be tried again, for ever.
            FaultError: The adapter has failed; the same has to be tried again.
            HaltedError: It must not be given anything more.
            StoreError: The node's store cannot take or give.
        """
        due = await in_thread(self.filing.next)
        if due is None:
            return False
        attempts = await in_thread(self.filing.begin, due)
        if attempts > TRIES:
            # Each time the whole process went down with it.
            await self._dead(due, RuntimeError("whatever ran it has ended with it"))
            return True
        try:
            await self._do(due)
        except (SystemAwayError, StoreError, asyncio.CancelledError):
            # Whatever it is about is not to blame.
            self.filing.excuse()
            raise
        except RejectedError as error:
            await self._dead(due, error)
        except HaltedError:
            raise
        except Exception as error:
            structlog.get_logger("adapter").warning(
                "adapter failed",
                adapter=self.desk.name,
                what=due.way.value,
                error=type(error).__name__,
                attempts=attempts,
            )
            if attempts < TRIES:
                raise FaultError(attempts) from error
            await self._dead(due, error)
        return True

    async def _do(self, due: Due) -> None:
        match due.way:
            case Way.WITHDRAWAL:
                await self._withdraw(due)
            case Way.RECEIVED:
                await self._mend(due)
            case Way.DELIVERY:
                await self._deliver(due)

    async def _mend(self, due: Due) -> None:
        try:
            received = await in_thread(self.filing.received, due)
        except KeysError:
            # Of another key: nothing is tried, and nothing of it is lost.
            await in_thread(self.filing.put_back, due)
            return
        if received is not None:
            await self._in_time(lambda: self.adapter.mend(received))
        await in_thread(self.filing.done, due, Consumed())

    async def _deliver(self, due: Due) -> None:
        now_ms = self.desk.now_ms()
        try:
            delivery = await in_thread(
                self.desk.handing.hand, due.message_digest, now_ms
            )
        except StoreConflictError:
            # Its origin has taken it back this very moment.
            await in_thread(self.filing.passed_over, due)
            return
        except RefusedError as error:
            if is_for_ever(error.code):
                await in_thread(self.filing.passed_over, due)
            else:
                await in_thread(self.filing.withheld, due, error)
            return
        except AboveCeilingError as error:
            await in_thread(self.filing.withheld, due, error)
            return
        except KeysError as error:
            raise RejectedError("it cannot be opened", code="cannot-open") from error
        consumed = await self._in_time(lambda: self.adapter.deliver(delivery))
        await self._done(due, consumed, delivery)

    async def _withdraw(self, due: Due) -> None:
        withdrawal = Withdrawal(
            key=due.key,
            message_digest=due.message_digest,
            destroy=due.destroy,
            replacement=due.replacement,
            at_ms=due.at_ms,
        )
        consumed = Consumed(note="it was given nothing")
        if await in_thread(self.filing.was_given, due.message_digest):
            consumed = await self._in_time(lambda: self.adapter.withdraw(withdrawal))
        await self._done(due, consumed, None)

    async def _done(
        self, due: Due, consumed: Consumed, delivery: Delivery | None
    ) -> None:
        _check_told(consumed)
        looser = [
            reason
            for one in consumed.emissions
            if delivery and (reason := _looser(delivery.handling, one.handling))
        ]
        if looser:
            reason = "; ".join(dict.fromkeys(looser))
            await in_thread(self.filing.loosened, due, reason)
            raise HaltedError(f"{LetterCode.LOOSER_EMISSION.value}: {reason}")
        await in_thread(self.filing.done, due, consumed, delivery)
        if not consumed.emissions and consumed.note:
            # Else nobody could tell why a system that is well has got nothing.
            structlog.get_logger("adapter").info(
                "nothing given out",
                adapter=self.desk.name,
                what=due.way.value,
                message=due.message_digest.hex()[:16],
                why=consumed.note[:_NOTE_MAX],
            )

    async def _dead(self, due: Due, error: Exception) -> None:
        await in_thread(self.filing.dead, due, error)

    async def _in_time(self, act: Callable[[], Awaitable[Result]]) -> Result:
        limit = asyncio.timeout(self.within_s)
        try:
            async with limit:
                return await not_ended(act)
        except TimeoutError as error:
            if not limit.expired():
                raise  # the adapter's own: a fault like any other
            text = f"no answer within {self.within_s:g} s"
            raise SystemAwayError(text) from error


async def not_ended(act: Callable[[], Awaitable[Result]]) -> Result:
    """Returns what an adapter returns, which is not alone in its process.

    Raises:
        EndedError: It, or a library of it, wanted to end the process; or something
            that it waited for was cancelled, and by nobody here.
    """
    try:
        return await act()
    except SystemExit as error:
        raise EndedError("it wanted to end the process") from error
    except asyncio.CancelledError as error:
        ours = asyncio.current_task()
        if ours is None or ours.cancelling():
            raise
        # Passed on, it would end whatever feeds the adapter, and nobody would know.
        raise EndedError("something that it waited for was cancelled") from error


def _check_told(consumed: object) -> None:
    """Returns if an adapter has said what it did, in values that can be kept.

    Raises:
        TypeError: It has not, whatever its type hints promise.
    """
    told: Iterable[object] = (None,)
    if isinstance(consumed, Consumed):
        told = consumed.emissions
    for one in told:
        digest = getattr(one, "sha256", None)
        if not (
            isinstance(getattr(one, "target", None), str)
            and isinstance(getattr(one, "handling", None), Handling)
            and isinstance(digest, bytes)
            and len(digest) == DIGEST_SIZE
        ):
            raise TypeError("it does not say what it gave out")


def _looser(handling: Handling, given: Handling) -> str:
    try:
        check_not_looser(handling, given)
    except RefusedError as error:
        return error.detail
    return ""
