"""The relay worker: takes what parties submit, decides, writes, acknowledges.

Several workers may share one durable. Everything a round decides is written in one
atomic batch before its inputs are acknowledged: a crash repeats, and never loses.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Final

import structlog

from broker.core.errors import (
    AlreadyCommittedError,
    BusError,
    Code,
    StoreError,
)
from broker.core.flows.relay import (
    Accepted,
    Examined,
    Outcome,
    Refused,
    Rules,
    conclude,
    examine,
    refuse,
)
from broker.core.flows.round import assemble
from broker.core.limits import Limits
from broker.core.ports import Incoming
from broker.core.trust import Trust
from broker.services.relay_memory import RelayMemory
from broker.services.relay_ports import RelayPorts, RelayTuning
from broker.services.relay_round import (
    Round,
    account_of,
    bar,
    owner_of,
    portions,
)
from keys.framing import sha256
from keys.identity import PartyId
from keys.signing import SigningKey

_ATTEMPTS_ALONE: Final = 5
_BACKOFF_S: Final = (0.05, 0.2, 1.0, 5.0)
_FETCH_WAIT_S: Final = 1.0


class RelayService:
    """One worker.

    Args:
        ports: What it works with.
        key: The hub's signing key.
        limits: Bounds.
        tuning: How it spends its machine.
    """

    def __init__(
        self, ports: RelayPorts, key: SigningKey, limits: Limits, tuning: RelayTuning
    ) -> None:
        self._ports = ports
        self._key = key
        self._limits = limits
        self._tuning = tuning
        self._pool = ThreadPoolExecutor(tuning.threads, thread_name_prefix="verify")
        self._log = structlog.get_logger("relay")
        self._memory = RelayMemory(ports.index, ports.tail)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; finishes the rounds it has begun."""
        slots = asyncio.Semaphore(self._tuning.rounds_in_flight)
        async with asyncio.TaskGroup() as rounds:
            failures = 0
            while not stop.is_set():
                await slots.acquire()
                try:
                    arrivals = await self._ports.source.fetch(
                        self._tuning.round_size, _FETCH_WAIT_S
                    )
                    failures = 0
                except BusError as error:
                    slots.release()
                    self._log.warning("no submissions to be had", reason=str(error))
                    await self._pause(failures, stop)
                    failures += 1
                    continue
                if not arrivals:
                    slots.release()
                    continue
                task = rounds.create_task(self._settle(arrivals, stop))
                task.add_done_callback(lambda _: slots.release())
                if len(arrivals) < self._tuning.small_round:
                    # Rounds cost much the same whatever their size: with little to
                    # do, the next takes what comes meanwhile, instead of overlapping.
                    await asyncio.wait({task})
        self._pool.shutdown()

    async def _settle(self, arrivals: Sequence[Incoming], stop: asyncio.Event) -> None:
        """Sees `arrivals` through, however often bus or disk fail meanwhile."""
        failures = 0
        while not stop.is_set():
            try:
                undecided = await self._decide(arrivals)
                done = [one for one in arrivals if one not in undecided]
                await self._ports.source.acknowledge(done)
            except AlreadyCommittedError:
                # Part of the round was written before: by this worker before a crash,
                # or by another that got the same input. One by one tells which.
                if len(arrivals) > 1:
                    for arrival in arrivals:
                        await self._settle([arrival], stop)
                    return
                failures += 1
                if failures >= _ATTEMPTS_ALONE:
                    self._log.error("written before, but not in the ledger's audit")
                    return
            except (BusError, StoreError) as error:
                self._log.warning("round not written", reason=str(error))
                await self._pause(failures, stop)
                failures += 1
            else:
                return

    async def _decide(self, arrivals: Sequence[Incoming]) -> list[Incoming]:
        """Decides and writes a round.

        Returns:
            What could not be decided, because the directory cannot be had.
        """
        await self._memory.catch_up()
        trust = self._ports.trust()
        if any(owner_of(one.subject, trust) is None for one in arrivals):
            # To hold what strangers send would let them fill the stream for all; so
            # that it is answered or turned away, after a look whether they are.
            if not await self._ports.refresh():
                known = [a for a in arrivals if owner_of(a.subject, trust) is not None]
                undecided = [a for a in arrivals if owner_of(a.subject, trust) is None]
                return undecided + (await self._decide(known) if known else [])
            trust = replace(
                self._ports.trust(),
                lapsed=await asyncio.to_thread(self._ports.published),
            )
        rules = self._rules(trust)
        found = self._sort(arrivals, trust, rules)
        found.outcomes.extend(await self._conclude(found.examined, rules))
        for outcomes, reissues in portions(found, self._limits):
            outgoing = assemble(
                outcomes,
                reissues,
                trust=trust,
                key=self._key,
                now_ms=rules.now_ms,
                limits=self._limits,
            )
            if outgoing:
                await self._ports.ledger.commit(outgoing)
        self._report(found)
        return await self._decide(found.later) if found.later else []

    def _rules(self, trust: Trust) -> Rules:
        return Rules(
            directory=trust.view,
            engines=trust.engines,
            limits=self._limits,
            now_ms=self._ports.clock.now_ms(),
            by_id=_never,
            by_digest=self._ports.index.by_digest,
            usage=self._memory.meter.usage,
        )

    def _sort(self, arrivals: Sequence[Incoming], trust: Trust, rules: Rules) -> Round:
        found = Round()
        taken: set[bytes] = set()
        digests = [sha256(arrival.data) for arrival in arrivals]
        decided = self._ports.index.decided(digests)
        for arrival, digest in zip(arrivals, digests, strict=True):
            account = account_of(arrival.subject)
            party = trust.accounts.get(account) or trust.lapsed.get(account)
            if party is None:
                self._log.warning("turned away: of no party", account=account)
                continue
            # Somebody else's answer is not theirs to fetch, nor to use up.
            known = decided.get((digest, party))
            if known is not None:
                if known.reissue is not None and digest not in taken:
                    found.reissues.append(known.reissue)
                taken.add(digest)
                continue
            barred = bar(account, party, trust, rules.now_ms)
            if barred is not None:
                found.outcomes.append(
                    refuse(arrival.data, digest, party, barred, self._limits)
                )
                continue
            result = self._examine(arrival, digest, party, rules)
            name = digest
            if isinstance(result, Examined):
                name = result.checked.header.message_id
            if name in taken:
                # The same message twice in one round: the second is decided once the
                # first is on record.
                found.later.append(arrival)
                continue
            taken.add(name)
            if isinstance(result, Examined):
                self._memory.meter.let_pass(result, rules.now_ms)
                found.examined.append(result)
            else:
                found.outcomes.append(result)
        return found

    def _examine(
        self, arrival: Incoming, digest: bytes, party: PartyId, rules: Rules
    ) -> Examined | Outcome:
        # It may have been let pass before, in a round that was not written.
        self._memory.meter.settle(digest)
        try:
            return examine(arrival.data, digest, party, rules, arrival.arrived_ms)
        except StoreError:
            raise  # says nothing about the submission
        except Exception:  # noqa: BLE001 - a flaw of ours must not let one party's bytes stop everybody's traffic
            self._log.exception("submission could not be examined", party=party)
            return Refused(
                submission_digest=digest,
                party=party,
                code=Code.MALFORMED,
                detail="could not be examined",
            )

    async def _conclude(
        self, examined: Sequence[Examined], rules: Rules
    ) -> list[Accepted | Refused]:
        if not examined:
            return []
        ids = [one.checked.header.message_id for one in examined]
        rules = replace(rules, by_id=self._ports.index.by_ids(ids).get)
        size = max(self._tuning.chunk, -(-len(examined) // self._tuning.threads))
        loop = asyncio.get_running_loop()
        chunks = [examined[at : at + size] for at in range(0, len(examined), size)]
        done = await asyncio.gather(
            *(
                loop.run_in_executor(self._pool, _conclude_all, chunk, rules)
                for chunk in chunks
            )
        )
        return [outcome for outcomes in done for outcome in outcomes]

    def _report(self, found: Round) -> None:
        for outcome in found.outcomes:
            self._ports.decided(outcome)
            if isinstance(outcome, Refused):
                self._log.info(
                    "refused",
                    party=outcome.party,
                    code=outcome.code.value,
                    detail=outcome.detail,
                )

    async def _pause(self, failures: int, stop: asyncio.Event) -> None:
        wait = _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)]
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)


def _never(_message_id: bytes) -> None:
    """Stands in until the ids of a round are looked up, all at once."""


def _conclude_all(
    examined: Sequence[Examined], rules: Rules
) -> list[Accepted | Refused]:
    return [conclude(one, rules) for one in examined]
