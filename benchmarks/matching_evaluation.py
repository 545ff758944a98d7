"""How well numbers are found that were misread: precision and recall by sort of noise.

    python -m benchmarks.matching --evaluate

prints the table of docs/identification.md. It measures what the generated corpus has;
how often people misread which way is not known to it.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.matching_corpus import (
    NOISES,
    Draw,
    Noise,
    corpus,
    described,
    strangers,
)
from broker.core.identification.records import Kept, ListSort, OwnList
from broker.core.identification.weapon import FRAME, ReadSerial, Weapon
from broker.infra.node_store import NodeStore
from broker.services.weapon_index import WeaponIndex
from broker.services.weapon_lists import WeaponLists
from tests import world

LEAST = 0.5
"""Score from which a lead counts: that from which a node notes one by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was found under one sort of noise.

    Attributes:
        name: Of the noise.
        asked: How many numbers were asked for.
        found: For how many the right record was among the leads.
        first: For how many it was the best of them.
        leads: How many leads there were in all.
    """

    name: str
    asked: int
    found: int
    first: int
    leads: int

    @property
    def recall(self) -> float:
        """Share of the numbers that were found."""
        return self.found / self.asked if self.asked else 0.0

    @property
    def precision(self) -> float | None:
        """Share of the leads that were right; None when there was none."""
        return self.found / self.leads if self.leads else None


@contextmanager
def kept_index(records: Sequence[Kept]) -> Iterator[WeaponIndex]:
    """Gives an index in a real store, under real keys, that holds these records."""
    with tempfile.TemporaryDirectory(prefix="rogatory-matching-") as folder:
        store = NodeStore(Path(folder) / "node.sqlite3")
        try:
            index = WeaponIndex(world.holder(world.KEN), store)
            own = OwnList(
                name="records",
                sort=ListSort.HOLDING,
                hashed=False,
                entries=len(records),
                imported_ms=world.NOW_MS,
            )
            WeaponLists(store, index).take_in(own, records, lambda _done, _of: None)
            yield index
        finally:
            store.close()


def evaluate(records: int, asked: int) -> list[Result]:
    """Returns what is found, sort by sort; strangers come last.

    Args:
        records: How many records there are.
        asked: How many numbers are asked for in each sort of noise.
    """
    known = corpus(records)
    with kept_index(known) as index:
        results = [_of_noise(index, known, noise, asked) for noise in NOISES]
        results.append(_of_strangers(index, known, asked))
    return results


def table(results: Sequence[Result]) -> str:
    """Returns the table as Markdown."""
    lines = [
        "| Noise | asked | recall | best of the leads | precision |",
        "|---|---:|---:|---:|---:|",
    ]
    for one in results:
        if one.name == _STRANGERS:
            told = f"| {one.name} | {one.asked} | | | {one.leads} false lead(s) |"
        else:
            right = "" if one.precision is None else f"{one.precision:.2f}"
            told = (
                f"| {one.name} | {one.asked} | {one.recall:.2f} "
                f"| {one.first / max(1, one.asked):.2f} | {right} |"
            )
        lines.append(told)
    return "\n".join(lines)


_STRANGERS = "weapons that are not in the records"


def _of_noise(
    index: WeaponIndex, known: Sequence[Kept], noise: Noise, asked: int
) -> Result:
    draw = Draw(f"noise/{noise.name}")
    count = found = first = leads = 0
    for _ in range(50 * asked):
        record = draw.of(known)
        read = noise.make(record.weapon.serials[0].raw, draw)
        if read is None:
            continue
        raw, mask = read
        weapon = replace(
            described(record.weapon, draw),
            serials=(ReadSerial(part=FRAME, raw=raw, mask=mask),),
        )
        references = _references(index, weapon)
        count += 1
        leads += len(references)
        found += record.reference in references
        first += references[:1] == [record.reference]
        if count == asked:
            break
    return Result(name=noise.name, asked=count, found=found, first=first, leads=leads)


def _of_strangers(index: WeaponIndex, known: Sequence[Kept], asked: int) -> Result:
    draw = Draw("noise/strangers")
    others = [described(one, draw) for one in strangers(asked, known)]
    leads = sum(len(_references(index, one)) for one in others)
    return Result(name=_STRANGERS, asked=len(others), found=0, first=0, leads=leads)


def _references(index: WeaponIndex, weapon: Weapon) -> list[str]:
    return [hit.place.kept.reference for hit in index.hits(weapon, LEAST)]
