"""A checkpoint an hour is time-stamped; an outage is said once, and changes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.stamps import Outage, Stamp
from broker.core.errors import StoreError
from broker.services.timekeeper import Timekeeper, TimekeeperPorts
from keys.errors import TimestampError
from keys.framing import sha256
from keys.timestamps import timestamp_request, verify_timestamp
from tests.time_authority import TimeAuthority, make_authority
from tests.world import LOG_KEY, FakeClock

HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@dataclass(slots=True)
class Kept:
    """Time-stamps in memory; on a full disk, none."""

    stamps: list[Stamp] = field(default_factory=list)
    out: Outage | None = None
    is_full: bool = False

    def add(self, stamp: Stamp) -> None:
        """Keeps one."""
        if self.is_full:
            raise StoreError("full")
        self.stamps.append(stamp)
        self.out = None

    def newest(self) -> Stamp | None:
        """Returns the last one."""
        return self.stamps[-1] if self.stamps else None

    def outage(self) -> Outage | None:
        """Returns since when there are none."""
        return self.out

    def note_outage(self, outage: Outage) -> bool:
        """Notes that there are none."""
        if self.is_full:
            raise StoreError("full")
        news, self.out = self.out is None, self.out or outage
        return news


@dataclass(slots=True)
class Hub:
    """A log that grows, an authority that may be away, and the keeper of both."""

    authority: TimeAuthority
    size: int = 1
    is_away: bool = False
    asked: int = 0
    kept: Kept = field(default_factory=Kept)
    clock: FakeClock = field(default_factory=FakeClock)

    @property
    def trouble(self) -> str:
        """Why there are no time-stamps, as far as is noted."""
        return self.kept.out.reason if self.kept.out else ""

    def note(self) -> str:
        """Returns the newest checkpoint."""
        if not self.size:
            return ""
        name = LOG_KEY.verifier.name
        root = sha256(str(self.size).encode())
        body = Checkpoint(origin=name, size=self.size, root=root).body()
        return LOG_KEY.sign_note(body)

    async def ask(self, body: bytes) -> bytes:
        """Asks the authority."""
        self.asked += 1
        if self.is_away:
            raise TimestampError("nobody there")
        return self.authority.stamp(body)

    def keeper(
        self, ask: Callable[[bytes], Awaitable[bytes]] | None = None
    ) -> Timekeeper:
        """Returns what is tested, as after a restart."""
        ports = TimekeeperPorts(
            checkpoint=self.note,
            ask=ask or self.ask,
            store=self.kept,
            clock=self.clock,
        )
        return Timekeeper(ports, self.authority.certificate, HOUR_MS)


@pytest.fixture
def hub(authority: TimeAuthority) -> Hub:
    return Hub(authority)


async def test_a_checkpoint_an_hour_is_time_stamped(hub: Hub) -> None:
    keeper = hub.keeper()
    for _ in range(180):
        await keeper.step()
        hub.clock.at_ms += 60_000
        hub.size += 1
    assert [one.size for one in hub.kept.stamps] == [1, 61, 121]
    for one in hub.kept.stamps:
        note = one.note.encode()
        said = verify_timestamp(one.token, note, hub.authority.certificate)
        assert said.at_ms == one.at_ms


async def test_an_empty_log_and_one_at_rest_are_left_alone(hub: Hub) -> None:
    hub.size = 0
    keeper = hub.keeper()
    assert not await keeper.step()
    hub.size = 3
    assert await keeper.step()
    hub.clock.at_ms += 5 * HOUR_MS
    assert not await keeper.step()
    assert hub.asked == 1


@pytest.mark.usefixtures("every_level")
async def test_an_outage_is_said_once_and_caught_up_with(hub: Hub) -> None:
    hub.is_away = True
    with capture_logs() as said:
        for keeper in (hub.keeper(), hub.keeper()):  # a restart says nothing again
            for _ in range(300):
                assert not await keeper.step()
                hub.clock.at_ms += 60_000
                hub.size += 1
        assert hub.trouble == "nobody there"
        assert [one["log_level"] for one in said] == ["warning"]
        # Asked ever more slowly, and never more often than is polite.
        assert 10 < hub.asked < 40
        hub.is_away = False
        hub.clock.at_ms += HOUR_MS
        assert await hub.keeper().step()
    assert hub.trouble == ""
    assert [one.size for one in hub.kept.stamps] == [hub.size]
    assert "there are time-stamps again" in {one["event"] for one in said}


async def test_an_answer_to_another_question_is_not_kept(hub: Hub) -> None:
    old = hub.authority.stamp

    async def replayed(_body: bytes) -> bytes:

        return old(timestamp_request(hub.note().encode()).body)

    assert not await hub.keeper(replayed).step()
    assert hub.kept.stamps == []
    assert hub.kept.out is not None
    assert "Nonce" in hub.kept.out.reason


async def test_a_full_disk_stops_time_stamps_and_nothing_else(hub: Hub) -> None:
    hub.kept.is_full = True
    with capture_logs() as said:
        assert not await hub.keeper().step()
    assert {one["event"] for one in said} == {
        "an outage cannot be noted",
        "no time-stamp on the log; everything else goes on",
    }


async def test_a_clock_that_was_put_back_does_not_stop_time_stamps(hub: Hub) -> None:
    keeper = hub.keeper()
    assert await keeper.step()
    hub.size += 1
    hub.clock.at_ms -= 100 * HOUR_MS
    assert await keeper.step()


async def test_a_clock_that_was_put_back_in_an_outage_does_not_prolong_it(
    hub: Hub,
) -> None:
    keeper = hub.keeper()
    hub.is_away = True
    assert not await keeper.step()
    hub.is_away = False
    assert not await keeper.step()
    hub.clock.at_ms -= 100 * HOUR_MS
    assert await keeper.step()


async def test_an_end_does_not_wait_for_an_authority(hub: Hub) -> None:
    asked, stop = asyncio.Event(), asyncio.Event()

    async def never(_body: bytes) -> bytes:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    running = asyncio.ensure_future(hub.keeper(never).run(stop))
    await asked.wait()
    stop.set()
    await asyncio.wait_for(running, 5)
    assert hub.kept.stamps == []
