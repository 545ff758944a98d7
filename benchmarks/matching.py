"""How long it takes to look one number up among 100,000 records, and how well it works.

    python -m benchmarks.matching              # time
    python -m benchmarks.matching --evaluate   # precision and recall

Real store, real keys; what is found is left to `benchmarks.matching_evaluation`.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from benchmarks.figures import Figures
from benchmarks.matching_corpus import NOISES, Draw, corpus, described
from benchmarks.matching_evaluation import LEAST, evaluate, kept_index, table
from broker.core.identification.records import Kept
from broker.core.identification.weapon import FRAME, ReadSerial, Weapon
from broker.services.weapon_index import WeaponIndex

_RECORDS: Final = 100_000
_QUICK: Final = 10_000
_ASKED: Final = 500
_EVALUATED: Final = 20_000
_EVALUATED_ASKED: Final = 300


def measure_matching(figures: Figures, *, quick: bool = False) -> None:
    """Measures taking records in, and looking single numbers up."""
    count = _QUICK if quick else _RECORDS
    print(f"{count:,} records, {_ASKED} numbers:", flush=True)
    known = corpus(count)
    began = time.perf_counter()
    with kept_index(known) as index:
        took = time.perf_counter() - began
        figures.add("matching.import", count / took, "records/s")
        spans = [_ms_to_find(index, one) for one in _questions(known)]
    for place, name in enumerate(("wall", "processor")):
        taken = sorted(span[place] for span in spans)
        for percent in (50, 99):
            value = taken[len(taken) * percent // 100]
            figures.add(f"matching.lookup.{name}.p{percent}", value, "ms", "<= 20")


def _questions(known: Sequence[Kept]) -> list[Weapon]:
    """Returns numbers with every sort of noise, in turn."""
    draw = Draw("time")
    asked: list[Weapon] = []
    while len(asked) < _ASKED:
        record = draw.of(known)
        noise = NOISES[len(asked) % len(NOISES)]
        read = noise.make(record.weapon.serials[0].raw, draw)
        if read is not None:
            raw, mask = read
            serial = ReadSerial(part=FRAME, raw=raw, mask=mask)
            asked.append(replace(described(record.weapon, draw), serials=(serial,)))
    return asked


def _ms_to_find(index: WeaponIndex, weapon: Weapon) -> tuple[float, float]:
    """Returns how long one look-up took, by the clock and of the processor, in ms."""
    began, worked = time.perf_counter(), time.process_time()
    index.hits(weapon, LEAST)
    return (
        (time.perf_counter() - began) * 1000,
        (time.process_time() - worked) * 1000,
    )


def main() -> None:
    """Measures, or evaluates, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluate", action="store_true", help="precision and recall")
    parser.add_argument("--records", type=int, default=_EVALUATED)
    parser.add_argument("--asked", type=int, default=_EVALUATED_ASKED)
    parser.add_argument("--quick", action="store_true", help="fewer records")
    arguments = parser.parse_args()
    if arguments.evaluate:
        print(table(evaluate(arguments.records, arguments.asked)))
        return
    figures = Figures()
    measure_matching(figures, quick=arguments.quick)
    figures.print_table()


if __name__ == "__main__":
    main()
