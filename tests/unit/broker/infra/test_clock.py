"""The clock counts milliseconds."""

from pathlib import Path

from broker.infra.clock import SYSTEM_CLOCK


def test_the_clock_agrees_with_that_of_the_disk(tmp_path: Path) -> None:
    before = SYSTEM_CLOCK.now_ms()
    file = tmp_path / "now"
    file.touch()
    after = SYSTEM_CLOCK.now_ms()
    written = file.stat().st_mtime_ns // 1_000_000
    tick = 50  # ms by which a file system's clock may lag behind
    assert before - tick <= written <= after + tick
