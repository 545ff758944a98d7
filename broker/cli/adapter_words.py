"""How adapters and their dead letters are shown: as fields for programs, as rows."""

from broker.app.adapters.configuration import Configured
from broker.core.adapting import AdapterHealth, AdapterState, DeadLetter, Emitted
from broker.core.status import iso_time

COLUMNS = ("name", "kind", "desk", "ceiling", "state", "waits", "letters", "last ok")
LETTER_COLUMNS = ("number", "adapter", "what", "message", "code", "tries", "state")
_SECOND_MS = 1000


def adapter_fields(
    configured: Configured | None, health: AdapterHealth | None, now_ms: int
) -> dict[str, object]:
    """Returns an adapter as programs read it; one of the two may be missing."""
    fields: dict[str, object] = {}
    if configured is not None:
        taker = configured.taker
        fields = {
            "name": configured.name,
            "kind": configured.kind,
            "desk": taker.desk,
            "agency": taker.agency,
            "purpose": taker.use.word if taker.use else None,
            "ceiling": str(configured.ceiling),
            "enabled": configured.enabled,
        }
    elif health is not None:
        fields = {"name": health.name, "kind": health.kind, "enabled": False}
    if health is None:
        return {**fields, "state": AdapterState.STOPPED.value, "started": False}
    return {
        **fields,
        "state": health.state_at(now_ms).value,
        "started": True,
        "since": iso_time(health.since_ms),
        "waiting": health.waiting,
        "lag_seconds": health.lag_ms(now_ms) / _SECOND_MS,
        "letters": health.letters,
        "last_ok": iso_time(health.ok_ms) if health.ok_ms else None,
        "last_error": iso_time(health.error_ms) if health.error_ms else None,
        "last_error_code": health.error_code or None,
        "counts": {what.value: count for what, count in sorted(health.counts.items())},
    }


def adapter_row(
    configured: Configured | None, health: AdapterHealth | None, now_ms: int
) -> tuple[str, ...]:
    """Returns an adapter as a person reads it."""
    name = configured.name if configured else health.name if health else ""
    kind = configured.kind if configured else health.kind if health else ""
    state = "never started" if health is None else health.state_at(now_ms).value
    if configured is None:
        state += ", not configured any more"
    elif not configured.enabled:
        state += ", not enabled"
    return (
        name,
        kind,
        configured.taker.desk if configured else "",
        str(configured.ceiling) if configured else "",
        state,
        str(health.waiting) if health else "",
        str(health.letters) if health else "",
        iso_time(health.ok_ms) if health and health.ok_ms else "never",
    )


def letter_fields(letter: DeadLetter) -> dict[str, object]:
    """Returns a dead letter as programs read it, without what is in it."""
    return {
        "number": letter.number,
        "adapter": letter.adapter,
        "what": letter.way.value,
        "message": letter.message_digest.hex() or None,
        "code": letter.code,
        "state": letter.state.value,
        "tries": letter.attempts,
        "at": iso_time(letter.at_ms),
        "changed": iso_time(letter.changed_ms),
    }


def letter_row(letter: DeadLetter) -> tuple[str, ...]:
    """Returns a dead letter as a person reads it."""
    return (
        str(letter.number),
        letter.adapter,
        letter.way.value,
        letter.message_digest.hex()[:16],
        letter.code,
        str(letter.attempts),
        letter.state.value,
    )


def emitted_fields(one: Emitted) -> dict[str, object]:
    """Returns something that was given out, as programs read it."""
    return {
        "message": one.message_digest.hex(),
        "sha256": one.sha256.hex(),
        "handling": one.handling,
        "at": iso_time(one.at_ms),
    }
