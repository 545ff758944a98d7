"""The suite that any adapter can be held to: inherit `AdapterConformance` in a test.

Needs pytest to be found and run, and nothing of a node. What an adapter does beyond the
contract is left to its own tests; the other end, to `adapters.bench`.
"""

import asyncio
import contextlib
import io
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

from pydantic import ValidationError
from structlog.testing import capture_logs

from adapters.bench import (
    PATIENCE_S,
    Bench,
    ConformanceError,
    check_same,
    done,
    going,
    in_time,
    made,
    own_desk,
    provoked,
    until_delivered,
    with_unknown,
    withdrawal_of,
)
from adapters.errors import RejectedError, SystemAwayError
from adapters.values import Received
from broker.core.errors import RefusedError
from broker.core.tightening import check_not_looser

__all__ = ["AdapterConformance", "Bench", "ConformanceError"]


class AdapterConformance:
    """What an adapter is held to: inherit it as `class TestOurs`."""

    def bench(self, folder: Path) -> AbstractAsyncContextManager[Bench]:
        """Returns the other system, entered for each test.

        Args:
            folder: An empty folder of the test's own.
        """
        raise NotImplementedError("say what stands at the other end")

    def test_unknown_settings_are_refused(self, tmp_path: Path) -> None:
        """A slip in the configuration is told, at every depth."""

        async def look(bench: Bench) -> None:
            for at, changed in with_unknown(bench.settings):
                with suppress(ValidationError):
                    bench.kind.settings.model_validate(changed)
                    raise ConformanceError(f"an unknown name is taken in {at}")

        self._play(tmp_path, look)

    def test_it_is_made_while_its_system_is_away(self, tmp_path: Path) -> None:
        """Making an adapter opens no connection."""

        async def look(bench: Bench) -> None:
            await bench.go_away()
            made(bench, own_desk(tmp_path))

        self._play(tmp_path, look)

    def test_delivered_twice_has_the_effect_of_once(self, tmp_path: Path) -> None:
        """The same delivery again changes nothing there."""

        async def look(bench: Bench) -> None:
            async with going(bench, own_desk(tmp_path)) as adapter:
                for one in bench.deliveries:
                    await done(adapter.deliver(one))
                once = await bench.held()
                for one in bench.deliveries:
                    await done(adapter.deliver(one))
            check_same(
                once, await bench.held(), "a second delivery has changed something"
            )

        self._play(tmp_path, look)

    def test_a_crash_before_the_acknowledgement_is_harmless(
        self, tmp_path: Path
    ) -> None:
        """The effect is there, the node does not know: it comes again after a start."""

        async def look(bench: Bench) -> None:
            desk = own_desk(tmp_path)
            async with going(bench, desk) as adapter:
                await done(adapter.deliver(bench.deliveries[0]))
            once = await bench.held()
            desk.deliveries.append(bench.deliveries[0])
            async with going(bench, desk) as restarted:
                await done(restarted.deliver(bench.deliveries[0]))
            check_same(
                once, await bench.held(), "a repetition after a crash has an effect"
            )

        self._play(tmp_path, look)

    def test_a_system_that_is_away_is_told_apart(self, tmp_path: Path) -> None:
        """Away is neither done nor rejected; once it is back, the same is taken."""

        async def look(bench: Bench) -> None:
            async with going(bench, own_desk(tmp_path)) as adapter:
                await bench.go_away()
                try:
                    await done(adapter.deliver(bench.deliveries[0]))
                except SystemAwayError:
                    pass
                else:
                    raise ConformanceError("it was delivered to nobody")
                await bench.come_back()
                await in_time(lambda: until_delivered(adapter, bench.deliveries[0]))
            if not await bench.holds(bench.deliveries[0]):
                raise ConformanceError("what came back holds nothing")

        self._play(tmp_path, look)

    def test_handling_is_never_loosened(self, tmp_path: Path) -> None:
        """What is given out is marked at least as strictly as the delivery was."""

        async def look(bench: Bench) -> None:
            async with going(bench, own_desk(tmp_path)) as adapter:
                for one in bench.deliveries:
                    consumed = await done(adapter.deliver(one))
                    for emission in consumed.emissions:
                        try:
                            check_not_looser(one.handling, emission.handling)
                        except RefusedError as error:
                            raise ConformanceError(
                                f"{emission.target}: {error.detail}"
                            ) from error

        self._play(tmp_path, look)

    def test_what_is_withdrawn_is_given_up(self, tmp_path: Path) -> None:
        """What was taken back is not held there any more; the rest is."""

        async def look(bench: Bench) -> None:
            first, second, *_ = bench.deliveries
            async with going(bench, own_desk(tmp_path)) as adapter:
                for one in (first, second):
                    await done(adapter.deliver(one))
                if not await bench.holds(first):
                    raise ConformanceError("the bench holds nothing to withdraw")
                await done(adapter.withdraw(withdrawal_of(first)))
                if await bench.holds(first):
                    raise ConformanceError("what was withdrawn is still there")
                if not await bench.holds(second):
                    raise ConformanceError("what was not withdrawn is gone too")

        self._play(tmp_path, look)

    def test_a_withdrawal_again_or_of_nothing_is_harmless(self, tmp_path: Path) -> None:
        """Withdrawals come at least once, and also of what never came to be given."""

        async def look(bench: Bench) -> None:
            first, second, *_ = bench.deliveries
            async with going(bench, own_desk(tmp_path)) as adapter:
                await done(adapter.deliver(first))
                await done(adapter.withdraw(withdrawal_of(first)))
                once = await bench.held()
                await done(adapter.withdraw(withdrawal_of(first)))
                check_same(
                    once, await bench.held(), "a second withdrawal has an effect"
                )
                await done(adapter.withdraw(withdrawal_of(second)))

        self._play(tmp_path, look)

    def test_secrets_show_nowhere(self, tmp_path: Path) -> None:
        """Neither in what is printed or logged, nor in settings, adapter or errors."""

        async def look(bench: Bench) -> None:
            said = io.StringIO()
            handler = logging.StreamHandler(said)
            logging.getLogger().addHandler(handler)
            try:
                with (
                    contextlib.redirect_stdout(said),
                    contextlib.redirect_stderr(said),
                    # Wherever the process around it sends what is logged.
                    capture_logs() as logged,
                ):
                    await provoked(bench, own_desk(tmp_path), said)
                said.write(repr(logged))
            finally:
                logging.getLogger().removeHandler(handler)
            for secret in bench.secrets:
                if secret in said.getvalue():
                    raise ConformanceError("a secret shows")

        self._play(tmp_path, look)

    def test_looking_changes_nothing_there(self, tmp_path: Path) -> None:
        """`rogatory adapter test` may be run at any time."""

        async def look(bench: Bench) -> None:
            async with going(bench, own_desk(tmp_path)) as adapter:
                await done(adapter.deliver(bench.deliveries[0]))
                before = await bench.held()
                await in_time(adapter.check)
                check_same(before, await bench.held(), "a look has changed something")

        self._play(tmp_path, look)

    def test_it_stops_when_it_is_told(self, tmp_path: Path) -> None:
        """Whether its system is there or not."""

        async def look(bench: Bench) -> None:
            async with going(bench, own_desk(tmp_path)):
                await asyncio.sleep(0.05)
                await bench.go_away()

        self._play(tmp_path, look)

    def test_what_cannot_be_used_is_rejected(self, tmp_path: Path) -> None:
        """A person who mends something badly is told so, and nothing else happens."""

        async def look(bench: Bench) -> None:
            garbage = Received(
                key="conformance",
                data=b"\x00 no such thing \xff",
                media_type="application/octet-stream",
                source="the conformance suite",
            )
            desk = own_desk(tmp_path)
            async with going(bench, desk) as adapter:
                try:
                    await asyncio.wait_for(adapter.mend(garbage), PATIENCE_S)
                except RejectedError:
                    pass
                else:
                    raise ConformanceError("it takes anything in")
            if desk.submitted or desk.proposed:
                raise ConformanceError("something was made of nothing")

        self._play(tmp_path, look)

    def _play(self, folder: Path, look: Callable[[Bench], Awaitable[None]]) -> None:
        async def play() -> None:
            place = folder / "bench"
            place.mkdir(mode=0o700)
            async with self.bench(place) as bench:
                await look(bench)

        asyncio.run(play())
