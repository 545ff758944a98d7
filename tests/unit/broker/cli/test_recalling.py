"""A document that left as several messages is recalled message by message."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from broker.cli.recalling import _note_siblings
from broker.core.model import message_id_text
from tests.unit.broker.services.recall_world import RecallWorld
from tests.world import BEL, KEN, MEX


def test_the_others_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parties = RecallWorld(tmp_path)
    ken = parties.side(KEN)
    first, second = ken.send((BEL,)), ken.send((MEX,))
    parties.clock.at_ms += 1
    later = ken.send((MEX,))
    _note_siblings(SimpleNamespace(store=ken.store), first)  # type: ignore[arg-type]
    said = capsys.readouterr().err
    assert "went to MEX as a message of its own" in said
    assert message_id_text(second.header.message_id) in said
    assert message_id_text(later.header.message_id) not in said
    parties.close()
