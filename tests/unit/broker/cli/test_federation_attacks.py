"""Who is not enough, requests and signatures that lie, and crashes half-way."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from broker.app.exchange_files import FederationFile
from keys.directory import disk
from tests.unit.broker.cli.ceremony_world import Ceremonies, error_of
from tests.unit.keys.directory.federation import KEN, files_below


def _rewritten(path: Path, **changes: object) -> Path:
    document = json.loads(path.read_bytes()) | changes
    forged = path.with_name(f"forged-{path.name}")
    forged.write_bytes(
        json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
    )
    return forged


def test_a_steward_who_signs_twice_counts_once(world: Ceremonies) -> None:
    request = world.ask("renew")
    [once] = world.sign(request, "a")
    again = once.with_name("again.json")
    [twice] = world.sign(request, "a", options=("--out", str(again)))
    assert twice == again
    ended = world.try_apply(request, [once, twice])
    assert "2 of the stewards must sign, 1 did" in error_of(ended)


def test_a_wrong_steward_key_cannot_sign_or_be_counted(world: Ceremonies) -> None:
    world.make_stewards("mallory")
    request = world.ask("renew")
    refused = world.try_sign(request, "mallory")
    assert "nothing to sign here" in error_of(refused)
    [signature] = world.sign(request, "a")
    forged = _rewritten(signature, key="0" * 64)
    ended = world.try_apply(request, [forged, *world.sign(request, "b", "c")])
    assert "which is nobody's who is asked" in error_of(ended)


def test_signatures_of_two_ceremonies_cannot_be_mixed(world: Ceremonies) -> None:
    first, second = world.ask("renew"), world.ask("limit", "--all", "--connections", 1)
    signatures = [*world.sign(first, "a"), *world.sign(second, "b")]
    ended = world.try_apply(first, signatures)
    assert "is for another request" in error_of(ended)
    digest = json.loads(signatures[0].read_bytes())["request"]
    relabelled = _rewritten(signatures[1], request=digest)
    ended = world.try_apply(first, [signatures[0], relabelled])
    assert ended.code == 65


def test_a_tampered_request_is_refused_by_stewards_and_hub(world: Ceremonies) -> None:
    request = world.ask("limit", "--all", "--connections", 5)
    signatures = world.sign(request, "a", "b")
    other = json.loads(world.ask("limit", "--all", "--connections", 9).read_bytes())
    forged = _rewritten(
        request, targets=other["targets"], federation=other["federation"]
    )
    ended = world.try_apply(forged, signatures)
    assert "is for another request" in error_of(ended)
    half = _rewritten(request, targets=other["targets"])
    for refused in (world.try_sign(half, "c"), world.try_apply(half, signatures)):
        assert "another federation record" in error_of(refused)


@pytest.mark.parametrize(
    "lie", [{"summary": "renews everything"}, {"kind": "renew"}, {"changes": []}]
)
def test_a_request_whose_summary_lies_has_no_place_for_it(
    world: Ceremonies, lie: dict[str, Any]
) -> None:
    request = _rewritten(world.ask("steward threshold", 1), **lie)
    for ended in (world.try_sign(request, "a"), world.try_apply(request, [])):
        assert ended.code == 65
        assert "has more in it than it should" in error_of(ended)


def test_a_request_that_looks_harmless_by_name_is_shown_as_it_is(
    world: Ceremonies,
) -> None:
    request = world.ask("steward threshold", 1)
    harmless = request.with_name("renew-everything.json")
    harmless.write_bytes(request.read_bytes())
    looked = world.cli("steward", "look", harmless)
    assert looked.code == 0
    assert "lets 1 of 3 stewards decide, until now 2 of 3" in looked.err
    topics = [c["topic"] for c in world.ok("steward", "look", harmless)["changes"]]
    assert topics[0] == "stewards"


def test_a_request_that_was_overtaken_is_made_again(world: Ceremonies) -> None:
    old = world.ask("limit", "--all", "--connections", 5)
    signatures = world.sign(old, "a")
    world.decide("renew", by=("b", "c"))
    ended = world.try_apply(old, signatures)
    assert "make the request again" in error_of(ended)
    [pending] = world.ok("federation", "pending", world.hub.root)["pending"]
    assert pending["current"] is False
    assert "overtaken" in world.cli("federation", "pending", world.hub.root).out


def test_a_request_of_another_federation_is_not_applied(world: Ceremonies) -> None:
    world.decide("renew", by=("a", "b"))
    request = world.ask("limit", "--all", "--connections", 1)
    basis = json.loads(request.read_bytes())["basis"]
    basis["targets"] = base64.b64encode(b"{}").decode()
    forged = _rewritten(request, basis=basis)
    assert world.try_sign(forged, "a").code == 65


def test_what_is_no_request_and_no_signature_is_named(world: Ceremonies) -> None:
    request = world.ask("renew")
    [signature] = world.sign(request, "a")
    for wrong in ((signature, [signature]), (request, [request])):
        ended = world.try_apply(*wrong)
        assert ended.code == 65
        assert str(wrong[0]) in error_of(ended)
    missing = world.try_apply(world.folder / "nowhere", [])
    assert missing.code == 78


class PowerCutError(OSError):
    """What stands for a power cut."""


def _killed_when_writing(monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    write = disk.write_durably

    def dying(path: Path, data: bytes) -> None:
        if path.name.endswith(ending):
            raise PowerCutError("the power is gone")
        write(path, data)

    monkeypatch.setattr("keys.directory.repository.write_durably", dying)


@pytest.mark.parametrize(
    "ending",
    ["federation.pb", "targets.json", "snapshot.json", "root.json", "timestamp.json"],
)
def test_killed_anywhere_while_stewards_change_it_is_applied_again(
    world: Ceremonies, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    world.decide("enrol", world.join_request("KEN"))
    first = FederationFile.read(world.hub.federation).root
    world.make_stewards("d")
    request = world.ask("steward replace", "Steward a", world.card("d"))
    signatures = world.sign(request, "a", "b", "c", "d")
    with monkeypatch.context() as power:
        _killed_when_writing(power, ending)
        ended = world.try_apply(request, signatures[:2] + signatures[3:])
        assert ended.code != 0
    # Whoever comes later may bring other signatures of the same request.
    record = world.apply(request, signatures[1:])
    assert record["root_version"] == 2
    assert set(world.view("new").parties) == {KEN}
    assert set(world.view("old", first).parties) == {KEN}
    before = files_below(world.hub.directory)
    assert world.apply(request, signatures) == record
    assert files_below(world.hub.directory) == before


@pytest.mark.parametrize(
    "broken", ["broker.app.applying.promote", "broker.app.applying._hand_out"]
)
def test_killed_after_the_directory_was_written_it_is_applied_again(
    fresh: Ceremonies, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def dying(*_: object) -> None:
        raise PowerCutError("the power is gone")

    fresh.make_stewards("a")
    request = fresh.begin("a", threshold=1)
    signatures = fresh.sign(request, "a")
    for _ in range(2):
        with monkeypatch.context() as power:
            power.setattr(broken, dying)
            with pytest.raises(PowerCutError):
                fresh.cli(
                    *("federation", "apply", fresh.hub.root, request, *signatures),
                    *("--passphrase-file", fresh.secret),
                )
        assert not fresh.hub.settings.exists()
    assert fresh.apply(request, signatures)["number"] == 1
    assert fresh.view().parties == {}


def test_a_damaged_record_of_a_ceremony_is_told(world: Ceremonies) -> None:
    path = world.hub.ceremonies / "0001-found.json"
    for damage in ("{", "[]", '{"format": "else"}', path.read_text() + "x"):
        path.write_text(damage)
        ended = world.call("federation", "history", world.hub.root)
        assert ended.code == 78
        assert "0001-found.json" in error_of(ended)


def test_without_a_federation_there_is_nothing_to_ask(fresh: Ceremonies) -> None:
    fresh.make_stewards("a")
    fresh.begin("a", threshold=1)
    ended = fresh.call("federation", "renew", fresh.hub.root)
    assert "was a federation founded here" in error_of(ended)


def test_what_a_party_hands_in_wrongly_is_told_before_the_ceremony(
    world: Ceremonies,
) -> None:
    wrong = world.join_request("KEN", "k1", "k2", threshold=2, version=2)
    ended = world.call("federation", "enrol", world.hub.root, wrong)
    assert "1 is due" in error_of(ended)
    good = world.join_request("KEN")
    told = world.call(
        "federation", "enrol", world.hub.root, good, "--fingerprint", "0" * 64
    )
    assert "not what the party told you" in error_of(told)
    twice = world.call(
        *("federation", "enrol", world.hub.root, good),
        *("--fingerprint", "0" * 64, "--fingerprint", "1" * 64),
    )
    assert "once for each request" in error_of(twice)
