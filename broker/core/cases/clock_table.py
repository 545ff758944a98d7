"""Reads how long everything may take, as an operator writes it down.

What the clocks are is left to `broker.core.cases.clocks`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import DAY_MS, DEFAULTS, HOUR_MS, CaseClocks, Span
from broker.core.cases.registry import BY_OPENING

_URGENCIES: Final = ("routine", "priority", "immediate")
_SPAN: Final = re.compile(r"([1-9][0-9]{0,3})([hd])")
_LONGEST_MS: Final = 366 * DAY_MS


def read_clocks(table: object) -> CaseClocks:
    """Reads a table such as {"acknowledge": {"immediate": "4h"}}.

    A name is that of a clock, or of a kind that opens a matter, with a table of clocks
    in it. What is not named keeps its default.

    Raises:
        ValueError: A name or a span that is none.
    """
    if isinstance(table, CaseClocks):
        return table
    spans, by_kind = dict(DEFAULTS), {}
    for name, inner in _table(table, "case_clocks").items():
        if name in DEFAULTS:
            spans[name] = _span(DEFAULTS[name], inner, name)
        elif name not in BY_OPENING:
            raise ValueError(
                f"{name} is neither a clock ({', '.join(DEFAULTS)}) nor a kind that "
                "opens a matter"
            )
    for name, inner in _table(table, "case_clocks").items():
        for clock, given in () if name in DEFAULTS else _table(inner, name).items():
            if clock not in DEFAULTS:
                raise ValueError(f"{name}: {clock} is no clock: {', '.join(DEFAULTS)}")
            by_kind[name, clock] = _span(spans[clock], given, f"{name}.{clock}")
    return CaseClocks(spans=MappingProxyType(spans), by_kind=MappingProxyType(by_kind))


def _table(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{place}: a table is expected")  # noqa: TRY004 - pydantic reports ValueError
    return value


def _span(default: Span, value: object, place: str) -> Span:
    given = _table(value, place)
    if strangers := sorted(set(given) - set(_URGENCIES)):
        raise ValueError(f"{place}: {strangers[0]} is none of {', '.join(_URGENCIES)}")
    return replace(
        default, **{f"{name}_ms": _span_ms(one, place) for name, one in given.items()}
    )


def _span_ms(value: object, place: str) -> int:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{place}: {value!r} is no span such as 8h or 3d")
    span_ms = int(found[1]) * (HOUR_MS if found[2] == "h" else DAY_MS)
    if span_ms > _LONGEST_MS:
        raise ValueError(f"{place}: {value} is longer than a year")
    return span_ms
