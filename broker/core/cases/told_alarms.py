"""What people are told of what is owed: one alarm for each thing, and few for a flood.

Alarms are kept in clear, and tell nothing of what a matter is about. When something has
to be told is left to `broker.core.cases.review`.
"""

from collections.abc import Collection, Sequence
from typing import Final

from broker.core.cases.clocks import DAY_MS
from broker.core.cases.duties import Pressure
from broker.core.cases.review import Concern
from broker.core.status import iso_time
from keys.framing import labelled_digest

EACH_MAX: Final = 20
"""Alarms of one sort about one party: what there is more is told in one alarm."""
_SAME_MS: Final = 30 * DAY_MS
_KEY: Final = b"rogatory/case/alarm-key/1"
_NAME: Final = b"rogatory/case/alarm/1"


def alarm_texts(
    concerns: Sequence[Concern], raised: Collection[str], store_key: bytes
) -> dict[str, str]:
    """Returns the alarms that have to stand: by name, what each says.

    One party could open ten thousand matters with us in an hour. People need not be
    called ten thousand times to see that.

    Args:
        concerns: What people have to know.
        raised: Names of the alarms that stand now: those go on standing first.
        store_key: The node's own: without it the name of an alarm tells nothing.
    """
    key = labelled_digest(_KEY, store_key)
    names = {one.name: alarm_name(one, key) for one in concerns}
    groups: dict[str, list[Concern]] = {}
    for one in concerns:
        groups.setdefault(_crowd(one), []).append(one)
    found: dict[str, str] = {}
    for crowd, some in groups.items():
        some.sort(key=lambda one: (names[one.name] not in raised, _due_ms(one)))
        found.update((names[one.name], sentence(one)) for one in some[:EACH_MAX])
        if len(some) > EACH_MAX:
            # Another flood is told again, if it is not of the same weeks.
            weeks = min(map(_due_ms, some)) // _SAME_MS
            found[f"{crowd}/{weeks}"] = _of_many(some[0])
    return found


def alarm_name(concern: Concern, key: bytes) -> str:
    """Returns the name of the alarm about one thing that is owed.

    Whoever reads the store could try what may be owed about each message, and would
    learn what its content said: so it takes a key.

    Args:
        concern: What people have to know.
        key: Of names of alarms, made from the node's own.
    """
    return labelled_digest(_NAME, key, concern.name.encode()).hex()[:32]


def sentence(concern: Concern) -> str:
    """Returns what to tell people of one thing that is owed."""
    duty, owed = concern.duty, concern.duty.owed
    due = "" if owed.due_ms is None else iso_time(owed.due_ms)
    to = ", ".join(duty.to)
    see = f"see: rogatory case show {duty.case}"
    if concern.pressure is not Pressure.OVERDUE:
        part = "half" if concern.pressure is Pressure.HALF else "nine tenths"
        return f"{part} of the time is over to answer {to}, until {due}; {see}"
    if concern.ours:
        return f"overdue since {due}: {to} waits for an answer from here; {see}"
    return f"overdue since {due}: {owed.by} owes an answer; {see}"


def _due_ms(concern: Concern) -> int:
    return concern.duty.owed.due_ms or 0


def _others(concern: Concern) -> str:
    duty = concern.duty
    return ", ".join(duty.to) if concern.ours else duty.owed.by


def _crowd(concern: Concern) -> str:
    """Returns how the name of the alarm begins that stands for many of one sort."""
    side = "ours" if concern.ours else "theirs"
    return f"many/{_others(concern)}/{side}/{concern.pressure.value}"


def _of_many(concern: Concern) -> str:
    others, more = _others(concern), f"more than {EACH_MAX} things"
    see = "see: rogatory case list --open --party " + others.partition(",")[0]
    if concern.pressure is not Pressure.OVERDUE:
        part = "half" if concern.pressure is Pressure.HALF else "nine tenths"
        return f"{part} of the time is over for {more} that {others} waits for; {see}"
    if concern.ours:
        return f"overdue: {others} waits for {more} from here; {see}"
    return f"overdue: {others} owes {more}; {see}"
