"""The figures of a running hub and a running node, as a monitor reads them."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest

from broker.app.figures import Meters
from broker.app.founding import HubPlan, make_hub
from broker.app.hub_figures import hub_figures
from broker.app.hub_folder import open_hub
from broker.app.node_figures import NodeFigures, served_node_figures
from broker.infra.clock import SYSTEM_CLOCK
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.federation import PASSPHRASE, Federation

pytestmark = pytest.mark.integration
DAY_S = 86_400


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def port() -> int:
    """Where the hub tells its figures."""
    return free_port()


@pytest.fixture(scope="module")
def federation(
    tmp_path_factory: pytest.TempPathFactory, port: int
) -> Iterator[Federation]:
    folder: Path = tmp_path_factory.mktemp("figures") / "federation"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROGATORY_HUB_METRICS_PORT", str(port))
        with Federation(folder, parties=("BEL", "KEN"), tls=True) as running:
            yield running


def read(port: int) -> dict[str, float]:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name.removeprefix("rogatory_"): float(value) for name, _, value in pairs}


async def test_the_figures_of_a_hub(federation: Federation, port: int) -> None:
    digest = federation.send("KEN", to="BEL")
    await federation.opened("KEN", digest, ["BEL"])
    found = read(port)
    now_s = SYSTEM_CLOCK.now_ms() / 1000
    for name, days in (
        ('certificate_expiry_timestamp_seconds{name="server"}', 365),
        ('certificate_expiry_timestamp_seconds{name="authority"}', 3650),
        ('directory_expiry_timestamp_seconds{part="root"}', 364),
        ('directory_expiry_timestamp_seconds{part="targets"}', 364),
        ('directory_expiry_timestamp_seconds{part="snapshot"}', 6),
        ('key_expiry_timestamp_seconds{use="receipts"}', 1000),
    ):
        assert found[name] > now_s + days * DAY_S
    watched = {name for name in found if name.startswith("expires_within_30_days")}
    assert len(watched) == 5
    assert all(found[name] == 0 for name in watched)
    assert found["parties"] == 2
    assert found["log_entries"] > 0
    assert found["directory_version"] > 1
    assert found['relay_decisions_total{outcome="accepted"}'] == 1
    assert found['relay_decisions_total{outcome="forwarded"}'] >= 1
    assert found["directory_refresh_failures_total"] == 0


async def test_the_figures_of_a_node(federation: Federation) -> None:
    node = federation.members["KEN"].node
    settings = node.settings.model_copy(update={"metrics_port": free_port()})
    async with served_node_figures(
        replace(node, settings=settings), Meters(refresh_failures=3)
    ):
        async with asyncio.timeout(10):
            while True:
                found = await asyncio.to_thread(read, settings.metrics_port)
                if 'certificate_expiry_timestamp_seconds{name="server"}' in found:
                    break
                await asyncio.sleep(0.02)  # until it has been looked at
    assert found['expires_within_30_days{what="certificate-server"}'] == 0
    assert found["inbox_waiting"] == 0


async def test_a_node_tells_what_its_folder_says(federation: Federation) -> None:
    figures = NodeFigures(federation.members["KEN"].node, Meters(refresh_failures=3))
    found = {one.name: one.values for one in figures.gather()}
    assert found["directory_expiry_timestamp_seconds"].keys() == {"present", "record"}
    assert found["key_expiry_timestamp_seconds"].keys() == {"signing", "sealing"}
    assert found["expires_within_30_days"].keys() >= {"record", "key-signing"}
    assert found["outbox_waiting"] == {"": 0}
    assert found["inbox_waiting"] == {"": 0}
    assert found["alarms"] == {"": 0}
    assert found["attestation_age_seconds"] == {"": float("inf")}
    assert found["directory_refresh_failures"] == {"": 3}


def test_what_cannot_be_looked_up_is_left_out(tmp_path: Path) -> None:
    now_ms, cost = SYSTEM_CLOCK.now_ms(), UNSAFE_THROWAWAY_COST
    make_hub(tmp_path, HubPlan(name="x"), PASSPHRASE, now_ms=now_ms, cost=cost)
    hub = open_hub(tmp_path, PASSPHRASE)
    for path in hub.folder.directory.rglob("*.json"):
        path.unlink()
    names = {figure.name for figure in hub_figures(hub, Meters())()}
    assert "directory_version" not in names
    assert "relay_decisions" in names
