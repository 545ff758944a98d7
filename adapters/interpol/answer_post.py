"""Answers to traces: asked for from time to time, and put before a person, once each.

Filing traces is left to `adapters.interpol.filing_desk`.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, cast

import structlog
from lxml import etree

from adapters.contract import Desk
from adapters.errors import RejectedError, SystemAwayError
from adapters.interpol.client import Register
from adapters.interpol.documents import (
    TraceAnswerQuery,
    TraceAnswers,
    TraceStatus,
    TraceStatusQuery,
)
from adapters.interpol.drafts import answer_to
from adapters.interpol.errors import RegisterError, XmlRefusedError
from adapters.interpol.filed_store import Filed, FiledStore
from adapters.interpol.filing import firearms_in
from adapters.interpol.parts import Answer
from adapters.interpol.pieces import AnswerHandlingError
from adapters.interpol.register_xml import check_schema, parse
from adapters.interpol.xml_codec import decode, encode
from adapters.values import Delivery, Received
from broker.core.errors import (
    DocumentError,
    HandlingError,
    RefusedError,
    StoreError,
)

_TOGETHER: Final = 50  # traces in one question
_UNKNOWN: Final = frozenset({"UNKNOWN", "WITHDRAWN"})


class AnswerPost:
    """Brings what was answered to the desk.

    Args:
        desk: The node's.
        store: What was filed.
        poll_s: Seconds between looks.
    """

    def __init__(self, desk: Desk, store: FiledStore, poll_s: float) -> None:
        self._desk = desk
        self._store = store
        self._poll_s = poll_s

    async def run(self, reach: Callable[[], Register], stop: asyncio.Event) -> None:
        """Looks for answers from time to time, until `stop` is set.

        Args:
            reach: Returns the register; raises SystemAwayError.
            stop: Set to end it.

        Raises:
            SystemAwayError: No answer; or the node has no room to keep one.
        """
        while not stop.is_set():
            try:
                await self.look(reach())
            except StoreError as error:
                raise SystemAwayError("the node cannot keep an answer") from error
            except RegisterError as error:
                _log_trouble(error)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll_s):
                    await stop.wait()

    async def look(self, register: Register) -> None:
        """Asks once how far all open traces are, and fetches what was answered.

        Raises:
            SystemAwayError: No answer.
            RegisterError: It does not say how far they are.
            StoreError: Something could not be kept; it comes again.
        """
        waiting = self._store.open_traces()
        for start in range(0, len(waiting), _TOGETHER):
            some = {one.identifier: one for one in waiting[start : start + _TOGETHER]}
            asked = await register.ask(TraceStatusQuery(trace_ids=tuple(some)))
            for state in cast("TraceStatus", asked.reply).traces:
                filed = some.get(state.trace_id)
                if filed is None:
                    continue
                if state.progress in _UNKNOWN:
                    self._store.close(filed.key)
                elif state.answers > filed.answers:
                    try:
                        await self._fetch(register, filed)
                    except RegisterError as error:
                        # One trace must not keep the answers to others back.
                        _log_trouble(error)

    async def take_again(self, received: Received) -> None:
        """Takes in an answer that a person has mended.

        Raises:
            RejectedError: It still cannot be used.
        """
        try:
            root = parse(received.data)
            check_schema(root)
            replies = decode(TraceAnswers, root)
        except XmlRefusedError as error:
            raise RejectedError(
                str(error), code="not-an-answer", payload=received.data
            ) from error
        filed = self._store.trace(replies.trace_id)
        delivery = None if filed is None else await self._delivery(filed)
        if filed is None or delivery is None:
            raise RejectedError(
                "the request that it answers is not here any more",
                code="no-request",
                payload=received.data,
            )
        for one in replies.answers:
            try:
                await self._propose(delivery, filed, one, replies.header.system)
            except _UNUSABLE as error:
                raise RejectedError(
                    str(error), code="cannot-be-used", payload=received.data
                ) from error

    async def _fetch(self, register: Register, filed: Filed) -> None:
        asked = await register.ask(TraceAnswerQuery(trace_id=filed.identifier))
        reply = cast("TraceAnswers", asked.reply)
        if reply.trace_id != filed.identifier:
            raise SystemAwayError("its answer is about another trace")
        delivery = await self._delivery(filed)
        if delivery is None:
            # Withdrawn, or not to be kept any longer: nobody may be told any more.
            self._store.close(filed.key)
            return
        for one in _once(reply.answers):
            try:
                await self._propose(delivery, filed, one, reply.header.system)
            except _UNUSABLE as error:
                await self._desk.set_aside(_kept(reply, one), error)
        self._store.answered(filed.key, len(_once(reply.answers)))

    async def _propose(
        self, delivery: Delivery, filed: Filed, answer: Answer, system: str
    ) -> None:
        found, _ = firearms_in(delivery)
        meant = next(one for one in found if one.item == filed.item)
        await self._desk.propose(
            answer_to(delivery, meant, filed.identifier, answer, system)
        )

    async def _delivery(self, filed: Filed) -> Delivery | None:
        async for one in self._desk.again(("trace-request",)):
            if one.message_digest == filed.message_digest:
                return one
        return None


_UNUSABLE: Final = (AnswerHandlingError, DocumentError, HandlingError, RefusedError)


def _log_trouble(error: RegisterError) -> None:
    # Never the text: a register may repeat in it what it was told.
    structlog.get_logger("interpol").warning(
        "answer-not-understood", error=type(error).__name__
    )


def _once(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """Each answer once: a register may repeat itself."""
    return tuple({one.answer_id: one for one in answers}.values())


def _kept(reply: TraceAnswers, answer: Answer) -> Received:
    alone = TraceAnswers(
        header=reply.header, trace_id=reply.trace_id, answers=(answer,)
    )
    root = encode(alone, reply.header.message_id)
    return Received(
        key=f"{reply.trace_id}/{answer.answer_id}",
        data=etree.tostring(root, xml_declaration=True, encoding="utf-8"),
        media_type="application/xml",
        source=f"register, trace {reply.trace_id}",
    )
