"""Whole ceremonies on separate machines: founding, deciding, losing, replacing."""

from pathlib import Path

import pytest

from broker.app.exchange_files import FederationFile
from broker.settings import load_hub
from keys.errors import PartySuspendedError
from tests.unit.broker.cli.ceremony_world import DAY_MS, Ceremonies, error_of
from tests.unit.keys.directory.federation import BEL, KEN, NOW_MS


def test_a_federation_is_founded_by_every_steward(fresh: Ceremonies) -> None:
    fresh.make_stewards("a", "b", "c")
    request = fresh.begin("a", "b", "c")
    assert not fresh.hub.settings.exists()
    signatures = fresh.sign(request, "a", "b", "c")
    few = fresh.try_apply(request, signatures[:2])
    assert (few.code, few.json["error"]["code"]) == (65, "ceremony")
    assert "Steward c" in error_of(few)
    assert not fresh.hub.directory.exists()
    record = fresh.apply(request, signatures)
    assert (record["number"], record["what"]) == (1, "found")
    assert {one["name"] for one in record["signed_by"]} == {
        "Steward a",
        "Steward b",
        "Steward c",
    }
    assert load_hub(fresh.hub.root).name == "Test"
    assert fresh.view().federation.name == "Test"
    shown = fresh.show()
    assert shown["root"]["threshold"] == 2
    assert [one["name"] for one in shown["root"]["stewards"]] == [
        "Steward a",
        "Steward b",
        "Steward c",
    ]
    assert (
        record["root_sha256"] == FederationFile.read(fresh.hub.federation).fingerprint
    )


def test_a_folder_is_founded_in_once(fresh: Ceremonies) -> None:
    fresh.make_stewards("a")
    request = fresh.begin("a", threshold=1)
    cards = ("--steward", fresh.card("a"), "--threshold", 1)
    again = ("federation", "init", fresh.hub.root, "--name", "Test", *cards)
    assert "is being founded" in error_of(fresh.call(*again))
    fresh.apply(request, fresh.sign(request, "a"))
    assert "in use already" in error_of(fresh.call(*again))


@pytest.mark.parametrize("threshold", [2, 3])
def test_a_threshold_beyond_the_stewards_founds_nothing(
    fresh: Ceremonies, threshold: int
) -> None:
    fresh.make_stewards("a")
    ended = fresh.call(
        *("federation", "init", fresh.hub.root, "--name", "Test"),
        *("--steward", fresh.card("a"), "--threshold", threshold),
    )
    assert "cannot be a threshold" in error_of(ended)
    assert not fresh.hub.keys.exists()


def test_parties_are_enrolled_in_one_ceremony_under_k_of_n_keys(
    world: Ceremonies,
) -> None:
    ken = world.join_request("KEN", "k1", "k2", "k3", threshold=2)
    bel = world.join_request("BEL")
    record = world.decide("enrol", ken, bel)
    assert record["what"] == "enrol"
    assert record["published"] == ["KEN", "BEL"]
    assert record["targets_version"] == 2
    assert set(world.view().parties) == {KEN, BEL}
    [belgium, kenya] = world.show()["parties"]
    assert (kenya["threshold"], kenya["keys"]) == (2, 3)
    assert (belgium["threshold"], belgium["published_version"]) == (1, 1)
    again = world.call("federation", "enrol", world.hub.root, ken)
    assert "already" in error_of(again)


def test_any_two_stewards_decide_and_one_does_not(world: Ceremonies) -> None:
    world.decide("enrol", world.join_request("KEN"))
    for number, pair in enumerate((("a", "b"), ("b", "c"), ("a", "c"))):
        request = world.ask("limit", "KEN", "--connections", number + 1)
        signatures = world.sign(request, *pair)
        alone = world.try_apply(request, signatures[:1])
        assert alone.code == 65
        assert "2 of the stewards must sign, 1 did" in error_of(alone)
        world.apply(request, signatures)
        assert world.show()["parties"][0]["limits"]["connections"] == number + 1


def test_a_dry_run_tells_and_changes_nothing(world: Ceremonies) -> None:
    request = world.ask("renew")
    signatures = world.sign(request, "a", "b")
    dry = ("federation", "apply", world.hub.root, request, *signatures, "--dry-run")
    assert world.ok(*dry)["would_apply"] is True
    assert world.show()["root"]["version"] == 1
    text = world.cli(*map(str, dry))
    assert text.code == 0
    assert "nothing was changed" in text.err


def test_a_party_is_suspended_reinstated_limited_and_retired(
    world: Ceremonies,
) -> None:
    world.decide("enrol", world.join_request("KEN"), world.join_request("BEL"))
    world.decide("suspend", "KEN", "--reason", "no answer", "--since", "2100-01-01")
    with pytest.raises(PartySuspendedError, match="no answer"):
        world.view().check_standing(KEN, NOW_MS)
    kenya = world.show()["parties"][1]
    assert kenya["suspended_since"] == "2100-01-01T00:00:00.000Z"
    world.decide("reinstate", "KEN")
    world.view().check_standing(KEN, NOW_MS)
    world.decide("limit", "--all", "--messages-per-minute", 60, "--connections", 8)
    world.decide("limit", "KEN", "--connections", 0, "--stored-bytes", 1 << 30)
    belgium, kenya = world.show()["parties"]
    assert belgium["limits"] == {
        "connections": 8,
        "stored_bytes": None,
        "message_bytes": None,
        "messages_per_minute": 60,
    }
    assert kenya["limits"] == {
        "connections": None,
        "stored_bytes": 1 << 30,
        "message_bytes": None,
        "messages_per_minute": 60,
    }
    world.decide("limit", "KEN", "--common")
    assert world.show()["parties"][1]["own_limits"] is False
    record = world.decide("retire", "KEN")
    assert record["changes"][0] == "retires KEN: nothing that it publishes counts"
    assert set(world.view().parties) == {BEL}


SENSELESS = (
    ("limit",),
    ("limit", "KEN"),
    ("limit", "KEN", "--all", "--connections", "1"),
    ("limit", "--all", "--common"),
    ("limit", "KEN", "--common", "--connections", "1"),
    ("suspend", "KEN", "--reason", "x", "--since", "yesterday"),
    ("suspend", "KEN", "--reason", " "),
    ("suspend", "ken", "--reason", "x"),
    ("hub-key",),
    ("hub-key", "--key", "front-door"),
    ("hub-key", "--all", "--key", "log"),
    ("steward remove", "Steward x"),
    ("steward remove", "Steward a", "--threshold", "3"),
    ("steward threshold", "4"),
    ("rekey", "KEN", "nowhere.json"),
    ("enrol", "nowhere.json"),
)


def test_what_makes_no_sense_is_not_asked(world: Ceremonies) -> None:
    for command, *rest in SENSELESS:
        ended = world.call("federation", *command.split(), world.hub.root, *rest)
        assert ended.code in {65, 78}, (command, rest, ended.err)
    assert world.ok("federation", "pending", world.hub.root) == {"pending": []}


def test_a_lost_steward_is_replaced_by_the_two_others(world: Ceremonies) -> None:
    first = FederationFile.read(world.hub.federation).root
    world.key("a").unlink()
    world.make_stewards("d")
    request = world.ask("steward replace", "Steward a", world.card("d"))
    without = world.try_apply(request, world.sign(request, "b", "c"))
    assert "Steward d" in error_of(without)
    record = world.apply(request, world.sign(request, "b", "c", "d"))
    assert (record["what"], record["root_version"]) == ("stewards", 2)
    names = [one["name"] for one in world.show()["root"]["stewards"]]
    assert names == ["Steward b", "Steward c", "Steward d"]
    # Who trusts the first stewards follows, and who joins now trusts the newest.
    assert world.view("old", first).version == world.view("new").version
    assert FederationFile.read(world.hub.federation).root != first
    world.decide("enrol", world.join_request("KEN"), by=("c", "d"))


def test_stewards_are_added_and_removed_and_the_threshold_moves(
    world: Ceremonies,
) -> None:
    world.make_stewards("d", "e")
    for name in ("d", "e"):
        world.decide("steward add", world.card(name), by=("a", "b", name))
    world.decide("steward threshold", 3, by=("a", "b", "c"))
    request = world.ask("steward remove", "Steward a", "--threshold", 2)
    signatures = world.sign(request, "a", "b")
    assert "3 of the present stewards" in error_of(world.try_apply(request, signatures))
    world.apply(request, [*signatures, *world.sign(request, "c")])
    root = world.show()["root"]
    assert (root["threshold"], len(root["stewards"])) == (2, 4)
    again = world.ask("renew")
    removed = world.try_sign(again, "a")
    assert "nothing to sign here" in error_of(removed)


def test_a_steward_whom_somebody_posed_as_is_not_named(world: Ceremonies) -> None:
    world.make_stewards("d", "e")
    told = world.ok("steward", "show", world.key("d"))["sha256"]
    ended = world.call(
        *("federation", "steward", "add", world.hub.root, world.card("e")),
        *("--fingerprint", told),
    )
    assert "not what the steward told you" in error_of(ended)


def test_everything_is_renewed_for_another_year(world: Ceremonies) -> None:
    due = ("federation", "renew", world.hub.root, "--due")
    assert world.ok(*due) == {"due": False}
    assert world.show()["due"] == []
    world.now_ms += 340 * DAY_MS
    assert len(world.show()["due"]) == 2
    request = world.ask("renew", "--due")
    world.apply(request, world.sign(request, "a", "c"))
    assert world.show()["due"] == []
    assert world.show()["root"]["version"] == 2


def test_a_federation_that_has_expired_is_brought_back(world: Ceremonies) -> None:
    world.now_ms += 800 * DAY_MS
    world.decide("renew", by=("b", "c"))
    assert world.view().federation.name == "Test"


def test_history_tells_who_signed_what(world: Ceremonies) -> None:
    world.decide("enrol", world.join_request("KEN"), by=("b", "c"))
    ceremonies = world.ok("federation", "history", world.hub.root)["ceremonies"]
    assert [one["what"] for one in ceremonies] == ["found", "enrol"]
    assert [one["number"] for one in ceremonies] == [1, 2]
    assert {one["name"] for one in ceremonies[1]["signed_by"]} == {
        "Steward b",
        "Steward c",
    }
    text = world.cli("federation", "history", world.hub.root)
    assert "admits KEN" in text.out
    assert "signed by Steward " in text.out
    names = sorted(path.name for path in world.hub.ceremonies.glob("0*.json"))
    assert names == ["0001-found.json", "0002-enrol.json"]


def test_what_people_read_names_stewards_parties_and_what_is_due(
    world: Ceremonies,
) -> None:
    world.decide("enrol", world.join_request("KEN"), world.join_request("BEL"))
    world.decide("suspend", "KEN", "--reason", "no answer")
    world.decide("limit", "BEL", "--connections", 2)
    world.now_ms += 340 * DAY_MS
    shown = world.cli("federation", "show", world.hub.root)
    assert shown.code == 0
    assert shown.err == ""
    for part in ("Steward b", "2 of 3", "due: the list of stewards", "BEL published"):
        assert part in shown.out
    for part in ("no answer", "connections 2", "1 of 1"):
        assert part in shown.out


def test_with_the_stewards_keys_on_the_hub_one_command_does_it_all(
    fresh: Ceremonies,
) -> None:
    init = ("hub", "init", fresh.hub.root, "--name", "Trial")
    fresh.ok(*init, "--stewards", 3, "--threshold", 2)
    ken = fresh.join_request("KEN")
    enrol = ("federation", "enrol", fresh.hub.root, ken, "--here")
    unasked = fresh.call(*enrol)
    assert "has to be confirmed" in error_of(unasked)
    record = fresh.ok(*enrol, "--yes")
    assert record["published"] == ["KEN"]
    assert len(record["signed_by"]) == 3
    bel = fresh.join_request("BEL")
    fresh.ok("hub", "admit", fresh.hub.root, bel)
    text = fresh.cli(
        *("federation", "suspend", fresh.hub.root, "BEL", "--reason", "x"),
        *("--here", "--yes", "--passphrase-file", fresh.secret),
    )
    assert text.code == 0
    assert "Ceremony 4" in text.err
    assert "suspends BEL" in text.err


def test_without_stewards_keys_nothing_is_signed_here(world: Ceremonies) -> None:
    ended = world.call("federation", "renew", world.hub.root, "--here", "--yes")
    assert "no steward's key" in error_of(ended)


def test_a_request_is_copied_to_a_stick(world: Ceremonies) -> None:
    stick = world.folder / "stick" / "request.json"
    request = world.ask("renew", "--out", stick)
    assert request == stick
    [kept] = [
        Path(one["request"])
        for one in world.ok("federation", "pending", world.hub.root)["pending"]
    ]
    assert kept.read_bytes() == stick.read_bytes()
    world.apply(stick, world.sign(stick, "a", "b"))
    assert world.ok("federation", "pending", world.hub.root) == {"pending": []}
    text = world.cli("federation", "pending", world.hub.root)
    assert "No request waits" in text.err


def test_a_request_says_in_words_what_comes_next(world: Ceremonies) -> None:
    asked = world.cli("federation", "renew", world.hub.root)
    assert asked.code == 0
    assert asked.out == ""
    for part in (
        "2 of the stewards must sign, 0 did",
        "rogatory steward sign REQUEST",
        "rogatory federation apply",
    ):
        assert part in asked.err


def test_a_bus_that_others_run_is_founded_with_its_configuration(
    fresh: Ceremonies,
) -> None:
    fresh.make_stewards("a")
    init = ("federation", "init", fresh.hub.root, "--name", "Test", "--threshold", 1)
    bus = ("--steward", fresh.card("a"), "--bus-url", "tls://hub.example:4222")
    wrong = fresh.call(*init, *bus, "--bus", "somewhere")
    assert "embedded or external" in error_of(wrong)
    for url in (("--bus-url", "nats://hub.example:4222"), ("--no-tls",)):
        assert fresh.call(*init, *bus, *url).code == 78
    request = Path(fresh.ok(*init, *bus, "--bus", "external")["request"])
    assert (fresh.hub.bus / "nats.conf").is_file()
    fresh.apply(request, fresh.sign(request, "a"))
    settings = load_hub(fresh.hub.root)
    assert (settings.bus, settings.bus_url) == ("external", "tls://hub.example:4222")
    federation = FederationFile.read(fresh.hub.federation)
    assert b"BEGIN CERTIFICATE" in federation.authorities
