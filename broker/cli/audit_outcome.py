"""What `rogatory audit verify` has found, in words and as JSON, with its exit code.

Finding it is left to `audit_verify`.
"""

from collections.abc import Sequence
from pathlib import Path

import typer

from broker.cli.audit_fields import receipt_fields
from broker.cli.output import note, print_json
from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.entry import BrokenPromise
from broker.core.sentences import ExitCode
from broker.core.status import iso_time
from broker.services.audit_check import AuditResult
from broker.services.log_audit import Broken, LogAuditResult

_TOLD = 20  # promises that are told one by one


def show_audit(found: LogAuditResult, files: Sequence[Path], *, as_json: bool) -> None:
    """Shows what computing the whole log has found; exits with 1 if it does not hold.

    Args:
        found: The outcome.
        files: What was written about promises that were broken.
        as_json: As programs read it.
    """
    if as_json:
        print_json(
            {
                "verified": not found.broken,
                "recomputed": True,
                "entries": len(found.proven),
                "since": found.since,
                "not_yet_logged": [
                    receipt_fields(one.receipt) for one in found.missing
                ],
                "promises_broken": len(found.broken),
                "broken": [_broken_fields(one) for one in found.broken],
                "kept_late": [_broken_fields(one) for one in found.late],
                "proofs": [str(path) for path in files],
                **_checkpoint(found.checkpoint),
            }
        )
    else:
        _tell_log(found)
        for one in found.broken[:_TOLD]:
            note(_broken_words(one))
        if len(found.broken) > _TOLD:
            note(f"broken: and {len(found.broken) - _TOLD} more")
        for one in found.late[:_TOLD]:
            note(_late_words(one))
        for path in files:
            note(f"what shows it to others: {path}")
    if found.broken:
        note(
            f"error: the hub has broken {len(found.broken)} promise(s); keep this "
            "node's folder as evidence"
        )
        raise typer.Exit(ExitCode.FAILURE)


def show_fast(result: AuditResult, *, as_json: bool) -> None:
    """Shows what asking for proofs has found; exits with 1 if a promise is overdue."""
    overdue = [one for one in result.missing if one.overdue]
    if as_json:
        print_json(
            {
                "verified": not overdue,
                "recomputed": False,
                "entries": len(result.proven),
                "not_yet_logged": [
                    receipt_fields(one.receipt) for one in result.missing
                ],
                "promises_broken": len(overdue),
                **_checkpoint(result.checkpoint),
            }
        )
    else:
        if result.checkpoint is not None:
            note(_holds(result.checkpoint))
        note(f"{len(result.proven)} receipt(s) of this party are proven to be in it.")
        if result.missing:
            note(f"{len(result.missing)} receipt(s) are not in it yet.")
    if overdue:
        note(
            f"error: {len(overdue)} receipt(s) should be in the log by now: the hub "
            "has broken its promise; keep this node's folder as evidence, and make a "
            "proof for others with: rogatory audit verify"
        )
        raise typer.Exit(ExitCode.FAILURE)


def show_hub(
    checkpoint: Checkpoint | None,
    late: Sequence[BrokenPromise],
    count: int,
    *,
    as_json: bool,
) -> None:
    """Shows what computing a hub's own log has found.

    Promises that were kept late are told, and do not make the log wrong.

    Args:
        checkpoint: Of the log; None while it is empty.
        late: The first promises that were kept too late, as the hub noted them.
        count: How many there are in all.
        as_json: As programs read it.
    """
    if as_json:
        print_json(
            {
                "verified": True,
                "entries": 0 if checkpoint is None else checkpoint.size,
                "promises_broken": count,
                "kept_late": [
                    {
                        "index": one.index,
                        "message": one.message_digest.hex(),
                        "logged_by": iso_time(one.logged_by_ms),
                        "logged": iso_time(one.logged_ms),
                    }
                    for one in late
                ],
                **_checkpoint(checkpoint),
            }
        )
        return
    note("The log is empty." if checkpoint is None else _holds(checkpoint))
    for one in late[:_TOLD]:
        note(
            f"warning: entry {one.index} was promised by {iso_time(one.logged_by_ms)}, "
            f"and was logged at {iso_time(one.logged_ms)}"
        )
    if count > _TOLD:
        note(f"warning: and {count - _TOLD} more were logged too late")


def _tell_log(found: LogAuditResult) -> None:
    if found.checkpoint is None:
        note("The log is empty.")
    else:
        note(_holds(found.checkpoint))
        note("All of it was computed again from its tiles.")
        if found.since:
            note(f"It continues the log of {found.since} entries of the last check.")
    note(f"{len(found.proven)} receipt(s) of this party are proven to be in it.")
    if found.missing:
        note(f"{len(found.missing)} receipt(s) are not in it yet.")


def _holds(checkpoint: Checkpoint) -> str:
    return (
        f"The log holds: {checkpoint.size} entries, root "
        f"{checkpoint.root.hex()[:16]}…, signed by {checkpoint.origin}."
    )


def _checkpoint(checkpoint: Checkpoint | None) -> dict[str, object]:
    if checkpoint is None:
        return {"checkpoint": None}
    return {
        "checkpoint": {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
        }
    }


def _broken_words(one: Broken) -> str:
    receipt = one.line.receipt
    shown = (
        ""
        if one.is_provable
        else "; the log has not gone on since, so that it cannot be shown to others yet"
    )
    return (
        f"broken: message {receipt.message_digest.hex()[:16]} was accepted at "
        f"{iso_time(receipt.at_ms)}, and promised to be in the log by "
        f"{iso_time(receipt.logged_by_ms)}; it is not{shown}"
    )


def _late_words(one: Broken) -> str:
    receipt = one.line.receipt
    return (
        f"warning: message {receipt.message_digest.hex()[:16]} was promised to be in "
        f"the log by {iso_time(receipt.logged_by_ms)}; it is, and was not in time"
    )


def _broken_fields(one: Broken) -> dict[str, object]:
    return {
        **receipt_fields(one.line.receipt),
        "logged_by": iso_time(one.line.receipt.logged_by_ms),
        "provable": one.is_provable,
    }
