"""Filing deliveries at the register: each thing noted before it is sent.

So whatever was sent can be taken back, also when its answer was lost. What is said is
left to `adapters.interpol.filing`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from adapters.interpol.errors import (
    AnswerInvalidError,
    RegisterError,
    UnbelievableError,
)
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
from adapters.interpol.pieces import EVENTS, UNUSABLE
from adapters.interpol.progress import Progress, Step
from adapters.interpol.replies import answers_in
from adapters.interpol.searching import emission_of, reference_id, search
from adapters.interpol.settings import Bureau, InterpolSettings
from adapters.values import Consumed, Delivery, Emission, Proposal, Withdrawal

_ENDS: Final[Mapping[str, str]] = {
    "DISPOSITION_DESTROYED": "DESTROYED",
    "DISPOSITION_DEACTIVATED": "DEACTIVATED",
}
_FIREARMS_MAX: Final = 50
"""In one delivery: each takes several questions, and everything else waits for it."""
_GONE: Final = "(taken back before)"
Submitting = RecordSubmission | RecordUpdate | TraceSubmission | TraceAnswerSubmission


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingDesk:
    """Files what came, and takes back what was withdrawn.

    Attributes:
        desk: The node's.
        store: What was filed.
        register: To be asked.
        settings: The operator's.
        progress: How far the last delivery had come, if it was given up.
    """

    desk: Desk
    store: FiledStore
    register: Register
    settings: InterpolSettings
    progress: Progress

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
            RegisterError: It refuses something, or does not understand; whatever it
                does not refuse is withdrawn all the same.
        """
        filed = self.store.of_message(withdrawal.message_digest)
        kept: RegisterError | None = None
        doubt: UnbelievableError | None = None
        # The last first: an update before the record that it changed.
        for one in reversed(filed):
            of_trace = one.sort in {Sort.TRACE, Sort.ANSWER}
            kind = TraceWithdrawal if of_trace else RecordWithdrawal
            try:
                await self.register.ask(
                    kind(submission_key=one.key, destroy=withdrawal.destroy)
                )
            except UnbelievableError as error:
                doubt = error
            except RegisterError as error:
                kept = error
            else:
                self.store.forget(one.key)
        # What may yet be withdrawn comes again before anybody gives it up.
        if (left := doubt or kept) is not None:
            raise left
        return Consumed(note=f"{len(filed)} withdrawn from the register")

    async def _loss(self, delivery: Delivery, bureau: Bureau) -> Consumed:
        async def take(one: Found) -> Step:
            request = record_of(delivery, one, bureau, self.settings)
            asked = await self._submit(delivery, one.item, Sort.RECORD, request)
            name = cast("RecordReceipt", asked.reply).record_id
            self.store.named(request.submission_key, name)
            target = f"record {name or _GONE}"
            return Step(emissions=[emission_of(asked, target, delivery.handling)])

        found, left = _firearms(delivery)
        emissions, _ = await self.progress.each(delivery, found, take)
        return _consumed(emissions, left)

    async def _trace(self, delivery: Delivery, bureau: Bureau) -> Consumed:
        handling = delivery.handling

        async def take(one: Found) -> Step:
            reference, looked = await reference_id(
                self.register, one, terms_of(handling)
            )
            step = await self._search(delivery, one)
            if looked is not None:
                given = emission_of(looked, "reference lookup", handling)
                step.emissions.insert(0, given)
            request = trace_of(delivery, one, bureau, self.settings, reference)
            asked = await self._submit(delivery, one.item, Sort.TRACE, request)
            name = cast("TraceReceipt", asked.reply).trace_id
            known = self.store.trace(name) if name else None
            if known is not None and known.key != request.submission_key:
                # The answer to one would be told whoever asked about the other.
                raise AnswerInvalidError("it gives two traces one name")
            self.store.named(request.submission_key, name)
            target = f"trace {name or _GONE}"
            step.emissions.append(emission_of(asked, target, handling))
            return step

        found, left = _firearms(delivery)
        emissions, hits = await self.progress.each(delivery, found, take)
        if hits:
            try:
                await self.desk.propose(response_to(delivery, hits))
            except UNUSABLE:
                await self._show(lambda hit: response_to(delivery, [hit]), hits)
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

        async def take(one: Found) -> Step:
            step = await self._search(delivery, one)
            own = [hit for hit in step.hits if hit.record.owner_ncb == bureau.ncb]
            step.hits = [
                hit
                for hit in step.hits
                if hit not in own and hit.record.status in EVENTS
            ]
            for hit in own:
                name = hit.record.record_id
                request = RecordUpdate(
                    submission_key=submission_key(
                        delivery, one.item, f"{Sort.UPDATE}/{name}"
                    ),
                    record_id=name,
                    owner_ncb=bureau.ncb,
                    status=status,
                    occurred_on=day,
                    copy_to=self.settings.copies(str(delivery.provider)),
                )
                asked = await self._submit(delivery, one.item, Sort.UPDATE, request)
                self.store.named(request.submission_key, name)
                step.emissions.append(
                    emission_of(asked, f"update of {name}", delivery.handling)
                )
            return step

        found, left = _firearms(delivery)
        emissions, missed = await self.progress.each(delivery, found, take)
        await self._show(lambda hit: notice_of(delivery, hit), missed)
        return _consumed(emissions, left)

    async def _show(
        self, draft: Callable[[Hit], Proposal], hits: Sequence[Hit]
    ) -> None:
        """Puts each hit before a person; one that cannot be used keeps no other back.

        Raises:
            RejectedError: One cannot be used.
        """
        unusable = 0
        for hit in hits:
            try:
                await self.desk.propose(draft(hit))
            except UNUSABLE:
                unusable += 1
        if unusable:
            raise RejectedError(
                f"{unusable} of what is on record there makes no sound document",
                code="hit-unusable",
            )

    async def _search(self, delivery: Delivery, found: Found) -> Step:
        hits, listed = await search(
            self.register, found, terms_of(delivery.handling), self.settings.score_min
        )
        given = emission_of(listed, "search by number", delivery.handling)
        return Step(emissions=[given], hits=list(hits))

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
