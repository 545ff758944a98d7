"""The adapter `taxii` where something is not as it should be."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.errors import RejectedError, SystemAwayError
from adapters.memory_desk import MemoryDesk
from adapters.stix.adapter import TaxiiAdapter
from adapters.stix.naming import object_id
from adapters.stix.settings import TaxiiSettings
from broker.core.handling import Tlp
from broker.core.policy.rule import Ceiling
from tests.adapter_world import example_delivery, withdrawal_of
from tests.certificates import write_certificates
from tests.taxii_stand_in import PASSWORD, TaxiiStandIn, taxii_stand_in
from tests.taxii_world import AMBER, taxii_fields, taxii_settings


@pytest.fixture
def other() -> Iterator[TaxiiStandIn]:
    with taxii_stand_in() as state:
        yield state


@pytest.fixture
def pushing(other: TaxiiStandIn, desk: MemoryDesk, tmp_path: Path) -> TaxiiAdapter:
    (tmp_path / "password").write_text(PASSWORD)
    secret = f"file:{tmp_path / 'password'}"
    push = {**other.settings, "password": secret}
    return TaxiiAdapter(TaxiiSettings.model_validate({"push": push}), desk)


async def test_what_the_other_server_fails_at_is_a_dead_letter(
    other: TaxiiStandIn, pushing: TaxiiAdapter
) -> None:
    other.fails = frozenset({"report"})
    with pytest.raises(RejectedError) as caught:
        await pushing.deliver(example_delivery("stock-loss"))
    assert caught.value.code == "failures"


async def test_a_server_that_never_ends_is_away(
    other: TaxiiStandIn, pushing: TaxiiAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.stix.pushing._BETWEEN_S", 0.0)
    other.pending = 1000
    with pytest.raises(SystemAwayError, match="not ended"):
        await pushing.deliver(example_delivery("stock-loss"))


async def test_a_collection_that_may_only_be_read_is_found_out(
    other: TaxiiStandIn, pushing: TaxiiAdapter
) -> None:
    other.closed = True
    [finding] = await pushing.check()
    assert not finding.ok
    assert "not be written to" in finding.what


async def test_what_was_taken_back_is_not_given_out_again(
    other: TaxiiStandIn, pushing: TaxiiAdapter
) -> None:
    delivery = example_delivery("stock-loss")
    await pushing.deliver(delivery)
    await pushing.withdraw(withdrawal_of(delivery, replacement=bytes(32)))
    consumed = await pushing.deliver(delivery)
    assert consumed.emissions == ()
    [report] = other.latest("report")
    assert report["revoked"] is True
    assert "Replaced by report--" in report["description"]


async def test_what_was_pushed_is_revoked_there_though_the_ceiling_is_lower_by_now(
    other: TaxiiStandIn, pushing: TaxiiAdapter, desk: MemoryDesk
) -> None:
    given, never = (example_delivery("stock-loss", number) for number in (1, 2))
    await pushing.deliver(given)
    assert pushing._pushed is not None
    clear = Ceiling(tlp=Tlp.CLEAR, codes=frozenset())
    lower = pushing._pushed.model_copy(update={"ceiling": clear})
    lowered = TaxiiAdapter(TaxiiSettings(push=lower), desk)
    await lowered.deliver(never)
    before = set(other.objects)
    for one in (given, never):
        await lowered.withdraw(withdrawal_of(one))
    report = object_id("report", desk.party, given.message_digest, "report")
    assert any(one.get("revoked") for one in other.objects[report].values())
    assert set(other.objects) == before


async def test_a_message_of_more_objects_than_an_export_takes_is_a_dead_letter(
    pushing: TaxiiAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.stix.adapter.BLOCK_US", 3)
    with pytest.raises(RejectedError) as caught:
        await pushing.deliver(example_delivery("stock-loss"))
    assert caught.value.code == "too-large"


async def test_a_port_that_is_taken_is_away_and_not_the_end(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    write_certificates(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = taxii_settings(tmp_path, port=taken.getsockname()[1])
        with pytest.raises(SystemAwayError, match="cannot be served"):
            await TaxiiAdapter(settings, desk).run(asyncio.Event())


async def test_a_certificate_that_cannot_be_read_is_away(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    write_certificates(tmp_path)
    (tmp_path / "authority.pem").rename(tmp_path / "moved.pem")
    with pytest.raises(SystemAwayError, match="cannot be served"):
        await TaxiiAdapter(taxii_settings(tmp_path), desk).run(asyncio.Event())


async def test_a_look_finds_certificates_of_the_server_that_cannot_be_read(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    write_certificates(tmp_path)
    adapter = TaxiiAdapter(taxii_settings(tmp_path), desk)
    assert [one.ok for one in await adapter.check()] == [True]
    for name in ("authority.pem", "server.pem"):
        (tmp_path / name).rename(tmp_path / "moved.pem")
        [found] = await adapter.check()
        assert (found.ok, name in found.advice) == (False, True)
        (tmp_path / "moved.pem").rename(tmp_path / name)


@pytest.mark.parametrize(
    "changes",
    [
        {"clients": []},
        {"collections": []},
        {"clients": [{"name": "a", "sha256": "00" * 32, "collections": ["none"]}]},
        {"clients": [{"name": "a", "sha256": "00" * 32, "collections": []}]},
        {"clients": [{"name": "a", "sha256": "00", "collections": [AMBER]}]},
        {"clients": [{"name": "a", "sha256": "zz" * 32, "collections": [AMBER]}]},
        {"collections": [{"title": AMBER, "ceiling": "TLP:GREEN"}] * 2},
        {"collections": [{"title": AMBER, "ceiling": "secret"}]},
        {
            "collections": [
                {"title": AMBER, "ceiling": "TLP:AMBER", "kinds": ["trace-requests"]}
            ]
        },
        {"colour": "green"},
    ],
)
def test_a_server_whose_settings_do_not_hold_is_refused(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    write_certificates(tmp_path)
    with pytest.raises(ValidationError):
        TaxiiSettings.model_validate(taxii_fields(tmp_path, **changes))


def test_neither_server_nor_push_is_refused() -> None:
    with pytest.raises(ValidationError, match="name a server"):
        TaxiiSettings.model_validate({})
