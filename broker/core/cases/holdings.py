"""The lifecycles of what was recovered, what was lost, and what became of it for good.

Which item a certificate of disposition ends is left to `broker.core.registers`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.lifecycle import Side
from broker.core.cases.sharing import DECLINED, OPEN, shared_record, step

DISPOSED: Final = "disposed"
FOUND: Final = "found"

_GOING_ON: Final = OPEN | {DISPOSED}
_LOST: Final = OPEN | {FOUND}
# What becomes of it is told to all who know of it, and does not undo their word.
_DECLINED: Final = frozenset({DECLINED})

RECOVERY: Final = shared_record(
    name="recovery",
    title="A State tells what it has seized, found or been handed over",
    kind="recovery-record",
    states=MappingProxyType(
        {DISPOSED: "it is certified what became of items, or of some of them"}
    ),
    steps=(
        step("disposition-record", Side.OPENER, _GOING_ON, DISPOSED),
        step("disposition-record", Side.OPENER, _DECLINED),
    ),
)

STOCK_LOSS: Final = shared_record(
    name="stock-loss",
    title="A State tells what its stocks have lost",
    kind="stock-loss",
    states=MappingProxyType({FOUND: "some or all of it was found"}),
    steps=(
        # Whoever it was told to may be the one who finds it.
        step("recovery-record", Side.EITHER, _LOST, FOUND),
        step("disposition-record", Side.EITHER, _LOST, FOUND),
        step("recovery-record", Side.EITHER, _DECLINED),
        step("disposition-record", Side.EITHER, _DECLINED),
    ),
    must_acknowledge=True,
)

DISPOSITION: Final = shared_record(
    name="disposition",
    title="A State certifies what became of items for good",
    kind="disposition-record",
)
