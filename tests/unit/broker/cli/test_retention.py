"""What a run of retention would do is shown so that a person can decide."""

from dataclasses import replace

import pytest

from broker.cli.retention import _show_plan
from broker.core.recalls.retention import Fate, Judgement, Kept, RecordClass
from broker.services.retention import RetentionPlan
from tests.world import DAY_MS, NOW_MS

KEPT = Kept(message_digest=b"m" * 32, kind="trace-request/1", sealed_ms=NOW_MS)
DUE = Judgement(
    kept=KEPT,
    record_class=RecordClass.RECORD,
    fate=Fate.DUE,
    rule="class",
    due_ms=NOW_MS + DAY_MS,
)
PLAN = RetentionPlan(
    due=(DUE,),
    drafts=(b"d" * 16,),
    conflicts=(replace(DUE, fate=Fate.CONFLICT, minimum_ms=NOW_MS + 9 * DAY_MS),),
    held=(replace(DUE, fate=Fate.HELD, kept=replace(KEPT, held_by="Court")),),
    digest=b"r" * 32,
)


def test_conflicts_and_holds_are_told_from_what_is_due(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _show_plan(PLAN, as_json=False)
    out, err = capsys.readouterr()
    assert "held by Court" in out
    assert "conflict: by law until" in out
    assert "1 in conflict" in err
    assert "never sent" in err
    assert f"--confirm {(b'r' * 32).hex()}" in err


def test_nothing_is_offered_for_confirmation_where_nothing_is_due(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _show_plan(replace(PLAN, due=(), drafts=()), as_json=False)
    assert "--confirm" not in capsys.readouterr().err


def test_everything_a_program_needs_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _show_plan(PLAN, as_json=True)
    out, _ = capsys.readouterr()
    for part in ("due", "drafts", "conflicts", "held", "by_law_until", "digest"):
        assert f'"{part}"' in out
