"""Answers to traces: asked for from time to time, and put before a person, once each.

Filing traces is left to `adapters.interpol.filing_desk`.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
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
from adapters.interpol.drafts import answer_to, name_of
from adapters.interpol.errors import (
    RegisterError,
    UnbelievableError,
    XmlRefusedError,
)
from adapters.interpol.filed_store import Filed, FiledStore
from adapters.interpol.filing import Found, firearms_in
from adapters.interpol.parts import Answer
from adapters.interpol.pieces import UNUSABLE
from adapters.interpol.register_xml import check_schema, parse
from adapters.interpol.xml_codec import decode, encode
from adapters.values import Delivery, Received
from broker.core.errors import StoreError

_TOGETHER: Final = 50  # traces in one question
_UNKNOWN: Final = "UNKNOWN"
_WITHDRAWN: Final = "WITHDRAWN"


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

        What is wrong with one trace does not keep the answers to others back.

        Raises:
            SystemAwayError: No answer, or one that cannot be believed.
            RegisterError: It does not say how far they are.
            StoreError: Something could not be kept; it comes again.
        """
        waiting = self._store.open_traces()
        due: dict[Filed, int] = {}
        for start in range(0, len(waiting), _TOGETHER):
            due |= await self._due(register, waiting[start : start + _TOGETHER])
        # In one pass over all requests, however many are answered.
        requests = await self._requests(one.message_digest for one in due)
        doubt: UnbelievableError | None = None
        for filed, answers in due.items():
            delivery = requests.get(filed.message_digest)
            meant = None if delivery is None else _meant(delivery, filed)
            if delivery is None or meant is None:
                # Nobody may be told; not now at least: a ceiling or a policy may change
                # again. What is withdrawn goes from the store by itself.
                continue
            try:
                await self._fetch(register, filed, delivery, meant)
                self._store.answered(filed.key, answers)
            except UnbelievableError as error:
                doubt = error
            except RegisterError as error:
                _log_trouble(error)
        if doubt is not None:
            raise doubt

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
        delivery, meant = await self._request(replies.trace_id)
        if delivery is None or meant is None:
            raise RejectedError(
                "the request that it answers is not here any more",
                code="no-request",
                payload=received.data,
            )
        for one in replies.answers:
            try:
                await self._desk.propose(
                    answer_to(
                        delivery, meant, replies.trace_id, one, replies.header.system
                    )
                )
            except UNUSABLE as error:
                raise RejectedError(
                    str(error), code="cannot-be-used", payload=received.data
                ) from error

    async def _request(self, trace_id: str) -> tuple[Delivery | None, Found | None]:
        """Returns the request that a trace was filed for, and the firearm it is of."""
        filed = self._store.trace(trace_id)
        if filed is None:
            return None, None
        requests = await self._requests((filed.message_digest,))
        delivery = requests.get(filed.message_digest)
        return delivery, None if delivery is None else _meant(delivery, filed)

    async def _due(
        self, register: Register, waiting: Sequence[Filed]
    ) -> dict[Filed, int]:
        """Returns which traces there is something new about, and how many answers."""
        some = {one.identifier: one for one in waiting}
        asked = await register.ask(TraceStatusQuery(trace_ids=tuple(some)))
        due = {}
        for state in cast("TraceStatus", asked.reply).traces:
            filed = some.get(state.trace_id)
            if filed is None:
                continue
            if state.progress == _WITHDRAWN:
                self._store.close(filed.key)
            elif state.progress == _UNKNOWN:
                # It may know it again: a copy of it may answer that is behind.
                structlog.get_logger("interpol").warning("trace-unknown-there")
            elif state.answers != filed.answers:
                due[filed] = state.answers
        return due

    async def _fetch(
        self, register: Register, filed: Filed, delivery: Delivery, meant: Found
    ) -> None:
        asked = await register.ask(TraceAnswerQuery(trace_id=filed.identifier))
        reply = cast("TraceAnswers", asked.reply)
        # Each once: a register may repeat itself.
        for one in dict.fromkeys(reply.answers):
            try:
                await self._desk.propose(
                    answer_to(
                        delivery, meant, filed.identifier, one, reply.header.system
                    )
                )
            except UNUSABLE as error:
                await self._desk.set_aside(_kept(reply, one), error)

    async def _requests(self, sought: Iterable[bytes]) -> dict[bytes, Delivery]:
        """Returns those of some requests that may be had, in one pass over all."""
        left, found = set(sought), {}
        if left:
            async for one in self._desk.again(("trace-request",)):
                if one.message_digest in left:
                    found[one.message_digest] = one
        return found


def _log_trouble(error: RegisterError) -> None:
    # Never the text: a register may repeat in it what it was told.
    structlog.get_logger("interpol").warning(
        "answer-not-understood", error=type(error).__name__
    )


def _meant(delivery: Delivery, filed: Filed) -> Found | None:
    found, _ = firearms_in(delivery)
    return next((one for one in found if one.item == filed.item), None)


def _kept(reply: TraceAnswers, answer: Answer) -> Received:
    alone = TraceAnswers(
        header=reply.header, trace_id=reply.trace_id, answers=(answer,)
    )
    root = encode(alone, reply.header.message_id)
    return Received(
        key=name_of(reply.trace_id, answer),
        data=etree.tostring(root, xml_declaration=True, encoding="utf-8"),
        media_type="application/xml",
        source=f"register, trace {reply.trace_id}",
    )
