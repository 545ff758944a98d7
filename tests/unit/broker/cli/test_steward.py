"""A steward's machine: the key, what it is shown, and what its journal refuses."""

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import StringIO
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest

from broker.app.ceremony_folder import load_request
from broker.app.steward_desk import StewardFiles, sign_request
from keys.custody import open_signer
from keys.directory.proposal import Review, review
from keys.directory.signers import Signer
from keys.errors import CeremonyError
from tests.unit.broker.cli.ceremony_world import Ceremonies, error_of


def test_a_steward_makes_one_key_and_hands_over_a_card(fresh: Ceremonies) -> None:
    fresh.make_stewards("a")
    card = json.loads(fresh.card("a").read_bytes())
    shown = fresh.ok("steward", "show", fresh.key("a"))
    assert shown == {
        "name": "Steward a",
        "sha256": card["fingerprint"],
        "signed": [],
        "seen": {},
    }
    assert fresh.key("a").stat().st_mode & 0o777 == 0o600
    again = fresh.call("steward", "init", fresh.key("a"), "--name", "Other")
    assert "never made anew" in error_of(again)
    text = fresh.cli("steward", "show", fresh.key("a"))
    assert card["fingerprint"] in text.out


def test_a_card_that_was_not_written_is_made_of_the_same_key(
    fresh: Ceremonies,
) -> None:
    fresh.make_stewards("a")
    card = fresh.card("a").read_bytes()
    fresh.card("a").unlink()
    text = fresh.cli(
        *("steward", "init", fresh.key("a"), "--name", "Steward a"),
        *("--passphrase-file", fresh.secret),
    )
    assert text.code == 0
    assert json.loads(card)["fingerprint"] in text.err
    assert fresh.card("a").read_bytes() == card


@pytest.mark.parametrize("name", ["", " ", "A\u202eB", "x" * 201, "a\nb"])
def test_a_name_that_could_deceive_makes_no_key(fresh: Ceremonies, name: str) -> None:
    ended = fresh.call("steward", "init", fresh.key("a"), "--name", name)
    assert ended.code == 65
    assert not fresh.key("a").exists()


def test_signing_shows_everything_and_prints_what_was_signed(
    world: Ceremonies,
) -> None:
    request = world.ask("limit", "--all", "--connections", 3)
    digest = world.ok("steward", "look", request)["request_sha256"]
    root = world.show()["root"]["sha256"]
    signed = world.cli(
        *("steward", "sign", request, "--key", world.key("a"), "--yes"),
        *("--request-sha256", digest.upper(), "--root-sha256", root),
        *("--passphrase-file", world.secret),
    )
    assert signed.code == 0, signed.err
    for part in (
        f"Request {digest}",
        f"fingerprint {root}",
        "limits of every party: connections as the hub sets it → 3",
        "the list of parties becomes version 2 and holds until 2101-01-01",
        "Signed by Steward a",
    ):
        assert part in signed.err
    journal = world.ok("steward", "show", world.key("a"))
    assert [(one["what"], one["version"]) for one in journal["signed"]] == [
        ("targets", 1),
        ("root", 1),
        ("targets", 2),
    ]
    assert journal["seen"] == {"root": 1, "targets": 1}
    assert (
        "newest root seen: version 1"
        in world.cli("steward", "show", world.key("a")).out
    )


def test_what_is_not_what_one_was_told_is_not_signed(world: Ceremonies) -> None:
    request = world.ask("renew")
    for option in ("--request-sha256", "--root-sha256"):
        ended = world.try_sign(request, "a", option, "0" * 64)
        assert "not what you were told" in error_of(ended)
    assert world.ok("steward", "show", world.key("a"))["seen"] == {}


def test_nothing_is_signed_unasked(
    world: Ceremonies, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = world.ask("renew")
    command = ("steward", "sign", request, "--key", world.key("a"))
    secret = ("--passphrase-file", world.secret)
    assert world.cli(*command, *secret).code == 78

    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    for answer, code in (("no\n", 78), ("", 78), ("yes\n", 0)):
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        assert world.cli(*command, *secret).code == code


def test_two_contents_for_one_version_are_not_signed(world: Ceremonies) -> None:
    """Equivocation: else two hubs could each have a federation of their own."""
    first = world.ask("renew")
    world.sign(first, "a")
    world.sign(first, "a")  # the same again, if the stick was lost
    second = world.ask("limit", "--all", "--connections", 3)
    refused = world.try_sign(second, "a")
    assert "has signed something else as version 2" in error_of(refused)
    signatures = world.sign(second, "a", options=("--supersede",))
    world.apply(second, [*signatures, *world.sign(second, "b")])


def test_two_contents_for_one_version_are_not_signed_at_once_either(
    world: Ceremonies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two commands that have both read the journal before either has written it."""
    requests = [world.ask("renew"), world.ask("limit", "--all", "--connections", 3)]
    reviews = [review(load_request(path).proposal, world.now_ms) for path in requests]
    both_have_read = Barrier(2)

    def opened(path: Path, secret: bytes) -> Signer:
        with suppress(BrokenBarrierError):
            both_have_read.wait(0.5)
        return open_signer(path, secret)

    def signed(one: Review) -> bool:
        files = StewardFiles(world.key("a"))
        try:
            sign_request(files, one, b"known to every test", world.now_ms)
        except CeremonyError:
            return False
        return True

    monkeypatch.setattr("broker.app.steward_desk.open_signer", opened)
    with ThreadPoolExecutor(2) as commands:
        assert sorted(commands.map(signed, reviews)) == [False, True]


def test_a_hub_that_shows_an_old_state_is_noticed(world: Ceremonies) -> None:
    copy = world.folder / "copy"
    shutil.copytree(world.hub.directory, copy)
    world.decide("renew")
    world.sign(world.ask("renew"), "a")
    shutil.rmtree(world.hub.directory)
    shutil.copytree(copy, world.hub.directory)
    old = world.ask("limit", "--all", "--connections", 3)
    for options in ((), ("--supersede",)):
        refused = world.try_sign(old, "a", *options)
        assert "the hub shows an old state" in error_of(refused)


def test_a_hub_that_shows_two_states_of_one_version_is_noticed(
    world: Ceremonies,
) -> None:
    """The stewards were made to sign twice, and each is shown another result."""
    copy = world.folder / "copy"
    shutil.copytree(world.hub.root, copy)
    world.decide("limit", "--all", "--connections", 3, by=("b", "c"))
    world.sign(world.ask("renew"), "a")
    shutil.rmtree(world.hub.root)
    shutil.copytree(copy, world.hub.root)
    other = world.ask("limit", "--all", "--connections", 4)
    world.apply(other, world.sign(other, "b", "c", options=("--supersede",)))
    refused = world.try_sign(world.ask("renew"), "a", "--supersede")
    assert "shows different things to different stewards" in error_of(refused)


def test_a_key_of_one_federation_founds_no_other(world: Ceremonies) -> None:
    world.sign(world.ask("renew"), "a")
    shutil.rmtree(world.hub.root)
    request = world.begin("a", threshold=1)
    refused = world.try_sign(request, "a", "--supersede")
    assert "a founding needs new keys" in error_of(refused)


@pytest.mark.parametrize("damage", ["{", "[]", '{"format": "else"}', "{}"])
def test_with_a_damaged_journal_nothing_is_signed(
    world: Ceremonies, damage: str
) -> None:
    journal = world.key("a").with_name("a.journal")
    journal.write_text(damage, encoding="utf-8")
    ended = world.try_sign(world.ask("renew"), "a")
    assert ended.code == 78
    assert "a.journal" in error_of(ended)


def test_a_journal_that_cannot_be_written_lets_no_signature_out(
    world: Ceremonies, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    request = world.ask("renew")
    monkeypatch.setattr("broker.app.ceremony_folder.write_durably", full)
    ended = world.try_sign(request, "a")
    assert "No space left" in error_of(ended)
    assert not list(world.key("a").parent.glob("renew-*.signature.json"))


def test_a_wrong_passphrase_signs_nothing(world: Ceremonies) -> None:
    request = world.ask("renew")
    world.secret.write_text("another", encoding="utf-8")
    ended = world.try_sign(request, "a")
    assert (ended.code, ended.json["error"]["code"]) == (77, "keystore")
    assert len(world.ok("steward", "show", world.key("a"))["signed"]) == 2
