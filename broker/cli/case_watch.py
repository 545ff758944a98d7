"""`rogatory case watch`: what happens in cases, and which clocks run out."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, Final

import typer

from broker.app.case_clocks import clocked_cases
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.cli.audit_lines import read_when
from broker.cli.case_views import (
    duty_fields,
    duty_sentence,
    effects_in,
    event_fields,
    event_row,
)
from broker.cli.following import short_time
from broker.cli.options import NodeOption, PassphraseOption
from broker.cli.output import note, visible
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.cases.case import Case
from broker.core.cases.duties import Duty, Pressure
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK

_LOOK_S: Final = 0.5  # seconds between two looks
_REST: Final = 3  # times as long as a look took: it reads everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: for programs, and for people."""

    fields: dict[str, object]
    text: str


@dataclass(slots=True)
class Watch:
    """What was shown, so that nothing is shown twice.

    Args:
        node: Whose cases.
        keys: Its keys.
        since_ms: Nothing is shown that had come before the watch began, and happened
            earlier. What comes later is shown, whatever date it bears.
    """

    node: Node
    keys: NodeKeys
    since_ms: int
    _seen: set[bytes] = field(default_factory=set)
    _pressures: dict[str, Pressure] = field(default_factory=dict)

    def lines(self) -> Iterator[Line]:
        """Yields what is new, for ever; waits where there is nothing."""
        mark, next_ms = b"", 0
        while True:
            now_ms = SYSTEM_CLOCK.now_ms()
            found = self.node.store.case_mark()
            if found == mark and now_ms < next_ms:
                time.sleep(_LOOK_S)
                continue
            due: list[int] = []
            began_s = time.monotonic()
            for case, duties in clocked_cases(self.node, self.keys):
                yield from self._events(case)
                yield from self._clocks(case, duties, now_ms)
                times = (duty.changes_ms(now_ms) for duty in duties)
                due += [at_ms for at_ms in times if at_ms is not None]
            mark, next_ms = found, min(due, default=1 << 62)
            self.since_ms = 0
            time.sleep(_REST * (time.monotonic() - began_s))

    def _events(self, case: Case) -> Iterator[Line]:
        new = [one for one in case.events if one.digest not in self._seen]
        effects = effects_in(case) if new else {}
        for event in new:
            self._seen.add(event.digest)
            if event.at_ms < self.since_ms:
                continue
            at, by, to, what, effect, _ = event_row(event, effects)
            yield Line(
                fields={
                    "type": "event",
                    "case": case.name,
                    **event_fields(event, effects),
                },
                text=f"{at}  {case.name}  {by} to {to}  {what}  {effect}".rstrip(),
            )

    def _clocks(self, case: Case, duties: list[Duty], now_ms: int) -> Iterator[Line]:
        for duty in duties:
            pressure = duty.pressure(now_ms)
            before = self._pressures.get(duty.name, Pressure.NONE)
            self._pressures[duty.name] = pressure
            if pressure in (before, Pressure.NONE):
                continue
            yield Line(
                fields={
                    "type": "clock",
                    "case": case.name,
                    "at": iso_time(now_ms),
                    **duty_fields(duty, now_ms),
                },
                text=f"{short_time(now_ms)}  {case.name}  {pressure.value}: "
                f"{duty_sentence(duty, now_ms)}",
            )


def watch(
    since: Annotated[
        str | None,
        typer.Option(
            help="Begin earlier: on a day, or at a time with its zone. By default with "
            "what comes next."
        ),
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=1, help="End after so many lines.")
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on each line.")
    ] = False,
) -> None:
    """Shows what happens in cases as it becomes known, until it is interrupted.

    A line is a message or receipt of a case, or a clock: half of its time is over,
    nine tenths of it, or all. Clocks that run at the beginning are told of at once.
    """
    begin_ms = read_when(since)
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        since_ms = SYSTEM_CLOCK.now_ms() if begin_ms is None else begin_ms
        if not as_json:
            note("Watching; end with Ctrl-C.")
        for line in islice(Watch(node, keys, since_ms).lines(), count):
            text = json.dumps(line.fields, ensure_ascii=False) if as_json else line.text
            print(visible(text), flush=True)
