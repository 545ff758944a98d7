"""The lifecycles of what a State publishes about its weapons: components and marks.

What is in force on a day is left to `broker.core.registers`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.lifecycle import Side
from broker.core.cases.sharing import DECLINED, OPEN, shared_record, step

REVOKED: Final = "revoked"

_REVOKED: Final = MappingProxyType({REVOKED: "declared to hold no longer"})

COMPONENT: Final = shared_record(
    name="component",
    title="A State says which component it treats as the weapon",
    kind="component-declaration",
    states=_REVOKED,
    final=frozenset({REVOKED}),
    steps=(step("case-step:revoke", Side.OPENER, OPEN | {DECLINED}, REVOKED),),
)

MARKING: Final = shared_record(
    name="marking",
    title="A State publishes how it has weapons marked",
    kind="marking-practice",
    states=_REVOKED,
    final=frozenset({REVOKED}),
    steps=(step("case-step:revoke", Side.OPENER, OPEN | {DECLINED}, REVOKED),),
)
