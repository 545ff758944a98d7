"""The adapter for declarations, on a desk in memory."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.declarations.adapter import KIND
from adapters.declarations.settings import DeclarationSettings
from adapters.drop_folder import DropFolder
from adapters.errors import RejectedError, SystemAwayError
from adapters.memory_desk import MemoryDesk
from tests.adapter_world import example_delivery, withdrawal_of
from tests.declaration_world import FORMATS, example, received

_ALERT = example_delivery("diversion-alert")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> MemoryDesk:
    folder = tmp_path / "own"
    folder.mkdir(mode=0o700)
    return MemoryDesk(folder, [_ALERT], time_ms=_ALERT.received_ms)


def _made(desk: Any, **settings: object) -> Any:  # noqa: ANN401 - any desk, any adapter
    return KIND.make(DeclarationSettings.model_validate(settings), desk)


def _names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


async def _until(
    adapter: Any,  # noqa: ANN401 - an adapter
    done: Callable[[], bool],
) -> None:
    """Has an adapter take files in until something is so."""
    stop = asyncio.Event()
    running = asyncio.create_task(adapter.run(stop))
    try:
        async with asyncio.timeout(20):
            while not done():
                assert not running.done()
                await asyncio.sleep(0.005)
    finally:
        stop.set()
        with suppress(asyncio.CancelledError):
            await running


@pytest.mark.parametrize("name", FORMATS)
async def test_goods_that_an_alert_is_about_are_put_before_a_person(
    desk: MemoryDesk, name: str
) -> None:
    adapter = _made(desk)
    await adapter.deliver(_ALERT)
    await adapter.mend(received(example(name)))
    [draft] = desk.proposed.values()
    assert draft.submission.based_on == (_ALERT.message_digest,)
    assert "TEST-BL-0001" in draft.title


async def test_nothing_of_an_alert_or_a_file_is_on_the_disk(desk: MemoryDesk) -> None:
    adapter = _made(desk)
    await adapter.deliver(_ALERT)
    await adapter.mend(received(example("manifest.xml")))
    for file in desk.folder.rglob("*"):
        held = file.read_bytes()
        for word in (b"CSQU", b"ZZQ", b"Example", b"9074729", b"TEST-BL", b"Jane"):
            assert word not in held


async def test_after_a_start_what_was_delivered_is_looked_out_for(
    desk: MemoryDesk,
) -> None:
    await _made(desk).deliver(_ALERT)
    await _made(desk).mend(received(example("manifest.xml")))
    assert len(desk.proposed) == 1


async def test_what_was_withdrawn_is_looked_out_for_no_longer(desk: MemoryDesk) -> None:
    adapter = _made(desk)
    await adapter.deliver(_ALERT)
    await adapter.withdraw(withdrawal_of(_ALERT))
    await adapter.withdraw(withdrawal_of(_ALERT))
    await adapter.mend(received(example("manifest.xml")))
    assert desk.proposed == {}


async def test_what_is_over_is_looked_out_for_no_longer(
    desk: MemoryDesk, inbox: Path
) -> None:
    adapter = _made(desk, inbox=str(inbox), poll_s=0.01, keep_days=1)
    await adapter.deliver(_ALERT)
    desk.time_ms += 2 * 86_400_000
    (inbox / "a.xml").write_bytes(example("manifest.xml"))
    await _until(adapter, lambda: not any(inbox.iterdir()))
    assert desk.proposed == {}


async def test_other_kinds_are_passed_over(desk: MemoryDesk) -> None:
    consumed = await _made(desk).deliver(example_delivery("trace-request"))
    assert consumed.emissions == ()
    assert consumed.note


async def test_a_seizure_becomes_rows_that_go_with_it(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    folder = tmp_path / "cen"
    folder.mkdir()
    adapter = _made(desk, cen=str(folder))
    seizure = example_delivery("recovery-record", handling="TLP:RED H1")
    [emission] = (await adapter.deliver(seizure)).emissions
    assert emission.handling == seizure.handling
    assert len(list(folder.iterdir())) == 1
    await adapter.withdraw(withdrawal_of(seizure))
    assert list(folder.iterdir()) == []


async def test_a_seizure_without_a_folder_for_it_is_passed_over(
    desk: MemoryDesk,
) -> None:
    consumed = await _made(desk).deliver(example_delivery("recovery-record"))
    assert consumed.emissions == ()


async def test_files_in_the_folder_are_taken_in_and_go(
    desk: MemoryDesk, inbox: Path
) -> None:
    adapter = _made(desk, inbox=str(inbox), poll_s=0.01)
    await adapter.deliver(_ALERT)
    for name in FORMATS:
        (inbox / name).write_bytes(example(name))
    await _until(adapter, lambda: not any(inbox.iterdir()))
    # The same declaration came as XML and as JSON, and is one draft.
    assert len(desk.proposed) == len(FORMATS) - 1
    assert desk.letters == {}


async def test_after_a_stand_still_files_are_compared_with_alerts_that_wait(
    desk: MemoryDesk, inbox: Path
) -> None:
    (inbox / "a.xml").write_bytes(example("manifest.xml"))
    await _until(
        _made(desk, inbox=str(inbox), poll_s=0.01), lambda: not any(inbox.iterdir())
    )
    assert len(desk.proposed) == 1


async def test_a_file_that_cannot_be_read_is_kept_and_said_why(
    desk: MemoryDesk, inbox: Path
) -> None:
    adapter = _made(desk, inbox=str(inbox), poll_s=0.01)
    await adapter.deliver(_ALERT)
    (inbox / "bad.edi").write_bytes(example("cuscar.edi")[:-20])
    (inbox / "good.xml").write_bytes(example("manifest.xml"))
    await _until(
        adapter, lambda: len(list(inbox.iterdir())) == 1 and bool(desk.letters)
    )
    text = (inbox / "bad.edi.error.txt").read_text()
    assert text.startswith("truncated: ")
    assert "dead letter 1" in text
    [(letter, error)] = desk.letters.values()
    assert letter.data == example("cuscar.edi")[:-20]
    assert isinstance(error, RejectedError)
    assert len(desk.proposed) == 1


async def test_a_file_too_large_is_put_aside_and_the_next_is_taken(
    desk: MemoryDesk, inbox: Path
) -> None:
    adapter = _made(desk, inbox=str(inbox), poll_s=0.01, size_max=20_000)
    await adapter.deliver(_ALERT)
    with (inbox / "a.xml").open("wb") as file:
        file.truncate(10**9)
    (inbox / "b.xml").write_bytes(example("manifest.xml"))
    await _until(
        adapter, lambda: bool(desk.proposed) and not (inbox / "b.xml").exists()
    )
    assert (inbox / "a.xml.refused").stat().st_size == 10**9
    assert (inbox / "a.xml.error.txt").read_text().startswith("too-large")


async def test_a_fault_of_ours_is_a_dead_letter_and_not_the_end(
    desk: MemoryDesk, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("adapters.declarations.intake.read", broken)
    adapter = _made(desk, inbox=str(inbox), poll_s=0.01)
    (inbox / "a.xml").write_bytes(example("manifest.xml"))
    await _until(adapter, lambda: not (inbox / "a.xml").exists())
    assert (inbox / "a.xml.error.txt").read_text().startswith("fault: a fault of ours")
    assert len(desk.letters) == 1


async def test_a_file_that_is_gone_again_is_nothing(
    desk: MemoryDesk, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = DropFolder.look
    seen: list[str] = []

    def look(self: DropFolder) -> list[str]:
        found = looked(self)
        for name in found:
            (inbox / name).unlink()
        seen.extend(found)
        return found

    monkeypatch.setattr(DropFolder, "look", look)
    (inbox / "a.xml").write_bytes(example("manifest.xml"))
    await _until(_made(desk, inbox=str(inbox), poll_s=0.01), lambda: seen == ["a.xml"])
    assert desk.letters == {}


async def test_a_folder_that_is_gone_is_away(desk: MemoryDesk, inbox: Path) -> None:
    await asyncio.to_thread(inbox.rmdir)
    adapter = _made(desk, inbox=str(inbox), poll_s=0.01)
    [finding] = await adapter.check()
    assert not finding.ok
    assert finding.advice
    with pytest.raises(SystemAwayError):
        await adapter.run(asyncio.Event())
    await asyncio.to_thread(inbox.mkdir)
    assert [one.ok for one in await adapter.check()] == [True]


async def test_without_a_folder_it_waits_until_it_is_stopped(desk: MemoryDesk) -> None:
    stop = asyncio.Event()
    stop.set()
    await _made(desk, poll_s=0.01).run(stop)
    assert await _made(desk).check() == []


@pytest.mark.parametrize(
    "settings",
    [
        {"inbox": "relative"},
        {"threshold": 0.4},
        {"threshold": 1.0},
        {"poll_s": 0},
        {"unknown": 1},
        {"inbox": "/a", "cen": "/a"},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DeclarationSettings.model_validate(settings)
