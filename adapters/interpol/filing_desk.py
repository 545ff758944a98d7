"""Filing deliveries at the register: each thing noted before it is sent.

So whatever was sent can be taken back, also when its answer was lost. What is said is
left to `adapters.interpol.filing`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from adapters.contract import Desk
from adapters.errors import RejectedError
from adapters.interpol.client import Asked, Register
from adapters.interpol.documents import (
    RecordReceipt,
    RecordSubmission,
    RecordUpdate,
    RecordWithdrawal,
    TraceAnswerSubmission,
    TraceReceipt,
    TraceSubmission,
    TraceWithdrawal,
)
from adapters.interpol.drafts import Hit, notice_of, response_to
from adapters.interpol.filed_store import FiledStore, Sort
from adapters.interpol.filing import (
    Found,
    firearms_in,
    record_of,
    submission_key,
    terms_of,
    text,
    trace_of,
)
from adapters.interpol.pieces import EVENTS
from adapters.interpol.replies import answers_in
from adapters.interpol.searching import emission_of, reference_id, search
from adapters.interpol.settings import Bureau, InterpolSettings
from adapters.values import Consumed, Delivery, Emission, Withdrawal

_ENDS: Final[Mapping[str, str]] = {
    "DISPOSITION_DESTROYED": "DESTROYED",
    "DISPOSITION_DEACTIVATED": "DEACTIVATED",
}
_FIREARMS_MAX: Final = 50
"""In one delivery: each takes several questions, and all of them have to be answered
within the time that a node gives an adapter for one thing."""
Submitting = RecordSubmission | RecordUpdate | TraceSubmission | TraceAnswerSubmission


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingDesk:
    """Files what came, and takes back what was withdrawn.

    Attributes:
        desk: The node's.
        store: What was filed.
        register: To be asked.
        settings: The operator's.
    """

    desk: Desk
    store: FiledStore
    register: Register
    settings: InterpolSettings

    def way(
        self, name: str
    ) -> Callable[[Delivery, Bureau], Awaitable[Consumed]] | None:
        """Returns how a kind is filed; None when it is nothing for the register."""
        return {
            "stock-loss": self._loss,
            "trace-request": self._trace,
            "trace-response": self._answer,
            "recovery-record": self._recovery,
            "disposition-record": self._disposition,
        }.get(name)

    async def take_back(self, withdrawal: Withdrawal) -> Consumed:
        """Withdraws everything that was filed from a message.

        Raises:
            SystemAwayError: No answer.
            RegisterError: It refuses, or does not understand.
        """
        filed = self.store.of_message(withdrawal.message_digest)
        # The last first: an update before the record that it changed.
        for one in reversed(filed):
            of_trace = one.sort in {Sort.TRACE, Sort.ANSWER}
            kind = TraceWithdrawal if of_trace else RecordWithdrawal
            await self.register.ask(
                kind(submission_key=one.key, destroy=withdrawal.destroy)
            )
            self.store.forget(one.key)
        return Consumed(note=f"{len(filed)} withdrawn from the register")

    async def _loss(self, delivery: Delivery, bureau: Bureau) -> Consumed:
        found, left = _firearms(delivery)
        emissions = []
        for one in found:
            request = record_of(delivery, one, bureau, self.settings)
            asked = await self._submit(delivery, one.item, Sort.RECORD, request)
            name = cast("RecordReceipt", asked.reply).record_id
            self.store.named(request.submission_key, name)
            emissions.append(emission_of(asked, f"record {name}", delivery.handling))
        return _consumed(emissions, left)

    async def _trace(self, delivery: Delivery, bureau: Bureau) -> Consumed:
        found, left = _firearms(delivery)
        emissions: list[Emission] = []
        hits: list[Hit] = []
        terms = terms_of(delivery.handling)
        for one in found:
            reference, looked = await reference_id(self.register, one, terms)
            if looked is not None:
                emissions.append(
                    emission_of(looked, "reference lookup", delivery.handling)
                )
            hits += await self._search(delivery, one, emissions)
            request = trace_of(delivery, one, bureau, self.settings, reference)
            asked = await self._submit(delivery, one.item, Sort.TRACE, request)
            name = cast("TraceReceipt", asked.reply).trace_id
            self.store.named(request.submission_key, name)
            emissions.append(emission_of(asked, f"trace {name}", delivery.handling))
        if hits:
            await self.desk.propose(response_to(delivery, hits))
        return _consumed(emissions, left)

    async def _answer(self, delivery: Delivery, bureau: Bureau) -> Consumed:
        traces = {
            one.item: one.identifier
            for one in self.store.of_message(delivery.in_reply_to)
            if one.sort is Sort.TRACE and one.identifier
        }
        emissions = []
        for item, answer in answers_in(delivery, bureau.ncb, tuple(traces)):
            request = TraceAnswerSubmission(
                submission_key=submission_key(delivery, item, Sort.ANSWER),
                trace_id=traces[item],
                answer=answer,
            )
            asked = await self._submit(delivery, item, Sort.ANSWER, request)
            self.store.named(request.submission_key, request.trace_id)
            emissions.append(
                emission_of(asked, f"answer to {traces[item]}", delivery.handling)
            )
        if not traces:
            return Consumed(note="it answers no trace that was filed here")
        return Consumed(emissions=tuple(emissions))

    async def _recovery(self, delivery: Delivery, bureau: Bureau) -> Consumed:
        day = text(delivery.document, "recovery", "date")
        return await self._found_again(delivery, bureau, "RECOVERED", day)

    async def _disposition(self, delivery: Delivery, bureau: Bureau) -> Consumed:
        status = _ENDS.get(text(delivery.document, "disposition"))
        if status is None:
            return Consumed(note="neither destroyed nor deactivated")
        day = text(delivery.document, "date")
        return await self._found_again(delivery, bureau, status, day)

    async def _found_again(
        self, delivery: Delivery, bureau: Bureau, status: str, day: str
    ) -> Consumed:
        """Records of one's own get a new status; of those of others a person hears."""
        found, left = _firearms(delivery)
        emissions: list[Emission] = []
        for one in found:
            for hit in await self._search(delivery, one, emissions):
                if hit.record.owner_ncb != bureau.ncb:
                    if hit.record.status in EVENTS:
                        await self.desk.propose(notice_of(delivery, hit))
                    continue
                request = RecordUpdate(
                    submission_key=submission_key(
                        delivery, one.item, f"{Sort.UPDATE}/{hit.record.record_id}"
                    ),
                    record_id=hit.record.record_id,
                    owner_ncb=bureau.ncb,
                    status=status,
                    occurred_on=day,
                    copy_to=self.settings.copies(str(delivery.provider)),
                )
                asked = await self._submit(delivery, one.item, Sort.UPDATE, request)
                self.store.named(request.submission_key, hit.record.record_id)
                target = f"update of {hit.record.record_id}"
                emissions.append(emission_of(asked, target, delivery.handling))
        return _consumed(emissions, left)

    async def _search(
        self, delivery: Delivery, found: Found, emissions: list[Emission]
    ) -> tuple[Hit, ...]:
        hits, listed = await search(
            self.register, found, terms_of(delivery.handling), self.settings.score_min
        )
        emissions.append(emission_of(listed, "search by number", delivery.handling))
        return tuple(hits)

    async def _submit(
        self, delivery: Delivery, item: int, sort: Sort, request: Submitting
    ) -> Asked:
        self.store.begin(request.submission_key, delivery.message_digest, item, sort)
        return await self.register.ask(request, terms_of(delivery.handling))


def _firearms(delivery: Delivery) -> tuple[tuple[Found, ...], int]:
    found, left = firearms_in(delivery)
    if len(found) > _FIREARMS_MAX:
        raise RejectedError(
            f"{len(found)} firearms in one message: at most {_FIREARMS_MAX} are filed",
            code="too-many",
        )
    return found, left


def _consumed(emissions: list[Emission], left: int) -> Consumed:
    note = ""
    if left:
        note = f"{left} without a whole number of a single firearm: not filed"
    return Consumed(emissions=tuple(emissions), note=note)
