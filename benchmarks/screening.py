"""How long it takes to screen a manifest against a watch-list.

    python -m benchmarks.screening

What is found is left to the tests of `adapters.declarations`.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from adapters.customs.terms import party_term
from adapters.declarations.reading import read
from adapters.declarations.screening import Bounds, Screen
from benchmarks.figures import Figures
from benchmarks.manifest_corpus import cuscar, manifest, watchlist

_COUNT: Final = 10_000
_QUICK: Final = 2_000
_NOW_MS: Final = 1_790_000_000_000
_TOKEN: Final = partial(party_term, b"a key that is only used to measure")


def measure_screening(figures: Figures, *, quick: bool = False) -> None:
    """Measures reading and screening together: goods as they come, and the worst."""
    count = _QUICK if quick else _COUNT
    print(f"{count:,} lines of a manifest, {count:,} entries:", flush=True)
    for name, alike in (("mixed", False), ("alike", True)):
        data, listed = manifest(count, alike=alike), watchlist(count, alike=alike)
        with _timed(figures, f"screening.{name}", "<= 5"):
            filing = read(data, _TOKEN)
            screening = Screen(listed).screen(filing, _NOW_MS, Bounds())
        print(f"  {len(screening.meetings):,} meetings and {screening.more:,} more")
    data = manifest(count)
    with _timed(figures, "screening.read.asycuda"):
        read(data, _TOKEN)
    data = cuscar(count)
    with _timed(figures, "screening.read.cuscar"):
        read(data, _TOKEN)


@contextmanager
def _timed(figures: Figures, name: str, goal: str = "") -> Iterator[None]:
    """Notes how long something takes, by the clock and of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    yield
    figures.add(f"{name}.wall", time.perf_counter() - began, "s", goal)
    figures.add(f"{name}.processor", time.process_time() - worked, "s", goal)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer lines")
    figures = Figures()
    measure_screening(figures, quick=parser.parse_args().quick)
    figures.print_table()


if __name__ == "__main__":
    main()
