"""What the checks of hub and node say where nothing answers, or something is amiss."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from broker.app.bus_config import ExternalBus
from broker.app.finding import Finding, left
from broker.app.founding import HubPlan, make_hub
from broker.app.hub_folder import Hub, open_hub
from broker.app.hub_upkeep import look_ahead, look_at_bus
from broker.app.joining import NodePlan, make_node
from broker.app.node_check import check_node
from broker.app.node_folder import Node, open_node
from broker.app.node_link import connected
from broker.core.admitted import admission_under
from broker.core.errors import BusUnavailableError
from broker.core.pending import PENDING_FOR_MS, Pending, PendingState
from broker.core.policy.decision import Terms
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.node_store import NodeStore
from keys.certificates import CertificateFacts
from keys.directory.model import Contact
from keys.errors import KeystoreUnlockError
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.world import DAY_MS, KEN, open_policy

PASSPHRASE = b"correct horse"
COST = UNSAFE_THROWAWAY_COST
NOW_MS = SYSTEM_CLOCK.now_ms()


def hub_of(root: Path, **changes: object) -> Hub:
    plan = replace(HubPlan(name="Test", bus_url="tls://127.0.0.1:1"), **changes)  # type: ignore[arg-type]
    make_hub(root, plan, PASSPHRASE, now_ms=NOW_MS, cost=COST)
    return open_hub(root, PASSPHRASE)


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    # Nobody is there, and whoever is waited for does not come.
    at_once = partial(connected, wait_s=0.1)
    monkeypatch.setattr("broker.app.node_check.connected", at_once)
    hub = hub_of(tmp_path / "hub")
    plan = NodePlan(
        party=KEN,
        name="Kenya",
        policy=open_policy(KEN),
        policy_text="",
        contact=Contact(),
    )
    root = tmp_path / "node"
    make_node(root, plan, hub.federation, PASSPHRASE, now_ms=NOW_MS, cost=COST)
    made = open_node(root)
    yield made
    made.close()


def ill(found: list[Finding]) -> dict[str, Finding]:
    return {one.name: one for one in found if not one.well}


async def test_a_node_without_hub_and_directory_says_what_to_do(node: Node) -> None:
    found = ill(await check_node(node, lambda: node.unlock(PASSPHRASE)))
    assert found.keys() == {"hub", "directory"}
    assert "is the hub running" in found["hub"].hint
    assert "clock" in found["directory"].hint


async def test_a_node_whose_keys_do_not_open_asks_nobody(node: Node) -> None:
    def fails() -> None:
        raise KeystoreUnlockError("for this test")

    found = ill(await check_node(node, fails))  # type: ignore[arg-type]
    assert found.keys() == {"keys", "directory"}


def test_days_that_are_left_are_told_and_so_is_the_end() -> None:
    end_ms = 100 * DAY_MS

    def told(days: float) -> tuple[bool, str]:
        now_ms = end_ms - int(days * DAY_MS)
        found = left("x", "valid for", end_ms, "renew", now_ms=now_ms)
        assert bool(found.hint) is not found.well
        return found.well, found.text

    assert told(31) == (True, "valid for 31 days")
    assert told(29.9) == (False, "valid for 29 days")
    assert told(-1) == (False, "valid for no longer: it has expired")


def test_a_hub_tells_what_must_be_renewed_and_taken_away(tmp_path: Path) -> None:
    hub = hub_of(tmp_path / "hub")
    found = {one.name: one for one in look_ahead(hub)}
    assert all(one.well for one in found.values())
    assert "take them away" in found["stewards"].hint
    for key in hub.folder.stewards.iterdir():
        key.unlink()
    assert "stewards" not in {one.name for one in look_ahead(hub)}


def test_a_hub_without_tls_has_no_certificate_to_speak_of(tmp_path: Path) -> None:
    hub = hub_of(tmp_path / "hub", bus_url="nats://127.0.0.1:1")
    assert "certificate" not in {one.name for one in look_ahead(hub)}


def test_what_is_about_to_expire_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later:
        def now_ms(self) -> int:
            return NOW_MS + 340 * DAY_MS

    hub = hub_of(tmp_path / "hub")
    monkeypatch.setattr("broker.app.hub_upkeep.SYSTEM_CLOCK", Later())
    found = ill(list(look_ahead(hub)))
    assert found.keys() == {"root", "targets", "snapshot", "certificate"}
    assert "rogatory federation renew" in found["root"].hint
    assert "certificates renew" in found["certificate"].hint


def test_a_folder_that_was_damaged_is_told(tmp_path: Path) -> None:
    hub = hub_of(tmp_path / "hub")
    hub.folder.authority.write_bytes(b"damaged")
    (hub.folder.directory / "metadata" / "timestamp.json").unlink()
    found = ill(list(look_ahead(hub)))
    assert found.keys() == {"terms"}
    hub.folder.server_certificate.resolve().unlink()
    assert ill(list(look_ahead(hub))).keys() == {"terms", "certificate"}


async def test_a_server_that_shows_an_older_certificate_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = CertificateFacts(
        subject="",
        issuer="",
        names=(),
        valid_from_ms=0,
        valid_to_ms=0,
        fingerprint=bytes(32),
    )

    async def shows(_url: str, *, timeout_s: float) -> CertificateFacts:
        assert timeout_s
        return there

    monkeypatch.setattr("broker.app.hub_upkeep.shown_certificate", shows)
    external = hub_of(tmp_path / "external", external_bus=ExternalBus())
    [found] = await look_at_bus(external)
    assert "SIGHUP" in found.hint
    [found] = await look_at_bus(hub_of(tmp_path / "embedded"))
    assert "within seconds" in found.hint
    plain = hub_of(tmp_path / "plain", bus_url="nats://127.0.0.1:1")
    assert await look_at_bus(plain) == []

    async def silent(_url: str, *, timeout_s: float) -> CertificateFacts:
        raise BusUnavailableError(f"nobody for {timeout_s} s")

    monkeypatch.setattr("broker.app.hub_upkeep.shown_certificate", silent)
    assert await look_at_bus(external) == []


@pytest.mark.parametrize(("hours", "well"), [(1, True), (25, False)])
async def test_what_waits_for_a_person_for_a_day_is_told(
    node: Node,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
    well: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    waiting = admission_under(
        bytes(32),
        "trace-request/1",
        Terms(quarantine=True),
        policy_digest=b"",
        now_ms=SYSTEM_CLOCK.now_ms() - hours * 3_600_000,
    )
    monkeypatch.setattr(NodeStore, "quarantined", lambda *_: [waiting])
    checked = await check_node(node, lambda: node.unlock(PASSPHRASE))
    [found] = [one for one in checked if one.name == "quarantine"]
    assert found.well is well
    assert found.text == f"1 message(s) wait for a person, the first for {hours} h"


@pytest.mark.parametrize(("hours", "well"), [(1, True), (25, False)])
async def test_what_waits_for_officers_for_a_day_is_told(
    node: Node,
    hours: int,
    well: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    held_ms = SYSTEM_CLOCK.now_ms() - hours * 3_600_000
    node.store.hold(
        Pending(
            pending_id=bytes(16),
            held_ms=held_ms,
            lapses_ms=held_ms + PENDING_FOR_MS,
            state=PendingState.WAITING,
            changed_ms=held_ms,
            digest=bytes(32),
            protected=b"sealed",
        )
    )
    checked = await check_node(node, lambda: node.unlock(PASSPHRASE))
    [found] = [one for one in checked if one.name == "approvals"]
    assert found.well is well
    assert f"1 document(s) wait for officers, the first for {hours} h" in found.text
