"""A party that lost all its keys comes back, by the stewards' word."""

from pathlib import Path

import pytest

from tests.federation import EXAMPLES
from tests.unit.broker.cli.ceremony_world import Ceremonies, error_of
from tests.unit.keys.directory.federation import KEN


@pytest.mark.parametrize("how", ["rekeyed", "retired and enrolled again"])
def test_a_party_that_lost_all_its_keys_comes_back_with_a_new_node(
    world: Ceremonies, how: str
) -> None:
    world.decide("enrol", world.join_request("KEN"))
    lost = world.view().record(KEN)

    def new_node(name: str, *options: object) -> Path:
        folder = world.folder / name
        policy = EXAMPLES / "policies" / "ken.yaml"
        secret = world.folder / "passphrase"
        secret.write_bytes(b"of the new node")
        world.ok(
            *("node", "init", folder, "--party", "KEN", "--name", "Kenya"),
            *("--federation", world.hub.federation, "--policy", policy),
            *("--passphrase-file", secret, *options),
        )
        return folder / "join-request.json"

    if how == "rekeyed":
        verb: tuple[object, ...] = ("rekey", "KEN")
    else:
        world.decide("retire", "KEN")
        verb = ("enrol",)
    ended = world.call("federation", verb[0], world.hub.root, *verb[1:], new_node("a"))
    assert "2 is due; with a new node, make it with --after-version" in error_of(ended)
    world.decide(*map(str, verb), new_node("b", "--after-version", 1))
    found = world.view().record(KEN)
    assert found.account != lost.account
    keys = {key.key_id for key in lost.signing_keys}
    assert keys.isdisjoint(key.key_id for key in found.signing_keys)
