"""TLS on every way: a federation over it, its certificate, and wrong clocks."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.app.certificates import ServerFiles, install, renew, server_files
from broker.app.finding import Finding
from broker.app.hub_check import check_hub
from broker.app.hub_upkeep import look_ahead
from broker.app.node_check import check_node
from broker.app.node_link import connected
from broker.core.errors import BusUnavailableError, ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_tls import shown_certificate
from keys.certificates import (
    Authority,
    ServerCertificate,
    issue_server,
    make_authority,
    new_authority_key,
)
from keys.directory.disk import write_durably
from tests.federation import Federation

pytestmark = pytest.mark.integration
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    folder = tmp_path_factory.mktemp("tls") / "a federation"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("broker.app.hub_bus._LOOK_S", 0.1)
        with Federation(folder, parties=("BEL", "KEN"), tls=True) as running:
            yield running


def own_authority(federation: Federation) -> Authority:
    return Authority(
        certificate=federation.hub.folder.authority.read_bytes(),
        key=federation.hub_keys.tls_authority,
    )


def show(federation: Federation, pair: ServerCertificate) -> None:
    """Puts a pair in the place of the present one, as if it had always been there."""
    folder = federation.hub.folder
    write_durably(folder.server_key.resolve(), pair.key)
    write_durably(folder.server_certificate.resolve(), pair.certificate)


async def shown_becomes(federation: Federation, fingerprint: bytes) -> None:
    """Returns once the bus shows a certificate."""
    url = federation.hub.bus_url
    async with asyncio.timeout(20):
        while (  # noqa: ASYNC110 - the server tells nobody
            await shown_certificate(url, timeout_s=5)
        ).fingerprint != fingerprint:
            await asyncio.sleep(0.05)


async def findings(federation: Federation, party: str) -> dict[str, Finding]:
    member = federation.members[party]
    found = await check_node(member.node, lambda: member.keys)
    return {one.name: one for one in found}


async def exchange(federation: Federation) -> None:
    digest = federation.send("KEN", to="BEL")
    await federation.opened("KEN", digest, ["BEL"])


async def test_messages_travel_over_tls_and_both_sides_are_found_well(
    federation: Federation,
) -> None:
    await exchange(federation)
    assert federation.members["KEN"].node.settings.bus_url.startswith("tls://")
    found = await findings(federation, "KEN")
    assert all(found[name].well for name in ("hub", "certificate", "clock"))
    at_hub = {one.name: one.well for one in await check_hub(federation.hub)}
    assert {"certificate", "authority", "stewards"} <= at_hub.keys()
    assert all(at_hub.values())


async def test_nobody_gets_in_without_tls(federation: Federation) -> None:
    member = federation.members["KEN"]
    url = federation.hub.bus_url.replace("tls://", "nats://")
    plain = member.node.settings.model_copy(update={"bus_url": url})
    node = type(member.node)(
        folder=member.node.folder,
        settings=plain,
        federation=member.node.federation,
        store=member.node.store,
    )
    with pytest.raises(BusUnavailableError):
        async with connected(node, member.keys, name="plain", wait_s=1):
            pass


async def test_a_node_refuses_to_go_without_tls_over_a_network(
    federation: Federation,
) -> None:
    member = federation.members["KEN"]
    away = {"bus_url": "nats://hub.example:4222"}
    node = type(member.node)(
        folder=member.node.folder,
        settings=member.node.settings.model_copy(update=away),
        federation=member.node.federation,
        store=member.node.store,
    )
    with pytest.raises(ConfigurationError, match="without TLS over a network"):
        async with connected(node, member.keys, name="plain"):
            pass


async def test_a_renewed_certificate_is_shown_and_no_connection_is_dropped(
    federation: Federation,
) -> None:
    hub = federation.hub
    async with federation.party_bus("KEN", "staying") as bus:
        client = bus._client
        made = renew(
            hub.folder,
            hub.keys.tls_authority,
            hub.settings.bus_url,
            now_ms=SYSTEM_CLOCK.now_ms(),
        )
        await shown_becomes(federation, made.fingerprint)
        await bus.flush(5)
        assert bus._client is client
    await exchange(federation)
    assert server_files(hub.folder, hub.settings).read() == made
    assert len(list((hub.folder.tls / "pairs").iterdir())) == 1


async def test_the_hub_renews_its_own_certificate_in_time(
    federation: Federation,
) -> None:
    """With 29 days left, and without anybody asking."""
    hub = federation.hub
    then_ms = SYSTEM_CLOCK.now_ms() - 337 * DAY_MS
    pair = issue_server(own_authority(federation), ["127.0.0.1"], now_ms=then_ms)
    show(federation, pair)
    files = server_files(hub.folder, hub.settings)

    def renewed() -> bool:
        return files.read().valid_to_ms > SYSTEM_CLOCK.now_ms() + 300 * DAY_MS

    await federation.until(renewed, "a renewed certificate")
    await shown_becomes(federation, files.read().fingerprint)
    await exchange(federation)


async def test_a_certificate_of_the_operators_own_authority_is_taken_and_told(
    federation: Federation, tmp_path: Path
) -> None:
    """Who was not given the new authority says so; who trusts it gets in."""
    hub, now_ms = federation.hub, SYSTEM_CLOCK.now_ms()
    own = own_authority(federation)
    other = make_authority("Operator", new_authority_key(), now_ms=now_ms)
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(other.certificate)
    pair = issue_server(other, ["127.0.0.1"], now_ms=now_ms - 340 * DAY_MS)
    given = ServerFiles(certificate=tmp_path / "a.pem", key=tmp_path / "a.key")
    given.certificate.write_bytes(pair.certificate)
    given.key.write_bytes(pair.key)
    with pytest.raises(ConfigurationError, match="not of the federation's authority"):
        install(hub.folder, hub.settings, given, None)
    made = install(hub.folder, hub.settings, given, bundle)
    await shown_becomes(federation, made.fingerprint)
    found = await findings(federation, "KEN")
    left = found["certificate"]
    assert (left.well, left.text) == (False, "of the message bus valid for 25 days")
    assert "not of the federation's authority" in found["hub"].text
    assert "federation.json" in found["hub"].hint
    member = federation.members["KEN"]
    knows = type(member.node)(
        folder=member.node.folder,
        settings=member.node.settings.model_copy(update={"bus_authorities": bundle}),
        federation=member.node.federation,
        store=member.node.store,
    )
    async with connected(knows, member.keys, name="told"):
        pass
    back = issue_server(own, ["127.0.0.1"], now_ms=now_ms)
    given.certificate.write_bytes(back.certificate)
    given.key.write_bytes(back.key)
    own_bundle = tmp_path / "own.pem"
    own_bundle.write_bytes(own.certificate)
    made = install(hub.folder, hub.settings, given, own_bundle)
    await shown_becomes(federation, made.fingerprint)


async def test_an_expired_certificate_is_diagnosed_at_both_ends(
    federation: Federation,
) -> None:
    """An operator's own: the hub cannot renew it, and says whose it is to."""
    hub, now_ms = federation.hub, SYSTEM_CLOCK.now_ms()
    other = make_authority(
        "Operator", new_authority_key(), now_ms=now_ms - 900 * DAY_MS
    )
    pair = issue_server(other, ["127.0.0.1"], now_ms=now_ms - 400 * DAY_MS)
    before = federation.hub.folder.server_certificate.read_bytes()
    key = federation.hub.folder.server_key.read_bytes()
    show(federation, pair)
    try:
        await shown_becomes(
            federation, server_files(hub.folder, hub.settings).read().fingerprint
        )
        expired = {one.name: one for one in look_ahead(hub)}["certificate"]
        assert not expired.well
        assert "has expired" in expired.text
        assert "install" in expired.hint
        found = await findings(federation, "KEN")
        assert "has expired" in found["certificate"].text
        assert not found["hub"].well
    finally:
        show(federation, ServerCertificate(certificate=before, key=key))
    await shown_becomes(
        federation, server_files(hub.folder, hub.settings).read().fingerprint
    )
    await exchange(federation)


async def test_a_clock_an_hour_ahead_is_diagnosed_as_such(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is accused without evidence; with BEL's receipts, it is this machine."""
    real = SYSTEM_CLOCK.now_ms

    class Fast:
        def now_ms(self) -> int:
            return real() + 3_600_000

    monkeypatch.setattr("broker.app.node_clock.SYSTEM_CLOCK", Fast())
    told = (await findings(federation, "KEN"))["clock"]
    assert not told.well
    assert told.text == (
        "this machine's clock is 60 minutes ahead of the hub's and that of BEL"
    )
    assert "NTP" in told.hint
    assert "from-the-future" in told.hint
    blind = (await findings(federation, "BEL"))["clock"]
    assert "which of them is wrong cannot be told from here" in blind.text
