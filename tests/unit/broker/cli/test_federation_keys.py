"""Keys that were lost or stolen: a party's, the hub's, all of them."""

import shutil
from pathlib import Path
from typing import Final

import pytest

from broker.app.applying import apply, prepare
from broker.app.ceremony_folder import load_request, load_signature
from broker.app.credentials import load_hub_keys
from broker.app.hub_folder import open_hub
from broker.core.errors import ConfigurationError
from keys.errors import KeyNotValidError, KeystoreError
from keys.keystore import load
from keys.notes import NoteKey
from tests.unit.broker.cli.ceremony_world import DAY_MS, Ceremonies, error_of
from tests.unit.keys.directory.federation import KEN, NOW_MS

_SECRET: Final = b"known to every test"


def test_a_partys_old_keys_are_refused_at_once(world: Ceremonies) -> None:
    world.decide("enrol", world.join_request("KEN"))
    assert set(world.view("node").parties) == {KEN}
    rekey = world.join_request("KEN", "n1", "n2", threshold=2, version=2)
    record = world.decide("rekey", "KEN", rekey)
    assert record["published"] == ["KEN"]
    assert "gives KEN other role keys" in record["changes"][0]
    assert set(world.view("node").parties) == {KEN}
    # What was signed with the stolen key, by whom it is now.
    stolen = world.join_request("KEN", version=3)
    ended = world.call("federation", "rekey", world.hub.root, "KEN", rekey)
    assert "has already" in error_of(ended)
    ended = world.call("hub", "admit", world.hub.root, stolen)
    assert "not signed by enough keys of KEN" in error_of(ended)


def test_a_party_that_cannot_publish_yet_is_cut_off_all_the_same(
    world: Ceremonies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody published with the stolen key while the stewards signed."""
    world.decide("enrol", world.join_request("KEN"))
    rekey = world.join_request("KEN", "n1", version=2)
    request = world.ask("rekey", "KEN", rekey)
    signatures = world.sign(request, "a", "b")
    stolen = world.join_request("KEN", version=2)
    with monkeypatch.context() as thief:
        thief.setattr("broker.app.founding._is_there", lambda *_: False)
        world.ok("hub", "admit", world.hub.root, stolen)
    record = world.apply(request, signatures)
    assert record["published"] == []
    assert "3 is due" in record["not_published"][0]
    assert "signed by 0/1 keys" in world.view("node").failed[KEN]
    text = world.cli("federation", "apply", world.hub.root, request, *signatures)
    assert "has to be handed in again" in text.err


def test_a_request_of_another_party_is_not_taken_for_a_rekey(
    world: Ceremonies,
) -> None:
    world.decide("enrol", world.join_request("KEN"))
    rekey = world.join_request("BEL", "n1", version=2)
    ended = world.call("federation", "rekey", world.hub.root, "KEN", rekey)
    assert "is a request of BEL" in error_of(ended)


def test_a_lost_online_key_is_replaced(world: Ceremonies) -> None:
    world.decide("enrol", world.join_request("KEN"))
    before = world.view("node")
    old = load_hub_keys(world.hub.keys, b"known to every test")
    request = world.ask("hub-key", "--key", "online")
    # Until it is applied, the hub goes on as it was.
    assert load_hub_keys(world.hub.keys, b"known to every test").online == old.online
    record = world.apply(request, world.sign(request, "b", "c"))
    assert record["what"] == "hub-key"
    new = load_hub_keys(world.hub.keys, b"known to every test")
    assert new.online != old.online
    assert new.log == old.log
    assert not any(
        name.startswith("next/")
        for name in load(world.hub.keys, b"known to every test")
    )
    assert world.view("node").version > before.version
    world.decide("enrol", world.join_request("BEL"))


def test_receipts_and_log_keys_are_replaced_and_the_old_stay_verifiable(
    world: Ceremonies,
) -> None:
    before = world.view("node").federation
    [old_key] = before.hub_keys
    world.decide("hub-key", "--key", "receipts", "--key", "log")
    after = world.view("node").federation
    keys = load_hub_keys(world.hub.keys, b"known to every test")
    assert after.former_log_keys == (before.log_key,)
    log = NoteKey(after.log_origin, keys.log)
    assert after.log_key == log.verifier.public_key
    view = world.view("node")
    assert view.hub_key(keys.signing.public.key_id, NOW_MS).valid_at(NOW_MS)
    month_ms = 30 * DAY_MS
    assert view.hub_key(old_key.key_id, NOW_MS + month_ms).valid_at(NOW_MS)
    with pytest.raises(KeyNotValidError):
        view.hub_key(old_key.key_id, NOW_MS + month_ms + 1)


def test_a_stolen_receipts_key_is_refused_from_when_it_was_stolen(
    world: Ceremonies,
) -> None:
    [old_key] = world.view("node").federation.hub_keys
    record = world.decide(
        "hub-key", "--key", "receipts", "--compromised-since", "2099-12-31T23:30:00Z"
    )
    assert "key-compromise" in record["changes"][0]
    view = world.view("node")
    with pytest.raises(KeyNotValidError):
        view.hub_key(old_key.key_id, NOW_MS)
    # What it signed before stays verifiable.
    earlier_ms = NOW_MS - 45 * 60_000
    assert view.hub_key(old_key.key_id, earlier_ms).valid_at(earlier_ms)


def test_a_hub_that_lost_every_key_comes_back(world: Ceremonies) -> None:
    world.decide("enrol", world.join_request("KEN"))
    before = world.view("node").federation
    world.hub.keys.unlink()
    some = world.call("federation", "hub-key", world.hub.root, "--key", "online")
    assert "all of them have to be replaced" in error_of(some)
    record = world.decide("hub-key", "--all", by=("a", "c"))
    assert record["what"] == "hub-key"
    after = world.view("node")
    assert after.federation.hub_account != before.hub_account
    assert set(after.parties) == {KEN}
    keys = load_hub_keys(world.hub.keys, b"known to every test")
    assert keys.account.public == after.federation.hub_account
    world.decide("enrol", world.join_request("BEL"))


def test_keys_that_were_staged_for_another_request_are_not_put_into_force(
    world: Ceremonies,
) -> None:
    first = world.ask("hub-key", "--key", "online")
    signatures = world.sign(first, "a", "b")
    world.ask("hub-key", "--key", "log")
    ended = world.try_apply(first, signatures)
    assert "does not hold the online key" in error_of(ended)
    assert world.show()["root"]["version"] == 1


@pytest.mark.parametrize("killed_before", ["move_streams", "_hand_out"])
def test_a_hub_does_not_run_while_its_account_is_replaced_in_part(
    world: Ceremonies, monkeypatch: pytest.MonkeyPatch, killed_before: str
) -> None:
    """It would make streams of its own, and what waits would wait for ever."""
    old = world.hub.bus / "streams" / "jetstream" / _account(world)
    old.mkdir(parents=True)
    (old / "message").write_bytes(b"waits")
    request = world.ask("hub-key", "--key", "account")
    signatures = world.sign(request, "a", "b")

    with monkeypatch.context() as power:
        power.setattr(f"broker.app.applying.{killed_before}", _cut)
        _apply_until_killed(world, request, signatures)
    with pytest.raises(ConfigurationError, match="applied in part only"):
        open_hub(world.hub.root, _SECRET)
    world.apply(request, signatures)
    new = old.with_name(_account(world))
    assert new != old
    assert (new / "message").read_bytes() == b"waits"


def test_keys_in_force_are_not_forgotten_for_another_request(
    world: Ceremonies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the stewards' word is in force, and before the hub's keys are."""
    request = world.ask("hub-key", "--key", "account")
    signatures = world.sign(request, "a", "b")

    with monkeypatch.context() as power:
        power.setattr("broker.app.applying.promote", _cut)
        _apply_until_killed(world, request, signatures)
    ended = world.call("federation", "hub-key", world.hub.root, "--key", "log")
    assert "applied in part only" in error_of(ended)
    world.apply(request, signatures)
    world.decide("hub-key", "--key", "log")
    assert _account(world) == world.view("node").federation.hub_account


def _account(world: Ceremonies) -> str:
    return open_hub(world.hub.root, _SECRET).keys.account.public


def _cut(*_: object) -> None:
    raise KeyboardInterrupt


def _apply_until_killed(
    world: Ceremonies, request: Path, signatures: list[Path]
) -> None:
    signed = [load_signature(path) for path in signatures]
    prepared = prepare(world.hub, load_request(request), signed, world.now_ms)
    with pytest.raises(KeyboardInterrupt):
        apply(world.hub, prepared, _SECRET, world.now_ms)


def test_an_older_copy_of_the_hubs_keys_is_noticed(world: Ceremonies) -> None:
    copy = world.folder / "copy.keys"
    shutil.copy2(world.hub.keys, copy)
    world.decide("hub-key", "--key", "online")
    shutil.copy2(copy, world.hub.keys)
    request = world.ask("renew")
    ended = world.try_apply(request, world.sign(request, "a", "b"))
    assert "does not hold the online key" in error_of(ended)


def test_a_wrong_passphrase_applies_nothing(world: Ceremonies) -> None:
    request = world.ask("renew")
    signatures = world.sign(request, "a", "b")
    world.secret.write_text("another", encoding="utf-8")
    ended = world.try_apply(request, signatures)
    assert (ended.code, ended.json["error"]["code"]) == (77, "keystore")
    with pytest.raises(KeystoreError):
        load(world.hub.keys, b"another")
    assert world.show()["root"]["version"] == 1
