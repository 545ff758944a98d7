"""How fast the log takes entries and proves them, and what it holds in memory.

Measured on the log itself, without bus or relay: what it costs those is in `audit`.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.figures import Figures
from broker.core.audit.entry import LogEntry
from broker.core.audit.proof import verify_inclusion
from broker.infra.log_store import LogStore
from keys.notes import NoteKey

ORIGIN: Final = "bench.example/log"
BATCH: Final = 4000  # entries appended in one transaction, synced to the disk
_ENTRIES: Final = 100_000
_PROOFS: Final = 500
_SMALL: Final = 100_000  # leaves
_LARGE: Final = 10_000_000
_LARGE_QUICK: Final = 1_000_000
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_MIB: Final = 1 << 20


def measure_log(figures: Figures, *, quick: bool) -> None:
    """Measures appending, and in a process of their own proving and memory."""
    large = _LARGE_QUICK if quick else _LARGE
    print(
        f"the log, in batches of {BATCH} with fsync, to {large:,} leaves:", flush=True
    )
    with tempfile.TemporaryDirectory(prefix="rogatory-bench-") as folder:
        rate = _append_rate(Path(folder) / "entries", relayed=True)
        figures.add("log.append.entries", rate, "leaf/s")
    with tempfile.TemporaryDirectory(prefix="rogatory-bench-") as folder:
        found = _grown(Path(folder), large)
    figures.add("log.append.leaves", found["rate"], "leaf/s", ">= 100000")
    figures.add(f"log.inclusion.{large}", found["proof_ms"], "ms", "<= 2")
    figures.add(f"log.inclusion.first.{large}", found["cold_ms"], "ms")
    figures.add(f"log.find.{large}", found["find_ms"], "ms")
    figures.add(f"log.index.{_SMALL}", found["index_rate"], "leaf/s")
    figures.add(f"log.memory.{_SMALL}", found["small_mib"], "MiB")
    figures.add(f"log.memory.{large}", found["large_mib"], "MiB")
    growth = found["large_mib"] / found["small_mib"]
    figures.add("log.memory.growth", growth, "x", "<= 1.25")


def _append_rate(folder: Path, *, relayed: bool) -> float:
    """Returns how many entries a second go into a new log."""
    key, spent = NoteKey(ORIGIN, bytes(32)), 0.0
    with LogStore.open(folder, origin=ORIGIN) as log:
        for first in range(0, _ENTRIES, BATCH):
            batch = _batch(first, relayed=relayed)
            begin = time.perf_counter()
            log.append(batch, last_sequence=first + BATCH, sign=key.sign_note)
            spent += time.perf_counter() - begin
    return _ENTRIES / spent


def _batch(first: int, *, relayed: bool) -> list[LogEntry]:
    """Returns new entries: as large as those of a relay, or with a bare leaf each."""
    return [
        LogEntry(
            receipt=secrets.token_bytes(180 if relayed else 32),
            signed_header=bytes(500) if relayed else b"",
            stage="ACCEPTED",
            message_digest=secrets.token_bytes(32) if relayed else b"",
            by="HUB",
            to="KEN",
            code="",
            at_ms=number,
            proof=bytes(300) if relayed else b"",
            stream_sequence=number,
        )
        for number in range(first + 1, first + BATCH + 1)
    ]


def _grown(folder: Path, size: int) -> dict[str, float]:
    """Lets a log grow in a process of its own, whose memory is nobody else's."""
    command = [sys.executable, "-m", "benchmarks.log", str(folder / "log"), str(size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own command
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _grow(folder: Path, size: int) -> dict[str, float]:
    """Lets a log of bare leaves grow, and looks at it when small and when large."""
    key, spent, found = NoteKey(ORIGIN, bytes(32)), 0.0, dict[str, float]()
    with LogStore.open(folder, origin=ORIGIN) as log:
        for first in range(0, size, BATCH):
            batch = _batch(first, relayed=False)
            begin = time.perf_counter()
            log.append(batch, last_sequence=first + BATCH, sign=key.sign_note)
            spent += time.perf_counter() - begin
            if first + BATCH == _SMALL:
                found["index_rate"] = _SMALL / _index_all(log)
                _prove(log, _SMALL)
                found["small_mib"] = _resident_mib()
        found["rate"] = size / spent
        found["cold_ms"], _ = _prove(log, size, count=1)
        found["proof_ms"], found["find_ms"] = _prove(log, size)
        found["large_mib"] = _resident_mib()
    return found


def _index_all(log: LogStore) -> float:
    begin = time.perf_counter()
    while log.index():
        pass
    return time.perf_counter() - begin


def _prove(log: LogStore, size: int, count: int = _PROOFS) -> tuple[float, float]:
    """Returns milliseconds for a proof of a leaf anywhere, and for finding one."""
    head, proving, finding = log.head(), 0.0, 0.0
    for _ in range(count):
        index = secrets.randbelow(size)
        begin = time.perf_counter()
        path = log.inclusion(index, size)
        proving += time.perf_counter() - begin
        leaf = log.entry(index).leaf_hash
        verify_inclusion(leaf, index, size, path, head.root)
        # Those that are indexed: what is behind the index is a matter of its speed.
        known = log.entry(secrets.randbelow(_SMALL)).leaf_hash
        begin = time.perf_counter()
        log.find(known)
        finding += time.perf_counter() - begin
    return proving / count * 1e3, finding / count * 1e3


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * _PAGE / _MIB


if __name__ == "__main__":
    print(json.dumps(_grow(Path(sys.argv[1]), int(sys.argv[2]))))
