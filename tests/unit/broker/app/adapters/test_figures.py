"""The figures of adapters say how each does, how far it lags, and what waits."""

from adapters.errors import RejectedError
from broker.app.adapters.feeding import Feeder
from broker.app.adapters.figures import adapter_figures
from broker.core.adapting import AdapterState
from tests.adapter_world import AdapterWorld
from tests.unit.broker.app.adapters.recorder import Recorder


async def test_figures_tell_lag_state_and_letters_of_each_adapter(
    at_node: AdapterWorld,
) -> None:
    store, clock = at_node.side.store, at_node.parties.clock
    assert list(adapter_figures(store, clock.now_ms())) == []
    store.know_adapter("adapter", "recorder", "adapter", 1)
    store.note_adapter("adapter", AdapterState.AWAY, clock.now_ms())
    for _ in range(3):
        await at_node.arrives()
    recorder = Recorder()
    recorder.fails.append(RejectedError("no"))
    feeder = Feeder(at_node.desk(), recorder, 5.0)
    for _ in range(2):
        assert await feeder.step()
    clock.at_ms += 60_000
    found = {one.name: one.values for one in adapter_figures(store, clock.now_ms())}
    assert found["adapter_away"] == {"adapter": 1.0}
    assert found["adapter_running"] == {"adapter": 0.0}
    assert found["adapter_waiting"] == {"adapter": 1.0}
    assert found["adapter_letters_waiting"] == {"adapter": 1.0}
    assert found["adapter_delivered"] == {"adapter": 1.0}
    assert found["adapter_lag_seconds"]["adapter"] >= 60
    clock.at_ms += 60_000
    later = {one.name: one.values for one in adapter_figures(store, clock.now_ms())}
    assert later["adapter_stopped"] == {"adapter": 1.0}
