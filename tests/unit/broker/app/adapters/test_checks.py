"""The doctor says which adapter does not run, and what waits for a person."""

import pytest

from adapters.errors import RejectedError
from adapters.values import Received
from broker.app.adapters.checks import adapter_findings
from broker.app.adapters.configuration import configuration_file
from broker.core.adapting import AdapterState
from tests.adapter_world import AdapterWorld

TEXT = '[adapter]\nkind = "folder"\nceiling = "TLP:RED"\n'


@pytest.mark.parametrize("state", AdapterState)
async def test_each_state_but_running_is_told_with_what_to_do(
    at_node: AdapterWorld, state: AdapterState
) -> None:
    store, now_ms = at_node.side.store, at_node.parties.clock.now_ms()
    assert list(adapter_findings(at_node.node, now_ms)) == []
    configuration_file(at_node.node).write_text(TEXT, encoding="utf-8")
    [never] = adapter_findings(at_node.node, now_ms)
    assert (never.well, "adapter run" in never.hint) == (False, True)
    store.know_adapter("adapter", "folder", "adapter", 1)
    store.note_adapter("adapter", state, now_ms)
    [found] = adapter_findings(at_node.node, now_ms)
    assert found.well is (state is AdapterState.RUNNING)
    assert bool(found.hint) is not found.well


async def test_dead_letters_and_a_file_that_cannot_be_read_are_told(
    at_node: AdapterWorld,
) -> None:
    store, now_ms = at_node.side.store, at_node.parties.clock.now_ms()
    configuration_file(at_node.node).write_text(TEXT, encoding="utf-8")
    store.know_adapter("adapter", "folder", "adapter", 1)
    store.note_adapter("adapter", AdapterState.RUNNING, now_ms)
    came = Received(key="a", data=b"<", media_type="", source="post 1")
    await at_node.desk().set_aside(came, RejectedError("cut off"))
    [found] = adapter_findings(at_node.node, now_ms)
    assert (found.well, "1 dead letter" in found.text) == (False, True)
    configuration_file(at_node.node).write_text("[adapter", encoding="utf-8")
    [found] = adapter_findings(at_node.node, now_ms)
    assert not found.well
