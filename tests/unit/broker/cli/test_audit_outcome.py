"""What an audit has found is told in words and as JSON, and in the exit code."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import typer

from broker.cli.audit_outcome import show_audit, show_fast, show_hub
from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.entry import BrokenPromise
from broker.core.model import Stage
from broker.core.records import LedgerLine
from broker.services.audit_check import AuditResult, Missing
from broker.services.log_audit import Broken, LogAuditResult
from keys.framing import sha256
from keys.identity import HUB
from tests import world
from tests.world import NOW_MS

CHECKPOINT: Final = Checkpoint(origin="log.example", size=9, root=sha256(b"root"))


def promise() -> LedgerLine:
    receipt = world.receipt(
        world.sealed(), Stage.ACCEPTED, by=HUB, logged_by_ms=NOW_MS + 1000
    )
    return LedgerLine(receipt=receipt, receipt_bytes=b"receipt", proof=b"proof")


def late(count: int) -> list[BrokenPromise]:
    return [
        BrokenPromise(
            index=index,
            message_digest=sha256(bytes([index])),
            logged_by_ms=NOW_MS,
            logged_ms=NOW_MS + 1000,
        )
        for index in range(count)
    ]


def test_a_hub_is_told_what_it_logged_too_late(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_hub(CHECKPOINT, late(25), 1025, as_json=False)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("The log holds: 9 entries")
    assert "entry 0 was promised by 2027-01-15T08:00:00.000Z" in lines[1]
    assert lines[-1] == "warning: and 1005 more were logged too late"
    assert len(lines) == 22
    show_hub(CHECKPOINT, late(2), 2, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["verified"], told["promises_broken"]) == (True, 2)
    assert told["kept_late"][1]["index"] == 1
    show_hub(None, [], 0, as_json=False)
    assert capsys.readouterr().err == "The log is empty.\n"


def test_an_overdue_receipt_fails_the_fast_check(
    capsys: pytest.CaptureFixture[str],
) -> None:
    missing = Missing(receipt=promise().receipt, overdue=True)
    result = AuditResult(checkpoint=CHECKPOINT, proven=(), missing=(missing,))
    for as_json in (False, True):
        with pytest.raises(typer.Exit) as end:
            show_fast(result, as_json=as_json)
        assert end.value.exit_code == 1
        assert "make a proof for others" in capsys.readouterr().err


def found(count: int) -> LogAuditResult:
    broken = Broken(line=promise(), note="", later=None, witnesses=())
    return LogAuditResult(
        checkpoint=CHECKPOINT,
        since=5,
        proven=(),
        missing=(promise(),),
        broken=(broken,) * count,
    )


def test_broken_promises_are_told_one_by_one_up_to_a_point(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as end:
        show_audit(found(23), [Path("here.promise")], as_json=False)
    assert end.value.exit_code == 1
    err = capsys.readouterr().err
    assert err.count("it cannot be shown to others yet") == 20
    assert "broken: and 3 more" in err
    assert "what shows it to others: here.promise" in err
    assert "It continues the log of 5 entries of the last check." in err


def test_a_log_that_holds_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    show_audit(found(0), [], as_json=False)
    assert "1 receipt(s) are not in it yet." in capsys.readouterr().err
    show_audit(found(0), [], as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["verified"], told["recomputed"], told["since"]) == (True, True, 5)


def test_what_was_kept_late_is_told_and_the_log_holds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    one = Broken(line=promise(), note="note", later=None, witnesses=("w1.example",))
    after = replace(found(0), late=(one,))
    show_audit(after, [Path("here.promise")], as_json=False)
    err = capsys.readouterr().err
    assert "it is, and was not in time" in err
    assert "what shows it to others: here.promise" in err
    show_audit(after, [], as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["verified"], told["promises_broken"]) == (True, 0)
    assert [late["provable"] for late in told["kept_late"]] == [True]
